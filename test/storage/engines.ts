/** The engines that the contract tests run on: SQLite in a fresh file always, PostgreSQL where one can be reached. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { openStore } from "../../src/storage/open.ts";
import type { Store } from "../../src/storage/schema.ts";

const postgresUrl = process.env["TEST_POSTGRES_URL"] ?? "postgres://postgres@127.0.0.1:5432/postgres";

export interface Engine {
  name: string;
  /** A sentence that says why the engine's tests cannot run here, or false. */
  skip: string | false;
  /** A store of its own, empty, that is removed when it is closed. */
  open(): Promise<Store>;
}

export const engines: readonly Engine[] = [
  { name: "SQLite", skip: false, open: openSqliteFile },
  { name: "PostgreSQL", skip: await whyNoPostgres(), open: openPostgresSchema },
];

async function openSqliteFile(): Promise<Store> {
  const folder = mkdtempSync(join(tmpdir(), "receipt-"));
  const store = await openStore({ engine: "sqlite", path: join(folder, "receipts.db") });
  return {
    ...store,
    async close() {
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** A schema of its own in the database that is there, so that tests which run at once do not meet. */
async function openPostgresSchema(): Promise<Store> {
  const schema = `receipt_${process.pid}_${Math.random().toString(36).slice(2)}`;
  await withPostgres((client) => client.query(`create schema ${schema}`));
  const url = new URL(postgresUrl);
  url.searchParams.set("options", `-c search_path=${schema}`);
  const drop = () => withPostgres((client) => client.query(`drop schema ${schema} cascade`));
  const store = await openStore({ engine: "postgres", url: url.href }).catch(async (error: unknown) => {
    await drop();
    throw error;
  });
  return {
    ...store,
    async close() {
      await store.close();
      await drop();
    },
  };
}

async function whyNoPostgres(): Promise<string | false> {
  try {
    await withPostgres((client) => client.query("select 1"));
    return false;
  } catch (error) {
    const reason = `SKIPPED: no PostgreSQL at ${new URL(postgresUrl).host}`;
    if (process.env["REQUIRE_POSTGRES"])
      throw new Error(`${reason}, and REQUIRE_POSTGRES forbids the skip`, { cause: error });
    return reason;
  }
}

async function withPostgres(run: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: postgresUrl, connectionTimeoutMillis: 1_000 });
  await client.connect();
  try {
    await run(client);
  } finally {
    await client.end();
  }
}
