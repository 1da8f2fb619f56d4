/** The view of a ledger in a schema of a PostgreSQL database. */
import type { LedgerCopy, LedgerView, Row, Value } from "./ledger-view.ts";
import { createOwnSchema, poolFor, runIn } from "./own-schema.ts";

/**
 * @param url a `postgres:` address whose search path is the ledger's schema
 * @param isReady whether the bot has created the ledger
 */
export function openPostgresView(url: string, isReady: () => boolean): LedgerView {
  const pool = poolFor(url);
  // A connection that is lost is opened again for the next query, which reports what is wrong.
  pool.on("error", () => undefined);

  async function rows(sql: string, ...values: readonly Value[]): Promise<readonly Row[]> {
    if (!isReady()) return [];
    let nth = 0;
    const numbered = sql.replaceAll("?", () => `$${++nth}`);
    return (await pool.query<Row>(numbered, [...values])).rows;
  }

  return {
    rows,
    // Changes whenever a transaction that writes begins or ends on the server; the own ones only read.
    version: async () => String((await rows("select pg_current_snapshot()::text as version"))[0]?.["version"]),
    async copy() {
      const tables = await rows("select tablename from pg_tables where schemaname = current_schema()");
      return copyOf(
        url,
        tables.map(({ tablename }) => String(tablename)),
      );
    },
    close: () => pool.end(),
  };
}

async function copyOf(url: string, tables: readonly string[]): Promise<LedgerCopy> {
  const copy = await createOwnSchema(url);
  const statements = tables.flatMap((table) => [
    `create table ${copy.name}.${table} (like ${table} including all)`,
    `insert into ${copy.name}.${table} overriding system value select * from ${table}`,
  ]);
  // Triggers are not copied, so that nothing in the copy refuses a change.
  await runIn(url, "begin isolation level repeatable read", ...statements, "commit");
  return { url: copy.url, change: (sql) => runIn(copy.url, sql), remove: copy.drop };
}
