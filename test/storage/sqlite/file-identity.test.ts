/**
 * The ledger's file or its log is moved away, removed or replaced while it is open: nothing more is reported as
 * written.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { sql } from "kysely";
import { backUp } from "../../../src/storage/backup.ts";
import { openStore } from "../../../src/storage/open.ts";
import { isStoreAway, LedgerFileReplaced } from "../../../src/storage/store-errors.ts";
import { writeProbe } from "../../../src/storage/write-probe.ts";

/** An open ledger, and a folder beside its own to move its files to. */
async function openFile(t: TestContext, { byLink = false } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "receipt-replaced-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const [own, aside] = [join(folder, "own"), join(folder, "aside")];
  for (const each of [own, aside]) mkdirSync(each);
  const path = join(own, "receipts.db");
  const failures: unknown[] = [];
  const link = join(folder, "link.db");
  symlinkSync(path, link);
  if (byLink) writeFileSync(path, "");
  const store = await openStore(
    { engine: "sqlite", path: byLink ? link : path },
    { failed: (error) => void failures.push(error), watchesLog: true },
  );
  t.after(() => store.close());
  const move = (from: string, to: string) => {
    for (const name of readdirSync(from)) renameSync(join(from, name), join(to, name));
  };
  return {
    store,
    path,
    failures,
    moveAway: () => move(own, aside),
    moveBack: () => move(aside, own),
    async copy() {
      const to = join(folder, "copy.db");
      assert.equal((await backUp(path, to)).kind, "done");
      return to;
    },
    write: (key: string) => store.db.insertInto("keyv").values({ key, value: "v", expires_at: null }).execute(),
  };
}

function keysIn(path: string): unknown[] {
  const reader = new DatabaseSync(path, { readOnly: true });
  try {
    return reader
      .prepare("select key from keyv order by key")
      .all()
      .map(({ key }) => key);
  } finally {
    reader.close();
  }
}

test("once a copy stands in the file's place, every write and the probe fail, and the copy is left as it is", async (t) => {
  const { store, path, failures, moveAway, copy, write } = await openFile(t);
  await write("a");
  const backup = await copy();
  moveAway();
  copyFileSync(backup, path);
  await assert.rejects(write("b"), LedgerFileReplaced);
  const { db } = store;
  const inTransaction = db.transaction().execute((transaction) => transaction.deleteFrom("keyv").execute());
  await assert.rejects(inTransaction, (error) => error instanceof LedgerFileReplaced && isStoreAway(error));
  await assert.rejects(writeProbe(store, 1), /file was replaced or removed while it was open: stop the bot/);
  assert.equal(failures.length, 3);
  assert.deepEqual(keysIn(path), ["a"]);
});

test("once the file is removed, writes fail", async (t) => {
  const { path, write } = await openFile(t);
  await write("a");
  rmSync(path);
  await assert.rejects(write("b"), LedgerFileReplaced);
});

test("a file that is moved back goes on where it stopped, without what failed in the meantime", async (t) => {
  const { path, moveAway, moveBack, write } = await openFile(t);
  await write("a");
  moveAway();
  await assert.rejects(write("b"), LedgerFileReplaced);
  moveBack();
  await write("c");
  assert.deepEqual(keysIn(path), ["a", "c"]);
});

test("what was written before the file was moved is in it when the store is closed", async (t) => {
  const { store, path, moveAway, moveBack, write, copy } = await openFile(t);
  const backup = await copy();
  await write("a");
  moveAway();
  copyFileSync(backup, path);
  await store.close();
  assert.deepEqual(keysIn(path), []);
  rmSync(path);
  moveBack();
  assert.deepEqual(keysIn(path), ["a"]);
});

/** What the next start would find if the process were killed now, and the log were gone. */
function keysWithoutLog(path: string): unknown[] {
  const copy = `${path}-without-log`;
  copyFileSync(path, copy);
  return keysIn(copy);
}

const isLogReplaced = (error: unknown) => error instanceof LedgerFileReplaced && error.file === "log";

for (const byLink of [false, true])
  test(`once the log is removed, writes fail, and what was recorded is in the file${byLink ? " that a link names" : ""}`, async (t) => {
    const { store, path, failures, write } = await openFile(t, { byLink });
    await write("a");
    rmSync(`${path}-wal`);
    await assert.rejects(write("b"), isLogReplaced);
    await assert.rejects(
      writeProbe(store, 1),
      /-wal.* was replaced or removed .* stop every instance of the bot with SIGTERM/,
    );
    assert.equal(failures.length, 2);
    assert.equal((await store.db.selectFrom("keyv").select("key").executeTakeFirst())?.key, "a");
    assert.deepEqual(keysWithoutLog(path), ["a"]);
  });

test("once another file is in the log's place, writes fail, and a stop saves what was recorded", async (t) => {
  const { store, path, write } = await openFile(t);
  copyFileSync(`${path}-wal`, `${path}-old`);
  await write("a");
  renameSync(`${path}-old`, `${path}-wal`);
  await assert.rejects(write("b"), isLogReplaced);
  await store.close();
  assert.deepEqual(keysIn(path), ["a"]);
});

test("a stop saves what was recorded even if nothing was written since the log was removed", async (t) => {
  const { store, path, write } = await openFile(t);
  await write("a");
  rmSync(`${path}-wal`);
  await store.close();
  assert.deepEqual(keysIn(path), ["a"]);
});

test("a log that is moved back goes on where it stopped", async (t) => {
  const { path, write } = await openFile(t);
  await write("a");
  renameSync(`${path}-wal`, `${path}-aside`);
  for (const key of ["b", "c"]) await assert.rejects(write(key), isLogReplaced);
  renameSync(`${path}-aside`, `${path}-wal`);
  for (const key of ["d", "e"]) await write(key);
  assert.deepEqual(keysIn(path), ["a", "d", "e"]);
});

test("without its log, a ledger can be backed up, and nobody else writes to it, which would damage it at the stop", async (t) => {
  const { store, path, copy, write } = await openFile(t);
  for (const key of ["a", "b"]) await write(key);
  rmSync(`${path}-wal`);
  await assert.rejects(write("c"), isLogReplaced);
  assert.deepEqual(keysIn(await copy()), ["a", "b"]);
  const other = new DatabaseSync(path, { timeout: 0 });
  assert.throws(() => other.exec("delete from keyv"), /locked/);
  other.close();
  await store.close();
  assert.deepEqual(keysIn(path), ["a", "b"]);
  const stopped = new DatabaseSync(path);
  assert.deepEqual(
    stopped
      .prepare("pragma integrity_check")
      .all()
      .map(({ integrity_check: found }) => found),
    ["ok"],
  );
  stopped.close();
});

test("the log stays the same file while others open, write, copy it into the ledger and close, and so do we", async (t) => {
  const { store, path, failures, write } = await openFile(t);
  const program = `const { DatabaseSync } = require("node:sqlite");
    for (let times = 0; times < 40; times += 1) {
      const database = new DatabaseSync(${JSON.stringify(path)}, { timeout: 5000 });
      database.exec("insert into keyv (key, value) values (hex(randomblob(8)), 'v')");
      database.exec("pragma wal_checkpoint(" + ["passive", "full", "restart", "truncate"][times % 4] + ")");
      try { database.exec("pragma journal_mode = delete"); } catch {}
      database.close();
    }`;
  const other = spawn(process.execPath, ["--eval", program], { stdio: "inherit" });
  let isRunning = true;
  const ended = once(other, "exit").then(([code]) => {
    isRunning = false;
    return code;
  });
  let written = 0;
  for (; isRunning; written += 1) {
    await write(`mine ${written}`);
    if (written % 8 === 0) await sql`pragma wal_checkpoint(truncate)`.execute(store.db);
  }
  assert.equal(await ended, 0);
  await write("last");
  assert.deepEqual(failures, []);
  assert.equal(keysIn(path).length, written + 1 + 40);
});

test("a new ledger's log is watched although it did not exist when the file was opened", async (t) => {
  const { path, write } = await openFile(t);
  assert.ok(existsSync(`${path}-wal`));
  rmSync(`${path}-wal`);
  await assert.rejects(write("a"), isLogReplaced);
});

test("a ledger in memory has no file that could be replaced", async () => {
  const store = await openStore({ engine: "sqlite", path: ":memory:" });
  await writeProbe(store, 1);
  await store.close();
});
