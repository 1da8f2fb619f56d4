/** Opens the database of DATABASE_URL and brings its schema up to date. */
import { randomBytes } from "node:crypto";
import { closeSync, existsSync, mkdirSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { Kysely } from "kysely";
import { appliedSteps, pendingSteps, refuseNewer, refuseOlder } from "./migrations/applied-steps.ts";
import { migrate } from "./migrations/migrations.ts";
import { asCannotOpen, CannotOpen, isReadableAddress, serverFacts, serverProblems } from "./open-problem.ts";
import { nameSession } from "./open-sessions.ts";
import { type PostgresOptions, postgresDialect } from "./postgres/dialect.ts";
import type { Schema, Store } from "./schema.ts";
import { openSqlite, sqliteDialect } from "./sqlite/dialect.ts";
import { rememberFile } from "./sqlite/file-identity.ts";
import { findSeparation } from "./sqlite/separated-files.ts";
import type { SqliteOptions } from "./sqlite/shared-commit.ts";
import { codeOf } from "./store-errors.ts";

/** DATABASE_URL, as the settings parse it. */
export type DatabaseAddress = { engine: "sqlite"; path: string } | { engine: "postgres"; url: string };

/** DATABASE_URL's default. Its folder belongs to the project and is created if it is missing. */
export const defaultSqlitePath = "data/receipts.db";

/**
 * Which ledgers are opened; the others are left unchanged. `any`: an older one is brought up to date, and a missing one
 * is created, as the bot does at its start. `current`: one with the newest schema. `current-or-new`: a missing one,
 * too.
 */
export type Accepted = "any" | "current" | "current-or-new";

export type StoreOptions = SqliteOptions &
  Pick<PostgresOptions, "isPatient" | "failed" | "metrics"> & {
    /** `any` unless it is given. */
    accept?: Accepted;
    /**
     * For a program that runs on: whether writes fail, too, once SQLite's log is no longer the file at its path. Not
     * for a command that calls `findOtherUser`, after which the log is another file.
     */
    watchesLog?: boolean;
  };

/** An open store, and details for the log. */
export interface OpenedStore extends Store {
  /** Whether there was no ledger before. */
  isNew: boolean;
  /** The newest step of the schema. */
  schemaStep: string;
  /** The newest step that it had before it was brought up to date; undefined if nothing had to be done. */
  updatedFrom: string | undefined;
}

/**
 * Opens the database, creates it if necessary, and applies the migrations, as far as `accept` allows.
 * @param options `isPatient`: no limit on how long a statement may take, for moving a whole ledger
 * @throws CannotOpen if an operator has to act first
 */
export async function openStore(address: DatabaseAddress, options: StoreOptions = {}): Promise<OpenedStore> {
  const { engine } = address;
  try {
    const opened = await (engine === "sqlite" ? sqlite(address.path, options) : postgres(address.url, options));
    return { ...opened, engine, close: () => opened.db.destroy() };
  } catch (error) {
    throw asCannotOpen(error, pathOf(address));
  }
}

/**
 * Opens an existing ledger without changing it; it may have an older schema.
 * @param options `isNewerFine`: for a caller that does not read its contents
 * @throws CannotOpen also if a newer version of the bot wrote it
 */
export async function openUnchanged(address: DatabaseAddress, options: { isNewerFine?: boolean } = {}): Promise<Store> {
  const { engine } = address;
  let db: Kysely<Schema> | undefined;
  try {
    if (engine === "sqlite") {
      checkFile(address.path);
      if (!options.isNewerFine) refuseSeparated(address.path);
    }
    const dialect =
      engine === "sqlite"
        ? sqliteDialect(openSqlite(address.path))
        : await postgresDialect(readable(address.url), { isPatient: true });
    const opened = new Kysely<Schema>({ dialect });
    db = opened;
    if (!options.isNewerFine) refuseNewer(await appliedSteps({ db }), engine);
    return { db, engine, close: () => opened.destroy() };
  } catch (error) {
    await db?.destroy();
    throw asCannotOpen(error, pathOf(address));
  }
}

/** The file of an embedded ledger. */
export function pathOf(address: DatabaseAddress): string | undefined {
  return address.engine === "sqlite" ? address.path : undefined;
}

/** Whether there is no file at a path, as opposed to one in a folder that this user may not read. */
export function isMissing(path: string): boolean {
  try {
    statSync(path);
    return false;
  } catch (error) {
    return /^(ENOENT|ENOTDIR)$/.test(codeOf(error));
  }
}

/** The path of a SQLite ledger that is not there: for most commands, a wrong path must not become a new ledger. */
export function missingFile(address: DatabaseAddress): string | undefined {
  const path = pathOf(address);
  return path !== undefined && isMissing(path) ? path : undefined;
}

/** SQLite reports the same error for a folder, a missing file and an unreadable file. @throws CannotOpen */
export function checkFile(path: string): void {
  try {
    closeSync(openSync(path, "r"));
    if (!statSync(path).isFile()) throw new CannotOpen({ kind: "file", path, why: "EISDIR" });
  } catch (error) {
    if (error instanceof CannotOpen) throw error;
    throw new CannotOpen({ kind: "file", path, why: codeOf(error) }, error);
  }
}

type Opened = Omit<OpenedStore, "engine" | "close">;

async function sqlite(path: string, options: StoreOptions): Promise<Opened> {
  const { accept = "any", watchesLog = false } = options;
  const isFile = path !== ":memory:";
  if (isFile) refuseSeparated(path);
  if (accept === "current") checkFile(path);
  else if (isFile) prepareFile(path);
  const database = openSqlite(path);
  const checks = isFile ? { checkFile: rememberFile(path, { withLog: watchesLog }) } : {};
  const db = new Kysely<Schema>({ dialect: sqliteDialect(database, { ...options, ...checks }) });
  const store = { db, engine: "sqlite" } as const;
  try {
    return { db, ...(await upToDate(store, { applied: await appliedSteps(store), accept })) };
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

/**
 * Creates the file with mode 0600 if it does not exist; SQLite gives `-wal` and `-shm` the same mode.
 * @throws CannotOpen
 */
function prepareFile(path: string): void {
  try {
    prepareFolder(path);
    closeSync(openSync(path, "a", 0o600));
  } catch (error) {
    if (error instanceof CannotOpen) throw error;
    throw new CannotOpen({ kind: "file", path, why: codeOf(error) }, error);
  }
}

/** Before SQLite opens the file, which would remove what shows the loss. @throws CannotOpen */
export function refuseSeparated(path: string): void {
  const kind = findSeparation(path);
  if (kind !== undefined) throw new CannotOpen({ kind, path });
}

/** Only the default path's folder is created, because a mistyped path must not create folders. @throws CannotOpen */
export function prepareFolder(path: string): void {
  const folder = dirname(path);
  if (existsSync(folder)) return;
  if (path !== defaultSqlitePath) throw new CannotOpen({ kind: "no-folder", folder });
  mkdirSync(folder, { mode: 0o700 });
}

async function postgres(
  url: string,
  { isPatient = false, failed, metrics, accept = "any" }: StoreOptions,
): Promise<Opened> {
  // Building an index on a large ledger takes longer than the usual time limit of a statement.
  const migrating = new Kysely<Schema>({ dialect: await postgresDialect(readable(url), { isPatient: true }) });
  const found = await prepared(migrating, accept).finally(() => migrating.destroy());
  const name = randomBytes(4).toString("hex");
  const dialect = await postgresDialect(url, {
    isPatient,
    connectedDirectly: (client) => nameSession(client, name),
    ...(failed ? { failed } : {}),
    ...(metrics ? { metrics } : {}),
  });
  return { db: new Kysely<Schema>({ dialect }), ...found };
}

/**
 * Refuses problems that would fail in the middle of a migration, where PostgreSQL only reports that an earlier
 * statement failed.
 */
async function prepared(db: Kysely<Schema>, accept: Accepted): Promise<Omit<Opened, "db">> {
  const store = { db, engine: "postgres" } as const;
  const applied = await appliedSteps(store);
  refuseUnaccepted(applied, { engine: "postgres", accept });
  const [problem] = serverProblems(await serverFacts(db), pendingSteps(applied, "postgres"));
  if (problem) throw new CannotOpen(problem);
  return upToDate(store, { applied, accept });
}

/** @param applied the steps that the database has */
async function upToDate(
  store: Pick<Store, "db" | "engine">,
  { applied, accept }: { applied: readonly string[]; accept: Accepted },
): Promise<Omit<Opened, "db">> {
  refuseUnaccepted(applied, { engine: store.engine, accept });
  const pending = pendingSteps(applied, store.engine);
  if (pending.length > 0) await migrate(store);
  const newest = applied.at(-1);
  return {
    isNew: newest === undefined,
    schemaStep: pending.at(-1) ?? newest ?? "",
    updatedFrom: pending.length > 0 ? newest : undefined,
  };
}

/** @throws CannotOpen */
function refuseUnaccepted(
  applied: readonly string[],
  { engine, accept }: { engine: Store["engine"]; accept: Accepted },
): void {
  refuseNewer(applied, engine);
  if (accept !== "any") refuseOlder(applied, engine);
  if (accept === "current" && applied.length === 0) throw new CannotOpen({ kind: "no-ledger" });
}

function readable(url: string): string {
  if (!isReadableAddress(url)) throw new CannotOpen({ kind: "address" });
  return url;
}
