/** The rate of calls to WeChat Pay, stored in the ledger and shared by all instances. */
import type { Transaction } from "kysely";
import {
  callsAllowed,
  fullRate,
  type RateLimit,
  type RateState,
  rateAfter,
  slowedRate,
} from "../../domain/rate-limiter.ts";
import type { Schema } from "../../storage/schema.ts";
import { isOnPostgres, statement } from "../../storage/statement.ts";

/** The current rate; another instance may change it before this transaction ends. */
export async function read(transaction: Transaction<Schema>): Promise<RateState> {
  const [row] = (await selectRate(transaction, { name })).rows;
  return row ? asState(row) : fullRate;
}

/**
 * Counts calls against the rate and returns the rate after them; undefined if other instances have made calls since it was
 * `seen`, so that fewer are allowed. All instances wait for this row until the transaction ends, so this comes last in it.
 */
export async function consume(
  transaction: Transaction<Schema>,
  seen: RateState,
  calls: number,
  limits: RateLimit,
  now: number,
): Promise<RateState | undefined> {
  const after = rateAfter(calls, seen, limits, now);
  const given = { name, ...after, seenEmptyAt: seen.emptyAt, seenShare: seen.share, seenSlowedAt: seen.slowedAt };
  const { numAffectedRows } = await replaceRate(transaction, given);
  if (numAffectedRows === 1n) return after;
  const locked = await lock(transaction);
  if (callsAllowed(locked, limits, now) < calls) return undefined;
  const state = rateAfter(calls, locked, limits, now);
  await updateRate(transaction, { name, ...state });
  return state;
}

/** Lowers the rate temporarily after WeChat Pay reported too many calls. */
export async function lowerRate(transaction: Transaction<Schema>, limits: RateLimit, now: number): Promise<void> {
  const state = slowedRate(await lock(transaction), limits, now);
  await updateRate(transaction, { name, ...state });
}

/** The current rate, locked until this transaction ends. */
async function lock(transaction: Transaction<Schema>): Promise<RateState> {
  // SQLite allows one writer at a time anyway.
  if (!isOnPostgres(transaction)) return read(transaction);
  const [row] = (await selectRateForUpdate(transaction, { name })).rows;
  return row ? asState(row) : fullRate;
}

const name = "wechatpay";

function asState(row: { empty_at: number; share: number; slowed_at: number }): RateState {
  return { emptyAt: row.empty_at, share: row.share, slowedAt: row.slowed_at };
}

const selectRate = statement<{ name: string }>()((db, { name }) =>
  db.selectFrom("paces").select(["empty_at", "share", "slowed_at"]).where("name", "=", name),
);

const selectRateForUpdate = statement<{ name: string }>()((db, { name }) =>
  db.selectFrom("paces").select(["empty_at", "share", "slowed_at"]).where("name", "=", name).forUpdate(),
);

const replaceRate = statement<{
  name: string;
  emptyAt: number;
  share: number;
  slowedAt: number;
  seenEmptyAt: number;
  seenShare: number;
  seenSlowedAt: number;
}>()((db, rate) =>
  db
    .updateTable("paces")
    .set({ empty_at: rate.emptyAt, share: rate.share, slowed_at: rate.slowedAt })
    .where("name", "=", rate.name)
    .where("empty_at", "=", rate.seenEmptyAt)
    .where("share", "=", rate.seenShare)
    .where("slowed_at", "=", rate.seenSlowedAt),
);

const updateRate = statement<{ name: string; emptyAt: number; share: number; slowedAt: number }>()((db, rate) =>
  db
    .updateTable("paces")
    .set({ empty_at: rate.emptyAt, share: rate.share, slowed_at: rate.slowedAt })
    .where("name", "=", rate.name),
);
