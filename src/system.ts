/** The real time and the real chance of this machine. */
import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Chance, Clock } from "./receipt/clock.ts";

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  async sleep(ms, signal) {
    try {
      await delay(ms, undefined, signal ? { signal } : undefined);
    } catch (error) {
      if (!signal?.aborted) throw error;
    }
  },
};

export const systemChance: Chance = {
  fraction: () => Math.random(),
  id: () => timeOrderedId(Date.now(), randomBytes(10)),
};

/** 12 hexadecimal digits of the time in milliseconds, then 20 of chance: 80 random bits, as much as a ULID has. */
function timeOrderedId(now: number, random: Buffer): string {
  return now.toString(16).padStart(12, "0") + random.toString("hex");
}
