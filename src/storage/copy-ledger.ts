/** Copies a ledger and its grants from one database to another, on any engine, completely or not at all. */
import { hash, randomUUID } from "node:crypto";
import { sql } from "kysely";
import { admitOlderWriters, refuseOlderWriters } from "./migrations/writer-version.ts";
import { findOtherUser } from "./open-sessions.ts";
import type { Schema, Store } from "./schema.ts";
import type { Runner } from "./statement.ts";

/** The tables of the ledger: all but `paces` and `instances`, which are short-lived and tied to one database server. */
export type TableName = Exclude<keyof Schema, (typeof shortLivedTables)[number]>;
export const shortLivedTables = ["paces", "instances"] as const;

export type RowCounts = Record<TableName, number>;

/** Why a ledger must not be moved. */
export type SourceProblem =
  | { kind: "nothing-to-move" }
  /** Another program has the source's file open, or a session at its server. */
  | { kind: "program" | "session" }
  /** An instance may still write to the source, until this time in milliseconds since the epoch. */
  | { kind: "instance"; until: number };

export type Moved =
  /** Every row is in the target and was compared with the source. */
  | { kind: "moved" | "there-already"; rows: RowCounts }
  | SourceProblem
  /** Both addresses name the same database. */
  | { kind: "same-place" }
  /**
   * The target contains data that differs from the source; `table` is the first table that differs. Nothing was
   * written.
   */
  | { kind: "holds-other-data"; table: TableName };

export interface MoveNeeds {
  /** Both databases have the newest schema. */
  from: Store;
  to: Store;
  /** Milliseconds since the epoch, by the source's clock, which its leases use. */
  now(): number;
}

type Row = Record<string, string | number | null>;

/** A fingerprint of a table: equal for equal rows in any order. */
interface Contents {
  rows: number;
  /** The sum of every row's SHA-256. */
  sum: bigint;
}

/** Rows in memory at a time; far below the parameter limit of either engine. */
const rowsPerBatch = 500;

/** The ledger's tables with the columns of their primary keys, in an order that the foreign keys allow. */
export const tables: { readonly [Table in TableName]: readonly (keyof Schema[Table] & string)[] } = {
  requests: ["id"],
  approvals: ["request_id", "approver"],
  operations: ["seq"],
  attempts: ["id"],
  events: ["seq"],
  seals: ["position"],
  unsealed: ["event_seq"],
  pruned_ranges: ["first_position"],
  posts: ["id"],
  keyv: ["key"],
  ledger_info: ["name"],
  macs: ["kind", "ref"],
  directory_versions: ["version"],
  directory: ["version", "sub_mchid"],
  directory_bigrams: ["version", "bigram", "block"],
  given_names: ["request_id", "sub_mchid"],
};

const tableNames = Object.keys(tables) as TableName[];

/** Looks for a problem without changing anything, so that a target is not created in vain; `move` looks again. */
export async function findSourceProblem({ from, now }: Omit<MoveNeeds, "to">): Promise<SourceProblem | undefined> {
  const user = await findUser({ from, now });
  if (user) return user;
  const until = await lastLease(from.db);
  if (until > now()) return { kind: "instance", until };
  return (await hasRows(from.db)) ? undefined : { kind: "nothing-to-move" };
}

/**
 * Both databases are locked against writers during the move. The target is written in one transaction, which compares
 * every row at the end, so an interrupted move leaves the target unchanged. A move can be repeated, even after it
 * succeeded.
 */
export async function move({ from, to, now }: MoveNeeds): Promise<Moved> {
  const user = await findUser({ from, now });
  if (user) return user;
  return from.db.transaction().execute(async (source) => {
    await lockOutWriters(source, from.engine);
    const until = await lastLease(source);
    if (until > now()) return { kind: "instance", until };
    const wanted = await contentsOf(source);
    if (isEmpty(wanted)) return { kind: "nothing-to-move" };

    return to.db.transaction().execute(async (target): Promise<Moved> => {
      if (from.engine === to.engine && (await isSamePlace(source, target, to.engine))) return { kind: "same-place" };
      await lockOutWriters(target, to.engine);
      const held = await contentsOf(target);
      if (!isEmpty(held)) {
        const table = firstDifference(wanted, held);
        return table ? { kind: "holds-other-data", table } : { kind: "there-already", rows: rowsOf(held) };
      }
      await target.deleteFrom("ledger_info").execute();
      // The source may contain rows that an older version wrote.
      for (const one of admitOlderWriters(to.engine)) await sql.raw(one).execute(target);
      for (const table of tableNames)
        for await (const rows of batches(source, table)) await insert(target, to.engine, table, rows);
      for (const one of refuseOlderWriters(to.engine)) await sql.raw(one).execute(target);
      if (to.engine === "postgres") await continueNumbering(target);
      const copied = await contentsOf(target);
      const wrong = firstDifference(wanted, copied);
      if (wrong) throw new Error(`${wrong} did not arrive as it was sent`);
      return { kind: "moved", rows: rowsOf(copied) };
    });
  });
}

async function findUser({ from, now }: Omit<MoveNeeds, "to">): Promise<SourceProblem | undefined> {
  const user = await findOtherUser(from);
  return user?.kind === "instance" ? { kind: "instance", until: now() + user.deadInMs } : user;
}

/** On SQLite, every transaction does this. */
async function lockOutWriters(on: Runner, engine: Store["engine"]): Promise<void> {
  if (engine === "sqlite") return;
  // One side is idle while the other is read.
  await sql`set local idle_in_transaction_session_timeout = 0`.execute(on);
  await sql`lock table ${sql.join(tableNames.map((table) => sql.table(table)))} in exclusive mode`.execute(on);
}

/**
 * Whether two connections lead to the same schema of the same database, under whatever names: the second one would wait
 * for the locks of the first, for ever. On SQLite, the file is seen to be open before.
 */
async function isSamePlace(one: Runner, other: Runner, engine: Store["engine"]): Promise<boolean> {
  if (engine === "sqlite") return false;
  // Another move into the same target has another lock.
  const name = sql`hashtext(current_schema() || ${randomUUID()}::text)`;
  await sql`select pg_advisory_xact_lock(${name})`.execute(one);
  const { rows } = await sql<{ free: boolean }>`select pg_try_advisory_xact_lock(${name}) as free`.execute(other);
  return rows[0]?.free !== true;
}

/** When the last lease ends, in milliseconds since the epoch; 0 if there is none. */
async function lastLease(on: Runner): Promise<number> {
  const { operation, post } = await on
    .selectNoFrom((row) => [
      row
        .selectFrom("operations")
        .select((one) => one.fn.max("lease_until").as("until"))
        .where("state", "=", "running")
        .as("operation"),
      row
        .selectFrom("posts")
        .select((one) => one.fn.max("lease_until").as("until"))
        .whereRef("shown", "<", "wanted")
        .as("post"),
    ])
    .executeTakeFirstOrThrow();
  return Math.max(operation ?? 0, post ?? 0);
}

/** All rows of a table in the order of their key, with every column. */
async function* batches(on: Runner, table: TableName): AsyncGenerator<Row[], void> {
  const key = sql.join(tables[table].map((column) => sql.ref(column)));
  let afterLast = sql``;
  for (;;) {
    const next = sql<Row>`select * from ${sql.table(table)} ${afterLast} order by ${key} limit ${rowsPerBatch}`;
    const { rows } = await next.execute(on);
    const last = rows.at(-1);
    if (!last) return;
    yield rows;
    afterLast = sql`where (${key}) > (${sql.join(tables[table].map((column) => last[column]))})`;
  }
}

async function insert(on: Runner, engine: Store["engine"], table: TableName, rows: readonly Row[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {});
  const names = sql.join(columns.map((column) => sql.ref(column)));
  const values = sql.join(rows.map((row) => sql`(${sql.join(columns.map((column) => row[column]))})`));
  // Otherwise PostgreSQL renumbers the rows.
  const asTheyAre = engine === "postgres" ? sql`overriding system value` : sql``;
  await sql`insert into ${sql.table(table)} (${names}) ${asTheyAre} values ${values}`.execute(on);
}

/** Sets PostgreSQL's sequences to continue after the highest number in use. */
async function continueNumbering(on: Runner): Promise<void> {
  const { rows } = await sql<{ table: string; column: string }>`
    select table_name as "table", column_name as "column" from information_schema.columns
    where table_schema = current_schema() and is_identity = 'YES'
  `.execute(on);
  for (const { table, column } of rows) {
    const sequence = sql`pg_get_serial_sequence(quote_ident(${table}), ${column})`;
    await sql`select setval(${sequence}, max(${sql.ref(column)})) from ${sql.table(table)}`.execute(on);
  }
}

async function contentsOf(on: Runner): Promise<Record<TableName, Contents>> {
  const found: [TableName, Contents][] = [];
  for (const table of tableNames) {
    const contents: Contents = { rows: 0, sum: 0n };
    for await (const rows of batches(on, table)) {
      contents.rows += rows.length;
      for (const row of rows) contents.sum += BigInt(`0x${hash("sha256", canonical(row))}`);
    }
    found.push([table, contents]);
  }
  return Object.fromEntries(found) as Record<TableName, Contents>;
}

function canonical(row: Row): string {
  return JSON.stringify(
    Object.keys(row)
      .sort()
      .map((column) => [column, row[column]]),
  );
}

/** Facts about a ledger, such as its heartbeat, exist as soon as a bot has started with it. */
const tablesOfUse = tableNames.filter((table) => table !== "ledger_info");

function isEmpty(contents: Record<TableName, Contents>): boolean {
  return tablesOfUse.every((table) => contents[table].rows === 0);
}

async function hasRows(on: Runner): Promise<boolean> {
  for (const table of tablesOfUse)
    if ((await sql`select 1 from ${sql.table(table)} limit 1`.execute(on)).rows.length > 0) return true;
  return false;
}

function firstDifference(a: Record<TableName, Contents>, b: Record<TableName, Contents>): TableName | undefined {
  return tableNames.find((table) => a[table].rows !== b[table].rows || a[table].sum !== b[table].sum);
}

function rowsOf(contents: Record<TableName, Contents>): RowCounts {
  return Object.fromEntries(tableNames.map((table) => [table, contents[table].rows])) as RowCounts;
}
