/** The faults at the bot's boundaries: each history has some of them, and all end before it does. */
import type { Dice } from "../../faults/seeded-random.ts";

export const faultNames = [
  /** The database is unavailable for a read or a write. */
  "ledger-away",
  /** A commit fails, and everything in it is rolled back. */
  "commit-fails",
  /** A commit succeeds, and its confirmation is lost. */
  "commit-uncertain",
  /** Slack does not answer a query. */
  "slack-silent",
  /** A post fails before it takes effect. */
  "post-fails",
  /** A post takes effect, and its answer is lost. */
  "post-answer-lost",
  /** Slack limits the rate. */
  "post-limited",
  /** The message to edit is gone. */
  "post-gone",
  /** Slack takes seconds, or as long as the bot waits and longer than a caller lives. */
  "post-late",
  "call-fails",
  "call-answer-lost",
  "call-unverified",
  "call-refused",
  "call-server-error",
  "call-limited",
  "call-late",
  /** Someone writes a grant into the database by hand. */
  "grant-forged",
] as const;
export type FaultName = (typeof faultNames)[number];

export interface Faults {
  /** Whether this fault occurs now. */
  strike(name: FaultName): boolean;
  /** Counts a fault that the history itself brings. */
  happened(name: FaultName): void;
  /** A random decision that is not a fault. */
  below(end: number): number;
  happens(share: number): boolean;
  stop(): void;
  /** How often each fault has occurred. */
  struck: ReadonlyMap<FaultName, number>;
}

/** What makes an operation fail permanently, which Retry needs, would otherwise be rare. */
const refusedShare = 0.6;

/** @param share how often each enabled fault occurs where it can, from 0 to 1 */
export function createFaults(dice: Dice, enabled: readonly FaultName[], share: number): Faults {
  const names = new Set(enabled);
  const struck = new Map<FaultName, number>();
  return {
    strike(name) {
      if (!names.has(name) || !dice.happens(name === "call-refused" ? refusedShare : share)) return false;
      struck.set(name, (struck.get(name) ?? 0) + 1);
      return true;
    },
    happened(name) {
      struck.set(name, (struck.get(name) ?? 0) + 1);
    },
    below: dice.below,
    happens: dice.happens,
    stop: () => names.clear(),
    struck,
  };
}
