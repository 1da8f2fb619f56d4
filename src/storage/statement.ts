/** Statements on hot paths: built and compiled once for each database, and run with different values each time. */
import {
  type Compilable,
  type CompiledQuery,
  type Kysely,
  PostgresAdapter,
  type QueryResult,
  RawNode,
  sql,
  type Transaction,
} from "kysely";
import type { Database, Schema } from "./schema.ts";

/** The database that a statement runs on, or one of its transactions. */
export type Runner = Database | Transaction<Schema>;

type Values = Record<string, string | number | null>;

/**
 * ```ts
 * const endRequest = statement<{ id: string; now: number }>()((db, { id, now }) =>
 *   db.updateTable("requests").set({ ended_at: now }).where("id", "=", id),
 * );
 * await endRequest(transaction, { id: "…", now: clock.now() });
 * ```
 *
 * Kysely builds and compiles a query in about three times the time that SQLite takes to run it. Values stand for
 * single parameters: neither lists nor a `null` that would have to become `is null`.
 */
export function statement<V extends Values>() {
  return <R>(build: (db: Kysely<Schema>, values: V) => Compilable<R>) => {
    const run = compiledOnce((db) => build(db, placeholdersIn(undefined) as V));
    return (on: Runner, values: V): Promise<QueryResult<R>> => run(on, ({ name }) => values[name]);
  };
}

/** Rows in one statement, where requests are usual; more take several statements. */
const rowsMax = 128;
/**
 * The same for long lists, of at most 60 columns: SQLite takes 32,766 values in a statement, and PostgreSQL 65,535.
 */
export const longListRowsMax = 512;

type ColumnTypes<V extends Values> = { [Column in keyof V]: "text" | "bigint" };

/**
 * The same about several rows at once, compiled once for 1, 2, 4 and so on up to `atOnce` rows, a power of two: between
 * two sizes, rows of nulls fill the set up. `given` matches none of them, and neither does `in`; `insertGiven` leaves
 * them out. Resolves to the rows that it returns.
 *
 * ```ts
 * const endAttempts = setStatement<{ attempt_id: string }>()((db, rows, { now }: { now: number }) => ({
 *   compile: () => sql<{ id: string }>`with ${given(rows, { attempt_id: "text" })}
 *     update attempts set ended_at = ${now} from given where id = given.attempt_id returning id`.compile(db),
 * }));
 * ```
 */
export function setStatement<V extends Values>(atOnce = rowsMax) {
  return <R, S extends Values>(build: (db: Kysely<Schema>, rows: readonly V[], shared: S) => Compilable<R>) => {
    const bySize = new Map<number, Compiled<R>>();
    return inSets(atOnce, async (on, rows: readonly V[], shared: S): Promise<R[]> => {
      const size = 2 ** Math.ceil(Math.log2(rows.length));
      const set = () => Array.from({ length: size }, (_, i) => placeholdersIn(i) as V);
      const run = bySize.get(size) ?? compiledOnce((db) => build(db, set(), placeholdersIn(undefined) as S));
      bySize.set(size, run);
      const resolve = ({ name, row }: Placeholder) => (row === undefined ? shared[name] : (rows[row]?.[name] ?? null));
      return (await run(on, resolve)).rows;
    });
  };
}

type OnRows<V, Shared extends unknown[], R> = (on: Runner, rows: readonly V[], ...shared: Shared) => Promise<R[]>;

/**
 * Takes any number of rows, and runs a statement for each set of at most `max` of them, one after the other.
 * @returns what all of the statements returned
 */
function inSets<V, Shared extends unknown[], R>(max: number, run: OnRows<V, Shared, R>): OnRows<V, Shared, R> {
  return async (on, rows, ...shared) => {
    const returned: R[] = [];
    for (let first = 0; first < rows.length; first += max)
      returned.push(...(await run(on, rows.slice(first, first + max), ...shared)));
    return returned;
  };
}

/**
 * The rows of a set as a table named `given`.
 * @param columns all of the rows' columns; PostgreSQL has to know their types
 */
export function given<V extends Values>(rows: readonly V[], columns: ColumnTypes<V>) {
  const names = Object.entries<"text" | "bigint">(columns);
  const list = rows.map((row, i) => {
    const values = names.map(([name, type]) => (i === 0 ? sql`cast(${row[name]} as ${sql.raw(type)})` : row[name]));
    return sql`(${sql.join(values)})`;
  });
  return sql`given (${namesOf(columns)}) as (values ${sql.join(list)})`;
}

/** Inserts the rows of `given` into a table. @param columns the first is never null */
export function insertGiven<V extends Values>(table: keyof Schema, columns: ColumnTypes<V>) {
  const [first = ""] = Object.keys(columns);
  return sql`insert into ${sql.raw(table)} (${namesOf(columns)})
    select ${namesOf(columns)} from given where ${sql.raw(first)} is not null`;
}

/**
 * Inserts rows, as many as there are.
 * @param options `ending`: what follows them, such as `returning seq`; `atOnce`: as for `setStatement`
 */
export function insertSet<V extends Values, R = never>(
  table: keyof Schema,
  columns: ColumnTypes<V>,
  { ending = "", atOnce = rowsMax }: { ending?: string; atOnce?: number } = {},
) {
  const insert = setStatement<V>(atOnce)((db, rows, _: Record<string, never>) => ({
    compile: () => sql<R>`with ${given(rows, columns)} ${insertGiven(table, columns)} ${sql.raw(ending)}`.compile(db),
  }));
  return (on: Runner, rows: readonly V[]): Promise<R[]> => insert(on, rows, {});
}

function namesOf(columns: object) {
  return sql.raw(Object.keys(columns).join(", "));
}

/** Whether a statement is for PostgreSQL. */
export function isOnPostgres(on: Pick<Kysely<Schema>, "getExecutor">): boolean {
  return on.getExecutor().adapter instanceof PostgresAdapter;
}

/**
 * A time for use in a `case`, where PostgreSQL would treat an untyped parameter as text.
 * @param at milliseconds since the epoch
 */
export function asTime(at: number) {
  return sql<number>`cast(${at} as bigint)`;
}

type Compiled<R> = (on: Runner, resolve: (placeholder: Placeholder) => unknown) => Promise<QueryResult<R>>;

function compiledOnce<R>(build: (db: Kysely<Schema>) => Compilable<R>): Compiled<R> {
  const compiledFor = new WeakMap<object, CompiledQuery<R>>();
  return (on, resolve) => {
    const executor = on.getExecutor();
    const { adapter } = executor;
    let compiled = compiledFor.get(adapter);
    if (!compiled) {
      // Only plugins read the tree that it was compiled from, which for hundreds of rows takes megabytes.
      compiled = { ...build(on).compile(), query: noTree };
      compiledFor.set(adapter, compiled);
    }
    const parameters = compiled.parameters.map((one) => (one instanceof Placeholder ? resolve(one) : one));
    const query = { ...compiled, parameters };
    // As `on.executeQuery(query)`, without the steps that are for plugins and for cancelling.
    return executor.provideConnection((connection) => connection.executeQuery<R>(query));
  };
}

const noTree = RawNode.createWithSql("");

class Placeholder {
  readonly name: string;
  /** Which row of a set it is in; undefined for a value that all share. */
  readonly row: number | undefined;
  constructor(name: string, row: number | undefined) {
    this.name = name;
    this.row = row;
  }
}

/** Provides a placeholder for every named value of a statement. */
function placeholdersIn(row: number | undefined): unknown {
  return new Proxy({}, { get: (_, name) => new Placeholder(String(name), row) });
}
