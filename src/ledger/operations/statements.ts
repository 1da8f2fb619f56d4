/** The statements that claim and conclude operations; their `where` clauses decide which of several instances wins. */
import type { Transaction } from "kysely";
import type { Database, OperationState, Schema, Store } from "../../storage/schema.ts";
import { asTime, statement } from "../../storage/statement.ts";
import { mayBeRetried, newestEarlier } from "../queries/bulk-request.ts";

type Engine = Store["engine"];

/** Operations in the queue that are due. On PostgreSQL, rows that another instance is claiming are skipped. */
export const selectQueued = { sqlite: queuedOn("sqlite"), postgres: queuedOn("postgres") } as const;

function queuedOn(engine: Engine) {
  return statement<{ now: number; max: number }>()((db, { now, max }) => {
    const queued = db.selectFrom("operations").select("id").where("state", "=", "queued").where("due_at", "<=", now);
    const due = queued.orderBy("queue_rank").orderBy("due_at").orderBy("seq").limit(max);
    return engine === "postgres" ? due.forUpdate().skipLocked() : due;
  });
}

/** Running operations whose lease has ended, because the instance that held it died or was too slow. */
export const selectAbandoned = { sqlite: abandonedOn("sqlite"), postgres: abandonedOn("postgres") } as const;

function abandonedOn(engine: Engine) {
  return statement<{ now: number; max: number }>()((db, { now, max }) => {
    const running = db.selectFrom("operations").select("id").where("state", "=", "running");
    const due = running.where("lease_until", "<=", now).orderBy("lease_until").limit(max);
    return engine === "postgres" ? due.forUpdate().skipLocked() : due;
  });
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

/** Leases an operation, whose row this transaction has locked, to an attempt. */
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
    .returning(["request_id", "sub_mchid", "action", "round", "attempts", "endpoint", "queue_rank"])
    .returning((row) =>
      row
        .selectFrom("requests")
        .select("confirmed_at")
        .whereRef("requests.id", "=", "operations.request_id")
        .as("confirmed_at"),
    ),
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

export const storedResult = statement<{ id: string }>()((db, { id }) =>
  db.selectFrom("attempts").select("result_json").where("id", "=", id),
);

/** Returns an operation to the queue as if this attempt had never begun, if the attempt still holds the lease. */
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

/** Deletes an attempt that was never made. */
export const forgetAttempt = statement<{ id: string }>()((db, { id }) =>
  db.deleteFrom("attempts").where("id", "=", id),
);

/** Ends an attempt's lease on its operation, if the attempt still holds it. */
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

/** Counts an operation as ended; when the last open one ends, the request is done. */
export const countEnded = statement<{
  requestId: string;
  now: number;
  succeeded: number;
  failed: number;
  uncertain: number;
}>()((db, ended) =>
  db
    .updateTable("requests")
    .set((request) => ({
      open: request("open", "-", 1),
      succeeded: request("succeeded", "+", ended.succeeded),
      failed: request("failed", "+", ended.failed),
      uncertain: request("uncertain", "+", ended.uncertain),
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
    .returning(["channel_id", "round", "state", "succeeded", "failed", "uncertain"]),
);

/**
 * Queues the failed operations of a request again, in the next round, and returns how many. Operations that cannot
 * succeed as they are stay failed, and so do those with a later request for the same sub-merchant.
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

/** The earlier requests that hold the latest failure of one of this request's sub-merchants: their Retry button depends on it. */
export async function supersededBy(transaction: Transaction<Schema>, requestId: string): Promise<string[]> {
  const rows = await transaction
    .selectFrom("operations as mine")
    .innerJoin("operations as earlier", "earlier.sub_mchid", "mine.sub_mchid")
    .select("earlier.request_id")
    .distinct()
    .where("mine.request_id", "=", requestId)
    .where("mine.left_out_by", "is", null)
    .where("earlier.state", "=", "failed")
    .where("earlier.seq", "=", newestEarlier().where("latest.state", "!=", "cancelled"))
    .execute();
  return rows.map((row) => row.request_id);
}

/** When the next operation can be claimed, in milliseconds since the epoch; undefined if none is queued or running. */
export async function nextDue(db: Database): Promise<number | undefined> {
  const [{ queued, leased } = { queued: null, leased: null }] = (await soonest(db, {})).rows;
  const next = Math.min(queued ?? Number.POSITIVE_INFINITY, leased ?? Number.POSITIVE_INFINITY);
  return Number.isFinite(next) ? next : undefined;
}
