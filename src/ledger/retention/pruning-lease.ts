/**
 * One instance prunes at a time: a lease in `ledger_info`, which each batch takes or extends in its own transaction.
 */
import { sql, type Transaction } from "kysely";
import type { Schema } from "../../storage/schema.ts";
import type { LedgerContext } from "../ledger-context.ts";

const name = "retention";
/** How long others leave it to this instance after its last batch, in milliseconds. */
export const pruningLeaseMs = 60_000;
/** The value is the end of the lease, in this many digits, a space, and the instance. */
const digits = 15;

/** Returns false if another instance is pruning. */
export async function takePruningLease(
  { clock, instance }: LedgerContext,
  transaction: Transaction<Schema>,
): Promise<boolean> {
  const now = clock.now();
  const value = `${String(now + pruningLeaseMs).padStart(digits, "0")} ${instance}`;
  const until = sql<number>`cast(substr(ledger_info.value, 1, ${sql.lit(digits)}) as bigint)`;
  const holder = sql<string>`substr(ledger_info.value, ${sql.lit(digits + 2)})`;
  const taken = await transaction
    .insertInto("ledger_info")
    .values({ name, value })
    .onConflict((conflict) =>
      conflict
        .column("name")
        .doUpdateSet({ value })
        .where((row) => row.or([row(until, "<=", now), row(holder, "=", instance)])),
    )
    .returning("name")
    .executeTakeFirst();
  return taken !== undefined;
}
