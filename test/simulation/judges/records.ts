/** A history's records: what people intended, did and saw, and what the ledger and both networks kept. */
import type { Action } from "../../../src/domain/attempt-result.ts";
import type { Plan } from "../plans/planned.ts";
import type { FaultName } from "../world/faults.ts";
import type { Ran } from "../world/schedule.ts";
import type { PlayedEdit, SlackMessage } from "../world/slack-in-memory.ts";
import type { Press, Submission } from "../world/user-actions.ts";
import type { PlayedCall } from "../world/wechatpay-in-memory.ts";
import type { LedgerRequest } from "./ledger-watch.ts";

export interface AuditRow {
  /** Milliseconds since the epoch. */
  at: number;
  what: string;
  actor: string;
  requestId: string | null;
  operationId: string | null;
  /** JSON. */
  detail: string | null;
}

/** No instance ran, in milliseconds since the epoch. */
export interface Outage {
  from: number;
  until: number;
}

export interface Records {
  plan: Plan;
  /** Outages that are longer than STALE_AFTER, or after which the ledger was restored. */
  outages: readonly Outage[];
  /** When the ledger was restored, in milliseconds since the epoch. */
  restores: readonly number[];
  ran: Ran;
  /** The last moment, in milliseconds since the epoch. */
  endedAt: number;
  requests: readonly LedgerRequest[];
  /** Who decided each request first, by its id. */
  decisions: ReadonlyMap<string, { by: string; at: number }>;
  /** What each request's row counted at some moment, by its id; see `countsOf`. */
  counted: ReadonlyMap<string, ReadonlySet<string>>;
  /** What Slack must show of each decided request, by its id: blocks as JSON, as written at one moment or another. */
  projection: ReadonlyMap<string, readonly string[]>;
  /** The same for copies. */
  copyProjection: ReadonlyMap<string, readonly string[]>;
  /** The audit trail, oldest first. */
  events: readonly AuditRow[];
  /** Where the settled ledger differs from its audit trail. */
  differences: readonly string[];
  /** What pruning the settled ledger changed, but must not. */
  prunedProblems: readonly string[];
  /** What a commit left behind, but must not. */
  ledgerProblems: readonly string[];
  submissions: readonly Submission[];
  presses: readonly Press[];
  /** Untrue private answers. */
  untrueAnswers: readonly string[];
  messages: readonly SlackMessage[];
  edits: readonly PlayedEdit[];
  /** Copies of requests' messages, and where the ledger has them. */
  copies: readonly { requestId: string; userId: string; ts: string | null }[];
  /** Posts that took effect without the bot learning it. */
  unconfirmedPosts: number;
  calls: readonly PlayedCall[];
  states: ReadonlyMap<string, Action>;
  /** What the bot logged as an error. */
  errors: readonly string[];
  struck: ReadonlyMap<FaultName, number>;
  crashes: number;
  steps: number;
  traceHash: number;
}
