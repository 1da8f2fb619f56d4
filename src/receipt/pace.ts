/** How fast calls may follow each other: an even rate, lowered for a while when WeChat Pay says that it was too much. */

export interface Pace {
  /** How many calls may be made now. */
  available(): number;
  /** Counts this many calls as made. */
  take(calls: number): void;
  /** Milliseconds until the next call may be made; 0 when one may be made now. */
  waitMs(): number;
  /** WeChat Pay answered that calls come too fast: halves the rate, which comes back in steps. */
  slowDown(): void;
}

/** Calls that were not made in time do not pile up beyond those of this many milliseconds. */
const burstMs = 50;
const recoveryMs = 30_000;
const slowestShare = 1 / 16;

/** @param needs `now` in milliseconds, of a clock that never jumps; `perSecond` calls at full pace. */
export function createPace({ perSecond, now }: { perSecond: number; now(): number }): Pace {
  let rate = perSecond;
  let ready = 1;
  let refilledAt = now();
  let recoversAt = 0;

  function refill(): void {
    const at = now();
    ready = Math.min(Math.max(1, (rate * burstMs) / 1_000), ready + ((at - refilledAt) * rate) / 1_000);
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
