/** The rate of calls to WeChat Pay, stored in the ledger and shared by all instances. */
import { sql, type Transaction } from "kysely";
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
import { heartbeat } from "../holding/heartbeat.ts";

/**
 * What a claim depends on, in one statement: the current rate, which another instance may change before this
 * transaction ends, and the time of the last heartbeat, undefined before the first.
 */
export async function readForClaim(
  transaction: Transaction<Schema>,
): Promise<{ rate: RateState; beatenAt: number | undefined }> {
  const [row] = (await selectForClaim(transaction, {})).rows;
  const { beat = null, empty_at = null, share = 1, slowed_at = 0 } = row ?? {};
  return {
    rate: empty_at === null ? fullRate : asState({ empty_at, share, slowed_at }),
    beatenAt: beat === null ? undefined : Number(beat),
  };
}

/**
 * Counts calls against the rate and returns the rate after them; undefined if other instances have made calls since it
 * was `seen`, so that fewer are allowed. All instances wait for this row until the transaction ends, so this comes last
 * in it.
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
  const select = isOnPostgres(transaction) ? selectRateForUpdate : selectRate;
  const [row] = (await select(transaction, { name })).rows;
  return row ? asState(row) : fullRate;
}

const name = "wechatpay";

function asState(row: { empty_at: number; share: number; slowed_at: number }): RateState {
  return { emptyAt: row.empty_at, share: row.share, slowedAt: row.slowed_at };
}

const selectForClaim = statement<Record<string, never>>()((db) => ({
  compile: () =>
    sql<{ beat: string | null; empty_at: number | null; share: number; slowed_at: number }>`
      select ${heartbeat} as beat, paces.empty_at, paces.share, paces.slowed_at
      from (select ${sql.lit(name)} as name) as wanted left join paces on paces.name = wanted.name`.compile(db),
}));

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
