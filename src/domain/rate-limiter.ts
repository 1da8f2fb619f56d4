/** The rate limit: a steady rate with a short burst, lowered for a while after WeChat Pay reports too many calls. */

/** The stored state of a rate; times are milliseconds of the clock whose `now` is passed in. */
export interface RateState {
  /** When the bucket was last empty. Since then, calls have accumulated in fractions, up to the burst. */
  emptyAt: number;
  /** The share of the full rate after it was last lowered, and the time when it was lowered. */
  share: number;
  slowedAt: number;
}

export interface RateLimit {
  /** Calls per second at the full rate. */
  perSecond: number;
  /** Calls that may be made at once after a pause, at least 1. */
  burst: number;
}

/** A lowered rate doubles each time this has passed, until it is full again. */
const recoveryMs = 30_000;
const slowestShare = 1 / 16;
/** Refusals within this time count once: the calls were made at the same rate. */
const sameRefusalMs = 1_000;

/** Clocks of different machines differ by less than this. */
const clockSetBackMs = 2_000;

export const fullRate: RateState = { emptyAt: Number.NEGATIVE_INFINITY, share: 1, slowedAt: 0 };

/** How many calls may be made at `now`: none while the clock is a little behind that of the last calls. */
export function callsAllowed(rate: RateState, limits: RateLimit, now: number): number {
  return Math.max(0, Math.floor(accumulated(rate, limits, now)));
}

/** Milliseconds until the next call may be made; 0 when one may be made now. */
export function rateWaitMs(rate: RateState, limits: RateLimit, now: number): number {
  const missing = 1 - accumulated(rate, limits, now);
  return missing <= 0 ? 0 : Math.ceil(missing / callsPerMs(rate, limits, now));
}

/** The rate after this many calls. */
export function rateAfter(calls: number, rate: RateState, limits: RateLimit, now: number): RateState {
  const left = accumulated(rate, limits, now) - calls;
  return { ...rate, emptyAt: now - left / callsPerMs(rate, limits, now) };
}

/** Halves the rate after WeChat Pay reported too many calls. It recovers in steps. */
export function slowedRate(rate: RateState, limits: RateLimit, now: number): RateState {
  const share = shareAt(rate, now);
  if (share < 1 && now - rate.slowedAt < sameRefusalMs) return rate;
  const slowed = { ...rate, share: Math.max(slowestShare, share / 2), slowedAt: now };
  // The calls accumulated so far are kept.
  return { ...slowed, emptyAt: now - accumulated(rate, limits, now) / callsPerMs(slowed, limits, now) };
}

function accumulated(rate: RateState, limits: RateLimit, now: number): number {
  // After the clock was set back this far, the elapsed time is unknown: a burst is better than a standstill.
  if (rate.emptyAt > now + clockSetBackMs) return limits.burst;
  return Math.min(limits.burst, (now - rate.emptyAt) * callsPerMs(rate, limits, now));
}

function callsPerMs(rate: RateState, { perSecond }: RateLimit, now: number): number {
  return (perSecond * shareAt(rate, now)) / 1_000;
}

/** The share of the full rate that is in force, from 0 to 1. */
export function shareAt({ share, slowedAt }: RateState, now: number): number {
  const steps = Math.max(0, Math.floor((now - slowedAt) / recoveryMs));
  return Math.min(1, share * 2 ** Math.min(steps, 10));
}
