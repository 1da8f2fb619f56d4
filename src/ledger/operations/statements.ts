/** The statements that claim and conclude operations; their `where` clauses decide which of several instances wins. */
import { type Selectable, sql, type Transaction } from "kysely";
import type { PayScene, Step, SwitchObject } from "../../domain/goldplan/objects.ts";
import type {
  AttemptsTable,
  Database,
  OperationState,
  OperationsTable,
  RequestsTable,
  Schema,
} from "../../storage/schema.ts";
import { asTime, given, insertSet, isOnPostgres, setStatement, statement } from "../../storage/statement.ts";
import { isTooSoon } from "../queries/goldplan/closings.ts";
import { hasOtherOpen, mayBeRetried } from "./other-operations.ts";

/**
 * Leases up to `max` due operations, each to an attempt of its own, `claim-1`, `claim-2`, and so on: first running ones
 * whose lease ended before `abandonedBy`, because the instance that held it died or was too slow, then the queue. On
 * PostgreSQL, rows that another instance is claiming are skipped.
 */
export const leaseDue = statement<{ claim: string; now: number; abandonedBy: number; until: number; max: number }>()(
  (db, { claim, now, abandonedBy, until, max }) => ({
    compile() {
      const lock = isOnPostgres(db) ? sql`for update skip locked` : sql``;
      return sql<LeasedRow>`
        with due as materialized (
          select id, row_number() over (order by turn, first, second, seq) as nth from (
            select id, seq, turn, first, second from (
              select id, seq, 0 as turn, lease_until as first, 0 as second from operations
              where state = 'running' and lease_until <= ${abandonedBy}
              order by lease_until, seq limit ${max} ${lock}
            ) as abandoned
            union all
            select id, seq, turn, first, second from (
              select id, seq, 1 as turn, queue_rank as first, due_at as second from operations
              where state = 'queued' and due_at <= ${now}
              order by queue_rank, due_at, seq limit ${max} ${lock}
            ) as queued
            order by turn, first, second, seq limit ${max}
          ) as soonest
        )
        update operations
        set state = 'running', attempts = attempts + 1, lease_owner = cast(${claim} as text) || '-' || due.nth,
          lease_until = ${until}, due_at = null
        from due where operations.id = due.id
        returning operations.id, request_id, sub_mchid, action, object, scene, step, round, attempts, attempts_before,
          endpoint, queue_rank, lease_owner,
          (select confirmed_at from requests where requests.id = operations.request_id) as confirmed_at`.compile(db);
    },
  }),
);

export type LeasedRow = Pick<
  OperationsTable,
  "id" | "request_id" | "sub_mchid" | "action" | "round" | "attempts" | "endpoint"
> & {
  object: SwitchObject;
  scene: PayScene | null;
  step: Step;
  attempts_before: number;
  queue_rank: number;
  lease_owner: string;
  confirmed_at: number | null;
};

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

const newAttempt = {
  id: "text",
  operation_id: "text",
  round: "bigint",
  number: "bigint",
  step: "text",
  endpoint: "bigint",
  started_at: "bigint",
} as const;

type NewAttempt = Pick<Selectable<AttemptsTable>, keyof typeof newAttempt>;

export const beginAttempts = insertSet<NewAttempt>("attempts", newAttempt);

/** Returns the attempts that had not ended before. */
export const endAttempts = setStatement<{ attempt_id: string; result: string }>()(
  (db, attempts, { now }: { now: number }) => ({
    compile: () =>
      sql<{ id: string }>`with ${given(attempts, { attempt_id: "text", result: "text" })}
        update attempts set ended_at = ${now}, result_json = given.result from given
        where id = given.attempt_id and ended_at is null
        returning id`.compile(db),
  }),
);

export const storedResults = setStatement<{ id: string }>()((db, attempts, _: Record<string, never>) =>
  db
    .selectFrom("attempts")
    .select(["id", "result_json"])
    .where(
      "id",
      "in",
      attempts.map(({ id }) => id),
    ),
);

/** Returns an operation to the queue as if this attempt had never started, if the attempt still holds the lease. */
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

/**
 * Ends the leases that these attempts still hold, and returns the operations. For one that goes on with another step,
 * the attempts so far belong to the step before it.
 */
export const release = setStatement<{
  operation_id: string;
  attempt_id: string;
  next_state: OperationState;
  next_due_at: number | null;
  next_endpoint: number;
  next_ended_at: number | null;
  next_topic: string | null;
  /** The step that follows; null if none does. */
  next_step: Step | null;
}>()((db, operations, { now }: { now: number }) => ({
  compile: () =>
    sql<{ id: string }>`with ${given(operations, {
      operation_id: "text",
      attempt_id: "text",
      next_state: "text",
      next_due_at: "bigint",
      next_endpoint: "bigint",
      next_ended_at: "bigint",
      next_topic: "text",
      next_step: "text",
    })}
      update operations set state = next_state, due_at = next_due_at, endpoint = next_endpoint, ended_at = next_ended_at,
        topic = next_topic, lease_owner = null, lease_until = null, step = coalesce(next_step, step),
        attempts_before = case when next_step is null then attempts_before else attempts end,
        receipt_done_at = case when next_step is null then receipt_done_at else ${asTime(now)} end
      from given
      where id = given.operation_id and state = 'running' and lease_owner = given.attempt_id
      returning id`.compile(db),
}));

/**
 * Counts operations of requests as ended; when the last open one of a request ends, the request is done. All instances
 * lock the requests in the same order, to avoid deadlocks.
 */
export const countEnded = setStatement<{
  request_id: string;
  ended: number;
  more_succeeded: number;
  more_failed: number;
  more_uncertain: number;
}>()((db, requests, { now }: { now: number }) => ({
  compile: () =>
    sql<EndedRow>`with ${given(requests, {
      request_id: "text",
      ended: "bigint",
      more_succeeded: "bigint",
      more_failed: "bigint",
      more_uncertain: "bigint",
    })},
      locked as materialized (
        select requests.id as locked_id from requests where id in (select request_id from given)
        order by id ${isOnPostgres(db) ? sql`for update` : sql``}
      )
      update requests set open = open - ended, succeeded = succeeded + more_succeeded, failed = failed + more_failed,
        uncertain = uncertain + more_uncertain, state = case when open = ended then 'done' else state end,
        ended_at = case when open = ended then ${asTime(now)} else null end
      from given join locked on locked_id = given.request_id
      where id = locked_id and state = 'approved'
      returning id, channel_id, round, state, succeeded, failed, uncertain`.compile(db),
}));

type EndedRow = Pick<RequestsTable, "id" | "channel_id" | "state"> &
  Record<"round" | "succeeded" | "failed" | "uncertain", number>;

/**
 * Queues the failed operations of a request again, in the next round and at the step that failed, and returns how many.
 * Operations that cannot succeed unchanged remain failed, and so do those with a later request for the same
 * sub-merchant, those of which another request for it is open, and those that would open 点金计划 too soon after this bot
 * closed it.
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
      attempts_before: 0,
      due_at: now,
      endpoint: 0,
      ended_at: null,
      topic: null,
    }))
    .where("request_id", "=", requestId)
    .where(mayBeRetried(["cancelled"]))
    .where((operation) => operation.not(hasOtherOpen(operation)))
    .where((operation) => operation.not(isTooSoon(now)(operation)))
    .executeTakeFirst();
  return Number(again.numUpdatedRows);
}

/** When the next operation can be claimed, in milliseconds since the epoch; undefined if none is queued or running. */
export async function nextDue(db: Database): Promise<number | undefined> {
  const [{ queued, leased } = { queued: null, leased: null }] = (await soonest(db, {})).rows;
  const next = Math.min(queued ?? Number.POSITIVE_INFINITY, leased ?? Number.POSITIVE_INFINITY);
  return Number.isFinite(next) ? next : undefined;
}
