/** The pace of calls to WeChat Pay, kept in the ledger: one for all instances together. */
import type { Transaction } from "kysely";
import { fullPace, type Pace, type PaceLimits, paceAfter, slowerPace } from "../../domain/rate-limiter.ts";
import type { Schema, Store } from "../../storage/schema.ts";
import { statement } from "../../storage/statement.ts";

export interface SharedPace {
  /** The pace as it is now; another instance may change it before this transaction ends. */
  glance(transaction: Transaction<Schema>): Promise<Pace>;
  /** The pace, which nobody else changes before this transaction ends. */
  hold(transaction: Transaction<Schema>): Promise<Pace>;
  /** Counts calls on a pace that is held; resolves to the pace after them. */
  take(transaction: Transaction<Schema>, held: Pace, calls: number, limits: PaceLimits, now: number): Promise<Pace>;
  /** WeChat Pay says that calls come too fast. */
  slowDown(transaction: Transaction<Schema>, limits: PaceLimits, now: number): Promise<void>;
}

export function createSharedPace(engine: Store["engine"]): SharedPace {
  const read = statement<{ name: string }>()((db, { name }) =>
    db.selectFrom("paces").select(["empty_at", "share", "slowed_at"]).where("name", "=", name),
  );
  const readHeld = statement<{ name: string }>()((db, { name }) => {
    const pace = db.selectFrom("paces").select(["empty_at", "share", "slowed_at"]).where("name", "=", name);
    // SQLite lets one writer in at a time anyway.
    return engine === "postgres" ? pace.forUpdate() : pace;
  });

  async function found(rows: ReturnType<typeof read>): Promise<Pace> {
    const [row] = (await rows).rows;
    return row ? { emptyAt: row.empty_at, share: row.share, slowedAt: row.slowed_at } : fullPace;
  }

  const hold = (transaction: Transaction<Schema>) => found(readHeld(transaction, { name }));

  async function keep(transaction: Transaction<Schema>, { emptyAt, share, slowedAt }: Pace): Promise<void> {
    await write(transaction, { name, emptyAt, share, slowedAt });
  }

  return {
    glance: (transaction) => found(read(transaction, { name })),
    hold,
    async take(transaction, held, calls, limits, now) {
      const pace = paceAfter(calls, held, limits, now);
      await keep(transaction, pace);
      return pace;
    },
    async slowDown(transaction, limits, now) {
      await keep(transaction, slowerPace(await hold(transaction), limits, now));
    },
  };
}

const name = "wechatpay";

const write = statement<{ name: string; emptyAt: number; share: number; slowedAt: number }>()((db, pace) =>
  db
    .updateTable("paces")
    .set({ empty_at: pace.emptyAt, share: pace.share, slowed_at: pace.slowedAt })
    .where("name", "=", pace.name),
);
