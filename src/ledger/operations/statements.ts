/** The statements by which operations are claimed and concluded; which of several wins is decided in their `where`. */
import type { Transaction } from "kysely";
import type { Database, OperationState, Schema, Store } from "../../storage/schema.ts";
import { asTime, statement } from "../../storage/statement.ts";
import { mayBeRetried } from "../queries/bulk-request.ts";

/** Operations that may be claimed now; on PostgreSQL those that another instance is just claiming are passed over. */
export function dueStatements(engine: Store["engine"]) {
  return {
    queued: statement<{ now: number; max: number }>()((db, { now, max }) => {
      const due = db.selectFrom("operations").select("id").where("state", "=", "queued").where("due_at", "<=", now);
      const first = due.orderBy("queue_rank").orderBy("due_at").orderBy("seq").limit(max);
      return engine === "postgres" ? first.forUpdate().skipLocked() : first;
    }),
    abandoned: statement<{ now: number; max: number }>()((db, { now, max }) => {
      const due = db
        .selectFrom("operations")
        .select("id")
        .where("state", "=", "running")
        .where("lease_until", "<=", now);
      const first = due.orderBy("lease_until").limit(max);
      return engine === "postgres" ? first.forUpdate().skipLocked() : first;
    }),
  };
}

/** When the next operation is due, and when the next lease ends. */
const soonest = statement<Record<string, never>>()((db) =>
  db.selectNoFrom([
    db
      .selectFrom("operations")
      .select((row) => row.fn.min("due_at").as("at"))
      .where("state", "=", "queued")
      .as("queued"),
    db
      .selectFrom("operations")
      .select((row) => row.fn.min("lease_until").as("at"))
      .where("state", "=", "running")
      .as("leased"),
  ]),
);

/** Gives an operation, whose row this transaction holds, to an attempt. */
export const lease = statement<{ operationId: string; attemptId: string; until: number }>()((db, given) =>
  db
    .updateTable("operations")
    .set((row) => ({
      state: "running",
      attempts: row("attempts", "+", 1),
      lease_owner: given.attemptId,
      lease_until: given.until,
      due_at: null,
    }))
    .where("id", "=", given.operationId)
    .returning(["request_id", "sub_mchid", "action", "round", "attempts", "endpoint", "queue_rank"]),
);

export const beginAttempt = statement<{
  id: string;
  operationId: string;
  round: number;
  number: number;
  endpoint: number;
  now: number;
}>()((db, attempt) =>
  db.insertInto("attempts").values({
    id: attempt.id,
    operation_id: attempt.operationId,
    round: attempt.round,
    number: attempt.number,
    endpoint: attempt.endpoint,
    started_at: attempt.now,
    ended_at: null,
    result_json: null,
  }),
);

export const endAttempt = statement<{ id: string; now: number; result: string }>()((db, attempt) =>
  db
    .updateTable("attempts")
    .set({ ended_at: attempt.now, result_json: attempt.result })
    .where("id", "=", attempt.id)
    .where("ended_at", "is", null),
);

/** Puts an operation back into the queue as if it had never been given to an attempt, if its lease had not gone to another. */
export const putBack = statement<{ operationId: string; attemptId: string; now: number }>()((db, given) =>
  db
    .updateTable("operations")
    .set((row) => ({
      state: "queued",
      attempts: row("attempts", "-", 1),
      lease_owner: null,
      lease_until: null,
      due_at: asTime(given.now),
    }))
    .where("id", "=", given.operationId)
    .where("state", "=", "running")
    .where("lease_owner", "=", given.attemptId),
);

/** Takes out the record of an attempt that was never made. */
export const forgetAttempt = statement<{ id: string }>()((db, { id }) =>
  db.deleteFrom("attempts").where("id", "=", id),
);

/** Takes an operation back from an attempt, if its lease had not gone to another. */
export const release = statement<{
  operationId: string;
  attemptId: string;
  state: OperationState;
  dueAt: number | null;
  endpoint: number;
  endedAt: number | null;
  topic: string | null;
}>()((db, after) =>
  db
    .updateTable("operations")
    .set({
      state: after.state,
      due_at: after.dueAt,
      endpoint: after.endpoint,
      ended_at: after.endedAt,
      topic: after.topic,
      lease_owner: null,
      lease_until: null,
    })
    .where("id", "=", after.operationId)
    .where("state", "=", "running")
    .where("lease_owner", "=", after.attemptId),
);

/** Counts an operation as ended, and its request as done when it was the last that was open. */
export const countEnded = statement<{ requestId: string; now: number; succeeded: number; failed: number }>()(
  (db, ended) =>
    db
      .updateTable("requests")
      .set((request) => ({
        open: request("open", "-", 1),
        succeeded: request("succeeded", "+", ended.succeeded),
        failed: request("failed", "+", ended.failed),
        state: request
          .case()
          .when("open", "=", 1)
          .then("done" as const)
          .else(request.ref("state"))
          .end(),
        ended_at: request.case().when("open", "=", 1).then(asTime(ended.now)).else(null).end(),
      }))
      .where("id", "=", ended.requestId)
      .where("state", "=", "approved")
      .returning(["channel_id", "round", "state"]),
);

/**
 * Queues again what failed in a request, in a round of its own. What a later request for the same sub-merchant has
 * overtaken or may yet, and what cannot succeed as it stands, stays failed. Resolves to how many it queued.
 */
export async function failedAgain(
  transaction: Transaction<Schema>,
  { requestId, now }: { requestId: string; now: number },
): Promise<number> {
  const again = await transaction
    .updateTable("operations")
    .set((operation) => ({
      state: "queued" as const,
      round: operation("round", "+", 1),
      attempts: 0,
      due_at: now,
      endpoint: 0,
      ended_at: null,
      topic: null,
    }))
    .where("request_id", "=", requestId)
    .where(mayBeRetried(["cancelled"]))
    .executeTakeFirst();
  return Number(again.numUpdatedRows);
}

/** The requests whose failure is the latest word on these sub-merchants so far: what this one does decides on their Retry. */
export async function supersededBy(transaction: Transaction<Schema>, requestId: string): Promise<string[]> {
  const rows = await transaction
    .selectFrom("operations as mine")
    .innerJoin("operations as earlier", "earlier.sub_mchid", "mine.sub_mchid")
    .select("earlier.request_id")
    .distinct()
    .where("mine.request_id", "=", requestId)
    .where("mine.left_out_by", "is", null)
    .where("earlier.state", "=", "failed")
    .where("earlier.seq", "=", (row) =>
      row
        .selectFrom("operations as latest")
        .select((latest) => latest.fn.max("latest.seq").as("seq"))
        .whereRef("latest.sub_mchid", "=", "mine.sub_mchid")
        .whereRef("latest.seq", "<", "mine.seq")
        .where("latest.state", "!=", "cancelled"),
    )
    .execute();
  return rows.map((row) => row.request_id);
}

/** When something is next to be claimed, in milliseconds since the epoch. */
export async function nextDue(db: Database): Promise<number | undefined> {
  const [{ queued, leased } = { queued: null, leased: null }] = (await soonest(db, {})).rows;
  const next = Math.min(queued ?? Number.POSITIVE_INFINITY, leased ?? Number.POSITIVE_INFINITY);
  return Number.isFinite(next) ? next : undefined;
}
