/** How fast calls may follow each other: an even rate with a short burst, lowered for a while when it was too much. */

export interface Pace {
  /** How many calls may be made now. */
  available(): number;
  /** Counts this many calls as made. */
  take(calls: number): void;
  /** Milliseconds until the next call may be made; 0 when one may be made now. */
  waitMs(): number;
  /** The other side says that calls come too fast: halves the rate, which comes back in steps. */
  slowDown(): void;
}

const recoveryMs = 30_000;
const slowestShare = 1 / 16;

export interface PaceNeeds {
  /** Calls at full pace. */
  perSecond: number;
  /** Calls that may come at once after a rest, at least 1. */
  burst: number;
  /** Milliseconds of a clock that never jumps. */
  now(): number;
}

export function createPace({ perSecond, burst, now }: PaceNeeds): Pace {
  let rate = perSecond;
  let ready = burst;
  let refilledAt = now();
  let recoversAt = 0;

  function refill(): void {
    const at = now();
    ready = Math.min(burst, ready + ((at - refilledAt) * rate) / 1_000);
    refilledAt = at;
    if (rate < perSecond && at >= recoversAt) {
      rate = Math.min(perSecond, rate * 2);
      recoversAt = at + recoveryMs;
    }
  }

  return {
    available() {
      refill();
      return Math.floor(ready);
    },
    take(calls) {
      ready -= calls;
    },
    waitMs() {
      refill();
      return ready >= 1 ? 0 : Math.ceil(((1 - ready) * 1_000) / rate);
    },
    slowDown() {
      refill();
      rate = Math.max(perSecond * slowestShare, rate / 2);
      recoversAt = now() + recoveryMs;
    },
  };
}
