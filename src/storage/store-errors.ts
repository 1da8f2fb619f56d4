/** What the engines' errors mean: away, not certain, or refused by a unique index. */

/**
 * The connection was lost while a transaction was being committed: whether the database has it, nobody can say before
 * it is asked again.
 */
export class CommitUncertain extends Error {
  constructor(cause: unknown) {
    super("the connection was lost in the middle of a commit", { cause });
  }
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
  // PostgreSQL's unique_violation; SQLite's SQLITE_CONSTRAINT_UNIQUE and SQLITE_CONSTRAINT_PRIMARYKEY.
  return error.code === "23505" || ("errcode" in error && (error.errcode === 2067 || error.errcode === 1555));
}

/** Whether PostgreSQL ended a transaction that waited in a circle with another: it has done nothing, and may be tried again. */
export function isDeadlock(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "40P01";
}

/** Whether an error says that a table is not there. */
export function isTableMissing(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error)) return false;
  // PostgreSQL's undefined_table; SQLite has but its words.
  return error.code === "42P01" || (error.code === "ERR_SQLITE_ERROR" && error.message.startsWith("no such table"));
}

/** What an error says. Those of a connection that tried several addresses have no message of their own. */
export function whyOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message !== "" ? error.message : "code" in error ? String(error.code) : error.name;
}

/** pg has no code for the connections that it loses, only these words. */
function isLostConnection(error: unknown): boolean {
  return (
    error instanceof Error &&
    /^(Connection terminated|Client has encountered a connection error|timeout (exceeded|expired)|Query read timeout)/i.test(
      error.message,
    )
  );
}
