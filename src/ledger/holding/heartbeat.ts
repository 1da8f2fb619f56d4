/**
 * The heartbeat in the ledger: the last time when an instance could work. All instances share it; only the end of an
 * outage, and on SQLite a clock that was set back, move it backwards.
 */
import { sql } from "kysely";
import { type Runner, statement } from "../../storage/statement.ts";
import type { LedgerContext } from "../ledger-context.ts";
import { recent } from "./staleness.ts";

export const heartbeatName = "heartbeat";

/** The time of the last beat, in milliseconds since the epoch as text; null before the first. */
export const heartbeat = sql<string | null>`(select value from ledger_info where name = ${sql.lit(heartbeatName)})`;

/** Sets the heartbeat to now, unless it shows an outage: stale requests have to be held first; see hold.ts. */
export async function beat({ store, clock }: LedgerContext, staleAfterMs: number): Promise<void> {
  const now = clock.now();
  await move(store.db, { value: String(now), now, from: recent({ now, staleAfterMs }).from });
}

/** The time of the last beat, in milliseconds since the epoch; undefined before the first. */
export async function beatenAt(db: Runner): Promise<number | undefined> {
  const row = await db.selectFrom("ledger_info").select("value").where("name", "=", heartbeatName).executeTakeFirst();
  return row && Number(row.value);
}

/** Sets the heartbeat, which may be later so far. */
export async function setBeat(transaction: Runner, now: number): Promise<void> {
  await transaction
    .updateTable("ledger_info")
    .set({ value: String(now) })
    .where("name", "=", heartbeatName)
    .execute();
}

/**
 * Sets the heartbeat after an outage, or for the first time. Only one of several instances does so; the others wait
 * for its transaction and find that they are too late.
 */
export async function endOutage(
  transaction: Runner,
  { now, staleAfterMs }: { now: number; staleAfterMs: number },
): Promise<boolean> {
  const given = { name: heartbeatName, value: String(now), ...recent({ now, staleAfterMs }) };
  const { rows } = await moveAcross(transaction, given);
  return rows.length > 0;
}

const at = sql<number>`cast(ledger_info.value as bigint)`;

const move = statement<{ value: string; now: number; from: number }>()((db, given) =>
  db
    .updateTable("ledger_info")
    .set({ value: given.value })
    .where("name", "=", sql.lit(heartbeatName))
    .where(at, "<", given.now)
    .where(at, ">=", given.from),
);

const moveAcross = statement<{ name: string; value: string; from: number; until: number }>()((db, given) =>
  db
    .insertInto("ledger_info")
    .values({ name: given.name, value: given.value })
    .onConflict((conflict) =>
      conflict
        .column("name")
        .doUpdateSet({ value: given.value })
        .where((row) => row.or([row(at, "<", given.from), row(at, ">", given.until)])),
    )
    .returning("name"),
);
