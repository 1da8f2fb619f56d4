/** A place for a bot's ledger on either engine, with a read-only connection to it. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import pg from "pg";
import type { Store } from "../../src/storage/schema.ts";
import { connectedTo, lendPostgresSchema } from "./postgres-schemas.ts";

export type Row = Readonly<Record<string, unknown>>;

export interface LedgerPlace {
  /** For the bot's DATABASE_URL. */
  url: URL;
  /** Queries the ledger, with a value for each `?`. Both engines return integers as numbers. */
  rows(sql: string, ...values: (string | number)[]): Promise<Row[]>;
  /** Sets the ledger's clock ahead, if it is the database server's and not the bot's own. */
  later(ms: number): Promise<void>;
  /** Deletes everything in it, once all that use it have ended. */
  close(): Promise<void>;
}

export function openLedgerPlace(engine: Store["engine"]): Promise<LedgerPlace> {
  return engine === "sqlite" ? sqlitePlace() : postgresPlace();
}

async function sqlitePlace(): Promise<LedgerPlace> {
  const folder = await mkdtemp(join(tmpdir(), "receipt-ledger-"));
  const path = join(folder, "receipts.db");
  // Opened after the bot has created it.
  let database: DatabaseSync | undefined;
  return {
    url: new URL(`sqlite:${path}`),
    async rows(sql, ...values) {
      database ??= new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
      return database.prepare(sql).all(...values);
    },
    later: async () => {},
    async close() {
      database?.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function postgresPlace(): Promise<LedgerPlace> {
  const { name, url, giveBack } = await lendPostgresSchema();
  // The schema's own functions take precedence over PostgreSQL's: here, a clock that can be set ahead.
  const path = `-c search_path=${name},pg_catalog`;
  url.searchParams.set("options", path);
  const readOnly = new URL(url);
  readOnly.searchParams.set("options", `${path} -c default_transaction_read_only=on`);
  const client = await connectedTo(readOnly.href);
  // Times and counts are bigint columns; their values stay far below 2^53.
  client.setTypeParser(pg.types.builtins.INT8, Number);
  let aheadMs = 0;
  return {
    url,
    async rows(sql, ...values) {
      let nth = 0;
      const numbered = sql.replace(/\?/g, () => `$${++nth}`);
      return (await client.query<Row>(numbered, values)).rows;
    },
    async later(ms) {
      aheadMs += ms;
      await client.query(`begin read write;
        create or replace function clock_timestamp() returns timestamptz language sql volatile
          as $$ select pg_catalog.clock_timestamp() + interval '${aheadMs} milliseconds' $$;
        commit`);
    },
    async close() {
      if (aheadMs > 0) await client.query(`begin read write; drop function ${name}.clock_timestamp(); commit`);
      await client.end();
      await giveBack();
    },
  };
}
