/** The ledger's tables as Kysely sees them. Times are milliseconds since the epoch; `…_json` columns hold JSON text. */
import type { Generated, Kysely } from "kysely";
import type { Action } from "../receipt/call.ts";

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
  ended_at: number | null;
}

export interface OperationsTable {
  /** Rises with every operation that was asked for: of two operations on one sub-merchant, the later has the higher. */
  seq: Generated<number>;
  id: string;
  request_id: string;
  sub_mchid: string;
  action: Action;
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
}

export interface AttemptsTable {
  id: string;
  operation_id: string;
  round: number;
  number: number;
  endpoint: number;
  started_at: number;
  ended_at: number | null;
  /** A CallResult, once the attempt has ended. */
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
}

/** What Slack must show of a request: one row for its message, one for each message in its thread. */
export interface PostsTable {
  id: string;
  request_id: string;
  channel_id: string;
  kind: "message" | "outcome";
  /** The round whose outcome a thread message tells; 0 for the request's own message. */
  round: number;
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

export interface KeyvTable {
  key: string;
  value: string;
  expires_at: number | null;
}

export interface Schema {
  requests: RequestsTable;
  operations: OperationsTable;
  attempts: AttemptsTable;
  events: EventsTable;
  posts: PostsTable;
  keyv: KeyvTable;
}

export type Database = Kysely<Schema>;

/** An open database; `engine` is there for the few statements that the engines spell differently. */
export interface Store {
  db: Database;
  engine: "sqlite" | "postgres";
  close(): Promise<void>;
}
