/** Classifies the engines' errors: unavailable, uncertain, or refused by a unique index. */

/**
 * The database cannot be reached or does not accept work right now. The transaction recorded nothing, and its
 * connection is not used again.
 */
export class StoreAway extends Error {
  /** The engine's own code; `""` if there is none. */
  readonly code: string;

  constructor(cause: unknown) {
    super(whyOf(cause), { cause });
    this.code = codeOf(cause);
  }
}

const replacedFiles = {
  ledger:
    "the ledger's file was replaced or removed while it was open: stop the bot, put the right file in place, and start the bot",
  log: "the ledger's log (-wal) was replaced or removed while it was open: stop every instance of the bot with SIGTERM, which saves what was recorded, and start the bot again",
} as const;

/**
 * The file at the path of the ledger, or of its write-ahead log, is another one than the one that is open, or there is
 * none. Nothing is written until the file is back.
 */
export class LedgerFileReplaced extends StoreAway {
  readonly file: keyof typeof replacedFiles;

  constructor(file: keyof typeof replacedFiles) {
    super(new Error(replacedFiles[file]));
    this.file = file;
  }
}

/**
 * The connection was lost during a commit. Whether the transaction was committed is unknown until the database is
 * queried again.
 */
export class CommitUncertain extends Error {
  constructor(cause: unknown) {
    super("the connection was lost during a commit", { cause });
  }
}

/**
 * The state after an error of PostgreSQL. `statement`: a constraint refused it, or it has a bug. `transaction`:
 * nothing was recorded, and the session can be used again. `session`: everything else; read-only after a failover, an
 * operator's command, no resources, a lost connection, and anything unforeseen.
 */
export function damageOf(error: unknown): "statement" | "transaction" | "session" {
  if (error instanceof TypeError || error instanceof RangeError) return "statement";
  const code = codeOf(error);
  if (/^(40...|55...|57014)$/.test(code)) return "transaction";
  if (isPreparationAtFault(error)) return "session";
  // If a right is missing (42501), no statement works; the other classes are about the statement or its values.
  const isStatement = /^(0A|2[0-3]|2B|2F|34|38|39|42|44|54|P0)[0-9A-Z]{3}$/.test(code) && code !== "42501";
  return isStatement ? "statement" : "session";
}

/**
 * Whether a session lacks a statement that this program prepared in it, has one that it did not prepare, or has one
 * whose columns have changed since.
 */
export function isPreparationAtFault(error: unknown): boolean {
  const isOutdated = error instanceof Error && "routine" in error && error.routine === "RevalidateCachedQuery";
  return isOutdated || ["26000", "42P05"].includes(codeOf(error));
}

/** Whether an error means that the database cannot be reached or written to now, and not that there is a bug. */
export function isStoreAway(error: unknown): boolean {
  if (error instanceof StoreAway) return true;
  const code = codeOf(error);
  if (code === "ERR_SQLITE_ERROR") return !isOwnSqliteFault(error);
  if (isSqlState(error)) return damageOf(error) !== "statement";
  // Errors of the system, and of a database that was closed.
  return /^(E[A-Z]+|ERR_INVALID_STATE)$/.test(code);
}

/** Whether another program has SQLite's file locked: SQLITE_BUSY and its extended codes. */
export function isBusy(error: unknown): boolean {
  return sqliteCodeOf(error) === 5;
}

/** Whether SQLite found the file damaged, or to be no database: no later attempt succeeds. */
export function isDamaged(error: unknown): boolean {
  // SQLITE_CORRUPT, SQLITE_NOTADB
  return [11, 26].includes(sqliteCodeOf(error instanceof StoreAway ? error.cause : error));
}

/** Whether a server gives no more connections: 53300 too_many_connections; PgBouncer reports it as 08P01. */
export function isOutOfConnections(error: unknown): boolean {
  return codeOf(error) === "53300" || /^(sorry, )?(too many clients|no more connections allowed)/.test(whyOf(error));
}

/** Whether a unique index refused a row. */
export function isUniqueViolation(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error)) return false;
  // PostgreSQL's unique_violation; SQLite's SQLITE_CONSTRAINT_UNIQUE and SQLITE_CONSTRAINT_PRIMARYKEY.
  return error.code === "23505" || ("errcode" in error && (error.errcode === 2067 || error.errcode === 1555));
}

/**
 * Whether PostgreSQL rolled a transaction back, even at its commit, because of others: a deadlock, or a failure to
 * serialize. Nothing was written, and it can be tried again.
 */
export function isRolledBack(error: unknown): boolean {
  return isSqlState(error) && ["40P01", "40001"].includes(codeOf(error));
}

/** Whether a table does not exist. */
export function isTableMissing(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error)) return false;
  // PostgreSQL's undefined_table; SQLite has only a message.
  return error.code === "42P01" || (error.code === "ERR_SQLITE_ERROR" && error.message.startsWith("no such table"));
}

/** The message of an error. An error from a connection to several addresses has no message of its own, only a code. */
export function whyOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message !== "" ? error.message : "code" in error ? String(error.code) : error.name;
}

/** An error's code; `""` if there is none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

/** Whether the server itself answered and the error is not an `EPIPE`, which looks similar. */
export function isSqlState(error: unknown): boolean {
  return error instanceof Error && "severity" in error && /^[0-9A-Z]{5}$/.test(codeOf(error));
}

/** SQLITE_CONSTRAINT, _MISMATCH, _MISUSE and _RANGE: the statement is at fault, not the file. */
function isOwnSqliteFault(error: unknown): boolean {
  return [19, 20, 21, 25].includes(sqliteCodeOf(error));
}

/** SQLite's primary result code; 0 if there is none. */
function sqliteCodeOf(error: unknown): number {
  return error instanceof Error && "errcode" in error ? Number(error.errcode) & 0xff : 0;
}
