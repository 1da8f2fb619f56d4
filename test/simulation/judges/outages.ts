/**
 * Judges outages and restores: nothing that was decided before one is called after it, unless a person decided on it
 * again.
 */
import type { Judgement } from "./judgement.ts";
import { shortOf } from "./leases.ts";
import type { AuditRow, Records } from "./records.ts";
import { detailOf } from "./steps/event-paths.ts";

/** How far the instances' clocks, and thus the times of events, may be ahead of the world's. */
const skewMaxMs = 500;

/** The events by which a person lets a request be carried out. */
const confirmations = ["approved", "broke-glass", "retried", "carried-out"];

export function judgeOutages(records: Records, found: Judgement): void {
  judgeEndsOnHold(records, found);
  const { outages, calls, events } = records;
  for (const { from, until } of outages)
    for (const { requestId, startedAt, subMchid } of calls) {
      if (requestId === undefined || startedAt < until) continue;
      const isConfirmed = events.some(
        ({ at, what, requestId: of }) =>
          of === requestId && confirmations.includes(what) && at > (from + until) / 2 && at <= startedAt + skewMaxMs,
      );
      if (!isConfirmed)
        found.doubled.push(
          `${subMchid} (request ${shortOf(requestId)}): called without a person after an outage of ${until - from} ms`,
        );
    }
}

/** A step that had started may have switched something: no one may read that it was not carried out. */
function judgeEndsOnHold({ requests, events }: Records, found: Judgement): void {
  for (const { id, operations } of requests)
    for (const { operationId, operationState, subMchid } of operations) {
      if (operationState !== "cancelled") continue;
      const own = events.filter((event) => event.operationId === operationId);
      const isEndOfStep = (event: AuditRow) => event.what === "operation-failed" || detailOf(event).next === "continue";
      const sinceItsStep = own.slice(own.findLastIndex(isEndOfStep) + 1);
      const started = sinceItsStep.filter(({ what }) => what === "attempt-started").length;
      const handedBack = sinceItsStep.filter(({ what }) => what === "attempt-handed-back").length;
      if (started > handedBack)
        found.untrue.push(`${subMchid} (request ${shortOf(id)}): cancelled, although its call had started`);
    }
}
