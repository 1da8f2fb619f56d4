/**
 * Work in sets: what arrives while a transaction is on its way shares the next one. If a set fails, each of it is done
 * alone, so that one does not take the others down.
 */
import { setImmediate } from "node:timers/promises";
import type { Store } from "../storage/schema.ts";
import { CommitUncertain, StoreAway } from "../storage/store-errors.ts";
import type { LedgerContext } from "./ledger-context.ts";

export interface SetWork<One, Done> {
  /** How many one transaction takes. */
  max: number;
  /** Turns of the event loop before a transaction, in which what arrives at the same time joins it. */
  gatheringTurns: Readonly<Record<Store["engine"], number>>;
  /** A set has one of each key: whether a second one counts depends on the first. */
  keyOf(one: One): string;
  /** Does all of them in one transaction; undefined if it wrote nothing, because each has to be done alone. */
  together(set: readonly One[]): Promise<readonly Done[] | undefined>;
  alone(one: One): Promise<Done>;
}

/** Nothing waits longer than this for the transaction before its own, in milliseconds. */
const waitMaxMs = 250;

/** @returns does one piece of work, with others. It throws what the database threw for this one. */
export function inSets<One, Done>(
  { store, clock }: Pick<LedgerContext, "store" | "clock">,
  { max, gatheringTurns, keyOf, together, alone }: SetWork<One, Done>,
): (one: One) => Promise<Done> {
  interface Waiting extends PromiseWithResolvers<Done> {
    one: One;
  }
  let waiting: Waiting[] = [];
  let underWay = 0;
  let patience: AbortController | undefined;

  function nextSet(): Waiting[] {
    const set = new Map<string, Waiting>();
    for (const each of waiting) {
      if (set.size === max) break;
      const key = keyOf(each.one);
      if (!set.has(key)) set.set(key, each);
    }
    const chosen = new Set(set.values());
    waiting = waiting.filter((each) => !chosen.has(each));
    return [...chosen];
  }

  async function begin(): Promise<void> {
    patience?.abort("begun");
    patience = undefined;
    underWay += 1;
    for (let turn = 0; turn < gatheringTurns[store.engine]; turn++) await setImmediate();
    await doSet(nextSet());
    underWay -= 1;
    if (waiting.length > 0) void begin();
  }

  async function doSet(set: readonly Waiting[]): Promise<void> {
    if (set.length === 0) return;
    let done: readonly Done[] | undefined;
    try {
      done = await together(set.map(({ one }) => one));
    } catch (error) {
      // Without a connection, each would fail in the same way; the caller tries again. What else one of them causes is
      // thrown again for that one.
      if (error instanceof StoreAway || error instanceof CommitUncertain) {
        for (const { reject } of set) reject(error);
        return;
      }
    }
    if (done) for (const [i, { resolve }] of set.entries()) resolve(done[i] as Done);
    else await Promise.allSettled(set.map(({ one, resolve, reject }) => alone(one).then(resolve, reject)));
  }

  async function beginBeforeLong(): Promise<void> {
    const own = new AbortController();
    patience = own;
    await clock.sleep(waitMaxMs, own.signal);
    if (!own.signal.aborted) await begin();
  }

  return (one) => {
    const each: Waiting = { one, ...Promise.withResolvers<Done>() };
    waiting.push(each);
    if (underWay === 0) void begin();
    else if (!patience) void beginBeforeLong();
    return each.promise;
  };
}
