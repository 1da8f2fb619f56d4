/** `npm run move`, as an operator meets it: its words, its exit code, and what it never shows. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { createLedger } from "../../src/ledger/ledger.ts";
import { startOptions } from "../../src/playground/bot-process.ts";
import { openStore } from "../../src/storage/open.ts";
import { systemClock, systemRandom } from "../../src/system-clock.ts";
import { en } from "../../src/text/en/catalogue.ts";
import { zhCN } from "../../src/text/zh-CN/catalogue.ts";
import { anAsk } from "../ledger/builders.ts";
import { engines } from "../storage/engines.ts";

const folder = mkdtempSync(join(tmpdir(), "receipt-move-"));
after(() => rmSync(folder, { recursive: true }));
const path = (name: string) => join(folder, name);

/** A ledger of this many requests; its address. */
async function ledger(name: string, requests: number): Promise<string> {
  const store = await openStore({ engine: "sqlite", path: path(name) });
  const made = createLedger({ store, clock: systemClock, random: systemRandom, mchid: "1900000100", instance: "us" });
  for (let n = 0; n < requests; n++) await made.requests.submit(anAsk({ subMchid: String(1_900_000_000 + n) }));
  await store.close();
  return `sqlite:${path(name)}`;
}

function run(addresses: readonly string[], env: Record<string, string> = {}) {
  const script = fileURLToPath(new URL("../../src/cli/move.ts", import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [...startOptions, script, ...addresses], {
    env,
    encoding: "utf8",
  });
  return { status, stdout, stderr, all: stdout + stderr };
}

test("it reports its progress, the number of rows, and the next step, also the second time", async () => {
  const from = await ledger("from.db", 3);
  const to = `sqlite:${path("to.db")}`;
  const first = run([from, to]);
  assert.equal(first.status, 0, first.all);
  assert.equal(first.stderr, "");
  assert.ok(first.stdout.startsWith(`${en.move.moving(from, to)}\n`), first.stdout);
  assert.match(
    first.stdout,
    /^ {2}table +rows\n {2}requests +3\n {2}approvals +0\n {2}operations +3\n {2}attempts +0\n/m,
  );
  assert.ok(first.stdout.endsWith(`${en.move.moved(to)}\n`), first.stdout);
  const second = run([from, to]);
  assert.equal(second.status, 0, second.all);
  assert.ok(second.stdout.endsWith(`${en.move.thereAlready(to)}\n`), second.stdout);
});

test("anything but two addresses is answered with how they are written, in the operator's language", () => {
  for (const addresses of [[], ["sqlite:a.db", "b.db"], ["sqlite:a.db", "sqlite:b.db", "sqlite:c.db"]]) {
    const { status, stderr } = run(addresses);
    assert.deepEqual([status, stderr], [2, `${en.move.usage.join("\n")}\n`], String(addresses));
  }
  const help = run(["--help"]);
  assert.deepEqual([help.status, help.stdout], [0, `${en.move.usage.join("\n")}\n`]);
  assert.equal(run([], { LOCALE: "zh-CN" }).stderr, `${zhCN.move.usage.join("\n")}\n`);
});

test("a wrong path as the source is reported, and no new ledger appears at it or at the target", () => {
  const addresses = [`sqlite:${path("wrong.db")}`, `sqlite:${path("other.db")}`] as const;
  const { status, stderr } = run(addresses);
  assert.deepEqual([status, stderr], [1, `${en.move.nothingToMove(addresses[0])}\n`]);
  assert.deepEqual([existsSync(path("wrong.db")), existsSync(path("other.db"))], [false, false]);
});

test("a ledger is not moved to itself", async () => {
  const from = await ledger("itself.db", 1);
  const { status, stderr } = run([from, `sqlite:${folder}/./itself.db`]);
  assert.deepEqual([status, stderr], [1, `${en.move.same}\n`]);
});

test("refusals end with 1 and with advice", async () => {
  const from = await ledger("one.db", 1);
  const two = await ledger("two.db", 2);
  const other = run([from, two]);
  assert.deepEqual([other.status, other.stderr], [1, `${en.move.otherData(two, "requests")}\n`]);
  const empty = await ledger("empty.db", 0);
  const nothing = run([empty, `sqlite:${path("for-empty.db")}`]);
  assert.deepEqual([nothing.status, nothing.stderr], [1, `${en.move.nothingToMove(empty)}\n`]);
  const instance = await openStore({ engine: "sqlite", path: path("one.db") });
  const used = run([from, `sqlite:${path("for-used.db")}`]);
  await instance.close();
  assert.deepEqual([used.status, used.stderr], [1, `${en.move.openElsewhere(from)}\n`]);
});

test("a folder that does not exist is not created: the path may be a wrong one", async () => {
  const from = await ledger("whole.db", 1);
  const { status, stderr } = run([from, `sqlite:${path("nowhere/to.db")}`]);
  assert.equal(status, 1);
  const problem = { kind: "no-folder", folder: path("nowhere") } as const;
  const sentence = en.start.database(`sqlite:${path("nowhere/to.db")}`, problem);
  assert.equal(stderr, `${en.move.cannotOpen(sentence)}\n`);
  assert.ok(!existsSync(path("nowhere")));
});

test("a Chinese answer of two sentences has no space between them", async () => {
  const from = await ledger("chinese.db", 1);
  const { stderr } = run([from, `sqlite:${path("nowhere/to.db")}`], { LOCALE: "zh-CN" });
  assert.match(stderr, /。未迁移任何数据。\n$/);
});

test("the password of an address is never shown, wherever the move ends", async () => {
  const from = await ledger("hidden.db", 1);
  const away = run([from, "postgres://bot:s3cret@127.0.0.1:1/receipts"]);
  assert.equal(away.status, 1);
  assert.match(away.stderr, /^The database of postgres:\/\/127\.0\.0\.1:1\/receipts cannot be opened \(.*ECONNREFUSED/);
  assert.equal(away.stdout, "", "nothing is moved before both are open");
  for (const password of ["s3cret", "s3%2Fcret", "s3/cret", "s3?cret", "s3#cret", "s3@cret", "33/s3cret"]) {
    const { status, all } = run([from, `postgres://bot:${password}@127.0.0.1:1/receipts`]);
    assert.equal(status, /^s3cret$|%2F/.test(password) ? 1 : 2);
    assert.doesNotMatch(all.replaceAll(folder, ""), /cret|s3|33/, password);
  }
  assert.doesNotMatch(run([from, "postgres://127.0.0.1:1/receipts?user=bot&password=s3cret"]).all, /s3cret/);
});

const postgres = engines.find(({ name }) => name === "PostgreSQL");
test("to PostgreSQL and back, with a password in the address", { skip: postgres?.skip ?? "" }, async (context) => {
  const store = await postgres?.open();
  assert.ok(store?.address.engine === "postgres");
  context.after(() => store.close());
  const url = new URL(store.address.url);
  url.password = "s3cret";
  const from = await ledger("there.db", 3);
  const there = run([from, url.href]);
  assert.equal((await store.db.selectFrom("requests").select("id").execute()).length, 3);
  const back = run([url.href, `sqlite:${path("back.db")}`]);
  // The test itself has the schema open.
  assert.deepEqual([there.status, back.status], [0, 1], there.all + back.all);
  assert.match(back.stderr, /^Another program has postgres:/);
  assert.doesNotMatch(there.all + back.all, /s3cret/);
});
