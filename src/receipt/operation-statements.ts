/** The statements by which operations are claimed and concluded; which of several wins is decided in their `where`. */
import type { OperationState, Store } from "../storage/schema.ts";
import { statement } from "../storage/statement.ts";

/** Operations that may be claimed now; on PostgreSQL those that another instance is just claiming are passed over. */
export function dueStatements(engine: Store["engine"]) {
  return {
    queued: statement<{ now: number; most: number }>()((db, { now, most }) => {
      const due = db.selectFrom("operations").select("id").where("state", "=", "queued").where("due_at", "<=", now);
      const first = due.orderBy("due_at").orderBy("seq").limit(most);
      return engine === "postgres" ? first.forUpdate().skipLocked() : first;
    }),
    left: statement<{ now: number; most: number }>()((db, { now, most }) => {
      const due = db
        .selectFrom("operations")
        .select("id")
        .where("state", "=", "running")
        .where("lease_until", "<=", now);
      const first = due.orderBy("lease_until").limit(most);
      return engine === "postgres" ? first.forUpdate().skipLocked() : first;
    }),
  };
}

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
    .returning(["request_id", "sub_mchid", "action", "round", "attempts", "endpoint"]),
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
  db.updateTable("attempts").set({ ended_at: attempt.now, result_json: attempt.result }).where("id", "=", attempt.id),
);

/** Takes an operation back from an attempt, if its lease had not gone to another. */
export const release = statement<{
  operationId: string;
  attemptId: string;
  state: OperationState;
  dueAt: number | null;
  endpoint: number;
  endedAt: number | null;
}>()((db, after) =>
  db
    .updateTable("operations")
    .set({
      state: after.state,
      due_at: after.dueAt,
      endpoint: after.endpoint,
      ended_at: after.endedAt,
      lease_owner: null,
      lease_until: null,
    })
    .where("id", "=", after.operationId)
    .where("state", "=", "running")
    .where("lease_owner", "=", after.attemptId),
);

/** Ends an approved request whose last operation has ended; tells its channel. */
export const endRequest = statement<{ requestId: string; now: number }>()((db, { requestId, now }) =>
  db
    .updateTable("requests")
    .set({ state: "done", ended_at: now })
    .where("id", "=", requestId)
    .where("state", "=", "approved")
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("operations")
            .select("id")
            .where("request_id", "=", requestId)
            .where("state", "in", ["waiting", "queued", "running"]),
        ),
      ),
    )
    .returning("channel_id"),
);
