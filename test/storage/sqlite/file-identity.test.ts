/** The ledger's file is moved away, removed or replaced while it is open: nothing more is reported as written. */
import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { backUp } from "../../../src/storage/backup.ts";
import { openStore } from "../../../src/storage/open.ts";
import { isStoreAway, LedgerFileReplaced } from "../../../src/storage/store-errors.ts";
import { writeProbe } from "../../../src/storage/write-probe.ts";

/** An open ledger, and a folder beside its own to move its files to. */
async function openFile(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), "receipt-replaced-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const [own, aside] = [join(folder, "own"), join(folder, "aside")];
  for (const each of [own, aside]) mkdirSync(each);
  const path = join(own, "receipts.db");
  const failures: unknown[] = [];
  const store = await openStore({ engine: "sqlite", path }, { failed: (error) => void failures.push(error) });
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

test("a ledger in memory has no file that could be replaced", async () => {
  const store = await openStore({ engine: "sqlite", path: ":memory:" });
  await writeProbe(store, 1);
  await store.close();
});
