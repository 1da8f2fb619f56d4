/** The clock and the randomness of one instance, on the schedule of a history. */
import type { Clock, Random } from "../../../src/domain/clock.ts";
import type { Dice } from "../../faults/seeded-random.ts";
import { type Life, never, type Schedule } from "./schedule.ts";

/** @param skewMs how far the instance's wall clock is ahead of the true time */
export function virtualClock(schedule: Schedule, life: Life, skewMs: number): Clock {
  const bootedAt = schedule.now();
  return {
    now: () => schedule.now() + skewMs,
    monotonic: () => schedule.now() - bootedAt,
    sleep(ms, signal) {
      if (!life.isAlive) return never();
      if (signal?.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const dueAt = schedule.now() + Math.max(1, Math.ceil(ms));
        const cancel = schedule.add({ dueAt, life, rim: "sleep", what: "wakes", act: resolve });
        const wake = () => {
          cancel();
          resolve();
        };
        signal?.addEventListener("abort", wake, { once: true });
      });
    },
  };
}

/** Ids that increase over all instances of a history, and random fractions from its seed. */
export function seededRandom(dice: Dice): Random {
  let ids = 0;
  return { fraction: dice.fraction, id: () => `${String(ids++).padStart(12, "0")}${"0".repeat(20)}` };
}
