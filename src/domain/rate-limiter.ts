/** How fast calls may follow each other: an even rate with a short burst, lowered for a while when it was too much. */

/** A pace as it is remembered; times are milliseconds of the clock whose `now` is passed in. */
export interface RateState {
  /** Since when calls have been gathering, up to the burst; a fraction of a call counts. */
  emptyAt: number;
  /** The share of the full rate that was left when it was lowered last, and when that was. */
  share: number;
  slowedAt: number;
}

export interface RateLimit {
  /** Calls at full pace. */
  perSecond: number;
  /** Calls that may come at once after a rest, at least 1. */
  burst: number;
}

/** A lowered rate doubles after each such time, until it is whole again. */
const recoveryMs = 30_000;
const slowestShare = 1 / 16;
/** Calls that were under way together are one sign that it was too fast, not one each. */
const sameSignMs = 1_000;

/** Clocks that are read on different machines differ by less than this. */
const clockSetBackMs = 2_000;

export const fullRate: RateState = { emptyAt: Number.NEGATIVE_INFINITY, share: 1, slowedAt: 0 };

/** How many calls may be made at `now`. */
export function callsAllowed(rate: RateState, limits: RateLimit, now: number): number {
  return Math.floor(gathered(rate, limits, now));
}

/** Milliseconds until the next call may be made; 0 when one may be made now. */
export function rateWaitMs(rate: RateState, limits: RateLimit, now: number): number {
  const missing = 1 - gathered(rate, limits, now);
  return missing <= 0 ? 0 : Math.ceil(missing / callsPerMs(rate, limits, now));
}

/** The pace once this many calls were made. */
export function rateAfter(calls: number, rate: RateState, limits: RateLimit, now: number): RateState {
  const left = gathered(rate, limits, now) - calls;
  return { ...rate, emptyAt: now - left / callsPerMs(rate, limits, now) };
}

/** The other side says that calls come too fast: halves the rate, which comes back in steps. */
export function slowedRate(rate: RateState, limits: RateLimit, now: number): RateState {
  const share = shareAt(rate, now);
  if (share < 1 && now - rate.slowedAt < sameSignMs) return rate;
  const slowed = { ...rate, share: Math.max(slowestShare, share / 2), slowedAt: now };
  // What has gathered stays what it is.
  return { ...slowed, emptyAt: now - gathered(rate, limits, now) / callsPerMs(slowed, limits, now) };
}

function gathered(rate: RateState, limits: RateLimit, now: number): number {
  // Set back that far, the clock says nothing about how long ago it was: better a burst than to stand still.
  if (rate.emptyAt > now + clockSetBackMs) return limits.burst;
  return Math.min(limits.burst, (now - rate.emptyAt) * callsPerMs(rate, limits, now));
}

function callsPerMs(rate: RateState, { perSecond }: RateLimit, now: number): number {
  return (perSecond * shareAt(rate, now)) / 1_000;
}

function shareAt({ share, slowedAt }: RateState, now: number): number {
  const steps = Math.max(0, Math.floor((now - slowedAt) / recoveryMs));
  return Math.min(1, share * 2 ** Math.min(steps, 10));
}
