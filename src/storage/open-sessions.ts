/** Who else uses a ledger: programs that have SQLite's file open; on PostgreSQL, instances of the bot and sessions. */
import { sql } from "kysely";
import type { ClientBase } from "pg";
import { type Database, deadAfterMs, type Store } from "./schema.ts";
import { isBusy } from "./store-errors.ts";

/**
 * Names a PostgreSQL session, so that `findOtherUser` recognizes the bot, its pool, and the ledger's schema: several
 * deployments may share a database. Only for a session that ends with its client: a pooler keeps sessions, gives them
 * to other clients, and would show a bot that has stopped, or not show one that runs.
 */
export async function nameSession(client: ClientBase, pool: string): Promise<void> {
  await client.query(
    "select set_config('application_name', 'receipts/' || $1::text || '/' || current_schema(), false)",
    [pool],
  );
}

export type OtherUser =
  /** A program has the file open. */
  | { kind: "program" }
  /** A program has a session of its own at the server. */
  | { kind: "session" }
  /** An instance is in the ledger's list. If it was killed, it counts as dead after `deadInMs`. */
  | { kind: "instance"; deadInMs: number };

/**
 * Another program that uses the ledger now; undefined if none is visible. Through a pooler, only instances of the bot
 * are; PostgreSQL shows the sessions of other users only to its administrators. Call it outside a transaction.
 */
export async function findOtherUser({ db, engine }: Pick<Store, "db" | "engine">): Promise<OtherUser | undefined> {
  if (engine === "sqlite") return (await isFileOpenElsewhere(db)) ? { kind: "program" } : undefined;
  if (await hasOtherSessions(db)) return { kind: "session" };
  const deadInMs = await timeUntilDead(db);
  return deadInMs > 0 ? { kind: "instance", deadInMs } : undefined;
}

/** SQLite allows a file to leave WAL mode only while no one else has it open. */
async function isFileOpenElsewhere(db: Database): Promise<boolean> {
  try {
    await sql`pragma journal_mode = delete`.execute(db);
  } catch (error) {
    if (isBusy(error)) return true;
    throw error;
  }
  await sql`pragma journal_mode = wal`.execute(db);
  return false;
}

async function hasOtherSessions(db: Database): Promise<boolean> {
  const { rows } = await sql`
    select pid from pg_stat_activity
    where datname = current_database()
      and split_part(application_name, '/', 1) = 'receipts'
      and split_part(application_name, '/', 2) <> split_part(current_setting('application_name'), '/', 2)
      and split_part(application_name, '/', 3) = current_schema()
  `.execute(db);
  return rows.length > 0;
}

/** Instances that stop remove themselves from the list. In milliseconds, by the server's clock, as the list is. */
async function timeUntilDead(db: Database): Promise<number> {
  const { rows } = await sql<{ ms: number | null }>`
    select max(seen_at) + ${deadAfterMs} - (extract(epoch from clock_timestamp()) * 1000)::double precision as ms
    from instances
  `.execute(db);
  return rows[0]?.ms ?? 0;
}
