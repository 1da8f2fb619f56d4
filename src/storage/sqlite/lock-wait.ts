/** The line of those who want to write while another program, such as an open shell, has the ledger's file locked. */
import { setTimeout } from "node:timers/promises";
import { isBusy, StoreAway } from "../store-errors.ts";

/**
 * How long a transaction waits for the file's lock, in milliseconds. A person reads after 2.5 s that it takes longer.
 */
const waitMaxMs = 5_000;
/** Between two tries for the lock, in milliseconds. SQLite's own waiting would stop the whole process meanwhile. */
const retryMs = 40;

export interface LockWaitNeeds<Turn> {
  /** Begins a transaction. @throws SQLITE_BUSY while the file is locked */
  begin(): void;
  /** The next turn on the connection. */
  nextTurn(): Turn;
  /** Called if a transaction gave up. */
  failed(error: unknown): void;
}

export interface LockWait<Turn> {
  /**
   * Resolves with a turn on the connection after a transaction could begin; those who waited longer get theirs first.
   * @param since when the caller began to wait, as `performance.now()`
   * @throws StoreAway if the file has been locked for too long
   */
  over(since: number): Promise<Turn>;
  /** Whether anyone waits, so that no one may begin before them. */
  isNeeded(): boolean;
  /** Resolves when no one waits any more. */
  settled(): Promise<void>;
}

export function createLockWait<Turn>({ begin, nextTurn, failed }: LockWaitNeeds<Turn>): LockWait<Turn> {
  interface Waiting extends PromiseWithResolvers<Turn> {
    since: number;
  }
  let waiting: Waiting[] = [];
  let trying: Promise<void> | undefined;

  async function tryUntilSettled(): Promise<void> {
    while (waiting.length > 0) {
      await setTimeout(retryMs);
      tryOnce();
    }
    trying = undefined;
  }

  function tryOnce(): void {
    try {
      begin();
    } catch (error) {
      const isTooLong = ({ since }: Waiting) => performance.now() - since >= waitMaxMs;
      if (isBusy(error)) giveUp(new StoreAway(error), waiting.filter(isTooLong));
      else giveUp(error, waiting);
      return;
    }
    const admitted = waiting;
    waiting = [];
    // Their turns are taken here and now, so that they follow one another, and come before those of later callers.
    for (const { resolve } of admitted) resolve(nextTurn());
  }

  function giveUp(error: unknown, lost: readonly Waiting[]): void {
    if (lost.length === 0) return;
    waiting = waiting.filter((one) => !lost.includes(one));
    failed(error);
    for (const { reject } of lost) reject(error);
  }

  return {
    over(since) {
      const one: Waiting = { since, ...Promise.withResolvers<Turn>() };
      waiting.push(one);
      trying ??= tryUntilSettled();
      return one.promise;
    },
    isNeeded: () => waiting.length > 0,
    settled: async () => trying,
  };
}
