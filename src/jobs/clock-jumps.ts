/** Jumps of the wall clock, compared with the monotonic one. */
import { type Clock, timeOf } from "../domain/clock.ts";

/** How far the clock may jump ahead between two polls without affecting leases, in milliseconds. */
const jumpMs = 1_000;

/**
 * Watches for jumps of the wall clock. After a jump ahead, leases seem to have ended while their attempts are still
 * running, so nothing is taken over for the length of a lease.
 */
export function watchForJumps(clock: Clock, leaseMs: number) {
  let last = timeOf(clock);
  let steadyFrom = last.steadyMs;
  return {
    isSteady(): boolean {
      const now = timeOf(clock);
      const aheadMs = now.wallMs - last.wallMs - (now.steadyMs - last.steadyMs);
      if (aheadMs > jumpMs) steadyFrom = now.steadyMs + leaseMs;
      last = now;
      return now.steadyMs >= steadyFrom;
    },
  };
}
