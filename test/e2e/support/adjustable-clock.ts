/** Real time plus an offset that a test sets. Advancing it wakes sleepers that are due. */
import type { Clock } from "../../../src/domain/clock.ts";
import { systemClock } from "../../../src/system-clock.ts";

export interface MovableClock extends Clock {
  /** Advances the clock. Sleepers have that much less left to sleep. */
  moveOn(ms: number): void;
}

export function createMovableClock(): MovableClock {
  let aheadMs = 0;
  const sleepers = new Set<{ goOn(): void }>();
  const monotonic = () => systemClock.monotonic() + aheadMs;

  return {
    now: () => systemClock.now() + aheadMs,
    monotonic,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const endsAt = monotonic() + ms;
        let timer: NodeJS.Timeout;
        const end = () => {
          clearTimeout(timer);
          sleepers.delete(sleeper);
          signal?.removeEventListener("abort", end);
          resolve();
        };
        const sleeper = {
          goOn() {
            clearTimeout(timer);
            timer = setTimeout(end, Math.max(0, endsAt - monotonic()));
          },
        };
        sleepers.add(sleeper);
        sleeper.goOn();
        signal?.addEventListener("abort", end);
        if (signal?.aborted) end();
      }),
    moveOn(ms) {
      aheadMs += ms;
      for (const { goOn } of sleepers) goOn();
    },
  };
}
