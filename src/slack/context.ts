/**
 * The arguments of every handler of a Slack payload: the bot's parts, created once, the person's language and attempt.
 */
import type { Logger } from "pino";
import type { Clock } from "../domain/clock.ts";
import type { Person } from "../domain/policy.ts";
import type { Escalation } from "../domain/reminder-schedule.ts";
import type { Metrics } from "../domain/telemetry/metrics.ts";
import { ticketMax } from "../domain/tickets/tickets.ts";
import type { Origin } from "../ledger/audit/audit-log.ts";
import type { Drafts } from "../ledger/drafts.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { NotificationPreferences } from "../ledger/notification-preferences.ts";
import type { RequestView } from "../ledger/queries/request-view.ts";
import type { Roles } from "../ledger/roles.ts";
import type { UseCases } from "../ledger/use-cases.ts";
import type { Settings } from "../settings.ts";
import type { Texts } from "../text/en/catalogue.ts";
import type { Download } from "./api/files/download.ts";
import type { People } from "./api/people.ts";
import type { Languages } from "./api/users/languages.ts";
import type { SlackApi } from "./api/web-api.ts";
import type { Workspace } from "./api/workspace.ts";
import type { Typing } from "./blocks/example-commands.ts";
import { foreign } from "./blocks/mrkdwn.ts";
import type { ListParts } from "./blocks/request/outcome-line.ts";
import type { AuditExporter } from "./reporter/audit-upload.ts";

/** The bot's parts, before it is known who reads. */
export interface SlackParts {
  settings: Pick<
    Settings,
    | "SLACK_COMMAND"
    | "RECEIPT_CHANNELS"
    | "APPROVAL_POLICY"
    | "BREAK_GLASS"
    | "REASON"
    | "GOLDPLAN"
    | "UNKNOWN_MERCHANTS"
    | "WECHATPAY_MCHID"
    | "tickets"
  >;
  /** Where an undecided request is escalated to; undefined if the settings contain no group. */
  escalation: Escalation | undefined;
  /**
   * For reading and for storing drafts and preferences. Requests change only through `useCases`, which wake the
   * workers.
   */
  ledger: Omit<Ledger, "requests" | "operations"> & {
    requests: Pick<Ledger["requests"], "find" | "findByNumber" | "isRecorded">;
    operations: Pick<Ledger["operations"], "resultOfRound">;
  };
  useCases: UseCases;
  roles: Roles;
  preferences: NotificationPreferences;
  people: People;
  workspace: Workspace;
  /** The interactive Slack client, for calls that someone waits for. */
  slack: SlackApi;
  exporter: AuditExporter;
  drafts: Drafts;
  download: Download;
  languages: Languages;
  metrics: Pick<Metrics, "interaction">;
  /** The refused attempts, for the metrics that count results. */
  refused: WeakSet<DeniedAttempt>;
  clock: Clock;
  log: Logger;
}

export interface SlackContext extends SlackParts {
  /** In the language of the person who acts, because only they see a handler's reply. */
  texts: Texts;
}

/** The person, their action and the place, which the audit records if they are refused. */
export interface DeniedAttempt {
  userId: string;
  origin: Origin;
  /** The command that they typed, or the button that they clicked. */
  asked: string;
  /** The request that the attempt is about. */
  request?: RequestView;
}

/** A parsed payload: either answered by a sentence, or handled once dispatch.ts has looked up the person. */
export type Intent<Reply> =
  | { kind: "answered"; reply(texts: Texts): Reply }
  | {
      kind: "wanted";
      attempt: DeniedAttempt;
      run(context: SlackContext, person: Person): Promise<Reply>;
      /** Shows a refusal if a reply would not be visible. */
      showRefusal?(context: SlackContext, text: string): Promise<Reply>;
    };

/** How commands are typed in this installation, for examples. */
export function typingOf({ settings, texts }: Pick<SlackContext, "settings" | "texts">): Typing {
  const { SLACK_COMMAND: command, REASON: reason, GOLDPLAN: goldplan, tickets } = settings;
  return {
    command,
    reason,
    goldplan,
    ticket: tickets.shown === undefined ? undefined : foreign(tickets.shown, ticketMax),
    texts,
  };
}

/** The same for lists of requests, with links to their messages and tickets. */
export function listPartsOf(context: Pick<SlackContext, "settings" | "texts" | "workspace">): ListParts {
  const { settings, workspace } = context;
  return { ...typingOf(context), permalink: workspace.permalink, ticketUrl: settings.tickets.url };
}
