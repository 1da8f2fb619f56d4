/** The pace of calls to WeChat Pay, kept in the ledger: one for all instances together. */
import type { Transaction } from "kysely";
import { fullRate, type RateLimit, type RateState, rateAfter, slowedRate } from "../../domain/rate-limiter.ts";
import type { Schema, Store } from "../../storage/schema.ts";
import { statement } from "../../storage/statement.ts";

export interface SharedRateLimit {
  /** The pace as it is now; another instance may change it before this transaction ends. */
  read(transaction: Transaction<Schema>): Promise<RateState>;
  /** The pace, which nobody else changes before this transaction ends. */
  lock(transaction: Transaction<Schema>): Promise<RateState>;
  /** Counts calls on a pace that is held; resolves to the pace after them. */
  consume(
    transaction: Transaction<Schema>,
    locked: RateState,
    calls: number,
    limits: RateLimit,
    now: number,
  ): Promise<RateState>;
  /** WeChat Pay says that calls come too fast. */
  slowDown(transaction: Transaction<Schema>, limits: RateLimit, now: number): Promise<void>;
}

export function createSharedRateLimit(engine: Store["engine"]): SharedRateLimit {
  const read = statement<{ name: string }>()((db, { name }) =>
    db.selectFrom("paces").select(["empty_at", "share", "slowed_at"]).where("name", "=", name),
  );
  const readLocked = statement<{ name: string }>()((db, { name }) => {
    const row = db.selectFrom("paces").select(["empty_at", "share", "slowed_at"]).where("name", "=", name);
    // SQLite allows one writer at a time anyway.
    return engine === "postgres" ? row.forUpdate() : row;
  });

  async function found(rows: ReturnType<typeof read>): Promise<RateState> {
    const [row] = (await rows).rows;
    return row ? { emptyAt: row.empty_at, share: row.share, slowedAt: row.slowed_at } : fullRate;
  }

  const lock = (transaction: Transaction<Schema>) => found(readLocked(transaction, { name }));

  async function keep(transaction: Transaction<Schema>, { emptyAt, share, slowedAt }: RateState): Promise<void> {
    await write(transaction, { name, emptyAt, share, slowedAt });
  }

  return {
    read: (transaction) => found(read(transaction, { name })),
    lock,
    async consume(transaction, locked, calls, limits, now) {
      const state = rateAfter(calls, locked, limits, now);
      await keep(transaction, state);
      return state;
    },
    async slowDown(transaction, limits, now) {
      await keep(transaction, slowedRate(await lock(transaction), limits, now));
    },
  };
}

const name = "wechatpay";

const write = statement<{ name: string; emptyAt: number; share: number; slowedAt: number }>()((db, rateLimit) =>
  db
    .updateTable("paces")
    .set({ empty_at: rateLimit.emptyAt, share: rateLimit.share, slowed_at: rateLimit.slowedAt })
    .where("name", "=", rateLimit.name),
);
