/** What can go wrong at the rim: each history has some of these and not others, and all of them stop in the end. */
import type { Dice } from "../../faults/seeded-random.ts";

export const faultNames = [
  /** The database is not to be had when somebody wants to read or write. */
  "ledger-away",
  /** A commit fails, and everything in it is rolled back. */
  "commit-fails",
  /** A commit comes to pass, and the word of it is lost. */
  "commit-uncertain",
  /** Slack does not answer a question. */
  "slack-silent",
  /** A post fails before it was there. */
  "post-fails",
  /** A post is there, and its answer is lost. */
  "post-answer-lost",
  /** Slack wants to be left alone. */
  "post-limited",
  /** The message that is to be edited is gone. */
  "post-gone",
  /** Slack takes seconds, or as long as the bot waits, and longer than a caller lives. */
  "post-late",
  "call-fails",
  "call-answer-lost",
  "call-unverified",
  "call-refused",
  "call-server-error",
  "call-limited",
  "call-late",
] as const;
export type FaultName = (typeof faultNames)[number];

export interface Faults {
  /** Whether this goes wrong now. */
  strike(name: FaultName): boolean;
  /** Chance for what may happen either way. */
  below(end: number): number;
  happens(share: number): boolean;
  stop(): void;
  /** How often each has struck. */
  struck: ReadonlyMap<FaultName, number>;
}

/** What makes an operation fail for good, which a Retry begins with, is rare if it is not frequent. */
const refusedShare = 0.6;

/** @param share how often each of the enabled faults strikes where it can, from 0 to 1 */
export function createFaults(dice: Dice, enabled: readonly FaultName[], share: number): Faults {
  const names = new Set(enabled);
  const struck = new Map<FaultName, number>();
  return {
    strike(name) {
      if (!names.has(name) || !dice.happens(name === "call-refused" ? refusedShare : share)) return false;
      struck.set(name, (struck.get(name) ?? 0) + 1);
      return true;
    },
    below: dice.below,
    happens: dice.happens,
    stop: () => names.clear(),
    struck,
  };
}
