/**
 * Stopping an approved request: operations that have not started are cancelled, the others continue. Those of which
 * WeChat Pay may have carried out a call in an earlier round fail, because nobody can say that nothing happened.
 */
import type { Transaction } from "kysely";
import { isFirstUse } from "../../storage/idempotency-keys.ts";
import type { Schema } from "../../storage/schema.ts";
import type { Origin } from "../audit/audit-log.ts";
import { cancelHeldIn } from "../holding/release.ts";
import type { LedgerContext } from "../ledger-context.ts";
import { endedUncertain } from "../queries/attempt-results.ts";
import { findRequest, type RequestView } from "../queries/request-view.ts";
import { recordCancelled } from "./cancellation.ts";
import { type CalledOperation, calledOperations, failUncalled } from "./ending-uncalled.ts";
import { lockQueued } from "./queue-lock.ts";

export interface StopInput {
  requestId: string;
  by: string;
  origin: Origin;
  /** The idempotency key of the click: a second use stops nothing, as in a round that began meanwhile. */
  sourceKey?: string | undefined;
}

export type StopResult =
  | { kind: "stopped"; request: RequestView }
  /** No operation was left to cancel; the view shows the request's present state. */
  | { kind: "too-late"; request: RequestView }
  | { kind: "unknown" };

/**
 * Cancels every operation of a request that has not started, or not its next step, or that is held. A second stop in
 * the same round finds only what has not started at all: what had started at the first one finishes, in both steps.
 */
export async function stop(context: LedgerContext, input: StopInput): Promise<StopResult> {
  return context.store.db.transaction().execute(async (transaction) => {
    const now = context.clock.now();
    if (!(await isFirstUse(transaction, input.sourceKey, now))) {
      const request = await findRequest(transaction, input.requestId);
      return request ? { kind: "too-late", request } : { kind: "unknown" };
    }
    const held = await cancelHeldIn(context, transaction, input);
    const notStarted = await endNotStarted(context, transaction, input.requestId, now);
    const count = notStarted.count + notStarted.failed;
    if (count > 0) await recordCancelled(context, transaction, { ...input, what: "stopped", ...notStarted, now });
    const request = await findRequest(transaction, input.requestId);
    if (!request) return { kind: "unknown" };
    return { kind: held + count > 0 ? "stopped" : "too-late", request };
  });
}

/** Returns how many were cancelled (`count`), and how many failed. */
async function endNotStarted(
  context: LedgerContext,
  transaction: Transaction<Schema>,
  requestId: string,
  now: number,
): Promise<{ count: number; failed: number; uncertain: number }> {
  // Another stop waits here, and then finds them ended.
  await lockQueued(transaction, requestId);
  const wasStopped = await isStopped(transaction, requestId);
  const called = await calledOperations(transaction, requestId, "queued");
  const hasNotStarted = ({ attempts, attempts_before }: CalledOperation) =>
    attempts === (wasStopped ? 0 : attempts_before);
  const failing = called.filter((operation) => hasNotStarted(operation) && endedUncertain(operation));
  const ended = await failUncalled(context, transaction, failing, { requestId, now });
  const cancelled = await transaction
    .updateTable("operations")
    .set({ state: "cancelled", due_at: null, ended_at: now })
    .where("request_id", "=", requestId)
    .where("state", "=", "queued")
    .where(({ eb, ref, val }) => eb("attempts", "=", wasStopped ? val(0) : ref("attempts_before")))
    .executeTakeFirst();
  return { count: Number(cancelled.numUpdatedRows), ...ended };
}

/** Whether somebody stopped the request in its present round. */
async function isStopped(transaction: Transaction<Schema>, requestId: string): Promise<boolean> {
  const last = await transaction
    .selectFrom("events")
    .select("what")
    .where("request_id", "=", requestId)
    .where("what", "in", ["stopped", "retried"])
    .orderBy("seq", "desc")
    .limit(1)
    .executeTakeFirst();
  return last?.what === "stopped";
}
