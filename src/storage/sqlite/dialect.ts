/** node:sqlite as a Kysely dialect: how the ledger's file is opened, and what the engine can do. */
import { DatabaseSync } from "node:sqlite";
import { type Dialect, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from "kysely";
import { createDriver, type SqliteOptions } from "./shared-commit.ts";

/**
 * Once the WAL has this many pages of 4 kB, a commit also copies them into the file, which takes longer. A page that
 * many commits wrote is copied only once, so four times SQLite's default of 1,000 saves more than it costs.
 */
const checkpointPages = 4_000;

/** How long opening waits while another program has the file locked, in milliseconds; nothing else runs then. */
const openWithinMs = 5_000;
/**
 * The same for a statement later on. It stops the whole process, so it only bridges the short commits of others;
 * lock-wait.ts waits longer, without that.
 */
const busyMs = 10;

/** Opens the file (or `:memory:`) for durable writes: WAL, `synchronous=FULL`, foreign keys enforced. */
export function openSqlite(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: openWithinMs, enableForeignKeyConstraints: true });
  database.exec(`pragma journal_mode = wal; pragma synchronous = full; pragma temp_store = memory;
    pragma wal_autocheckpoint = ${checkpointPages}; pragma busy_timeout = ${busyMs}`);
  return database;
}

export function sqliteDialect(database: DatabaseSync, options: SqliteOptions = {}): Dialect {
  return {
    createAdapter: () => new SharedCommitAdapter(),
    createDriver: () => createDriver(database, options),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

class SharedCommitAdapter extends SqliteAdapter {
  /** SQLite rolls back DDL too, so that a failed migration leaves no trace. */
  override get supportsTransactionalDdl(): boolean {
    return true;
  }

  /** Otherwise Kysely would admit the next transaction only after the commit that it should share. */
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}
