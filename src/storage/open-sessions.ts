/** Whether a ledger is open elsewhere: SQLite's file in other programs, PostgreSQL in other instances of the bot. */
import { sql } from "kysely";
import type { ClientBase } from "pg";
import type { Store } from "./schema.ts";
import { isBusy } from "./store-errors.ts";

/**
 * Names a PostgreSQL session, so that `isOpenElsewhere` recognizes the bot, its pool, and the ledger's schema: several
 * deployments may share a database.
 */
export async function nameSession(client: ClientBase, pool: string): Promise<void> {
  await client.query(
    "select set_config('application_name', 'receipts/' || $1::text || '/' || current_schema(), false)",
    [pool],
  );
}

/**
 * Whether another program has the ledger open now, as far as this is visible: PostgreSQL shows the sessions of other
 * users only to its administrators. Call it outside a transaction.
 */
export async function isOpenElsewhere({ db, engine }: Store): Promise<boolean> {
  if (engine === "postgres") {
    const { rows } = await sql`
      select pid from pg_stat_activity
      where datname = current_database()
        and split_part(application_name, '/', 1) = 'receipts'
        and split_part(application_name, '/', 2) <> split_part(current_setting('application_name'), '/', 2)
        and split_part(application_name, '/', 3) = split_part(current_setting('application_name'), '/', 3)
    `.execute(db);
    return rows.length > 0;
  }
  // SQLite allows a file to leave WAL mode only while no one else has it open.
  try {
    await sql`pragma journal_mode = delete`.execute(db);
  } catch (error) {
    if (isBusy(error)) return true;
    throw error;
  }
  await sql`pragma journal_mode = wal`.execute(db);
  return false;
}
