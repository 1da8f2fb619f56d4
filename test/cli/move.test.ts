/** `npm run move`, as an operator meets it: its words, its exit code, and what it never shows. */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { sql } from "kysely";
import { move } from "../../src/cli/commands/move.ts";
import { createLedger } from "../../src/ledger/ledger.ts";
import { type Moved, move as moveRows } from "../../src/storage/copy-ledger.ts";
import { openStore } from "../../src/storage/open.ts";
import { systemClock, systemRandom } from "../../src/system-clock.ts";
import { en } from "../../src/text/en/catalogue.ts";
import { zhCN } from "../../src/text/zh-CN/catalogue.ts";
import { eventually } from "../eventually.ts";
import { aRequest } from "../ledger/builders.ts";
import { engines } from "../storage/engines.ts";
import { runCommand } from "./commands.ts";

const folder = mkdtempSync(join(tmpdir(), "receipt-move-"));
after(() => rmSync(folder, { recursive: true }));
const path = (name: string) => join(folder, name);

/** A ledger of this many requests; its address. */
async function ledger(name: string, requests: number): Promise<string> {
  const store = await openStore({ engine: "sqlite", path: path(name) });
  const made = createLedger({ store, clock: systemClock, random: systemRandom, mchid: "1900000100", instance: "us" });
  for (let n = 0; n < requests; n++) await made.requests.submit(aRequest({ subMchid: String(1_900_000_000 + n) }));
  await store.close();
  return `sqlite:${path(name)}`;
}

async function run(addresses: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const said = await runCommand(move, addresses, env);
  return { ...said, all: said.out + said.error };
}

test("it reports its progress, the number of rows, and the next step, also the second time", async () => {
  const from = await ledger("from.db", 3);
  const to = `sqlite:${path("to.db")}`;
  const first = await run([from, to]);
  assert.equal(first.code, 0, first.all);
  assert.equal(first.error, "");
  assert.ok(first.out.startsWith(`${en.move.moving(from, to)}\n`), first.out);
  assert.match(first.out, /^ {2}table +rows\n {2}requests +3\n {2}approvals +0\n {2}operations +3\n {2}attempts +0\n/m);
  assert.ok(first.out.endsWith(`${en.move.moved(to)}\n`), first.out);
  const second = await run([from, to]);
  assert.equal(second.code, 0, second.all);
  assert.ok(second.out.endsWith(`${en.move.thereAlready(to)}\n`), second.out);
});

test("a ledger is not moved into a file that SQLite keeps for another", async () => {
  const from = await ledger("beside.db", 1);
  const target = path("beside.db-wal");
  const { code, error } = await run([from, `sqlite:${target}`]);
  assert.deepEqual([code, error], [1, `${en.backup.sideFile(target)}\n`]);
});

test("anything but two addresses is answered with how they are written, in the operator's language", async () => {
  for (const addresses of [[], ["sqlite:a.db", "b.db"], ["sqlite:a.db", "sqlite:b.db", "sqlite:c.db"]]) {
    const { code, error } = await run(addresses);
    assert.deepEqual([code, error], [2, `${en.move.usage.join("\n")}\n`], String(addresses));
  }
  const help = await run(["--help"]);
  assert.deepEqual([help.code, help.out], [0, `${en.move.usage.join("\n")}\n`]);
  assert.equal((await run([], { LOCALE: "zh-CN" })).error, `${zhCN.move.usage.join("\n")}\n`);
});

test("a wrong path as the source is reported, and no new ledger appears at it or at the target", async () => {
  const addresses = [`sqlite:${path("wrong.db")}`, `sqlite:${path("other.db")}`] as const;
  const { code, error } = await run(addresses);
  assert.deepEqual([code, error], [1, `${en.move.nothingToMove(addresses[0])}\n`]);
  assert.deepEqual([existsSync(path("wrong.db")), existsSync(path("other.db"))], [false, false]);
});

test("a ledger is not moved to itself", async () => {
  const from = await ledger("itself.db", 1);
  const { code, error } = await run([from, `sqlite:${folder}/./itself.db`]);
  assert.deepEqual([code, error], [1, `${en.move.same}\n`]);
});

test("refusals end with 1 and with advice", async () => {
  const from = await ledger("one.db", 1);
  const two = await ledger("two.db", 2);
  const other = await run([from, two]);
  assert.deepEqual([other.code, other.error], [1, `${en.move.otherData(two, "requests")}\n`]);
  const empty = await ledger("empty.db", 0);
  const nothing = await run([empty, `sqlite:${path("for-empty.db")}`]);
  assert.deepEqual([nothing.code, nothing.error], [1, `${en.move.nothingToMove(empty)}\n`]);
  const instance = await openStore({ engine: "sqlite", path: path("one.db") });
  const used = await run([from, `sqlite:${path("for-used.db")}`]);
  await instance.close();
  assert.deepEqual([used.code, used.error], [1, `${en.move.usedBy.program(from)}\n`]);
  assert.deepEqual([existsSync(path("for-empty.db")), existsSync(path("for-used.db"))], [false, false]);
});

test("a folder that does not exist is not created: the path may be a wrong one", async () => {
  const from = await ledger("whole.db", 1);
  const { code, error } = await run([from, `sqlite:${path("nowhere/to.db")}`]);
  assert.equal(code, 1);
  const problem = { kind: "no-folder", folder: path("nowhere") } as const;
  const sentence = en.start.database(`sqlite:${path("nowhere/to.db")}`, problem);
  assert.equal(error, `${en.move.cannotOpen(sentence)}\n`);
  assert.ok(!existsSync(path("nowhere")));
});

test("a Chinese answer of two sentences has no space between them", async () => {
  const from = await ledger("chinese.db", 1);
  const { error } = await run([from, `sqlite:${path("nowhere/to.db")}`], { LOCALE: "zh-CN" });
  assert.match(error, /。未迁移任何数据。\n$/);
});

test("the password of an address is never shown, wherever the move ends", async () => {
  const from = await ledger("hidden.db", 1);
  const away = await run([from, "postgres://bot:s3cret@127.0.0.1:1/receipts"]);
  assert.equal(away.code, 1);
  assert.match(away.error, /^The server of postgres:\/\/127\.0\.0\.1:1\/receipts cannot be reached, .*ECONNREFUSED/);
  assert.equal(away.out, "", "nothing is moved before both are open");
  for (const password of ["s3cret", "s3%2Fcret", "s3/cret", "s3?cret", "s3#cret", "s3@cret", "33/s3cret"]) {
    const { code, all } = await run([from, `postgres://bot:${password}@127.0.0.1:1/receipts`]);
    assert.equal(code, /^s3cret$|%2F/.test(password) ? 1 : 2);
    assert.doesNotMatch(all.replaceAll(folder, ""), /cret|s3|33/, password);
  }
  assert.doesNotMatch((await run([from, "postgres://127.0.0.1:1/receipts?user=bot&password=s3cret"])).all, /s3cret/);
});

const postgres = engines.find(({ name }) => name === "PostgreSQL");
test("to PostgreSQL and back, with a password in the address", { skip: postgres?.skip ?? "" }, async (context) => {
  const store = await postgres?.open();
  assert.ok(store?.address.engine === "postgres");
  context.after(() => store.close());
  const url = new URL(store.address.url);
  url.password = "s3cret";
  const from = await ledger("there.db", 3);
  const there = await run([from, url.href]);
  assert.equal((await store.db.selectFrom("requests").select("id").execute()).length, 3);
  const back = await run([url.href, `sqlite:${path("back.db")}`]);
  // The test itself has the schema open.
  assert.deepEqual([there.code, back.code], [0, 1], there.all + back.all);
  assert.match(back.error, /^Another program is connected to postgres:/);
  assert.doesNotMatch(there.all + back.all, /s3cret/);
});

test("a ledger is not moved into itself under another name, and stays usable", {
  skip: postgres?.skip ?? "",
}, async (t) => {
  const store = await postgres?.open();
  assert.ok(store?.address.engine === "postgres");
  const url = new URL(store.address.url);
  assert.equal((await run([await ledger("once.db", 1), url.href])).code, 0);
  url.searchParams.set("application_name", "moved");
  const same = await openStore({ engine: "postgres", url: url.href });
  t.after(() => Promise.all([same.close(), store.close()]));
  assert.deepEqual(await moveRows({ from: store, to: same, now: () => Date.now() }), { kind: "same-place" });
  assert.equal((await store.db.selectFrom("requests").select("id").execute()).length, 1);
});

test("two ledgers are moved into one database: the second one reads that it has other data", {
  skip: postgres?.skip ?? "",
}, async (t) => {
  const [one, other, target] = await Promise.all([1, 2, 3].map(() => postgres?.open()));
  assert.ok(one && other && target);
  t.after(() => Promise.all([one, other, target].map((store) => store.close())));
  for (const [store, count] of [
    [one, 1],
    [other, 2],
  ] as const) {
    assert.ok(store.address.engine === "postgres");
    assert.equal((await run([await ledger(`to-${count}.db`, count), store.address.url])).code, 0);
  }
  const moves = await target.db.transaction().execute(async (transaction) => {
    await sql`lock table requests in access exclusive mode`.execute(transaction);
    const started: Promise<Moved>[] = [];
    for (const from of [one, other]) {
      let isOver = false;
      const moving = moveRows({ from, to: target, now: () => Date.now() }).finally(() => {
        isOver = true;
      });
      started.push(moving);
      const waits = sql<{ count: number }>`select count(*)::int as count from pg_locks
        where not granted and relation = 'requests'::regclass`;
      await eventually(async () => isOver || (await waits.execute(transaction)).rows[0]?.count === started.length);
    }
    return started;
  });
  assert.deepEqual(
    (await Promise.all(moves)).map(({ kind }) => kind),
    ["moved", "holds-other-data"],
  );
});

test("a link to a ledger is that ledger", async () => {
  const from = await ledger("linked.db", 1);
  symlinkSync(path("linked.db"), path("link.db"));
  const { code, error } = await run([from, `sqlite:${path("link.db")}`]);
  assert.deepEqual([code, error], [1, `${en.move.same}\n`]);
});
