/**
 * Ends operations without another call. Those of which WeChat Pay may have carried out a call fail with their newest
 * result, or as unfinished if their last call has no result; only the others can be cancelled.
 */
import type { Transaction } from "kysely";
import { type AttemptResult, parseResult } from "../../domain/attempt-result.ts";
import { guide, isUncertain } from "../../domain/guidance.ts";
import type { Schema } from "../../storage/schema.ts";
import { type AuditEvent, record } from "../audit/audit-log.ts";
import { textHash } from "../audit/hash-chain.ts";
import { type LedgerContext, theBot } from "../ledger-context.ts";
import { newestResult } from "../queries/attempt-results.ts";

export type CalledOperation = Awaited<ReturnType<typeof calledOperations>>[number];

/**
 * The operations of a request in one state that were called in their present round and step, or in an earlier round.
 * The caller holds a lock that keeps them in this state.
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
    .execute();
}

/** Whether it was called in its present round and step. */
export function hasStarted({ attempts, attempts_before }: CalledOperation): boolean {
  return attempts > attempts_before;
}

/** Fails these operations, and returns how many, and how many of them are uncertain. */
export async function failUncalled(
  context: LedgerContext,
  transaction: Transaction<Schema>,
  called: readonly CalledOperation[],
  { requestId, now }: { requestId: string; now: number },
): Promise<{ failed: number; uncertain: number }> {
  const { by: actor, origin } = theBot(context);
  const unfinished = JSON.stringify({ kind: "unfinished" } satisfies AttemptResult);
  const events: AuditEvent[] = [];
  let uncertain = 0;
  for (const operation of called) {
    const { id: operationId, state, action, object, step, round, attempts: attempt, result_json } = operation;
    const made = { round, attempt, ...(step === "goldplan" && { step }) };
    const of = { at: now, actor, origin, requestId, operationId };
    const closed = await transaction
      .updateTable("attempts")
      .set({ ended_at: now, result_json: unfinished })
      .where("operation_id", "=", operationId)
      .where("round", "=", round)
      .where("number", "=", attempt)
      .where("ended_at", "is", null)
      .executeTakeFirst();
    const isOpen = closed.numUpdatedRows > 0n;
    if (isOpen) {
      const detail = { ...made, result: "unfinished", resultHash: textHash(unfinished), next: "fail" };
      events.push({ what: "attempt-ended", ...of, detail });
    }
    const result = isOpen ? undefined : parseResult(result_json);
    const failure = result && result.kind !== "accepted" ? result : ({ kind: "unfinished" } as const);
    const { topic } = guide(failure);
    const outcome = isUncertain(failure) ? "uncertain" : "failed";
    if (outcome === "uncertain") uncertain++;
    const ended = await transaction
      .updateTable("operations")
      .set({ state: "failed", due_at: null, ended_at: now, topic })
      .where("id", "=", operationId)
      .where("state", "=", state)
      .executeTakeFirst();
    if (ended.numUpdatedRows === 0n) throw new Error(`operation ${operationId} was changed although it is locked`);
    events.push({ what: "operation-failed", ...of, detail: { ...made, outcome, topic } });
    context.metrics?.operationEnded({ action, object, outcome, fault: topic, sinceApprovalMs: undefined });
  }
  await record(transaction, events);
  return { failed: called.length, uncertain };
}
