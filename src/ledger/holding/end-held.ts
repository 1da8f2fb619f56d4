/**
 * Ends held operations without carrying them out. Operations whose step had not started in their round are cancelled. Those
 * that had started fail with their newest result, or as unfinished if their last call has no result, because that call
 * may have switched the receipts.
 */
import type { Transaction } from "kysely";
import { type AttemptResult, parseResult } from "../../domain/attempt-result.ts";
import { guide, isUncertain } from "../../domain/guidance.ts";
import type { Schema } from "../../storage/schema.ts";
import { type AuditEvent, type Origin, record } from "../audit/audit-log.ts";
import { textHash } from "../audit/hash-chain.ts";
import { type LedgerContext, theBot } from "../ledger-context.ts";
import { recordCancelled } from "../operations/cancellation.ts";
import { newestResultOfRound } from "../queries/attempt-results.ts";

export interface EndOfHold {
  requestId: string;
  what: "cancelled-held" | "held-expired";
  by: string;
  origin: Origin;
  now: number;
}

/**
 * Ends the held operations of a request whose row is locked, and returns how many. After its last open operation, the
 * request is done.
 */
export async function endHeld(
  context: LedgerContext,
  transaction: Transaction<Schema>,
  end: EndOfHold,
): Promise<number> {
  const { requestId, now } = end;
  const started = await endStarted(context, transaction, end);
  const cancelled = await transaction
    .updateTable("operations")
    .set({ state: "cancelled", ended_at: now })
    .where("request_id", "=", requestId)
    .where("state", "=", "held")
    .executeTakeFirst();
  const count = Number(cancelled.numUpdatedRows);
  await recordCancelled(context, transaction, { ...end, count, ...started });
  return count + started.failed;
}

async function endStarted(
  context: LedgerContext,
  transaction: Transaction<Schema>,
  { requestId, now }: EndOfHold,
): Promise<{ failed: number; uncertain: number }> {
  const started = await transaction
    .selectFrom("operations")
    .select(["id", "action", "object", "step", "round", "attempts", newestResultOfRound().as("result_json")])
    .where("request_id", "=", requestId)
    .where("state", "=", "held")
    .whereRef("attempts", ">", "attempts_before")
    .orderBy("seq")
    .execute();
  const { by: actor, origin } = theBot(context);
  const unfinished = JSON.stringify({ kind: "unfinished" } satisfies AttemptResult);
  const events: AuditEvent[] = [];
  let uncertain = 0;
  for (const { id: operationId, action, object, step, round, attempts: attempt, result_json } of started) {
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
    await transaction
      .updateTable("operations")
      .set({ state: "failed", ended_at: now, topic })
      .where("id", "=", operationId)
      .execute();
    events.push({ what: "operation-failed", ...of, detail: { ...made, outcome, topic } });
    context.metrics?.operationEnded({ action, object, outcome, fault: topic, sinceApprovalMs: undefined });
  }
  await record(transaction, events);
  return { failed: started.length, uncertain };
}
