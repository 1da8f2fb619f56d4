/** `npm run restore` as the person who runs it sees it, and a bot that starts on what was restored. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createSecretKey } from "node:crypto";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { sql } from "kysely";
import { pino } from "pino";
import { audit } from "../../src/cli/commands/audit.ts";
import { backup } from "../../src/cli/commands/backup.ts";
import { restore as restoreCommand } from "../../src/cli/commands/restore.ts";
import { restoreLedger } from "../../src/cli/commands/restore-ledger.ts";
import { createExecutor } from "../../src/jobs/executor.ts";
import { adoptLedgerKey } from "../../src/ledger/audit/keys/ledger-key.ts";
import { verify } from "../../src/ledger/audit/verification.ts";
import { createLedger, type Ledger } from "../../src/ledger/ledger.ts";
import { readFigures } from "../../src/ledger/queries/figures.ts";
import { backUp } from "../../src/storage/backup.ts";
import { openStore } from "../../src/storage/open.ts";
import { systemClock, systemRandom } from "../../src/system-clock.ts";
import { en } from "../../src/text/en/catalogue.ts";
import { zhCN } from "../../src/text/zh-CN/catalogue.ts";
import { eventually } from "../eventually.ts";
import { stepCalls } from "../jobs/step-calls.ts";
import { aRequest, click, hourMs } from "../ledger/builders.ts";
import { unguarded } from "../storage/engines.ts";
import { programArgs, runCommand, type Said } from "./commands.ts";

const nobody = 65_534;
const folder = mkdtempSync(join(tmpdir(), "receipt-restore-"));
after(() => rmSync(folder, { recursive: true }));
const path = (name: string) => join(folder, name);

/** With DATABASE_URL alone. */
function restore(name: string, args: string[], more: Record<string, string> = {}): Promise<Said> {
  return runCommand(restoreCommand, args, { DATABASE_URL: `sqlite:${path(name)}`, ...more });
}

async function open(name: string) {
  const store = await openStore({ engine: "sqlite", path: path(name) });
  const ledger = createLedger({ store, clock: systemClock, random: systemRandom, mchid: "1900000100", instance: "us" });
  return { store, ledger };
}

/** A bot's executor that calls a stand-in for WeChat Pay; `calls` are the sub-merchants that it called. */
function executorOf(ledger: Ledger) {
  const calls: string[] = [];
  const executor = createExecutor({
    operations: ledger.operations,
    holding: ledger.holding,
    staleAfterMs: hourMs,
    heldForMs: hourMs,
    calls: stepCalls(async ({ subMchid }) => {
      calls.push(subMchid);
      await delay(2);
      return { kind: "accepted", status: 200, requestId: "wx" };
    }),
    callLimitMs: 1_000,
    ratePerSecond: 5_000,
    clock: systemClock,
    random: systemRandom,
    log: pino({ level: "silent" }),
    changed() {},
  });
  return { executor, calls };
}

async function requested(ledger: Ledger, subMchids: string[], isApproved = true): Promise<string> {
  const submitted = await ledger.requests.submit(aRequest({ subMchids, ttlMs: hourMs }));
  assert.ok(submitted.kind === "recorded");
  const { requestId } = submitted;
  if (isApproved) await ledger.requests.decide({ requestId, decision: "approve", by: "UBOB", origin: click });
  return requestId;
}

const asideOf = (name: string) =>
  readdirSync(folder).filter((file) => file.startsWith(`${name}.before-restore-`) && !/-(wal|shm)$/.test(file));

test("a copy taken while 1,000 operations run is restored: nothing is lost, nothing called twice without a person", async () => {
  const numbers = Array.from({ length: 1_000 }, (_, nth) => String(1_900_000_000 + nth));
  const before = await open("busy.db");
  const requestId = await requested(before.ledger, numbers);
  const undecided = await requested(before.ledger, ["1900009999"], false);
  const first = executorOf(before.ledger);
  first.executor.start();
  const doneIn = async ({ store }: Awaited<ReturnType<typeof open>>) =>
    (await store.db.selectFrom("operations").select("sub_mchid").where("state", "=", "succeeded").execute()).map(
      ({ sub_mchid }) => sub_mchid,
    );
  await eventually(async () => (await doneIn(before)).length > 200, { everyMs: 5 });
  const doneBefore = await doneIn(before);
  assert.equal((await backUp(path("busy.db"), path("busy-backup.db"))).kind, "done");
  await eventually(async () => (await doneIn(before)).length === 1_000);
  await first.executor.stop();
  await before.store.close();

  const { code, out, error } = await restore("busy.db", [path("busy-backup.db")]);
  assert.equal(code, 0, error);
  const [aside = "none"] = asideOf("busy.db");
  assert.ok(out.includes(en.restore.aside(path(aside))), out);
  assert.equal(statSync(path("busy.db")).mode & 0o777, 0o600);
  assert.deepEqual(
    readdirSync(folder).filter((file) => file.includes("restoring")),
    [],
  );

  const restored = await open("busy.db");
  const done = new Set(await doneIn(restored));
  assert.deepEqual(
    doneBefore.filter((number) => !done.has(number)),
    [],
    "lost although it was done before the copy",
  );
  const held = 1_000 - done.size;
  assert.ok(held > 0 && out.includes(en.restore.held(held, 1)), out);
  assert.ok(out.includes(en.restore.undecided(1)), out);

  const second = executorOf(restored.ledger);
  second.executor.start();
  // Approved now, it shows that the executor works.
  const { requests, holding } = restored.ledger;
  await requests.decide({ requestId: undecided, decision: "approve", by: "UBOB", origin: click });
  second.executor.wake();
  await eventually(async () => (await requests.find(undecided))?.state === "done");
  assert.deepEqual(second.calls, ["1900009999"]);

  assert.equal((await holding.carryOut({ requestId, by: "UBOB", origin: click })).kind, "carried-out");
  second.executor.wake();
  await eventually(async () => (await requests.find(requestId))?.state === "done");
  assert.deepEqual(
    second.calls.slice(1).sort(),
    numbers.filter((number) => !done.has(number)),
  );
  await second.executor.stop();
  while ((await restored.ledger.sealing.sealNext(500)) > 0);
  assert.equal((await verify(restored.store.db)).kind, "intact");
  const restores = await restored.store.db.selectFrom("events").select("what").where("what", "=", "restored").execute();
  assert.equal(restores.length, 1);
  await restored.store.close();

  const kept = await open(aside);
  assert.equal((await doneIn(kept)).length, 1_000);
  await kept.store.close();
});

test("a ledger that a program has open is left alone", async () => {
  const { store } = await open("used.db");
  await backUp(path("used.db"), path("used-backup.db"));
  const { code, error } = await restore("used.db", [path("used-backup.db")]);
  assert.deepEqual([code, error], [1, `${en.restore.inUse(path("used.db"))}\n`]);
  assert.deepEqual(asideOf("used.db"), []);
  await store.close();
});

test("a backup that is damaged, missing, changed or no ledger is refused, and the ledger stays", async () => {
  const { store, ledger } = await open("kept.db");
  await requested(ledger, ["1900000001"]);
  while ((await ledger.sealing.sealNext(500)) > 0);
  await backUp(path("kept.db"), path("forged.db"));
  await store.close();
  const forged = await open("forged.db");
  await unguarded(forged.store, () => forged.store.db.updateTable("events").set({ actor: "UEVE" }).execute());
  await forged.store.close();
  writeFileSync(path("text.db"), "no database");
  writeFileSync(path("empty.db"), "");
  const refusals = {
    missing: [path("missing.db"), en.restore.noBackup(path("missing.db"))],
    forged: [path("forged.db"), en.restore.notIntact(path("forged.db"))],
    empty: [path("empty.db"), en.restore.noTrail(path("empty.db"))],
    itself: [path("kept.db"), en.restore.sameFile],
  } as const;
  for (const [what, [file, words]] of Object.entries(refusals)) {
    const { code, error } = await restore("kept.db", [file]);
    assert.deepEqual([code, error], [1, `${words}\n`], what);
  }
  const text = await restore("kept.db", [path("text.db")]);
  const why = "file is not a database";
  assert.deepEqual([text.code, text.error], [1, `${en.restore.damaged(path("text.db"), why)}\n`]);
  assert.deepEqual(asideOf("kept.db"), []);
  assert.equal(existsSync(path("kept.db")), true);
});

test("a damaged ledger is replaced and kept aside; without one, the backup is put in its place", async () => {
  const { store } = await open("source.db");
  await store.close();
  writeFileSync(path("broken.db"), "no database any more");
  for (const [name, isKept] of [
    ["broken.db", true],
    ["new.db", false],
  ] as const) {
    const { code, out, error } = await restore(name, [path("source.db")]);
    assert.equal(code, 0, error);
    assert.equal(out.includes(".before-restore-"), isKept, out);
    assert.ok(out.includes(en.restore.held(0, 0)), out);
  }
  assert.equal(asideOf("broken.db").length, 1);
});

test("a ledger that lost its log, which the bot does not open, is replaced and kept aside", async () => {
  const { store } = await open("whole.db");
  assert.equal((await backUp(path("whole.db"), path("whole-backup.db"))).kind, "done");
  for (const suffix of ["", "-shm"]) copyFileSync(path(`whole.db${suffix}`), path(`lost.db${suffix}`));
  await store.close();
  await assert.rejects(open("lost.db"), /without-log/);
  const { code, error } = await restore("lost.db", [path("whole-backup.db")]);
  assert.deepEqual([code, error], [0, ""]);
  assert.equal(asideOf("lost.db").length, 1);
  await (await open("lost.db")).store.close();
});

test("two restores in the same second keep both of the earlier ledgers", async () => {
  const { store } = await open("twice.db");
  await store.close();
  await backUp(path("twice.db"), path("twice-backup.db"));
  const input = { from: path("twice-backup.db"), to: path("twice.db"), heldForMs: hourMs, key: undefined };
  const clock = { ...systemClock, now: () => Date.UTC(2026, 10, 28, 14, 5) };
  const asides: string[] = [];
  for (let nth = 0; nth < 3; nth++) {
    const done = await restoreLedger({ ...input, clock, random: systemRandom });
    assert.ok(done.kind === "restored" && done.aside !== undefined, JSON.stringify(done));
    assert.equal(done.updatedFrom, undefined);
    asides.push(done.aside);
  }
  assert.equal(new Set(asides).size, 3);
  assert.deepEqual(
    asides.filter((aside) => !existsSync(aside)),
    [],
  );
});

test("a signed backup is restored with its key alone, and the audit finds everything signed afterwards", async () => {
  const key = "a secret of the ledger of thirty-two bytes or more";
  const { store, ledger } = await open("signed.db");
  await adoptLedgerKey(store, createSecretKey(Buffer.from(key)));
  await requested(ledger, ["1900000001", "1900000002"]);
  while ((await ledger.sealing.sealNext(500)) > 0);
  await store.close();
  await backUp(path("signed.db"), path("signed-backup.db"));
  const other = "another secret of thirty-two bytes or more";
  const backup = path("signed-backup.db");
  for (const [environment, words] of [
    [{}, en.restore.ledgerKey.missing(backup)],
    [{ LEDGER_KEY: other }, en.restore.ledgerKey.other(backup)],
    [{ LEDGER_KEY: other, LOCALE: "zh-CN" }, zhCN.restore.ledgerKey.other(backup)],
  ] as const) {
    const { code, error } = await restore("signed.db", [path("signed-backup.db")], environment);
    assert.deepEqual([code, error], [1, `${words}\n`]);
    assert.deepEqual(asideOf("signed.db"), []);
  }
  const { code, out, error } = await restore("signed.db", [path("signed-backup.db")], { LEDGER_KEY: key });
  assert.equal(code, 0, error);
  assert.ok(out.includes(en.restore.held(2, 1)), out);
  await backUp(path("signed.db"), path("signed-on-hold.db"));
  const again = await restore("signed.db", [path("signed-on-hold.db")], { LEDGER_KEY: key });
  assert.ok(again.out.includes(en.restore.held(2, 1)), "what was on hold in the backup still is");
  const audited = await runCommand(audit, [], { DATABASE_URL: `sqlite:${path("signed.db")}`, LEDGER_KEY: key });
  assert.deepEqual([audited.code, audited.error], [0, ""], audited.out);
  assert.ok(audited.out.endsWith(`${en.audit.signed}\n`), audited.out);
});

test("a key for a backup that is not signed is refused, with advice", async () => {
  const { store, ledger } = await open("unsigned.db");
  await requested(ledger, ["1900000001"]);
  await store.close();
  await backUp(path("unsigned.db"), path("unsigned-backup.db"));
  const environment = { LEDGER_KEY: "a secret of the ledger of thirty-two bytes or more" };
  const { code, error } = await restore("unsigned.db", [path("unsigned-backup.db")], environment);
  assert.deepEqual([code, error], [1, `${en.restore.ledgerKey["not-enabled"](path("unsigned-backup.db"))}\n`]);
  assert.deepEqual(asideOf("unsigned.db"), []);
});

test("a backup of a newer version is refused; a present ledger of one is replaced", async () => {
  const { store } = await open("versions.db");
  await store.close();
  await backUp(path("versions.db"), path("older.db"));
  const newer = await open("versions.db");
  await sql`insert into kysely_migration (name, timestamp) values ('9999-later', '2030-01-01')`.execute(newer.store.db);
  await newer.store.close();
  await backUp(path("versions.db"), path("newer.db"));
  const refused = await restore("versions.db", [path("newer.db")]);
  const words = en.start.database(path("newer.db"), { kind: "newer", step: "9999-later" });
  assert.deepEqual([refused.code, refused.error], [1, `${en.restore.cannotOpen(words)}\n`]);
  assert.equal((await restore("versions.db", [path("older.db")])).code, 0);
});

test("a ledger's path that is wrong is refused and nothing is made there", async () => {
  const { store } = await open("right.db");
  await store.close();
  const nowhere = await restore("mistyped/ledger.db", [path("right.db")]);
  const noFolder = en.start.database("DATABASE_URL", { kind: "no-folder", folder: path("mistyped") });
  assert.deepEqual([nowhere.code, nowhere.error], [1, `${en.restore.cannotOpen(noFolder)}\n`]);
  assert.equal(existsSync(path("mistyped")), false);
  const aFolder = await restore("", [path("right.db")]);
  assert.equal(aFolder.code, 1);
  assert.match(aFolder.error, /^DATABASE_URL names .* \(EISDIR\)\. .* Nothing was changed\.\n$/);
  const backupIsFolder = await restore("right.db", [folder]);
  assert.equal(backupIsFolder.code, 1);
  assert.equal(backupIsFolder.error, `${en.restore.unreadable(folder, "EISDIR")}\n`);
});

test("a user who may not write to the backup restores it, and reads which file or folder they may not use", async (t) => {
  const { store, ledger } = await open("theirs.db");
  await requested(ledger, ["1900000001"]);
  await store.close();
  for (const name of ["theirs", "shelf", "closed"]) mkdirSync(path(name));
  renameSync(path("theirs.db"), path("theirs/ledger.db"));
  await backUp(path("theirs/ledger.db"), path("shelf/backup.db"));
  copyFileSync(path("shelf/backup.db"), path("closed/backup.db"));
  copyFileSync(path("shelf/backup.db"), path("shelf/secret.db"));
  const isRoot = process.getuid?.() === 0;
  if (isRoot) for (const file of ["theirs", "theirs/ledger.db"]) chownSync(path(file), nobody, nobody);
  chmodSync(path("shelf/backup.db"), 0o444);
  chmodSync(path("shelf/secret.db"), 0o000);
  chmodSync(path("shelf"), 0o555);
  chmodSync(path("closed"), 0o000);
  chmodSync(folder, 0o755);
  if (isRoot) process.seteuid?.(nobody);
  try {
    if (!existsSync(path("shelf"))) return t.skip("the folder for temporary files is open to root alone");
    const { code, error } = await restore("theirs/ledger.db", [path("shelf/backup.db")]);
    assert.deepEqual([code, error], [0, ""]);
    assert.deepEqual(
      readdirSync(path("theirs")).map((file) => file.replace(/\.before.*/, ".before")),
      ["ledger.db", "ledger.db.before"],
    );
    assert.equal(statSync(path("theirs/ledger.db")).mode & 0o777, 0o600);
    const notUsable = (name: string) =>
      en.start.database("DATABASE_URL", { kind: "file", path: path(name), why: "EACCES" });
    const refusals: [said: Said, words: string][] = [
      [
        await restore("theirs/ledger.db", [path("shelf/secret.db")]),
        en.restore.unreadable(path("shelf/secret.db"), "EACCES"),
      ],
      [
        await restore("theirs/ledger.db", [path("closed/backup.db")]),
        en.restore.unreadable(path("closed/backup.db"), "EACCES"),
      ],
      [
        await restore("closed/ledger.db", [path("shelf/backup.db")]),
        en.restore.cannotOpen(notUsable("closed/ledger.db")),
      ],
      [
        await restore("shelf/ledger.db", [path("theirs/ledger.db")]),
        en.restore.cannotOpen(notUsable("shelf/ledger.db")),
      ],
      [
        await runCommand(backup, [path("closed/copy.db")], { DATABASE_URL: `sqlite:${path("theirs/ledger.db")}` }),
        en.backup.unwritable(path("closed/copy.db"), "EACCES"),
      ],
      [
        await runCommand(backup, [path("theirs/copy.db")], { DATABASE_URL: `sqlite:${path("closed/backup.db")}` }),
        en.backup.cannotOpen(notUsable("closed/backup.db")),
      ],
    ];
    for (const [said, words] of refusals) assert.deepEqual([said.code, said.error], [1, `${words}\n`]);
    const audited = await runCommand(audit, [], { DATABASE_URL: `sqlite:${path("closed/backup.db")}` });
    assert.deepEqual([audited.code, audited.error], [2, `${notUsable("closed/backup.db")}\n`]);
  } finally {
    if (isRoot) process.seteuid?.(0);
    for (const name of ["shelf", "closed"]) chmodSync(path(name), 0o755);
  }
});

test("a ledger that root restores belongs to the user of the previous one, or of the folder", {
  skip: process.getuid?.() !== 0 && "only root can give files away",
}, async () => {
  const { store } = await open("owned.db");
  await store.close();
  mkdirSync(path("owned"));
  chownSync(path("owned"), nobody, nobody);
  for (const what of ["the first ledger", "another one"]) {
    assert.deepEqual((await restore("owned/ledger.db", [path("owned.db")])).error, "", what);
    const { uid, gid, mode } = statSync(path("owned/ledger.db"));
    assert.deepEqual([uid, gid, mode & 0o777], [nobody, nobody, 0o600], what);
    chownSync(path("owned"), 0, 0);
  }
});

/** The state of every operation in a restored ledger, and how often it was restored. */
async function heldIn(name: string): Promise<{ states: string[]; restores: number }> {
  const { store } = await open(name);
  const operations = await store.db.selectFrom("operations").select("state").distinct().execute();
  const restores = await store.db.selectFrom("events").select("what").where("what", "=", "restored").execute();
  await store.close();
  return { states: operations.map(({ state }) => state), restores: restores.length };
}

test("what SQLite left of a ledger that is gone is kept aside, and not applied to the restored one", async () => {
  const { store, ledger } = await open("gone.db");
  await requested(ledger, ["1900000001", "1900000002"]);
  while ((await ledger.sealing.sealNext(500)) > 0);
  assert.equal((await backUp(path("gone.db"), path("gone-backup.db"))).kind, "done");
  await requested(ledger, ["1900000003"]);
  // As after a kill; then the file itself is removed.
  copyFileSync(path("gone.db-wal"), path("kept-wal"));
  await store.close();
  rmSync(path("gone.db"));
  renameSync(path("kept-wal"), path("gone.db-wal"));
  const { code, error } = await restore("gone.db", [path("gone-backup.db")]);
  assert.equal(code, 0, error);
  assert.deepEqual(await heldIn("gone.db"), { states: ["held"], restores: 1 });
  assert.ok(readdirSync(folder).some((file) => /^gone\.db\.before-restore-.*-wal$/.test(file)));
});

test("a disk that fills up while operations are put on hold leaves the ledger as it was", async () => {
  const { store, ledger } = await open("full.db");
  const numbers = Array.from({ length: 300 }, (_, nth) => String(1_900_000_000 + nth));
  await requested(ledger, numbers);
  while ((await ledger.sealing.sealNext(500)) > 0);
  await store.close();
  assert.equal((await backUp(path("full.db"), path("full-backup.db"))).kind, "done");
  const before = readFileSync(path("full.db"));
  // In blocks of 512 bytes: the copy fits, and nothing more.
  const limit = Math.ceil(statSync(path("full-backup.db")).size / 512);
  const command = [process.execPath, ...programArgs("restore"), path("full-backup.db")];
  const env = { PATH: process.env["PATH"] ?? "", DATABASE_URL: `sqlite:${path("full.db")}` };
  const { status, stdout } = spawnSync("sh", ["-c", `ulimit -f ${limit} && exec "$@"`, "sh", ...command], {
    env,
    encoding: "utf8",
  });
  assert.equal(status, 1, stdout);
  assert.deepEqual(readFileSync(path("full.db")), before);
  assert.deepEqual(asideOf("full.db"), []);
});

test("a wrong REQUEST_TTL is refused as the bot refuses it; a right one is how long what is on hold waits", async () => {
  const { store, ledger } = await open("ttl.db");
  await requested(ledger, ["1900000001"]);
  await store.close();
  await backUp(path("ttl.db"), path("ttl-backup.db"));
  const wrong = await restore("ttl.db", [path("ttl-backup.db")], { REQUEST_TTL: "soon" });
  const words = en.start.problem({ kind: "malformed", variable: "REQUEST_TTL" });
  assert.deepEqual([wrong.code, wrong.error], [1, `${words}\n`]);
  const before = Date.now();
  assert.equal((await restore("ttl.db", [path("ttl-backup.db")], { REQUEST_TTL: "2d" })).code, 0);
  const restored = await open("ttl.db");
  const row = await restored.store.db.selectFrom("requests").select("held_until").executeTakeFirstOrThrow();
  await restored.store.close();
  const waitsMs = Number(row.held_until) - before;
  assert.ok(waitsMs >= 48 * hourMs && waitsMs < 49 * hourMs, `${waitsMs} ms`);
});

test("anything but one file is answered with the usage, in the operator's language; PostgreSQL with its own tools", async () => {
  for (const args of [[], ["a.db", "b.db"], ["--force"]]) {
    const { code, error } = await restore("any.db", args);
    assert.deepEqual([code, error], [2, `${en.restore.usage}\n`]);
  }
  const { code, out } = await restore("any.db", ["--help"]);
  assert.deepEqual([code, out], [0, `${en.restore.usage}\n`]);
  assert.equal((await restore("any.db", [], { LOCALE: "zh-CN" })).error, `${zhCN.restore.usage}\n`);
  const postgres = { DATABASE_URL: "postgres://bot@db.internal/receipts" };
  assert.equal((await restore("any.db", ["a.db"], postgres)).error, `${en.restore.postgres}\n`);
});

test("the age of the newest backup counts from the bot's last heartbeat in the backup that was restored", async () => {
  const { store } = await open("age.db");
  const beats = { name: "heartbeat", value: String(Date.now() - 5 * hourMs) };
  const noted = { name: "backup", value: String(Date.now() - 40 * hourMs) };
  await store.db.insertInto("ledger_info").values([beats, noted]).execute();
  await store.close();
  assert.equal((await backUp(path("age.db"), path("age-copy.db"))).kind, "done");
  assert.equal((await restore("age.db", [path("age-copy.db")])).code, 0);
  const restored = await open("age.db");
  const { backedUpAt } = await readFigures(restored.store.db);
  await restored.store.close();
  assert.equal(backedUpAt, Number(beats.value));
});
