/** Errors while a database is opened -> what the person who starts the bot can do something about. */
import type { DatabaseProblem } from "../domain/startup/database-problem.ts";
import { codeOf, isSqlState, whyOf } from "./store-errors.ts";

/** The database of an address cannot be opened. */
export class CannotOpen extends Error {
  readonly problem: DatabaseProblem;

  constructor(problem: DatabaseProblem, cause?: unknown) {
    super("why" in problem ? problem.why : `the database cannot be opened: ${problem.kind}`, { cause });
    this.problem = problem;
  }
}

/** What an error while opening means; a bug stays as it is. */
export function asCannotOpen(error: unknown): unknown {
  if (error instanceof CannotOpen) return error;
  // PostgreSQL's answer is the error itself, or the cause of the one that says the session is lost.
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  if (cause instanceof TypeError || cause instanceof RangeError) {
    return codeOf(cause) === "ERR_INVALID_URL" ? new CannotOpen({ kind: "address" }) : error;
  }
  return new CannotOpen(problemOf(cause), cause);
}

function problemOf(error: unknown): DatabaseProblem {
  const [code, why] = [codeOf(error), whyOf(error)];
  if (/server does not support SSL/i.test(why)) return { kind: "no-tls" };
  // 53300 too_many_connections; PgBouncer says it as 08P01.
  if (code === "53300" || /^(sorry, )?(too many clients|no more connections allowed)/.test(why))
    return { kind: "too-many-connections", why };
  if (code === "08P01" && /unsupported startup parameter/.test(why)) return { kind: "pooler", why };
  // 42501 insufficient_privilege, 3F000 invalid_schema_name.
  if (code === "42501") return { kind: "no-right", why };
  if (code === "3F000") return { kind: "no-schema" };
  return { kind: "away", why: isSqlState(error) ? `${why}, ${code}` : why };
}

/**
 * Whether an address of PostgreSQL can be taken apart. A `#`, `/` or `?` in a password has to be escaped: as it is, the
 * address ends there, and the rest of the password would count as a host or a database and be shown.
 */
export function isReadableAddress(url: string): boolean {
  const [, authority, rest] = /^postgres(?:ql)?:\/\/([^/?#]*)(.*)$/s.exec(url) ?? [];
  if (authority === undefined || rest === undefined || /[@#]/.test(rest) || !URL.canParse(url)) return false;
  try {
    decodeURIComponent(authority);
    return true;
  } catch {
    return false;
  }
}
