/** The rate of calls to WeChat Pay, kept in the ledger: one for all instances together. */
import type { Transaction } from "kysely";
import { fullRate, type RateLimit, type RateState, rateAfter, slowedRate } from "../../domain/rate-limiter.ts";
import type { Schema, Store } from "../../storage/schema.ts";
import { statement } from "../../storage/statement.ts";

/** The present rate; another instance may change it before this transaction ends. */
export async function read(transaction: Transaction<Schema>): Promise<RateState> {
  const [row] = (await selectRate(transaction, { name })).rows;
  return row ? asState(row) : fullRate;
}

/** The present rate, locked until this transaction ends. */
export async function lock(transaction: Transaction<Schema>, engine: Store["engine"]): Promise<RateState> {
  // SQLite allows one writer at a time anyway.
  if (engine === "sqlite") return read(transaction);
  const [row] = (await selectRateForUpdate(transaction, { name })).rows;
  return row ? asState(row) : fullRate;
}

/** Counts calls against a locked rate and returns the rate after them. */
export async function consume(
  transaction: Transaction<Schema>,
  locked: RateState,
  calls: number,
  limits: RateLimit,
  now: number,
): Promise<RateState> {
  const state = rateAfter(calls, locked, limits, now);
  await updateRate(transaction, { name, ...state });
  return state;
}

/** Lowers the rate for a while, after WeChat Pay reported too many calls. */
export async function lowerRate(
  transaction: Transaction<Schema>,
  engine: Store["engine"],
  limits: RateLimit,
  now: number,
): Promise<void> {
  const state = slowedRate(await lock(transaction, engine), limits, now);
  await updateRate(transaction, { name, ...state });
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

const updateRate = statement<{ name: string; emptyAt: number; share: number; slowedAt: number }>()((db, rate) =>
  db
    .updateTable("paces")
    .set({ empty_at: rate.emptyAt, share: rate.share, slowed_at: rate.slowedAt })
    .where("name", "=", rate.name),
);
