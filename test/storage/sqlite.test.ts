/** The shared commit: cheap for those who come together, and never seen or reported before it is on disk. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { Kysely } from "kysely";
import { migrate } from "../../src/storage/migrations.ts";
import type { Schema } from "../../src/storage/schema.ts";
import { openSqlite, sqliteDialect } from "../../src/storage/sqlite.ts";

const folder = mkdtempSync(join(tmpdir(), "receipt-sqlite-"));
after(() => rmSync(folder, { recursive: true }));

/** A database whose shared commits happen when the test says so, and a second connection that sees what is on disk. */
async function open(name: string) {
  const path = join(folder, name);
  const database = openSqlite(path);
  const waiting: (() => void)[] = [];
  let isByHand = false;
  const afterThisTurn = (run: () => void) => void (isByHand ? waiting.push(run) : setImmediate(run));
  const db = new Kysely<Schema>({ dialect: sqliteDialect(database, { afterThisTurn }) });
  await migrate({ db, engine: "sqlite" });
  isByHand = true;
  const other = openSqlite(path);
  return {
    db,
    database,
    commits: waiting,
    commit() {
      for (const run of waiting.splice(0)) run();
    },
    onDisk: () =>
      other
        .prepare("select key from keyv order by key")
        .all()
        .map((row) => row["key"]),
    async close() {
      other.close();
      await db.destroy();
    },
  };
}

const row = (key: string) => ({ key, value: "v", expires_at: null });

async function untilQuiet(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

test("transactions that arrive in one turn share one commit, and none is reported before it", async () => {
  const { db, commit, commits, onDisk, close } = await open("shared.db");
  const reported: string[] = [];
  const writes = ["a", "b", "c"].map((key) =>
    db
      .transaction()
      .execute((transaction) => transaction.insertInto("keyv").values(row(key)).execute())
      .then(() => reported.push(key)),
  );
  await untilQuiet();
  assert.equal(commits.length, 1);
  assert.deepEqual([reported, onDisk()], [[], []]);
  commit();
  await Promise.all(writes);
  assert.deepEqual(
    [reported, onDisk()],
    [
      ["a", "b", "c"],
      ["a", "b", "c"],
    ],
  );
  await close();
});

test("one member's failure undoes that member alone", async () => {
  const { db, commit, onDisk, close } = await open("one-fails.db");
  const good = db.transaction().execute((transaction) => transaction.insertInto("keyv").values(row("good")).execute());
  const bad = db.transaction().execute(async (transaction) => {
    await transaction.insertInto("keyv").values(row("bad")).execute();
    throw new Error("no");
  });
  const late = db.insertInto("keyv").values(row("late")).execute();
  await assert.rejects(bad, /no/);
  await untilQuiet();
  commit();
  await Promise.all([good, late]);
  assert.deepEqual(onDisk(), ["good", "late"]);
  await close();
});

test("who reads meanwhile waits for the commit, so that nobody acts on what may still be lost", async () => {
  const { db, commit, close } = await open("readers.db");
  const write = db.insertInto("keyv").values(row("a")).execute();
  let seen: unknown;
  const read = db
    .selectFrom("keyv")
    .selectAll()
    .execute()
    .then((rows) => {
      seen = rows.length;
    });
  await untilQuiet();
  assert.equal(seen, undefined);
  commit();
  await Promise.all([write, read]);
  assert.equal(seen, 1);
  await close();
});

test("a commit that fails is told to every member, and nothing of them stays", async () => {
  const { db, database, commit, onDisk, close } = await open("commit-fails.db");
  const writes = ["a", "b"].map((key) => db.insertInto("keyv").values(row(key)).execute());
  await untilQuiet();
  database.exec("rollback"); // as SQLite does by itself when the disk is full
  const outcomes = Promise.allSettled(writes);
  commit();
  assert.deepEqual(
    (await outcomes).map(({ status }) => status),
    ["rejected", "rejected"],
  );
  assert.deepEqual(onDisk(), []);
  const next = db.insertInto("keyv").values(row("c")).execute();
  await untilQuiet();
  commit();
  await next;
  assert.deepEqual(onDisk(), ["c"]);
  await close();
});

test("a transaction that takes longer than a turn is not committed half-way by its neighbours", async () => {
  const { db, commit, onDisk, close } = await open("long.db");
  const { promise: go, resolve } = Promise.withResolvers<void>();
  const long = db.transaction().execute(async (transaction) => {
    await transaction.insertInto("keyv").values(row("first half")).execute();
    await go;
    await transaction.insertInto("keyv").values(row("second half")).execute();
  });
  await untilQuiet();
  commit();
  assert.deepEqual(onDisk(), []);
  resolve();
  await long;
  assert.deepEqual(onDisk(), ["first half", "second half"]);
  await close();
});

test("the file is written durably: WAL with synchronous=FULL", async () => {
  const { database, close } = await open("durable.db");
  assert.equal(database.prepare("pragma journal_mode").get()?.["journal_mode"], "wal");
  assert.equal(database.prepare("pragma synchronous").get()?.["synchronous"], 2);
  await close();
});
