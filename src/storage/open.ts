/** DATABASE_URL -> an open store, with its schema brought up to date. */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { Kysely, PostgresDialect } from "kysely";
import { migrate } from "./migrations.ts";
import type { Schema, Store } from "./schema.ts";
import { openSqlite, type SqliteOptions, sqliteDialect } from "./sqlite.ts";

/** Where the ledger is kept, as the settings have parsed it. */
export type DatabaseAddress = { engine: "sqlite"; path: string } | { engine: "postgres"; url: string };

/** Opens the database, makes what is missing of it, and applies the migrations. @throws when it cannot be reached. */
export async function openStore(address: DatabaseAddress, options: SqliteOptions = {}): Promise<Store> {
  const db = address.engine === "sqlite" ? sqlite(address.path, options) : await postgres(address.url);
  await migrate({ db, engine: address.engine });
  return { db, engine: address.engine, close: () => db.destroy() };
}

function sqlite(path: string, options: SqliteOptions): Kysely<Schema> {
  if (path !== ":memory:") mkdirSync(dirname(path), { recursive: true });
  return new Kysely<Schema>({ dialect: sqliteDialect(openSqlite(path), options) });
}

/** Loaded only where it is asked for: the embedded engine starts without it. */
async function postgres(url: string): Promise<Kysely<Schema>> {
  const { default: pg } = await import("pg");
  // Times and counts are bigint columns; all of them stay far below 2^53.
  pg.types.setTypeParser(pg.types.builtins.INT8, Number);
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: 2_000,
    statement_timeout: 5_000,
  });
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
}

/** Whether an error says that the database cannot be reached or written to just now, rather than that we have a bug. */
export function isStoreAway(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  // SQLite's own errors, lost connections, and PostgreSQL's classes: connection, resources, operator, system.
  return /^(ERR_SQLITE_ERROR|E[A-Z]+|(08|53|57|58)[0-9A-Z]{3})$/.test(code) || isLostConnection(error);
}

/** Whether an error says that a unique index refused a row. */
export function isUniqueViolation(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error)) return false;
  // PostgreSQL's unique_violation; SQLite's SQLITE_CONSTRAINT_UNIQUE.
  return error.code === "23505" || ("errcode" in error && error.errcode === 2067);
}

/** pg has no code for the connections that it loses, only these words. */
function isLostConnection(error: unknown): boolean {
  return (
    error instanceof Error &&
    /^(Connection terminated|timeout (exceeded|expired)|Query read timeout)/i.test(error.message)
  );
}
