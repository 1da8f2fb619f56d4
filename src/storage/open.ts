/** DATABASE_URL -> an open store, with its schema brought up to date. */
import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { Kysely } from "kysely";
import { migrate } from "./migrations/migrations.ts";
import { nameSession } from "./open-sessions.ts";
import { postgresDialect } from "./postgres.ts";
import type { Schema, Store } from "./schema.ts";
import { openSqlite, type SqliteOptions, sqliteDialect } from "./sqlite.ts";

/** Where the ledger is kept, as the settings have parsed it. */
export type DatabaseAddress = { engine: "sqlite"; path: string } | { engine: "postgres"; url: string };

export interface StoreOptions extends SqliteOptions {
  /** No limit on how long a statement may take: for moving a whole ledger. */
  isPatient?: boolean;
}

/** Opens the database, makes what is missing of it, and applies the migrations. @throws when it cannot be reached. */
export async function openStore(address: DatabaseAddress, options: StoreOptions = {}): Promise<Store> {
  const { engine } = address;
  const db = await (engine === "sqlite" ? sqlite(address.path, options) : postgres(address.url, options));
  return { db, engine, close: () => db.destroy() };
}

/** Opens a ledger that is there, and changes nothing of it: it may be older. @throws when it cannot be reached. */
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
  // To build an index on a long ledger takes longer than any statement of a working day may.
  const migrating = new Kysely<Schema>({ dialect: await postgresDialect(url, { isPatient: true }) });
  await migrate({ db: migrating, engine: "postgres" }).finally(() => migrating.destroy());
  const name = randomBytes(4).toString("hex");
  const dialect = await postgresDialect(url, { isPatient, connected: (client) => nameSession(client, name) });
  return new Kysely<Schema>({ dialect });
}
