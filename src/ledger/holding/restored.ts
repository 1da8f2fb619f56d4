/** Prepares a restored ledger: no operation runs until an approver confirms it, however recent it is. */
import { sql, type Transaction } from "kysely";
import { backupName, type Schema } from "../../storage/schema.ts";
import { record } from "../audit/audit-log.ts";
import { type LedgerContext, theBot } from "../ledger-context.ts";
import { heartbeatName } from "./heartbeat.ts";
import { type Held, holdEverything } from "./hold.ts";

/** The requests in a restored ledger that wait for people. */
export interface RestoredLedger {
  /** Everything that is on hold, including requests that were already on hold in the backup. */
  held: Held;
  /** Requests that are still waiting for a first decision. */
  undecided: number;
}

/**
 * Holds all approved requests that are open, and records the restore, in one transaction. No instance may be running.
 */
export async function holdRestored(context: LedgerContext, heldForMs: number): Promise<RestoredLedger> {
  const { store, clock } = context;
  return store.db.transaction().execute(async (transaction) => {
    await noteRestoredBackup(transaction);
    const held = await holdEverything(context, transaction, heldForMs);
    const { by: actor, origin } = theBot(context);
    await record(transaction, [{ what: "restored", at: clock.now(), actor, origin, detail: { ...held } }]);
    const onHold = await transaction
      .selectFrom("operations")
      .select((operation) => [
        operation.fn.countAll<number>().as("operations"),
        operation.fn.count<number>("request_id").distinct().as("requests"),
      ])
      .where("state", "=", "held")
      .executeTakeFirstOrThrow();
    const row = await transaction
      .selectFrom("requests")
      .select((request) => request.fn.countAll<number>().as("count"))
      .where("state", "=", "pending")
      .where("expires_at", ">", clock.now())
      .executeTakeFirstOrThrow();
    const { operations, requests } = onHold;
    return { held: { operations: Number(operations), requests: Number(requests) }, undecided: Number(row.count) };
  });
}

/**
 * A ledger cannot contain the time of the backup that it came from. The backup is not older than the last heartbeat in
 * it, so the metrics count from then, unless an earlier backup was noted later.
 */
async function noteRestoredBackup(transaction: Transaction<Schema>): Promise<void> {
  await sql`insert into ledger_info (name, value)
    select ${sql.lit(backupName)}, value from ledger_info where name = ${sql.lit(heartbeatName)}
    on conflict (name) do update set value = excluded.value
    where cast(excluded.value as bigint) > cast(ledger_info.value as bigint)`.execute(transaction);
}
