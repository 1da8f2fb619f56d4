/** The ledger's tables as Kysely sees them. Times are milliseconds since the epoch; `…_json` columns hold JSON text. */
import type { Generated, Kysely } from "kysely";
import type { Action } from "../domain/attempt-result.ts";
import type { PayScene, Step, SwitchObject } from "../domain/goldplan/objects.ts";
import type { EventsTable, MacsTable, PrunedRangesTable, SealsTable, UnsealedTable } from "./tables/audit.ts";
import type {
  DirectoryBigramsTable,
  DirectoryTable,
  DirectoryVersionsTable,
  GivenNamesTable,
} from "./tables/directory.ts";
import type { PostsTable } from "./tables/outbox.ts";

export const requestStates = ["pending", "approved", "rejected", "withdrawn", "expired", "done"] as const;
export type RequestState = (typeof requestStates)[number];

export const operationStates = ["waiting", "queued", "running", "held", "succeeded", "failed", "cancelled"] as const;
export type OperationState = (typeof operationStates)[number];

/** The states of an open operation; a unique index allows one open operation per sub-merchant. */
export const openOperationStates = [
  "waiting",
  "queued",
  "running",
  "held",
] as const satisfies readonly OperationState[];

export interface RequestsTable {
  id: string;
  /** Its short public number, `#1042`; the database assigns it. */
  number: Generated<number>;
  /** Identifies the Slack payload, so that a payload delivered again is recognized while the request exists. */
  source_key: string;
  action: Action;
  /** What it switches, and the scene of 点金计划; fixed when it is submitted. */
  object: Generated<SwitchObject>;
  scene: Generated<PayScene | null>;
  reason: string | null;
  /** The ticket that the reason contains, where one is required; fixed when it is submitted. */
  ticket: Generated<string | null>;
  requested_by: string;
  channel_id: string;
  state: RequestState;
  created_at: number;
  expires_at: number;
  decided_by: string | null;
  decided_at: number | null;
  /** Why it was rejected. */
  decision_reason: Generated<string | null>;
  ended_at: number | null;
  /** How many sub-merchants it was submitted for, and how many operations are open, have succeeded, have failed. */
  total: Generated<number>;
  open: Generated<number>;
  succeeded: Generated<number>;
  failed: Generated<number>;
  /** How many of `failed` are uncertain: WeChat Pay may have carried out the call. */
  uncertain: Generated<number>;
  /** How many sub-merchants were excluded before the decision. */
  left_out: Generated<number>;
  /** The time of the last decision to carry it out: an approval, a Retry, or Carry out. */
  confirmed_at: Generated<number | null>;
  /** Since when its open operations are held, and when the hold expires; null while none are. */
  held_at: Generated<number | null>;
  held_until: Generated<number | null>;
  /** Counts from 1; each Retry by a person starts the next round. */
  round: Generated<number>;
  /** Who stopped it after its approval, and when. */
  stopped_by: Generated<string | null>;
  stopped_at: Generated<number | null>;
  /** How many approvals it needs; fixed when it is submitted. */
  approvals_needed: Generated<number>;
  /** 1 if the requester carried it out without the approvals that it still needed. */
  broke_glass: Generated<number>;
  /** When its next reminder or escalation is due while it is undecided; null for never again. */
  attend_at: Generated<number | null>;
  /** Everything due up to this time has been sent (see src/domain/reminder-schedule.ts); null at first. */
  attended_at: Generated<number | null>;
  /** When approvers were last reminded, and when it was escalated to a user group. */
  reminded_at: Generated<number | null>;
  escalated_at: Generated<number | null>;
}

/** Approvals of requests that need more than one. */
export interface ApprovalsTable {
  request_id: string;
  approver: string;
  at: number;
}

export interface OperationsTable {
  /** Increases with every operation: of two operations on one sub-merchant, the later one has the higher number. */
  seq: Generated<number>;
  id: string;
  request_id: string;
  /** The service provider that signs the calls; empty in a ledger that has no owner yet. */
  mchid: Generated<string>;
  sub_mchid: string;
  /** These four are copied from its request. */
  action: Action;
  object: Generated<SwitchObject>;
  scene: Generated<PayScene | null>;
  requested_by: string;
  /** The step that its attempts make; once it has ended, the last step that was begun. */
  step: Generated<Step>;
  state: OperationState;
  /** Counts from 1; each Retry by a person starts the next round, with its own attempts. */
  round: number;
  /** Attempts started in this round, and how many of them belong to an earlier step. */
  attempts: number;
  attempts_before: Generated<number>;
  /** When the receipt was switched, if another step followed. */
  receipt_done_at: Generated<number | null>;
  /** When a queued operation may next be attempted, and at which endpoint. */
  due_at: number | null;
  endpoint: number;
  /** The attempt that holds a running operation, and until when. */
  lease_owner: string | null;
  lease_until: number | null;
  ended_at: number | null;
  /** The guidance topic of a failed operation. */
  topic: Generated<string | null>;
  /** 1 in a bulk request, 0 otherwise: single requests, which people wait for, have priority. */
  queue_rank: Generated<number>;
  /** Who excluded it before its request was decided; it is then cancelled. */
  left_out_by: Generated<string | null>;
}

export interface AttemptsTable {
  id: string;
  operation_id: string;
  round: number;
  number: number;
  step: Generated<Step>;
  endpoint: number;
  started_at: number;
  ended_at: number | null;
  /** An AttemptResult, once the attempt has ended. */
  result_json: string | null;
}

/** The rate of calls, shared by all instances; see src/domain/rate-limiter.ts. */
export interface PacesTable {
  name: string;
  empty_at: number;
  share: number;
  slowed_at: number;
}

export interface KeyvTable {
  key: string;
  value: string;
  expires_at: number | null;
}

/** Under this name, `ledger_info` has the time of the newest backup, in milliseconds since the epoch. */
export const backupName = "backup";

/** Under this name, `ledger_info` has the version of the directory that is in use. */
export const directoryName = "directory";

/**
 * Facts about the ledger as a whole, by name: `owner`, `key`, `heartbeat`, `backup`, `directory`,
 * `platform-certificates`, `retention`, `pruned`.
 */
export interface LedgerInfoTable {
  name: string;
  value: string;
}

/**
 * An instance that was not seen for this long is considered dead, in milliseconds: several times the interval at which
 * it shows that it is alive.
 */
export const deadAfterMs = 60_000;

/** The instances that use this ledger, with the time when each was last seen. */
export interface InstancesTable {
  id: string;
  mode: "http" | "socket";
  started_at: number;
  seen_at: number;
}

export interface Schema {
  requests: RequestsTable;
  approvals: ApprovalsTable;
  operations: OperationsTable;
  attempts: AttemptsTable;
  events: EventsTable;
  seals: SealsTable;
  unsealed: UnsealedTable;
  pruned_ranges: PrunedRangesTable;
  posts: PostsTable;
  paces: PacesTable;
  keyv: KeyvTable;
  ledger_info: LedgerInfoTable;
  instances: InstancesTable;
  macs: MacsTable;
  directory_versions: DirectoryVersionsTable;
  directory: DirectoryTable;
  directory_bigrams: DirectoryBigramsTable;
  given_names: GivenNamesTable;
}

export type Database = Kysely<Schema>;

/** An open database; `engine` is for the few statements that differ between engines. */
export interface Store {
  db: Database;
  engine: "sqlite" | "postgres";
  close(): Promise<void>;
}
