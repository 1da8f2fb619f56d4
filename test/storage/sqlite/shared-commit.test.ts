/**
 * The shared commit: one for all transactions that arrive together, and neither visible nor reported before it is on
 * disk.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { Kysely } from "kysely";
import { migrate } from "../../../src/storage/migrations/migrations.ts";
import type { Schema } from "../../../src/storage/schema.ts";
import { openSqlite, sqliteDialect } from "../../../src/storage/sqlite/dialect.ts";

const folder = mkdtempSync(join(tmpdir(), "receipt-sqlite-"));
after(() => rmSync(folder, { recursive: true }));

/** A database whose shared commits the test triggers, and a second connection that sees what is on disk. */
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

test("a failing transaction rolls back alone", async () => {
  const { db, commit, onDisk, close } = await open("one-fails.db");
  const good = db.transaction().execute((transaction) => transaction.insertInto("keyv").values(row("good")).execute());
  const bad = db.transaction().execute(async (transaction) => {
    await transaction.insertInto("keyv").values(row("bad")).execute();
    throw new Error("no");
  });
  const late = db.insertInto("keyv").values(row("late")).execute();
  const refused = assert.rejects(bad, /no/);
  await untilQuiet();
  commit();
  await Promise.all([good, refused, late]);
  assert.deepEqual(onDisk(), ["good", "late"]);
  await close();
});

test("a read waits for the open commit, so that no one acts on data that may still be lost", async () => {
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

/** One transaction writes; the other sees that and rolls back. Resolves to the result of each. */
async function giveUpBeside(db: Kysely<Schema>) {
  const told: string[] = [];
  const tell = (who: string) => (error: Error) => void told.push(`${who}: ${error.message}`);
  const write = db
    .insertInto("keyv")
    .values(row("a"))
    .execute()
    .then(() => void told.push("it is written"), tell("writer"));
  const giveUp = db
    .transaction()
    .execute(async (transaction) => {
      const found = await transaction.selectFrom("keyv").select("key").execute();
      throw new Error(`there is ${found[0]?.key} already`);
    })
    .catch(tell("other"));
  await untilQuiet();
  return { told, both: Promise.all([write, giveUp]) };
}

test("a rollback because of another transaction's write is reported once that write is on disk", async () => {
  const { db, commit, close } = await open("given-up.db");
  const { told, both } = await giveUpBeside(db);
  assert.deepEqual(told, []);
  commit();
  await both;
  assert.deepEqual(told.sort(), ["it is written", "other: there is a already"]);
  await close();
});

test("a rollback because of a write that is lost in the commit is reported as a failure of the ledger", async () => {
  const { db, database, commit, onDisk, close } = await open("given-up-in-vain.db");
  const { told, both } = await giveUpBeside(db);
  database.exec("rollback"); // as SQLite does by itself when the disk is full
  commit();
  await both;
  assert.equal(told.length, 2);
  assert.doesNotMatch(told.join(), /there is a already|it is written/);
  assert.deepEqual(onDisk(), []);
  await close();
});

test("a failed commit fails every transaction in it, and none of their writes remain", async () => {
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

test("everyone whose write a full disk took back reads that the disk is full", async () => {
  const { db, database, commit, onDisk, close } = await open("full.db");
  const pages = database.prepare("pragma page_count").get()?.["page_count"];
  database.exec(`pragma max_page_count = ${pages}`);
  const large = { ...row("large"), value: "x".repeat(100_000) };
  const writes = [
    db.insertInto("keyv").values(row("small")).execute(),
    db.transaction().execute((transaction) => transaction.insertInto("keyv").values(large).execute()),
  ];
  const outcomes = Promise.allSettled(writes);
  await untilQuiet();
  commit();
  for (const outcome of await outcomes)
    assert.match(outcome.status === "rejected" ? String(outcome.reason) : outcome.status, /database or disk is full/);
  assert.deepEqual(onDisk(), []);
  await close();
});

test("a read that waited for a commit that failed reads again, without what was lost", async () => {
  const { db, database, commit, close } = await open("read-again.db");
  const write = db.insertInto("keyv").values(row("lost")).execute();
  const read = db.selectFrom("keyv").select("key").execute();
  await untilQuiet();
  database.exec("rollback"); // as SQLite does by itself when the disk is full
  commit();
  await assert.rejects(write);
  assert.deepEqual(await read, []);
  await close();
});

test("what comes after SQLite rolled a shared transaction back has a commit of its own, and is reported as it ends", async () => {
  const { db, database, commit, commits, onDisk, close } = await open("rolled-back.db");
  const lost = assert.rejects(db.insertInto("keyv").values(row("lost")).execute());
  await untilQuiet();
  database.exec("rollback"); // as SQLite does by itself when the disk is full
  const inTransaction = db
    .transaction()
    .execute((transaction) => transaction.insertInto("keyv").values(row("kept")).execute());
  const alone = db.insertInto("keyv").values(row("kept too")).execute();
  await untilQuiet();
  await lost;
  assert.deepEqual(onDisk(), []);
  const [first] = commits.splice(0, 1);
  first?.();
  assert.deepEqual(onDisk(), [], "the lost transaction's turn does not commit the next one's half");
  commit();
  await Promise.all([inTransaction, alone]);
  assert.deepEqual(onDisk(), ["kept", "kept too"]);
  await close();
});

test("the rollback after a failed commit does not affect later transactions", async () => {
  const { database, onDisk, close } = await open("after-a-failure.db");
  const waiting: (() => void)[] = [];
  const driver = sqliteDialect(database, { afterThisTurn: (run) => void waiting.push(run) }).createDriver();
  const commit = () => {
    for (const run of waiting.splice(0)) run();
  };
  const first = await driver.acquireConnection();
  await driver.beginTransaction(first, {});
  database.exec("insert into keyv (key, value) values ('lost', 'v')");
  const failed = assert.rejects(driver.commitTransaction(first));
  database.exec("rollback"); // as SQLite does by itself when the disk is full
  commit();
  await failed;
  const second = await driver.acquireConnection();
  await driver.beginTransaction(second, {});
  database.exec("insert into keyv (key, value) values ('kept', 'v')");
  // Kysely also rolls back after a failed commit, even if another transaction has started meanwhile.
  const undone = driver.rollbackTransaction(first);
  const kept = driver.commitTransaction(second);
  commit();
  await Promise.all([undone, kept]);
  await driver.releaseConnection(second);
  assert.deepEqual(onDisk(), ["kept"]);
  await close();
});

test("other transactions never commit half of one that takes longer than a turn", async () => {
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
