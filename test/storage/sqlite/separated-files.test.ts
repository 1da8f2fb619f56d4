/** A ledger's file and its write-ahead log were separated: no command goes on as if nothing was lost. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { backUp } from "../../../src/storage/backup.ts";
import { openStore, openUnchanged } from "../../../src/storage/open.ts";
import { CannotOpen } from "../../../src/storage/open-problem.ts";
import { findSeparation } from "../../../src/storage/sqlite/separated-files.ts";

/** A ledger whose process was killed after a write: the write is in the log alone. */
async function killed(t: TestContext): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "receipt-separated-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "receipts.db");
  await (await openStore({ engine: "sqlite", path })).close();
  const write = `import { openSqlite } from ${JSON.stringify(import.meta.resolve("../../../src/storage/sqlite/dialect.ts"))};
    openSqlite(${JSON.stringify(path)}).exec("insert into keyv (key, value) values ('late', 'v')");
    process.kill(process.pid, "SIGKILL");`;
  const { signal } = spawnSync(process.execPath, ["--input-type=module", "--eval", write]);
  assert.equal(signal, "SIGKILL");
  for (const suffix of ["-wal", "-shm"]) assert.ok(existsSync(`${path}${suffix}`), suffix);
  return path;
}

/** Whether the ledger has the write before the kill, and is opened at all. */
async function hasLateWrite(path: string): Promise<boolean> {
  const store = await openStore({ engine: "sqlite", path });
  const rows = await store.db.selectFrom("keyv").select("key").where("key", "=", "late").execute();
  await store.close();
  return rows.length > 0;
}

async function refusals(path: string): Promise<unknown[]> {
  const address = { engine: "sqlite", path } as const;
  const kindOf = (error: unknown) => (error instanceof CannotOpen ? error.problem.kind : error);
  const copied = await backUp(path, `${path}-copy`);
  return [
    await openStore(address).then((store) => store.close(), kindOf),
    await openStore(address, { accept: "current" }).then((store) => store.close(), kindOf),
    await openUnchanged(address).then((store) => store.close(), kindOf),
    copied.kind === "unreadable" ? copied.problem.kind : copied.kind,
  ];
}

test("a ledger whose log was removed is refused by every command until the log is back or its loss is accepted", async (t) => {
  const path = await killed(t);
  renameSync(`${path}-wal`, `${path}-aside`);
  for (let times = 0; times < 2; times += 1)
    assert.deepEqual(
      await refusals(path),
      Array.from({ length: 4 }, () => "without-log"),
    );
  renameSync(`${path}-aside`, `${path}-wal`);
  assert.equal(await hasLateWrite(path), true);
});

test("a ledger without its log is opened, as it was, once its owner has removed the log's index", async (t) => {
  const path = await killed(t);
  rmSync(`${path}-wal`);
  rmSync(`${path}-shm`);
  assert.equal(await hasLateWrite(path), false);
});

test("a log whose ledger is missing or empty is left as it is", async (t) => {
  const path = await killed(t);
  copyFileSync(path, `${path}-aside`);
  rmSync(path);
  const [started] = await refusals(path);
  assert.equal(started, "log-alone");
  writeFileSync(path, "");
  assert.deepEqual(
    await refusals(path),
    Array.from({ length: 4 }, () => "log-alone"),
  );
  renameSync(`${path}-aside`, path);
  assert.equal(await hasLateWrite(path), true);
});

test("nothing is missed where a process was killed, ended, or is at work", async (t) => {
  const path = await killed(t);
  assert.equal(findSeparation(path), undefined, "killed");
  const store = await openStore({ engine: "sqlite", path });
  assert.equal(findSeparation(path), undefined, "at work");
  copyFileSync(`${path}-shm`, `${path}-index`);
  await store.close();
  assert.equal(findSeparation(path), undefined, "ended");
  truncateSync(`${path}-index`, 64);
  for (const index of ["", "x".repeat(200)]) {
    writeFileSync(`${path}-shm`, index);
    assert.equal(findSeparation(path), undefined, "an index of another kind");
  }
  renameSync(`${path}-index`, `${path}-shm`);
  assert.equal(findSeparation(path), undefined, "an index cut short");
  assert.equal(findSeparation(join(path, "below-a-file")), undefined);
});

test("a ledger that other processes open and close all the time is never taken for one without its log", async (t) => {
  const path = await killed(t);
  const program = `const { DatabaseSync } = require("node:sqlite");
    for (let times = 0; times < 150; times += 1) {
      const database = new DatabaseSync(${JSON.stringify(path)}, { timeout: 5000 });
      database.exec("insert into keyv (key, value) values (hex(randomblob(8)), 'v')");
      database.close();
    }`;
  const other = spawn(process.execPath, ["--eval", program], { stdio: "inherit" });
  let isRunning = true;
  const ended = once(other, "exit").then(([code]) => {
    isRunning = false;
    return code;
  });
  while (isRunning) {
    for (let times = 0; times < 200; times += 1) assert.equal(findSeparation(path), undefined);
    await new Promise(setImmediate);
  }
  assert.equal(await ended, 0);
});
