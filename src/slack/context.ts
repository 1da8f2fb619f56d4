/** The arguments of every handler of a Slack payload: the bot's parts, created once, and the person's attempt. */
import type { Logger } from "pino";
import type { Clock } from "../domain/clock.ts";
import type { Person } from "../domain/policy.ts";
import type { Escalation } from "../domain/reminder-schedule.ts";
import type { Metrics } from "../domain/telemetry/metrics.ts";
import type { Origin } from "../ledger/audit/audit-log.ts";
import type { Drafts } from "../ledger/drafts.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { NotificationPreferences } from "../ledger/notification-preferences.ts";
import type { RequestView } from "../ledger/queries/request-view.ts";
import type { Roles } from "../ledger/roles.ts";
import type { UseCases } from "../ledger/use-cases.ts";
import type { Settings } from "../settings.ts";
import type { Texts } from "../text/en/catalogue.ts";
import type { Download } from "./api/file-download.ts";
import type { People } from "./api/people.ts";
import type { SlackApi } from "./api/web-api.ts";
import type { Workspace } from "./api/workspace.ts";
import type { AuditExporter } from "./reporter/audit-exporter.ts";

export interface SlackContext {
  settings: Pick<
    Settings,
    "SLACK_COMMAND" | "RECEIPT_CHANNELS" | "APPROVAL_POLICY" | "BREAK_GLASS" | "REASON" | "WECHATPAY_MCHID"
  >;
  /** Where an undecided request is escalated to; undefined if the settings contain no group. */
  escalation: Escalation | undefined;
  /**
   * For reading and for storing drafts and preferences. Requests change only through `useCases`, which wake the
   * workers.
   */
  ledger: Omit<Ledger, "requests" | "operations"> & {
    requests: Pick<Ledger["requests"], "find" | "findByNumber">;
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
  texts: Texts;
  metrics: Pick<Metrics, "interaction">;
  /** The attempts that were refused, for who counts what came of them. */
  refused: WeakSet<DeniedAttempt>;
  clock: Clock;
  log: Logger;
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

/** A parsed payload: either already answered, or handled once dispatch.ts has looked up the person. */
export type Intent<Reply> =
  | { kind: "answered"; reply: Reply }
  | {
      kind: "wanted";
      attempt: DeniedAttempt;
      run(person: Person): Promise<Reply>;
      /** Shows a refusal if a reply would not be visible. */
      showRefusal?(text: string): Promise<Reply>;
    };
