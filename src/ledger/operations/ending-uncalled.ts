/**
 * Ends operations without another call. Those of which WeChat Pay may have carried out a call fail with their newest
 * result, or as unfinished if their last call has no result; only the others can be cancelled.
 */
import { sql, type Transaction } from "kysely";
import { type AttemptResult, parseResult } from "../../domain/attempt-result.ts";
import { guide, isUncertain } from "../../domain/guidance.ts";
import type { Schema } from "../../storage/schema.ts";
import { given, isOnPostgres, setStatement } from "../../storage/statement.ts";
import { type AuditEvent, record } from "../audit/audit-log.ts";
import { textHash } from "../audit/hash-chain.ts";
import { type LedgerContext, theBot } from "../ledger-context.ts";
import { newestResult } from "../queries/attempt-results.ts";

export type CalledOperation = Awaited<ReturnType<typeof calledOperations>>[number];

/**
 * The operations of a request in one state that were called in their present round and step, or in an earlier round.
 * Until this transaction ends, nobody else changes them, even if they were put back into the queue after `lockQueued`.
 */
export function calledOperations(transaction: Transaction<Schema>, requestId: string, state: "held" | "queued") {
  return transaction
    .selectFrom("operations")
    .select(["id", "state", "action", "object", "step", "round", "attempts", "attempts_before"])
    .select(newestResult().as("result_json"))
    .where("request_id", "=", requestId)
    .where("state", "=", state)
    .where((row) => row.or([row("attempts", ">", row.ref("attempts_before")), row("round", ">", 1)]))
    .orderBy("seq")
    .$if(isOnPostgres(transaction), (query) => query.forUpdate())
    .execute();
}

/** Whether it was called in its present round and step. */
export function hasStarted({ attempts, attempts_before }: CalledOperation): boolean {
  return attempts > attempts_before;
}

/**
 * Fails these operations, and returns how many, and how many of them are uncertain.
 * @throws Error if one is no longer in its state, although it is locked
 */
export async function failUncalled(
  context: LedgerContext,
  transaction: Transaction<Schema>,
  called: readonly CalledOperation[],
  { requestId, now }: { requestId: string; now: number },
): Promise<{ failed: number; uncertain: number }> {
  const unfinished = JSON.stringify({ kind: "unfinished" } satisfies AttemptResult);
  const attempts = called.map(({ id, round, attempts }) => ({
    called_id: id,
    last_round: round,
    last_number: attempts,
  }));
  const closed = await closeOpenAttempts(transaction, attempts, { now, result: unfinished });
  const open = new Set(closed.map(({ operation_id }) => operation_id));
  const failures = called.map((operation) => ({ operation, ...failureOf(operation, open.has(operation.id)) }));
  const topics = failures.map(({ operation: { id, state }, topic }) => ({
    called_id: id,
    in_state: state,
    topic_of: topic,
  }));
  const ended = await endAsFailed(transaction, topics, { now });
  if (ended.length < called.length)
    throw new Error(
      `of ${called.length} operations of request ${requestId}, ${ended.length} were still in their state`,
    );
  const { by: actor, origin } = theBot(context);
  const of = { at: now, actor, origin, requestId };
  const events = failures.flatMap(({ operation, topic, outcome }): AuditEvent[] => {
    const { id: operationId, step, round, attempts: attempt } = operation;
    const made = { round, attempt, ...(step === "goldplan" && { step }) };
    const failed = { what: "operation-failed", ...of, operationId, detail: { ...made, outcome, topic } } as const;
    if (!open.has(operationId)) return [failed];
    const detail = { ...made, result: "unfinished", resultHash: textHash(unfinished), next: "fail" };
    return [{ what: "attempt-ended", ...of, operationId, detail }, failed];
  });
  await record(transaction, events);
  for (const { operation, topic, outcome } of failures) {
    const { action, object } = operation;
    context.metrics?.operationEnded({ action, object, outcome, fault: topic, sinceApprovalMs: undefined });
  }
  return { failed: called.length, uncertain: failures.filter(({ outcome }) => outcome === "uncertain").length };
}

/** @param isOpen whether its last attempt had no result */
function failureOf({ result_json }: CalledOperation, isOpen: boolean) {
  const result = isOpen ? undefined : parseResult(result_json);
  const failure = result && result.kind !== "accepted" ? result : ({ kind: "unfinished" } as const);
  return { topic: guide(failure).topic, outcome: isUncertain(failure) ? "uncertain" : "failed" } as const;
}

/** Ends the last attempts that have no result, and returns their operations. */
const closeOpenAttempts = setStatement<{ called_id: string; last_round: number; last_number: number }>()(
  (db, operations, { now, result }: { now: number; result: string }) => ({
    compile: () =>
      sql<{ operation_id: string }>`with ${given(operations, {
        called_id: "text",
        last_round: "bigint",
        last_number: "bigint",
      })}
        update attempts set ended_at = ${now}, result_json = ${result} from given
        where operation_id = called_id and round = last_round and number = last_number and ended_at is null
        returning operation_id`.compile(db),
  }),
);

/** Returns the operations that were in the given state. */
const endAsFailed = setStatement<{ called_id: string; in_state: string; topic_of: string }>()(
  (db, operations, { now }: { now: number }) => ({
    compile: () =>
      sql<{ id: string }>`with ${given(operations, { called_id: "text", in_state: "text", topic_of: "text" })}
        update operations set state = 'failed', due_at = null, ended_at = ${now}, topic = topic_of from given
        where id = called_id and state = in_state
        returning id`.compile(db),
  }),
);
