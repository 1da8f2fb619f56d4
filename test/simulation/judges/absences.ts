/** Judges absences: nothing that was decided before one is called after it, unless a person decided on it again. */
import type { Judgement } from "./judgement.ts";
import { shortOf } from "./leases.ts";
import type { Records } from "./records.ts";

/** How far the instances' clocks, and thus the times of events, may be ahead of the world's. */
const skewMaxMs = 500;

/** The events by which a person lets a request be carried out. */
const confirmations = ["approved", "broke-glass", "retried", "carried-out"];

export function judgeAbsences({ absences, calls, events }: Records, found: Judgement): void {
  for (const { from, until } of absences)
    for (const { requestId, startedAt, subMchid } of calls) {
      if (requestId === undefined || startedAt < until) continue;
      const isConfirmed = events.some(
        ({ at, what, requestId: of }) =>
          of === requestId && confirmations.includes(what) && at > (from + until) / 2 && at <= startedAt + skewMaxMs,
      );
      if (!isConfirmed)
        found.doubled.push(
          `${subMchid} (request ${shortOf(requestId)}): called without a person after an absence of ${until - from} ms`,
        );
    }
}
