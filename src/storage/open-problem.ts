/** Problems with opening a database that the person who starts the bot can fix. */
import { sql } from "kysely";
import type { DatabaseProblem } from "../domain/startup/database-problem.ts";
import { shortLivedTables, tables } from "./copy-ledger.ts";
import { tlsProblemOf } from "./postgres/tls.ts";
import type { Database } from "./schema.ts";
import { codeOf, isDamaged, isOutOfConnections, isSqlState, whyOf } from "./store-errors.ts";

/** The database at an address cannot be opened. */
export class CannotOpen extends Error {
  readonly problem: DatabaseProblem;

  constructor(problem: DatabaseProblem, cause?: unknown) {
    super("why" in problem ? problem.why : `the database cannot be opened: ${problem.kind}`, { cause });
    this.problem = problem;
  }
}

/**
 * Translates an error from opening a database; bugs are returned unchanged.
 * @param path the file of an embedded ledger
 */
export function asCannotOpen(error: unknown, path?: string): unknown {
  if (error instanceof CannotOpen) return error;
  // PostgreSQL's answer is the error itself, or the cause of the error that reports the lost session.
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  if (cause instanceof TypeError || cause instanceof RangeError) {
    return codeOf(cause) === "ERR_INVALID_URL" ? new CannotOpen({ kind: "address" }) : error;
  }
  return new CannotOpen(
    path === undefined ? serverProblemOf(cause) : (fileProblemOf(cause, path) ?? otherProblem(cause)),
    cause,
  );
}

/** The problem that SQLite reports with a file, without naming it; undefined for anything else. */
function fileProblemOf(error: unknown, path: string): DatabaseProblem | undefined {
  if (!(error instanceof Error && "errcode" in error)) return undefined;
  const why = whyOf(error);
  if (isDamaged(error)) return { kind: "damaged", path, why };
  switch (Number(error.errcode) & 0xff) {
    // SQLITE_BUSY, SQLITE_LOCKED
    case 5:
    case 6:
      return { kind: "locked", path };
    // SQLITE_FULL
    case 13:
      return { kind: "full", path };
    // SQLITE_PERM, _READONLY, _IOERR, _CANTOPEN, _AUTH
    case 3:
    case 8:
    case 10:
    case 14:
    case 23:
      return { kind: "file", path, why };
    default:
      return undefined;
  }
}

function serverProblemOf(error: unknown): DatabaseProblem {
  const [code, why] = [codeOf(error), whyOf(error)];
  const tlsProblem = tlsProblemOf(error);
  if (tlsProblem) return tlsProblem;
  if (isOutOfConnections(error)) return { kind: "too-many-connections", why };
  if (code === "08P01" && /unsupported startup parameter/.test(why)) return { kind: "pooler", why };
  if (code === "42501" && why.includes("session_replication_role")) return { kind: "no-triggers" };
  // 42501 insufficient_privilege, 3F000 invalid_schema_name.
  if (code === "42501") return { kind: "no-right", why };
  if (code === "3F000") return { kind: "no-schema" };
  const other = otherProblem(error);
  // The system's own codes, the client's time limits, and a server that starts or stops.
  const isUnreachable = /^(E(?!RR_)[A-Z_]+|57P0.)$/.test(code) || /^(timeout|Connection terminated)/.test(why);
  return isUnreachable ? { ...other, kind: "unreachable" } : other;
}

function otherProblem(error: unknown): Extract<DatabaseProblem, { kind: "away" }> {
  const why = whyOf(error);
  return { kind: "away", why: isSqlState(error) ? `${why}, ${codeOf(error)}` : why };
}

/**
 * Whether a PostgreSQL address can be parsed. A `#`, `/` or `?` in a password has to be escaped. Otherwise the address
 * ends there, and the rest of the password would be treated as a host or a database and be shown.
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

/** Properties of a PostgreSQL server, and this user's rights on it. */
export interface ServerFacts {
  /** The database's encoding, such as `UTF8`. */
  encoding: string;
  /** The schema of the ledger's tables; null if search_path does not select one. */
  schema: string | null;
  /** Whether this user may create tables in the schema. */
  creates: boolean;
  /** `server_version_num`: 150004 for 15.4. */
  version: number;
  /** The ledger's tables that this user may not read or write as the bot does, in alphabetical order. */
  closedTables: readonly string[];
}

/** Rows in these tables never change, so an operator may revoke that right from the bot. */
const appendOnlyTables = ["events", "seals"];

export async function serverFacts(db: Database): Promise<ServerFacts> {
  const { rows } = await sql<Omit<ServerFacts, "closedTables" | "creates"> & { creates: boolean | null }>`
    select current_setting('server_encoding') as encoding, current_schema() as schema,
      has_schema_privilege(current_schema(), 'CREATE') as creates,
      current_setting('server_version_num')::integer as version`.execute(db);
  const names = sql.join([...Object.keys(tables), ...shortLivedTables]);
  const closed = await sql<{ name: string }>`
    select relname as name from pg_class join pg_namespace on pg_namespace.oid = relnamespace
    where nspname = current_schema() and relname in (${names}) and not (
      has_table_privilege(pg_class.oid, 'SELECT') and has_table_privilege(pg_class.oid, 'INSERT')
      and (relname in (${sql.join(appendOnlyTables)}) or has_table_privilege(pg_class.oid, 'UPDATE')))
    order by relname`.execute(db);
  const { encoding = "unknown", schema = null, creates = null, version = 0 } = rows[0] ?? {};
  return { encoding, schema, creates: creates === true, version, closedTables: closed.rows.map(({ name }) => name) };
}

/** The problem that prevents a start. @param pending the steps that the schema lacks */
export function serverProblems(facts: ServerFacts, pending: readonly string[]): DatabaseProblem[] {
  return [encodingProblem(facts), rightsProblem(facts, pending)].filter((problem) => problem !== undefined);
}

/** Other encodings lack characters that people and WeChat Pay use, so a result could not be recorded. */
export function encodingProblem({ encoding }: ServerFacts): DatabaseProblem | undefined {
  return encoding === "UTF8" ? undefined : { kind: "encoding", encoding };
}

export function rightsProblem(
  { schema, creates, closedTables }: ServerFacts,
  pending: readonly string[],
): DatabaseProblem | undefined {
  if (schema === null) return { kind: "no-schema" };
  if (!creates && pending.length > 0) return { kind: "no-right", why: `CREATE on schema ${schema}` };
  if (closedTables.length === 0) return undefined;
  return { kind: "no-right", why: `SELECT, INSERT, UPDATE on ${closedTables.join(", ")}` };
}
