/** Another process has the file locked: reads answer, and writes wait without stopping the process. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, type TestContext, test } from "node:test";
import { setImmediate, setTimeout } from "node:timers/promises";
import { sql } from "kysely";
import { type OpenedStore, openStore } from "../../../src/storage/open.ts";
import { CannotOpen } from "../../../src/storage/open-problem.ts";
import { StoreAway } from "../../../src/storage/store-errors.ts";
import { lockElsewhere } from "./locked-elsewhere.ts";

/** A ledger in a file, and what its store reported as failures. */
async function openFile(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), "receipt-locked-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "receipts.db");
  const failures: unknown[] = [];
  const store = await openStore({ engine: "sqlite", path }, { failed: (error) => void failures.push(error) });
  t.after(() => store.close());
  return { path, store, failures };
}

const row = (key: string) => ({ key, value: "v", expires_at: null });

/** Every other one in a transaction of several statements. */
async function write({ db }: OpenedStore, nth: number): Promise<void> {
  const key = String(nth).padStart(2, "0");
  if (nth % 2 === 0) return void (await db.insertInto("keyv").values(row(key)).execute());
  await db.transaction().execute(async (transaction) => {
    await transaction.insertInto("keyv").values(row(key)).execute();
    await transaction.updateTable("keyv").set({ value: "written" }).where("key", "=", key).execute();
  });
}

/** The keys that are on disk, in the order in which they were written. */
function onDisk(path: string): unknown[] {
  const reader = new DatabaseSync(path, { readOnly: true });
  try {
    return reader
      .prepare("select key from keyv order by rowid")
      .all()
      .map(({ key }) => key);
  } finally {
    reader.close();
  }
}

const readKeys = ({ db }: OpenedStore) => db.selectFrom("keyv").select("key").execute();

// Two of them wait until the bot gives up, which takes seconds.
describe("while another process has the file locked", { concurrency: true }, () => {
  test("reads answer while writes wait for another process's lock, and the writes then succeed once each, in order", async (t) => {
    const { path, store, failures } = await openFile(t);
    const { release } = await lockElsewhere(t, path);
    let isAnyDone = false;
    const writeOne = (nth: number) => write(store, nth).then(() => (isAnyDone = true));
    const numbers = Array.from({ length: 20 }, (_, nth) => nth);
    const first = numbers.slice(0, 10).map(writeOne);
    for (let reads = 0; reads < 3; reads++) assert.deepEqual(await readKeys(store), []);
    const later = numbers.slice(10).map(writeOne);
    assert.deepEqual(await readKeys(store), []);
    assert.deepEqual([isAnyDone, onDisk(path)], [false, []]);
    await release();
    await Promise.all([...first, ...later]);
    assert.deepEqual(
      onDisk(path),
      numbers.map((nth) => String(nth).padStart(2, "0")),
    );
    assert.deepEqual(failures, []);
  });

  test("a write gives up after seconds in which the process goes on, and the next one works once the lock is gone", async (t) => {
    const { path, store, failures } = await openFile(t);
    const { release } = await lockElsewhere(t, path);
    let outcome: unknown;
    const given = write(store, 1).then(
      () => (outcome = "written"),
      (error: unknown) => (outcome = error),
    );
    let reads = 0;
    for (; outcome === undefined; reads++) {
      await readKeys(store);
      await setTimeout(20);
    }
    await given;
    assert.ok(outcome instanceof StoreAway);
    assert.equal(outcome.message, "database is locked");
    assert.deepEqual(failures, [outcome]);
    assert.ok(reads > 10, `only ${reads} reads were answered meanwhile`);
    await release();
    await write(store, 2);
    assert.deepEqual(onDisk(path), ["02"]);
  });

  test("a transaction that fails after it waited leaves the others' writes alone", async (t) => {
    const { path, store } = await openFile(t);
    const { release } = await lockElsewhere(t, path);
    const before = write(store, 1);
    const failing = store.db.transaction().execute(async (transaction) => {
      await transaction.insertInto("keyv").values(row("failing")).execute();
      throw new Error("no");
    });
    const refused = assert.rejects(failing, /no/);
    const after = write(store, 2);
    await readKeys(store);
    await release();
    await Promise.all([before, refused, after]);
    assert.deepEqual(onDisk(path), ["01", "02"]);
  });

  test("a write that begins with `with` waits for the lock, too", async (t) => {
    const { path, store } = await openFile(t);
    const { release } = await lockElsewhere(t, path);
    const insert = sql<{ key: string }>`with given (key) as (values ('a'))
      insert into keyv (key, value) select key, 'v' from given returning key`.execute(store.db);
    await readKeys(store);
    await release();
    assert.deepEqual(
      (await insert).rows.map(({ key }) => key),
      ["a"],
    );
    assert.deepEqual(onDisk(path), ["a"]);
  });

  test("closing waits for writes that wait for a lock", async (t) => {
    const { path, store } = await openFile(t);
    const { release } = await lockElsewhere(t, path);
    const writes = Promise.all([write(store, 1), write(store, 2)]);
    await readKeys(store);
    const closed = store.close();
    await release();
    await Promise.all([writes, closed]);
    assert.deepEqual(onDisk(path), ["01", "02"]);
  });

  test("the schema is migrated once another process's lock is gone, and a ledger that stays locked is reported as such", async (t) => {
    const folder = mkdtempSync(join(tmpdir(), "receipt-locked-"));
    t.after(() => rmSync(folder, { recursive: true }));
    const path = join(folder, "receipts.db");
    const empty = new DatabaseSync(path);
    empty.exec("pragma journal_mode = wal; create table other (value)");
    empty.close();
    const { release } = await lockElsewhere(t, path);
    await assert.rejects(openStore({ engine: "sqlite", path }), (error) => {
      assert.ok(error instanceof CannotOpen);
      assert.deepEqual(error.problem, { kind: "locked", path });
      return true;
    });
    const opening = openStore({ engine: "sqlite", path });
    await setImmediate();
    await release();
    const store = await opening;
    assert.ok(store.isNew);
    await store.close();
  });
});
