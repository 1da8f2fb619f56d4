/** `npm run backup` as the person who runs it sees it: a whole copy beside a writing bot, or a sentence. */
import assert from "node:assert/strict";
import fs, { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { sql } from "kysely";
import { backup as backupCommand } from "../../src/cli/commands/backup.ts";
import { restore } from "../../src/cli/commands/restore.ts";
import { createLedger } from "../../src/ledger/ledger.ts";
import { readFigures } from "../../src/ledger/queries/figures.ts";
import { openStore } from "../../src/storage/open.ts";
import { systemClock, systemRandom } from "../../src/system-clock.ts";
import { en } from "../../src/text/en/catalogue.ts";
import { zhCN } from "../../src/text/zh-CN/catalogue.ts";
import { aRequest } from "../ledger/builders.ts";
import { unguarded } from "../storage/engines.ts";
import { runCommand, runProgram, type Said } from "./commands.ts";

const folder = mkdtempSync(join(tmpdir(), "receipt-backup-"));
after(() => rmSync(folder, { recursive: true }));
const path = (name: string) => join(folder, name);

/** With DATABASE_URL alone. */
function backup(url: string, args: string[], more: Record<string, string> = {}): Promise<Said> {
  return runCommand(backupCommand, args, { DATABASE_URL: url, ...more });
}

async function open(name: string) {
  const store = await openStore({ engine: "sqlite", path: path(name) });
  const ledger = createLedger({ store, clock: systemClock, random: systemRandom, mchid: "1900000100", instance: "us" });
  let numbers = 0;
  const ask = async () => {
    const number = String(1_900_000_000 + numbers++);
    assert.equal((await ledger.requests.submit(aRequest({ subMchid: number, sourceKey: number }))).kind, "recorded");
  };
  return { store, ledger, ask };
}

async function countIn(name: string): Promise<number> {
  const store = await openStore({ engine: "sqlite", path: path(name) });
  const rows = await store.db.selectFrom("operations").select("id").execute();
  await store.close();
  return rows.length;
}

test("while a bot writes continuously, the copy is complete, verified and its owner's alone", async () => {
  const { store, ledger, ask } = await open("busy.db");
  for (let count = 0; count < 200; count++) await ask();
  await ledger.sealing.sealNext(50);
  let isWriting = true;
  let asked = 200;
  const writing = (async () => {
    while (isWriting) {
      await ask();
      asked += 1;
    }
  })();
  const { code, out, error } = await runProgram("backup", [path("copy.db")], {
    DATABASE_URL: `sqlite:${path("busy.db")}`,
  });
  isWriting = false;
  await writing;
  const { backedUpAt = 0 } = await readFigures(store.db);
  assert.ok(Date.now() - backedUpAt < 60_000, "the ledger knows its backup");
  await store.close();
  assert.equal(code, 0, error);
  assert.match(
    out,
    /^The backup is in .*copy\.db \(\d+ bytes\)\. It passes SQLite's integrity check, .* 50 events are sealed/,
  );
  assert.equal(statSync(path("copy.db")).mode & 0o777, 0o600);
  assert.deepEqual(
    readdirSync(folder).filter((file) => file.includes("copy")),
    ["copy.db"],
  );
  const copied = await countIn("copy.db");
  assert.ok(copied >= 200 && copied <= asked, `${copied} of ${asked}`);
});

test("a file that is there is never overwritten", async () => {
  const { store } = await open("one.db");
  await store.close();
  writeFileSync(path("kept.db"), "kept");
  const { code, error } = await backup(`sqlite:${path("one.db")}`, [path("kept.db")]);
  assert.deepEqual([code, error], [1, `${en.backup.exists(path("kept.db"))}\n`]);
  // The log of a file that is gone would be applied to the new one.
  writeFileSync(path("rotated.db-wal"), "a log");
  const rotated = await backup(`sqlite:${path("one.db")}`, [path("rotated.db")]);
  assert.deepEqual([rotated.code, rotated.error], [1, `${en.backup.exists(path("rotated.db"))}\n`]);
  assert.equal(existsSync(path("rotated.db")), false);
  assert.equal(readFileSync(path("kept.db"), "utf8"), "kept");
});

for (const suffix of ["-wal", "-shm", "-journal"])
  test(`a backup is not named as the ledger's own ${suffix}, which SQLite would remove`, async () => {
    const { store } = await open("beside.db");
    await store.close();
    const target = path(`beside.db${suffix}`);
    const { code, error } = await backup(`sqlite:${path("beside.db")}`, [target]);
    assert.deepEqual([code, error], [1, `${en.backup.sideFile(target)}\n`]);
  });

test("on a file system without links, such as a network share, a copy is made and restored, and replaces no file", async (t) => {
  const { store, ask } = await open("share.db");
  await ask();
  await store.close();
  const url = `sqlite:${path("share.db")}`;
  t.mock.method(fs, "linkSync", () => {
    throw Object.assign(new Error("EPERM: operation not permitted, link"), { code: "EPERM" });
  });
  syncBuiltinESMExports();
  t.after(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  });
  const copy = path("share-copy.db");
  assert.deepEqual((await backup(url, [copy])).error, "");
  assert.equal(statSync(copy).mode & 0o777, 0o600);
  assert.equal((await backup(url, [copy])).error, `${en.backup.exists(copy)}\n`);
  assert.deepEqual((await runCommand(restore, [copy], { DATABASE_URL: url })).error, "");
  assert.equal(await countIn("share.db"), 1);
  const left = readdirSync(folder).filter((file) => file.includes("share"));
  assert.match(left.join(" "), /^share-copy\.db share\.db share\.db\.before-restore-\w+$/);
});

test("a ledger whose audit trail was tampered with is kept, and said not to be intact", async () => {
  const { store, ledger, ask } = await open("tampered.db");
  for (let count = 0; count < 3; count++) await ask();
  await ledger.sealing.sealNext(2);
  await unguarded(store, () => store.db.updateTable("events").set({ actor: "UEVE" }).where("seq", "=", 1).execute());
  await store.close();
  const { code, error } = await backup(`sqlite:${path("tampered.db")}`, [path("tampered-copy.db")]);
  assert.deepEqual([code, error], [1, `${en.backup.notIntact(path("tampered-copy.db"))}\n`]);
  assert.ok(existsSync(path("tampered-copy.db")));
});

test("without a ledger, a file's name or a folder to write to, it says so and leaves nothing", async () => {
  const missing = await backup(`sqlite:${path("missing.db")}`, [path("nothing.db")]);
  assert.deepEqual([missing.code, missing.error], [1, `${en.backup.noLedger(path("missing.db"))}\n`]);
  assert.deepEqual([existsSync(path("missing.db")), existsSync(path("nothing.db"))], [false, false]);
  for (const args of [[], ["--onec"], ["a", "b"], [""]]) {
    const { code, error } = await backup(`sqlite:${path("one.db")}`, args, { LOCALE: "zh-CN" });
    assert.deepEqual([code, error], [2, `${zhCN.backup.usage}\n`]);
  }
  const help = await backup(`sqlite:${path("one.db")}`, ["--help"]);
  assert.deepEqual(help, { code: 0, out: `${en.backup.usage}\n`, error: "" });
  const nowhere = await backup(`sqlite:${path("one.db")}`, [path("nowhere/copy.db")]);
  assert.deepEqual([nowhere.code, nowhere.error], [1, `${en.backup.unwritable(path("nowhere/copy.db"), "ENOENT")}\n`]);
  writeFileSync(path("letter.db"), "Dear bot, this is a letter and not a database. ".repeat(40));
  const letter = await backup(`sqlite:${path("letter.db")}`, [path("letter-copy.db")]);
  const damaged = { kind: "damaged", path: path("letter.db"), why: "file is not a database" } as const;
  const said = en.backup.cannotOpen(en.start.database("DATABASE_URL", damaged));
  assert.deepEqual([letter.code, letter.error], [1, `${said}\n`]);
  const aFolder = await backup(`sqlite:${folder}`, [path("folder-copy.db")], { LOCALE: "zh-CN" });
  const isFolder = { kind: "file", path: folder, why: "EISDIR" } as const;
  const saidOfFolder = zhCN.backup.cannotOpen(zhCN.start.database("DATABASE_URL", isFolder));
  assert.deepEqual([aFolder.code, aFolder.error], [1, `${saidOfFolder}\n`]);
  assert.ok(!existsSync(path("letter-copy.db")));
});

test("a ledger that a newer version wrote is copied, and the command explains why the copy is not verified", async () => {
  const { store } = await open("newer.db");
  await sql`insert into kysely_migration (name, timestamp) values ('9999-later', '2030-01-01')`.execute(store.db);
  await store.close();
  const { code, error } = await backup(`sqlite:${path("newer.db")}`, [path("newer-copy.db")]);
  const newer = en.start.database(path("newer-copy.db"), { kind: "newer", step: "9999-later" });
  assert.deepEqual([code, error], [1, `${en.backup.unverified(path("newer-copy.db"), newer)}\n`]);
  assert.ok(existsSync(path("newer-copy.db")));
});

test("a .env whose first name has a byte order mark does not lead to another ledger", async () => {
  const { code, error } = await backup("", [path("marked.db")], { "\uFEFFDATABASE_URL": "sqlite:elsewhere.db" });
  const mark = { kind: "byte-order-mark", variable: "DATABASE_URL" } as const;
  assert.deepEqual([code, error], [1, `${en.start.problem(mark)}\n`]);
});

test("a database of PostgreSQL is left to PostgreSQL's tools", async () => {
  const { code, error } = await backup("postgres://bot:s3cret@127.0.0.1:1/receipts", [path("pg.db")]);
  assert.deepEqual([code, error], [1, `${en.backup.postgres}\n`]);
});
