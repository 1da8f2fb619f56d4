/** Opens the database of DATABASE_URL and brings its schema up to date. */
import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { Kysely } from "kysely";
import { migrate } from "./migrations/migrations.ts";
import { nameSession } from "./open-sessions.ts";
import { postgresDialect } from "./postgres.ts";
import type { Schema, Store } from "./schema.ts";
import { openSqlite, type SqliteOptions, sqliteDialect } from "./sqlite.ts";

/** DATABASE_URL, as the settings parse it. */
export type DatabaseAddress = { engine: "sqlite"; path: string } | { engine: "postgres"; url: string };

export interface StoreOptions extends SqliteOptions {
  /** Removes the time limit of statements, for moving a whole ledger. */
  isPatient?: boolean;
}

/** Opens the database, creates it if it does not exist, and applies the migrations. @throws if it cannot be reached */
export async function openStore(address: DatabaseAddress, options: StoreOptions = {}): Promise<Store> {
  const { engine } = address;
  const db = await (engine === "sqlite" ? sqlite(address.path, options) : postgres(address.url, options));
  return { db, engine, close: () => db.destroy() };
}

/** Opens an existing ledger, which may have an older schema, without changing it. @throws if it cannot be reached */
export async function openUnchanged(address: DatabaseAddress): Promise<Store> {
  const { engine } = address;
  const dialect =
    engine === "sqlite"
      ? sqliteDialect(openSqlite(address.path))
      : await postgresDialect(address.url, { isPatient: true });
  const db = new Kysely<Schema>({ dialect });
  return { db, engine, close: () => db.destroy() };
}

async function sqlite(path: string, options: SqliteOptions): Promise<Kysely<Schema>> {
  if (path !== ":memory:") mkdirSync(dirname(path), { recursive: true });
  const db = new Kysely<Schema>({ dialect: sqliteDialect(openSqlite(path), options) });
  await migrate({ db, engine: "sqlite" });
  return db;
}

async function postgres(url: string, { isPatient = false }: StoreOptions): Promise<Kysely<Schema>> {
  // Building an index on a large ledger takes longer than the usual time limit of a statement.
  const migrating = new Kysely<Schema>({ dialect: await postgresDialect(url, { isPatient: true }) });
  await migrate({ db: migrating, engine: "postgres" }).finally(() => migrating.destroy());
  const name = randomBytes(4).toString("hex");
  const dialect = await postgresDialect(url, { isPatient, connected: (client) => nameSession(client, name) });
  return new Kysely<Schema>({ dialect });
}
