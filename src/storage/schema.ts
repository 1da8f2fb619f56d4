/** The ledger's tables as Kysely sees them. Times are milliseconds since the epoch; `…_json` columns hold JSON text. */
import type { Generated, Kysely } from "kysely";
import type { Action } from "../domain/attempt-result.ts";

export const requestStates = ["pending", "approved", "rejected", "withdrawn", "expired", "done"] as const;
export type RequestState = (typeof requestStates)[number];

export const operationStates = ["waiting", "queued", "running", "succeeded", "failed", "cancelled"] as const;
export type OperationState = (typeof operationStates)[number];

/** An operation in one of these states is open: at most one such operation per sub-merchant, by a unique index. */
export const openOperationStates = ["waiting", "queued", "running"] as const satisfies readonly OperationState[];

export interface RequestsTable {
  id: string;
  /** Identifies the Slack payload that asked, so that a payload delivered again is recognised for good. */
  source_key: string;
  action: Action;
  reason: string | null;
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
  /** How many sub-merchants were asked for, and how many operations are open, have succeeded, have failed. */
  total: Generated<number>;
  open: Generated<number>;
  succeeded: Generated<number>;
  failed: Generated<number>;
  /** How many an approver left out before it was decided. */
  left_out: Generated<number>;
  /** Counts from 1; every Retry by a person begins the next round. */
  round: Generated<number>;
  /** Who halted it while it was carried out, and when. */
  stopped_by: Generated<string | null>;
  stopped_at: Generated<number | null>;
  /** How many have to approve it; fixed when it is asked for. */
  approvals_needed: Generated<number>;
  /** 1 where who asked carried it out alone, without a second person. */
  broke_glass: Generated<number>;
  /** When attention is next to be drawn to it while it is undecided; null for never again. */
  attend_at: Generated<number | null>;
  /** Up to when the milestones of src/domain/reminder-schedule.ts have been worked off; null before the first. */
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
  /** Rises with every operation that was asked for: of two operations on one sub-merchant, the later has the higher. */
  seq: Generated<number>;
  id: string;
  request_id: string;
  sub_mchid: string;
  action: Action;
  /** Its request's, so that an index leads to somebody's operations in the order of `seq`. */
  requested_by: string;
  state: OperationState;
  /** Counts from 1; every Retry by a person begins the next round, with attempts of its own. */
  round: number;
  /** Attempts begun in this round. */
  attempts: number;
  /** When a queued operation may next be attempted, and at which endpoint. */
  due_at: number | null;
  endpoint: number;
  /** The attempt that holds a running operation, and until when. */
  lease_owner: string | null;
  lease_until: number | null;
  ended_at: number | null;
  /** What a failed one is told by, as the texts name it. */
  topic: Generated<string | null>;
  /** 1 in a request of many: what people wait for one by one goes first. */
  queue_rank: Generated<number>;
  /** Who left it out of its request before that was decided; it is cancelled then. */
  left_out_by: Generated<string | null>;
}

export interface AttemptsTable {
  id: string;
  operation_id: string;
  round: number;
  number: number;
  endpoint: number;
  started_at: number;
  ended_at: number | null;
  /** An AttemptResult, once the attempt has ended. */
  result_json: string | null;
}

export interface EventsTable {
  seq: Generated<number>;
  at: number;
  /** A Slack user id, or `bot`. */
  actor: string;
  what: string;
  request_id: string | null;
  operation_id: string | null;
  detail_json: string | null;
  /** Where it came from: `command` or `click` and a channel, or `instance` and its name; null for what is older. */
  origin: string | null;
}

/** One link of the audit's chain; see src/ledger/audit/sealing.ts. */
export interface SealsTable {
  /** Counts from 1, without gaps. */
  position: number;
  event_seq: number;
  /** 64 hexadecimal digits. */
  hash: string;
}

/** The events that no seal has yet: written and deleted in the transactions of the event and of its seal. */
export interface UnsealedTable {
  event_seq: number;
}

/** What Slack must show: one row for a request's message, one for each message and file in its thread or to one person. */
export interface PostsTable {
  /** Says what is posted to whom, so that nothing is noted twice. */
  id: string;
  /** Null for what is about no request. */
  request_id: string | null;
  /** A channel, or a user for their direct messages with the bot. */
  channel_id: string;
  kind: "message" | "list" | "not-started" | "outcome" | "results" | "copy" | "notice";
  /** The round whose end is told; of a list how many were left out by then; 0 for what is posted once. */
  round: number;
  /** What a notice tells, as JSON. */
  about_json: Generated<string | null>;
  /** The conversation that Slack opened for a user, once something was posted there. */
  posted_in: Generated<string | null>;
  /** Slack's id of the posted message; null until it was posted. */
  ts: string | null;
  /** Rises with every change that Slack has to show. */
  wanted: number;
  /** The value of `wanted` that Slack shows. */
  shown: number;
  due_at: number;
  /** Tries since Slack last took the message. */
  tries: number;
  /** Who is posting it just now, and until when nobody else does. */
  lease_owner: string | null;
  lease_until: number | null;
}

/** How fast calls may follow each other, over all instances; see src/domain/rate-limiter.ts. */
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

export interface Schema {
  requests: RequestsTable;
  approvals: ApprovalsTable;
  operations: OperationsTable;
  attempts: AttemptsTable;
  events: EventsTable;
  seals: SealsTable;
  unsealed: UnsealedTable;
  posts: PostsTable;
  paces: PacesTable;
  keyv: KeyvTable;
}

/** What the ledger is made of: all tables but the pace, which is of the moment and of one database server's clock. */
export type TableName = Exclude<keyof Schema, "paces">;

/** The ledger's tables with the columns of their primary keys, in an order that the foreign keys allow. */
export const tables: { readonly [Table in TableName]: readonly (keyof Schema[Table] & string)[] } = {
  requests: ["id"],
  approvals: ["request_id", "approver"],
  operations: ["seq"],
  attempts: ["id"],
  events: ["seq"],
  seals: ["position"],
  unsealed: ["event_seq"],
  posts: ["id"],
  keyv: ["key"],
};

export type Database = Kysely<Schema>;

/** An open database; `engine` is there for the few statements that the engines spell differently. */
export interface Store {
  db: Database;
  engine: "sqlite" | "postgres";
  close(): Promise<void>;
}
