/**
 * Results of attempts. Those that arrive while a transaction is on its way share the next one; each counts only if its
 * own lease still holds, and one that the ledger refuses is tried again alone, so that it does not take the others
 * down.
 */
import { setImmediate } from "node:timers/promises";
import type { AttemptResult } from "../../domain/attempt-result.ts";
import type { NextStep } from "../../domain/retry-policy.ts";
import { CommitUncertain, StoreAway } from "../../storage/store-errors.ts";
import type { LedgerContext } from "../ledger-context.ts";
import type { ClaimedAttempt } from "./operations.ts";
import { type Concluded, type Ended, recordResults } from "./recorded-results.ts";

/** Records how an attempt ended. @throws what the database threw for this attempt */
export type Conclude = (attempt: ClaimedAttempt, result: AttemptResult, next: NextStep) => Promise<Concluded>;

/** Results in one transaction, as many as an executor makes attempts at once. */
const resultsMax = 64;
/**
 * Turns of the event loop before a transaction, in which results that arrive at the same time join it. On SQLite,
 * transactions that begin in the same turns share a commit anyway.
 */
const gatheringTurns = { sqlite: 0, postgres: 4 } as const;
/** Results do not wait longer than this for the transaction before theirs, in milliseconds. */
const waitMaxMs = 250;

export function createConclude(context: LedgerContext): Conclude {
  interface Waiting extends Ended, PromiseWithResolvers<Concluded> {}
  let waiting: Waiting[] = [];
  let underWay = 0;
  let patience: AbortController | undefined;

  /** One result of each operation: whether a second one counts depends on the first. */
  function nextSet(): Waiting[] {
    const set = new Map<string, Waiting>();
    for (const each of waiting) {
      if (set.size === resultsMax) break;
      const { operationId } = each.attempt;
      if (!set.has(operationId)) set.set(operationId, each);
    }
    const chosen = new Set(set.values());
    waiting = waiting.filter((each) => !chosen.has(each));
    return [...chosen];
  }

  async function begin(): Promise<void> {
    patience?.abort("begun");
    patience = undefined;
    underWay += 1;
    for (let turn = 0; turn < gatheringTurns[context.store.engine]; turn++) await setImmediate();
    await concludeSet(nextSet());
    underWay -= 1;
    if (waiting.length > 0) void begin();
  }

  async function concludeSet(set: readonly Waiting[]): Promise<void> {
    if (set.length === 0) return;
    try {
      const { concluded, finished } = await recordResults(context, set);
      for (const change of finished) context.metrics?.requestMoved(change, "done");
      for (const [i, { resolve }] of set.entries()) resolve(concluded[i] ?? "concluded");
    } catch (error) {
      // Without a connection, each would fail in the same way; the caller tries again.
      const isAway = error instanceof StoreAway || error instanceof CommitUncertain;
      if (set.length === 1 || isAway) for (const { reject } of set) reject(error);
      else await Promise.all(set.map((each) => concludeSet([each])));
    }
  }

  async function beginBeforeLong(): Promise<void> {
    const own = new AbortController();
    patience = own;
    await context.clock.sleep(waitMaxMs, own.signal);
    if (!own.signal.aborted) await begin();
  }

  return (attempt, result, next) => {
    const one: Waiting = { attempt, result, json: JSON.stringify(result), next, ...Promise.withResolvers<Concluded>() };
    waiting.push(one);
    if (underWay === 0) void begin();
    else if (!patience) void beginBeforeLong();
    return one.promise;
  };
}
