/**
 * The engines that the contract tests run on: always SQLite in a new file, and PostgreSQL if one can be reached and
 * TEST_ENGINES does not leave it out.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { type DatabaseAddress, openStore } from "../../src/storage/open.ts";
import type { Store } from "../../src/storage/schema.ts";
import { lendPostgresSchema, postgresHost, withPostgres } from "./postgres-schemas.ts";

/** A store, and its address to open it again. */
export interface TestStore extends Store {
  address: DatabaseAddress;
}

export interface Engine {
  name: string;
  engine: Store["engine"];
  /** Why the engine's tests cannot run here, as a sentence; false if they can. */
  skip: string | false;
  /** Opens an empty store that is removed when it is closed. */
  open(): Promise<TestStore>;
}

export const engines: readonly Engine[] = [
  { name: "SQLite", engine: "sqlite", skip: whyNoSqlite(), open: openSqliteFile },
  { name: "PostgreSQL", engine: "postgres", skip: await whyNoPostgres(), open: openPostgresSchema },
];

/** Runs `work` while events and seals can be changed and removed, as the owner of the database can arrange. */
export async function unguarded<T>({ db, engine }: Pick<Store, "db" | "engine">, work: () => Promise<T>): Promise<T> {
  if (engine === "postgres") {
    const guards = (onOff: "disable" | "enable") =>
      ["events", "seals", "pruned_ranges"].map((table) => sql.raw(`alter table ${table} ${onOff} trigger user`));
    for (const off of guards("disable")) await off.execute(db);
    try {
      return await work();
    } finally {
      for (const on of guards("enable")) await on.execute(db);
    }
  }
  const triggers = sql<{ name: string; sql: string }>`select name, sql from sqlite_master where type = 'trigger'`;
  const { rows } = await triggers.execute(db);
  for (const { name } of rows) await sql.raw(`drop trigger ${name}`).execute(db);
  try {
    return await work();
  } finally {
    for (const trigger of rows) await sql.raw(trigger.sql).execute(db);
  }
}

async function openSqliteFile(): Promise<TestStore> {
  const folder = mkdtempSync(join(tmpdir(), "receipt-"));
  const address: DatabaseAddress = { engine: "sqlite", path: join(folder, "receipts.db") };
  const store = await openStore(address);
  return {
    ...store,
    address,
    async close() {
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
}

async function openPostgresSchema(): Promise<TestStore> {
  const { url, giveBack } = await lendPostgresSchema();
  const address: DatabaseAddress = { engine: "postgres", url: url.href };
  const store = await openStore(address);
  return {
    ...store,
    address,
    async close() {
      await store.close();
      await giveBack();
    },
  };
}

function chosenEngines(): string {
  return process.env["TEST_ENGINES"] || "sqlite,postgres";
}

function whyNoSqlite(): string | false {
  return chosenEngines() === "postgres" && "SKIPPED: TEST_ENGINES=postgres leaves SQLite out";
}

/** @throws where REQUIRE_POSTGRES forbids the skip, or TEST_ENGINES names something that is no engine. */
async function whyNoPostgres(): Promise<string | false> {
  const chosen = chosenEngines();
  if (chosen === "sqlite") {
    if (process.env["REQUIRE_POSTGRES"])
      throw new Error("TEST_ENGINES=sqlite leaves PostgreSQL out, and REQUIRE_POSTGRES forbids that");
    return "SKIPPED: TEST_ENGINES=sqlite leaves PostgreSQL out";
  }
  if (chosen !== "sqlite,postgres" && chosen !== "postgres")
    throw new Error(`TEST_ENGINES is sqlite, postgres or sqlite,postgres, not ${chosen}`);
  try {
    await withPostgres((client) => client.query("select 1"));
    return false;
  } catch (error) {
    const reason = `SKIPPED: no PostgreSQL at ${postgresHost}`;
    if (process.env["REQUIRE_POSTGRES"])
      throw new Error(`${reason}, and REQUIRE_POSTGRES forbids the skip`, { cause: error });
    return reason;
  }
}
