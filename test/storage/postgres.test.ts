/** PostgreSQL connections that are lost, idle or in use: the store continues with new ones. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { sql } from "kysely";
import { openStore } from "../../src/storage/open.ts";
import type { Store } from "../../src/storage/schema.ts";
import { isStoreAway } from "../../src/storage/store-errors.ts";
import { engines } from "./engines.ts";
import { createPostgresSchema, withPostgres } from "./postgres-schemas.ts";

const postgres = engines.find(({ name }) => name === "PostgreSQL");

describe("a store on PostgreSQL", { skip: postgres?.skip ?? "there is no such engine" }, () => {
  /** Ends every other session of the store. */
  async function cutIdleConnections({ db }: Store): Promise<void> {
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = current_setting('application_name') and pid <> pg_backend_pid()`.execute(db);
  }

  const one = ({ db }: Store) => sql<{ one: number }>`select 1 as one`.execute(db);

  test("opens a new connection after an idle one was lost", async (t) => {
    const store = (await postgres?.open()) ?? assert.fail();
    t.after(() => store.close());
    await Promise.all(Array.from({ length: 5 }, () => one(store)));
    await cutIdleConnections(store);
    const answers = await Promise.allSettled(Array.from({ length: 10 }, () => one(store)));
    for (const answer of answers) if (answer.status === "rejected") assert.ok(isStoreAway(answer.reason));
    assert.equal((await one(store)).rows[0]?.one, 1);
  });

  test("rolls back a transaction whose connection was lost, reports the database as unavailable, and accepts the next", async (t) => {
    const store = (await postgres?.open()) ?? assert.fail();
    t.after(() => store.close());
    const cut = store.db.transaction().execute(async (transaction) => {
      const key = { key: "half", value: "done", expires_at: null };
      await transaction.insertInto("keyv").values(key).execute();
      await sql`select pg_terminate_backend(pg_backend_pid())`.execute(transaction);
    });
    await assert.rejects(cut, (error) => isStoreAway(error));
    assert.deepEqual(await store.db.selectFrom("keyv").selectAll().execute(), []);
  });

  test("is migrated once by instances that start at the same time", async (t) => {
    const { url, drop } = await createPostgresSchema();
    t.after(drop);
    const stores = await Promise.all(Array.from({ length: 6 }, () => openStore({ engine: "postgres", url: url.href })));
    const [store = assert.fail()] = stores;
    const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(store.db);
    assert.ok(rows.length > 1);
    assert.equal(new Set(rows.map(({ name }) => name)).size, rows.length);
    await Promise.all(stores.map((each) => each.close()));
  });

  test("is migrated without waiting for migrations in other schemas of the database", async (t) => {
    const [busy, idle] = [await createPostgresSchema(), await createPostgresSchema()];
    t.after(() => Promise.all([busy.drop(), idle.drop()]));
    await withPostgres(async (client) => {
      await client.query("begin");
      await client.query("select pg_advisory_xact_lock(hashtext($1))", [`${busy.name}.migrations`]);
      const waiting = openStore({ engine: "postgres", url: busy.url.href });
      const store = await openStore({ engine: "postgres", url: idle.url.href });
      await store.close();
      const { rows } = await client.query("select count(*)::int as tables from pg_tables where schemaname = $1", [
        busy.name,
      ]);
      assert.equal(rows[0].tables, 0, "its migrations wait for the instance that holds the lock");
      await client.query("commit");
      await (await waiting).close();
    });
  });

  test("reads only its own schema, so that changes in others cannot prevent it from starting", async (t) => {
    const mine = (await postgres?.open()) ?? assert.fail();
    const other = (await postgres?.open()) ?? assert.fail();
    t.after(() => Promise.all([mine.close(), other.close()]));
    const tables = await mine.db.introspection.getTables({ withInternalKyselyTables: true });
    assert.deepEqual(tables.map(({ name }) => name).sort(), ["kysely_migration", "kysely_migration_lock"]);
    assert.equal(new Set(tables.map(({ schema }) => schema)).size, 1);
  });
});
