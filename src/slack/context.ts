/** What the answers to Slack's payloads are made with. */
import type { Logger } from "pino";
import type { Clock } from "../domain/clock.ts";
import type { Escalation } from "../domain/reminder-schedule.ts";
import type { Drafts } from "../ledger/drafts.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { NotificationPreferences } from "../ledger/notification-preferences.ts";
import type { Roles } from "../ledger/roles.ts";
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
    | "SLACK_COMMAND"
    | "RECEIPT_CHANNELS"
    | "REQUEST_TTL"
    | "APPROVAL_POLICY"
    | "APPROVERS_NEEDED"
    | "BULK_FROM"
    | "BULK_APPROVERS_NEEDED"
    | "BREAK_GLASS"
    | "REASON"
  >;
  /** Where a request goes that nobody decides on. */
  escalation: Escalation | undefined;
  ledger: Ledger;
  roles: Roles;
  preferences: NotificationPreferences;
  people: People;
  workspace: Workspace;
  /** Slack, for what somebody waits for. */
  slack: SlackApi;
  exporter: AuditExporter;
  drafts: Drafts;
  download: Download;
  texts: Texts;
  clock: Clock;
  log: Logger;
  /** Called after every change that Slack has to show. */
  changed(): void;
  /** Called when there is something to execute. */
  approved(): void;
}
