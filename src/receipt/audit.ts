/** The append-only record of what happened: every transition writes its event in its own transaction. */
import type { Transaction } from "kysely";
import type { EventsTable, Schema } from "../storage/schema.ts";
import { statement } from "../storage/statement.ts";

export type EventName =
  | "asked"
  | "approved"
  | "rejected"
  | "withdrawn"
  | "expired"
  | "attempt-started"
  | "attempt-ended"
  | "attempt-overtaken"
  | "attempt-handed-back"
  | "operation-succeeded"
  | "operation-failed"
  | "request-done"
  | "retried"
  | "granted"
  | "revoked";

export interface AuditEvent {
  what: EventName;
  /** Milliseconds since the epoch. */
  at: number;
  /** A Slack user id, or `bot` for what happens by itself. */
  actor: string;
  requestId?: string;
  operationId?: string;
  /** Further facts; never a secret. */
  detail?: Record<string, unknown>;
}

/** Adds the events in their order; they are kept exactly if the transaction is. */
export async function record(transaction: Transaction<Schema>, events: readonly AuditEvent[]): Promise<void> {
  for (const { what, at, actor, requestId, operationId, detail } of events) {
    await insertEvent(transaction, {
      at,
      actor,
      what,
      request_id: requestId ?? null,
      operation_id: operationId ?? null,
      detail_json: detail ? JSON.stringify(detail) : null,
    });
  }
}

const insertEvent = statement<Omit<EventsTable, "seq">>()((db, event) =>
  db.insertInto("events").values({
    at: event.at,
    actor: event.actor,
    what: event.what,
    request_id: event.request_id,
    operation_id: event.operation_id,
    detail_json: event.detail_json,
  }),
);
