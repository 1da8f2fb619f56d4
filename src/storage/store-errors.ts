/** What the engines' errors mean: unavailable, uncertain, or refused by a unique index. */

/**
 * The connection was lost during a commit. Whether the transaction was committed is unknown until the database is asked
 * again.
 */
export class CommitUncertain extends Error {
  constructor(cause: unknown) {
    super("the connection was lost during a commit", { cause });
  }
}

/** Whether an error means that the database cannot be reached or written to now, and not that there is a bug. */
export function isStoreAway(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  // SQLite's own errors, lost connections, and PostgreSQL's classes: connection, resources, operator, system.
  return /^(ERR_SQLITE_ERROR|E[A-Z]+|(08|53|57|58)[0-9A-Z]{3})$/.test(code) || isLostConnection(error);
}

/** Whether a unique index refused a row. */
export function isUniqueViolation(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error)) return false;
  // PostgreSQL's unique_violation; SQLite's SQLITE_CONSTRAINT_UNIQUE and SQLITE_CONSTRAINT_PRIMARYKEY.
  return error.code === "23505" || ("errcode" in error && (error.errcode === 2067 || error.errcode === 1555));
}

/** Whether PostgreSQL ended a transaction because of a deadlock: nothing was written, and it can be tried again. */
export function isDeadlock(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "40P01";
}

/** Whether a table does not exist. */
export function isTableMissing(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error)) return false;
  // PostgreSQL's undefined_table; SQLite has only a message.
  return error.code === "42P01" || (error.code === "ERR_SQLITE_ERROR" && error.message.startsWith("no such table"));
}

/** The message of an error. An error from a connection to several addresses has none of its own, only a code. */
export function whyOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message !== "" ? error.message : "code" in error ? String(error.code) : error.name;
}

/** pg has no code for lost connections, only these messages. */
function isLostConnection(error: unknown): boolean {
  return (
    error instanceof Error &&
    /^(Connection terminated|Client has encountered a connection error|timeout (exceeded|expired)|Query read timeout)/i.test(
      error.message,
    )
  );
}
