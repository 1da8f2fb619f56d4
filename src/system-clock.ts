/** The time and the randomness of this machine. */
import { randomUUID } from "node:crypto";
import type { Clock, Random } from "./domain/clock.ts";

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      signal?.addEventListener("abort", end);
      if (signal?.aborted) end();
    }),
};

export const systemRandom: Random = {
  fraction: () => Math.random(),
  id: () => timeOrderedId(Date.now(), randomUUID()),
};

/** 12 hexadecimal digits of the time in milliseconds, then 20 random ones: 80 random bits, as many as a ULID has. */
function timeOrderedId(now: number, uuid: string): string {
  // The middle digits of a UUID are its version and variant. Node draws random bits for many UUIDs at once, which is
  // cheap.
  return now.toString(16).padStart(12, "0") + uuid.slice(24) + uuid.slice(0, 8);
}
