/** PostgreSQL connections that are lost, idle or in use: the store continues with new ones. */
import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { Kysely, type RawBuilder, sql } from "kysely";
import { createLedger } from "../../src/ledger/ledger.ts";
import { openStore } from "../../src/storage/open.ts";
import { postgresDialect } from "../../src/storage/postgres/dialect.ts";
import type { Schema, Store } from "../../src/storage/schema.ts";
import { isStoreAway } from "../../src/storage/store-errors.ts";
import { systemClock, systemRandom } from "../../src/system-clock.ts";
import { eventually } from "../eventually.ts";
import { engines } from "./engines.ts";
import { createPostgresSchema, postgresHost, withPostgres } from "./postgres-schemas.ts";

const postgres = engines.find(({ name }) => name === "PostgreSQL");

describe("a store on PostgreSQL", { skip: postgres?.skip ?? "there is no such engine" }, () => {
  /** Ends every other session of the store. */
  async function cutIdleConnections({ db }: Store): Promise<void> {
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = current_setting('application_name') and pid <> pg_backend_pid()`.execute(db);
  }

  async function opened(t: TestContext): Promise<Store> {
    const store = (await postgres?.open()) ?? assert.fail();
    t.after(() => store.close());
    return store;
  }

  const one = ({ db }: Store) => sql<{ one: number }>`select 1 as one`.execute(db);

  const sessionsOf = (role: string) =>
    withPostgres(async (client) => {
      const { rows } = await client.query("select count(*)::int as n from pg_stat_activity where usename = $1", [role]);
      return rows[0].n as number;
    });

  test("opens a new connection after an idle one was lost", async (t) => {
    const store = await opened(t);
    await Promise.all(Array.from({ length: 5 }, () => one(store)));
    await cutIdleConnections(store);
    const answers = await Promise.allSettled(Array.from({ length: 10 }, () => one(store)));
    for (const answer of answers) if (answer.status === "rejected") assert.ok(isStoreAway(answer.reason));
    assert.equal((await one(store)).rows[0]?.one, 1);
  });

  test("shares its sessions while the server has no connection for another one", async (t) => {
    const role = `receipt_limited_${process.pid}`;
    await withPostgres((client) => client.query(`create role ${role} login connection limit 2`));
    t.after(() => withPostgres((client) => client.query(`drop role ${role}`)));
    const db = new Kysely<Schema>({ dialect: await postgresDialect(`postgres://${role}@${postgresHost}/postgres`) });
    const pid = () => sql<{ pid: number }>`select pg_backend_pid() as pid, pg_sleep(0.05)`.execute(db);
    const sessions = async (count: number) => {
      const answers = await Promise.allSettled(Array.from({ length: count }, pid));
      return answers.map((answer) =>
        answer.status === "fulfilled" ? answer.value.rows[0]?.pid : isStoreAway(answer.reason),
      );
    };
    const [one, other] = await sessions(2);
    for (const count of [3, 8]) {
      const crowd = await sessions(count);
      assert.deepEqual([...new Set(crowd)].toSorted(), [one, other].toSorted(), "all wait for the two, and none fails");
    }
    await withPostgres((client) => client.query(`alter role ${role} connection limit 4`));
    // It asks for another one a second after it was refused.
    await eventually(async () => new Set(await sessions(4)).size === 4);
    await db.destroy();
  });

  test("is away at once if the server has no connection for it, and before long if none gets free", async (t) => {
    const role = `receipt_crowded_${process.pid}`;
    await withPostgres((client) => client.query(`create role ${role} login connection limit 0`));
    t.after(() => withPostgres((client) => client.query(`drop role ${role}`)));
    const db = new Kysely<Schema>({ dialect: await postgresDialect(`postgres://${role}@${postgresHost}/postgres`) });
    const refused = (error: Error) => isStoreAway(error) && /^too many connections for role/.test(error.message);
    await assert.rejects(sql`select 1`.execute(db), refused);
    await withPostgres((client) => client.query(`alter role ${role} connection limit 1`));
    const only = sql`select pg_sleep(2.5)`.execute(db);
    await eventually(async () => (await sessionsOf(role)) === 1);
    await assert.rejects(sql`select 1`.execute(db), refused);
    await only;
    await sql`select 1`.execute(db);
    await db.destroy();
  });

  test("rolls back a transaction whose connection was lost, reports the database as unavailable, and accepts the next", async (t) => {
    const store = await opened(t);
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
    const mine = await opened(t);
    await opened(t);
    const tables = await mine.db.introspection.getTables({ withInternalKyselyTables: true });
    assert.deepEqual(tables.map(({ name }) => name).sort(), ["kysely_migration", "kysely_migration_lock"]);
    assert.equal(new Set(tables.map(({ schema }) => schema)).size, 1);
  });

  describe("prepares statements", () => {
    const often = async (db: Pick<Kysely<Schema>, "getExecutor">, statement: RawBuilder<unknown>) => {
      for (let i = 0; i < 10; i++) await statement.execute(db);
    };
    const prepared = async (db: Pick<Kysely<Schema>, "getExecutor">) =>
      (await sql<{ statement: string }>`select statement from pg_prepared_statements`.execute(db)).rows.map(
        ({ statement }) => statement,
      );

    test("that a connection runs often, and no others", async (t) => {
      const { db } = await opened(t);
      await db.connection().execute(async (connection) => {
        await often(connection, sql`select value from keyv where key = ${"often"}`);
        await sql`select value from keyv where key = ${"once"} and value = ${"rare"}`.execute(connection);
        assert.deepEqual(await prepared(connection), ["select value from keyv where key = $1"]);
      });
    });

    test("that claim operations and posts, whatever columns their tables get", async (t) => {
      const store = await opened(t);
      const needs = { store, clock: systemClock, random: systemRandom, mchid: "1900000100", instance: "test" };
      const { operations, outbox } = createLedger(needs);
      // One after the other, so that the pool lends the same connection each time.
      for (let i = 0; i < 10; i++) {
        const rateLimit = { perSecond: 1_000, burst: 1_000 };
        await operations.claimDue({ limit: 1, leaseMs: 1_000, rateLimit });
        await outbox.claim({ owner: "test", leaseMs: 1_000, channelId: "C0CHANNEL01", lane: "first" });
      }
      const claiming = (await prepared(store.db)).filter((statement) => /for update skip locked/.test(statement));
      assert.deepEqual(claiming.map((statement) => /update (\w+)\s+set/.exec(statement)?.[1]).sort(), [
        "operations",
        "posts",
      ]);
    });

    test("that find the requests that are due for a reminder", async (t) => {
      const store = await opened(t);
      const needs = { store, clock: systemClock, random: systemRandom, mchid: "1900000100", instance: "test" };
      const { reminders } = createLedger(needs);
      for (let i = 0; i < 10; i++) await reminders.due(8);
      const polls = (await prepared(store.db)).filter((statement) => /"attend_at" <= /.test(statement));
      assert.deepEqual(polls.map((statement) => /"held_at" is not null/.test(statement)).sort(), [false, true]);
    });

    test("only if a migration by a later version cannot change their columns", async (t) => {
      const { db } = await opened(t);
      await db.connection().execute(async (connection) => {
        const everything = [
          sql`select * from keyv`,
          sql`select keyv.* from keyv`,
          sql`select key, keyv.* from keyv`,
          sql`insert into keyv (key, value) values ('a', 'b') on conflict do nothing returning *`,
        ];
        for (const statement of everything) await often(connection, statement);
        assert.deepEqual(await prepared(connection), []);
        await sql`alter table keyv add column later bigint`.execute(db);
        for (const statement of everything) await often(connection, statement);
      });
    });

    test("and continues without, on new connections, once a session turns out to be another's", async (t) => {
      const { db } = await opened(t);
      const counting = sql`select count(key) from keyv`;
      const lent = db.connection().execute(async (connection) => {
        await often(connection, counting);
        await sql`deallocate all`.execute(connection);
        await counting.execute(connection);
      });
      await assert.rejects(lent, (error) => isStoreAway(error));
      await db.connection().execute(async (connection) => {
        await often(connection, counting);
        assert.deepEqual(await prepared(connection), []);
      });
    });
  });

  test("begins a transaction with its first statement, and one without statements not at all", async (t) => {
    const { db } = await opened(t);
    await db.transaction().execute(async () => {});
    await assert.rejects(
      db.transaction().execute(async () => {
        throw new Error("no statement");
      }),
      /no statement/,
    );
    const key = { key: "a", value: "b", expires_at: null };
    await assert.rejects(
      db.transaction().execute(async (transaction) => {
        await transaction.insertInto("keyv").values(key).execute();
        throw new Error("changed its mind");
      }),
      /changed its mind/,
    );
    assert.deepEqual(await db.selectFrom("keyv").selectAll().execute(), []);
    await db.transaction().execute((transaction) => transaction.insertInto("keyv").values(key).execute());
    assert.equal((await db.selectFrom("keyv").selectAll().execute()).length, 1);
  });

  test("rolls back a transaction whose first statement is refused", async (t) => {
    const { db } = await opened(t);
    const refused = db.transaction().execute((transaction) => sql`select * from no_such_table`.execute(transaction));
    await assert.rejects(refused, { code: "42P01" });
    await Promise.all(Array.from({ length: 20 }, () => db.selectFrom("keyv").selectAll().execute()));
    const { rows } = await sql<{ open: number }>`select count(*)::int as open from pg_stat_activity
      where application_name = current_setting('application_name') and state like 'idle in transaction%'`.execute(db);
    assert.equal(rows[0]?.open, 0);
  });
});
