/**
 * Judges what was sent under a lease, calls and edits: nothing may take effect after it, and thus after the next
 * holder's.
 */
import { postingLimitMs } from "../world/slack-in-memory.ts";
import { callLimitMs, type PlayedCall } from "../world/wechatpay-in-memory.ts";
import type { Judgement } from "./judgement.ts";
import type { Records } from "./records.ts";

export function judgeCalls({ calls, restores, requests }: Records, found: Judgement): void {
  const operations = requests.flatMap((request) => request.operations);
  const cancelled = new Set(operations.flatMap((one) => (one.operationState === "cancelled" ? [one.seq] : [])));
  // A call that did nothing in a round before a stop is no reason against a Retry of an earlier decision. Nor is one
  // that switched the receipt before a stop between the steps, if the earlier decision is about 点金计划 alone.
  const isWithdrawn = ({ seq, actedAt, step }: PlayedCall, { object }: PlayedCall) =>
    seq !== undefined && cancelled.has(seq) && (actedAt === undefined || (step === "receipt" && object === "goldplan"));
  // What was under way when the ledger was restored is unknown to it; a person let it be carried out again.
  const isApart = (earlier: PlayedCall, later: PlayedCall) =>
    restores.some((at) => earlier.startedAt < at && at <= later.startedAt);
  for (const call of calls)
    if (call.requestId === undefined) found.doubled.push(`${describeCall(call)} without such a decision`);
    else if (call.startedAt + callLimitMs > call.leaseUntil)
      found.doubled.push(`${describeCall(call)} might have outlasted its lease, so that another could overlap`);
  for (const own of Map.groupBy(calls, ({ subMchid }) => subMchid).values()) {
    for (const [index, later] of own.entries()) {
      for (const earlier of own.slice(0, index)) {
        if (earlier.endedAt > later.startedAt && !isApart(earlier, later))
          found.doubled.push(`${describeCall(earlier)} and ${describeCall(later)} overlapped`);
        const isOutOfOrder = (earlier.seq ?? 0) > (later.seq ?? 0) && overlap(earlier, later);
        if (isOutOfOrder && !isWithdrawn(earlier, later))
          found.overtaken.push(`${describeCall(later)} was made after that of a later decision`);
        if ((earlier.actedAt ?? 0) > later.startedAt && earlier.requestId !== later.requestId)
          found.overtaken.push(`${describeCall(earlier)} acted after that of a later decision was made`);
      }
    }
  }
}

/** Whether two requests switch the same object, or one of the same; others may come in any order. */
export function overlap(
  { object }: Pick<PlayedCall, "object">,
  { object: other }: Pick<PlayedCall, "object">,
): boolean {
  return object === other || object === "both" || other === "both";
}

/** A result that came when the history was over may not have been recorded yet, in milliseconds. */
const recordedWithinMs = 1_000;

/** What a living instance heard from WeChat Pay has to be recorded; else the call is made once more than needed. */
export function judgeResults({ calls, events, errors, endedAt }: Records, found: Judgement): void {
  // The ledger was away for the rest of the lease.
  if (errors.some((line) => line.includes("the attempt could not be recorded"))) return;
  const isResult = /^attempt-(ended|overtaken)$/;
  for (const [requestId, own] of Map.groupBy(calls, (call) => call.requestId)) {
    // One that dies or pauses after it heard may record it too late for the history, or never.
    const heard = own.filter(
      ({ heard: it }) => it?.by.isAlive && it.by.pausedUntil <= it.at && it.at + recordedWithinMs <= endedAt,
    ).length;
    const recorded = events.filter((event) => event.requestId === requestId && isResult.test(event.what)).length;
    if (heard > recorded)
      found.lost.push(`request ${shortOf(requestId)}: ${heard} results were heard, but ${recorded} recorded`);
  }
}

/**
 * An edit that takes effect after its lease comes after the next holder's, so the message permanently shows an old
 * state.
 */
export function judgeEdits({ edits }: Records, found: Judgement): void {
  for (const { by, ts, sentAt, leaseUntil } of edits)
    if (sentAt + postingLimitMs > leaseUntil)
      found.overtaken.push(`${by}'s edit of ${ts} at ${timeOf(sentAt)} might have outlasted its lease`);
}

/** A request's id as people read it. */
export function shortOf(id: string | undefined): string {
  return id === undefined ? "none" : String(Number(id.slice(0, 12)));
}

export function describeCall({ subMchid, step, operationType, by, startedAt, requestId }: PlayedCall): string {
  return `${by}'s call at ${timeOf(startedAt)} (${operationType} ${step} ${subMchid}, request ${shortOf(requestId)})`;
}

function timeOf(at: number): string {
  return new Date(at).toISOString().slice(14, 23);
}
