/** What a server, a database or a role of PostgreSQL sets does not change what the bot's transactions mean. */
import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { type Kysely, sql } from "kysely";
import { openStore } from "../../src/storage/open.ts";
import { CannotOpen } from "../../src/storage/open-problem.ts";
import type { Schema, Store } from "../../src/storage/schema.ts";
import { CommitUncertain, isRolledBack, isStoreAway } from "../../src/storage/store-errors.ts";
import { engines } from "./engines.ts";
import { createPostgresSchema, withPostgres } from "./postgres-schemas.ts";

const postgres = engines.find(({ engine }) => engine === "postgres");

type Settings = Readonly<Record<string, string>>;

describe("a store on PostgreSQL", { skip: postgres?.skip ?? "there is no such engine" }, () => {
  /** A new ledger, whose sessions have other settings by default. */
  async function openedWith(t: TestContext, settings: Settings): Promise<Store> {
    const { url, drop } = await createPostgresSchema();
    t.after(drop);
    const others = Object.entries(settings).map(([name, value]) => `-c ${name}=${value.replaceAll(" ", "\\ ")}`);
    url.searchParams.set("options", [url.searchParams.get("options"), ...others].join(" "));
    const store = await openStore({ engine: "postgres", url: url.href });
    t.after(() => store.close());
    return store;
  }

  async function settingsOf(db: Pick<Kysely<Schema>, "getExecutor">, names: readonly string[]): Promise<Settings> {
    const { rows } = await sql<{ name: string; value: string }>`select name, current_setting(name) as value
      from unnest(cast(${names} as text[])) as given (name)`.execute(db);
    return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
  }

  const keyed = (key: string) => ({ key, value: "0", expires_at: null });

  for (const isolation of ["repeatable read", "serializable"])
    test(`changes what another transaction has just changed, where ${isolation} is the default`, async (t) => {
      const { db } = await openedWith(t, { default_transaction_isolation: isolation });
      await db.insertInto("keyv").values(keyed("a")).execute();
      const add = (on: Pick<typeof db, "updateTable">) =>
        on.updateTable("keyv").set({ value: sql`value || '+'` }).execute();
      await db.transaction().execute(async (transaction) => {
        await transaction.selectFrom("keyv").selectAll().execute();
        await add(db);
        await add(transaction);
      });
      assert.equal((await db.selectFrom("keyv").select("value").executeTakeFirst())?.value, "0++");
      assert.equal((await settingsOf(db, ["transaction_isolation"]))["transaction_isolation"], "read committed");
      const consistent = db.transaction().setIsolationLevel("repeatable read");
      assert.deepEqual(await consistent.execute((reading) => settingsOf(reading, ["transaction_isolation"])), {
        transaction_isolation: "repeatable read",
      });
    });

  const durability: Settings = { off: "on", local: "on", remote_write: "on", on: "on", remote_apply: "remote_apply" };
  for (const [found, used] of Object.entries(durability))
    test(`commits with synchronous_commit ${used} where ${found} is the default`, async (t) => {
      const { db } = await openedWith(t, { synchronous_commit: found });
      const expected = { synchronous_commit: used };
      assert.deepEqual(await settingsOf(db, ["synchronous_commit"]), expected);
      await db.transaction().execute(async (transaction) => {
        assert.deepEqual(await settingsOf(transaction, ["synchronous_commit"]), expected);
      });
    });

  test("waits for locks, and runs the triggers that protect events, whatever the defaults are", async (t) => {
    const { db } = await openedWith(t, { lock_timeout: "1", session_replication_role: "replica" });
    assert.deepEqual(await settingsOf(db, ["lock_timeout", "session_replication_role"]), {
      lock_timeout: "0",
      session_replication_role: "origin",
    });
  });

  test("is not opened by a user for whom triggers are off and who may not turn them on", async (t) => {
    const { name, url, drop } = await createPostgresSchema();
    const role = `${name}_role`;
    await withPostgres(async (client) => {
      await client.query(`create role ${role} login; grant usage, create on schema ${name} to ${role}`);
      await client.query(`alter role ${role} set session_replication_role = replica`);
    });
    t.after(async () => {
      await drop();
      await withPostgres((client) => client.query(`drop role ${role}`));
    });
    url.username = role;
    await assert.rejects(openStore({ engine: "postgres", url: url.href }), (error) => {
      assert.ok(error instanceof CannotOpen, String(error));
      assert.deepEqual(error.problem, { kind: "no-triggers" });
      return true;
    });
  });

  for (const [code, why] of Object.entries({ "40001": "a failure to serialize", "40P01": "a deadlock" }))
    test(`reports ${why} at a commit as a transaction that was rolled back, not as one with an unknown result`, async (t) => {
      const { db } = await openedWith(t, {});
      await sql`create function fail() returns trigger language plpgsql as ${sql.lit(
        `begin raise exception 'at the commit' using errcode = '${code}'; end`,
      )}`.execute(db);
      await sql`create constraint trigger at_commit after insert on keyv deferrable initially deferred
        for each row execute function fail()`.execute(db);
      const failing = db
        .transaction()
        .execute((transaction) => transaction.insertInto("keyv").values(keyed("a")).execute());
      await assert.rejects(failing, (error) => {
        assert.ok(!(error instanceof CommitUncertain), String(error));
        return isRolledBack(error) && isStoreAway(error);
      });
      assert.deepEqual(await db.selectFrom("keyv").select("key").execute(), []);
    });
});
