/** Moving a ledger from one database to another: everything or nothing, and repeatable. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import { verify } from "../../src/ledger/audit/verification.ts";
import { createLedger } from "../../src/ledger/ledger.ts";
import { createRoles } from "../../src/ledger/roles.ts";
import { type Moved, move, type TableName, tables } from "../../src/storage/copy-ledger.ts";
import { keyvAdapter } from "../../src/storage/keyv-adapter.ts";
import { openStore } from "../../src/storage/open.ts";
import { operationStates, requestStates, type Store } from "../../src/storage/schema.ts";
import {
  aRequest,
  atAnyPace,
  type Bench,
  claimedPost,
  click,
  hourMs,
  leaseMs,
  onEveryEngine,
  posted,
} from "../ledger/builders.ts";
import { imported } from "../ledger/directory/rows.ts";
import { pruneAll, show } from "../ledger/retention/pruning.ts";
import { type Engine, engines, type TestStore } from "./engines.ts";

const submitter = { kind: "user", id: "UASKER" } as const;
const approver = { kind: "user", id: "UAPPROVER" } as const;
const tableNames = Object.keys(tables) as TableName[];

/**
 * A pruned request, requests and operations in every state, attempts, posts, grants with and without an end, events
 * sealed and not.
 */
async function fill(bench: Bench): Promise<void> {
  const { clock, db, requests, operations } = bench;
  for (const action of ["OPEN", "CLOSE"] as const) await bench.succeeded({ subMchid: "1900000777", action });
  await show(bench);
  assert.equal((await pruneAll(bench, 0)).requests, 1);
  await bench.expired({ reason: "too late" });
  await bench.succeeded({ reason: "新店，合同 4711 🧾" });
  await bench.failed();
  const retried = await bench.failed({ action: "CLOSE" });
  await operations.retry({ requestId: retried, round: 1, by: "UASKER", origin: click });
  await operations.conclude(await bench.claimed(), { kind: "unverified", why: "stale" } as never, {
    kind: "again",
    dueAt: clock.now() + hourMs,
    endpoint: 1,
  });
  const rejected = { requestId: await bench.asked(), decision: "reject", by: "UBOB", origin: click } as const;
  await requests.decide({ ...rejected, reason: "门店已停业" });
  await bench.decided(await bench.asked(), "withdraw", "UASKER");
  await bench.approved();
  await bench.claimed();
  clock.advance(2 * leaseMs);
  await posted(bench);
  await bench.approved();
  assert.equal((await requests.submit(aRequest({ subMchid: "1900000999" }))).kind, "recorded");
  const half = await bench.asked({ approvalRule: { needed: 2 } });
  await requests.decide({ requestId: half, decision: "approve", by: "UBOB", origin: click });
  const held = await bench.approved();
  await db.updateTable("operations").set({ state: "held", due_at: null }).where("request_id", "=", held).execute();
  await db.insertInto("macs").values({ kind: "event", ref: "1", mac: "00" }).execute();
  await bench.sealing.sealNext(10);
  await imported(bench, [["1900000109", "蓝海火锅"]]);
  await db.insertInto("given_names").values({ request_id: held, sub_mchid: "1900000109", given_as: "蓝海" }).execute();
  const roles = createRoles({ db, clock, instance: "us", admins: [] });
  await roles.grant({ holder: approver, role: "approver", by: "UADMIN", origin: click });
  await roles.grant({ holder: submitter, role: "requester", by: "UADMIN", origin: click, until: clock.now() + hourMs });
}

/** Every row of every table, by primary key. */
async function everything({ db }: Store): Promise<Record<string, unknown[]>> {
  const found: Record<string, unknown[]> = {};
  for (const table of tableNames) {
    const rows = await db.selectFrom(table).selectAll().execute();
    found[table] = rows.map((row) => JSON.stringify(row, Object.keys(row).sort())).sort();
  }
  return found;
}

async function states(store: Store, table: "requests" | "operations"): Promise<string[]> {
  const rows = await store.db.selectFrom(table).select("state").distinct().execute();
  return rows.map(({ state }) => state).sort();
}

onEveryEngine("a ledger moves", (fresh, fromEngine) => {
  for (const toEngine of engines)
    test(`to ${toEngine.name} with every row, and the bot continues there`, {
      skip: toEngine.skip,
    }, async (context) => {
      const { bench, to } = await arranged(context, toEngine);
      const before = await everything(bench.store);
      const moved = await carry(bench, to);
      assert.equal(moved.kind, "moved");
      assert.deepEqual(await everything(to), before);
      assert.deepEqual(await everything(bench.store), before);
      assert.equal((await verify(to.db)).kind, "intact");
      for (const table of tableNames) assert.equal("rows" in moved && moved.rows[table], before[table]?.length, table);

      const ledger = createLedger({
        store: to,
        clock: bench.clock,
        random: bench.random,
        mchid: "1900000100",
        instance: "us",
      });
      const { attempts } = await ledger.operations.claimDue({ limit: 8, leaseMs, rateLimit: atAnyPace });
      assert.equal(attempts.length, 2, "the queued operation and the one that an instance abandoned");
      const asked = await ledger.requests.submit(aRequest({ subMchid: "1900000888" }));
      assert.equal(asked.kind, "recorded");
      for (const table of ["operations", "events"] as const) {
        const newest = await to.db.selectFrom(table).select("seq").orderBy("seq", "desc").executeTakeFirstOrThrow();
        assert.ok(newest.seq > (before[table]?.length ?? 0), table);
      }
      const { clock } = bench;
      const roles = createRoles({ db: to.db, clock, instance: "us", admins: [] });
      assert.deepEqual(
        (await roles.of(submitter)).map(({ role }) => role),
        ["requester"],
      );
      clock.advance(2 * hourMs);
      assert.deepEqual(await roles.of(submitter), []);
    });

  const other = engines.find(({ name, skip }) => name !== fromEngine.name && !skip) ?? fromEngine;

  test("the ledger under test contains every state", async () => {
    const bench = await fresh();
    await fill(bench);
    assert.deepEqual(await states(bench.store, "requests"), [...requestStates].sort());
    assert.deepEqual(await states(bench.store, "operations"), [...operationStates].sort());
    for (const table of tableNames) assert.ok((await bench.count(table)) > 0, `${table} is empty`);
  });

  test("a move includes every table of the database", async () => {
    const { db, engine } = (await fresh()).store;
    const all =
      engine === "postgres"
        ? sql<{
            name: string;
          }>`select table_name as name from information_schema.tables where table_schema = current_schema()`
        : sql<{ name: string }>`select name from sqlite_master where type = 'table' and name not like 'sqlite_%'`;
    const found = (await all.execute(db)).rows.map(({ name }) => name).filter((name) => !name.startsWith("kysely_"));
    assert.deepEqual(found.sort(), [...tableNames, "instances", "paces"].sort());
  });

  test("a move copies more rows than fit into one batch", async (context) => {
    const { bench, to } = await arranged(context, other);
    const rows = Array.from({ length: 1_200 }, (_, n) => ({ key: `grant:U${n}:approver`, value: "{}", expires_at: n }));
    await bench.db.insertInto("keyv").values(rows).execute();
    assert.equal((await carry(bench, to)).kind, "moved");
    assert.deepEqual(await everything(to), await everything(bench.store));
  });

  test("a second move finds every row in the target and writes nothing", async (context) => {
    const { bench, to } = await arranged(context, other);
    const first = await carry(bench, to);
    const second = await carry(bench, to);
    assert.deepEqual([first.kind, second.kind], ["moved", "there-already"]);
    assert.deepEqual("rows" in second && second.rows, "rows" in first && first.rows);
  });

  test("a move that fails halfway writes nothing, and the next one completes", async (context) => {
    const { bench, to } = await arranged(context, other);
    // The last table but one: those before it have been written.
    await to.db.schema.alterTable("posts").renameColumn("tries", "tries_away").execute();
    await assert.rejects(carry(bench, to), /tries/);
    await to.db.schema.alterTable("posts").renameColumn("tries_away", "tries").execute();
    for (const table of tableNames) assert.deepEqual((await everything(to))[table], [], table);
    assert.equal((await carry(bench, to)).kind, "moved");
  });

  test("a move does not change a target that holds other data", async (context) => {
    const { bench, to } = await arranged(context, other);
    assert.equal((await carry(bench, to)).kind, "moved");
    await to.db.updateTable("posts").set({ wanted: 9 }).where("kind", "=", "outcome").execute();
    const before = await everything(to);
    assert.deepEqual(await carry(bench, to), { kind: "holds-other-data", table: "posts" });
    assert.deepEqual(await everything(to), before);
  });

  test("a single grant in the target counts as other data", async (context) => {
    const { bench, to } = await arranged(context, other);
    await keyvAdapter({ db: to.db, now: bench.clock.now }).set("grant:UADMIN:admin", "{}");
    assert.deepEqual(await carry(bench, to), { kind: "holds-other-data", table: "requests" });
  });

  test("a move from an empty source reports that there is nothing to move", async (context) => {
    const { to } = await arranged(context, other);
    assert.deepEqual(await carry(await fresh(), to), { kind: "nothing-to-move" });
  });

  test("a move refuses a source that another program has open", async (context) => {
    const { bench, to } = await arranged(context, other);
    const instance = await openStore(bench.store.address);
    await instance.db.selectFrom("requests").select("id").execute();
    const user = bench.store.engine === "sqlite" ? "program" : "session";
    assert.deepEqual(await carry(bench, to), { kind: user });
    await instance.close();
    let moved: Moved;
    // PostgreSQL takes a moment to end a session.
    do moved = await carry(bench, to);
    while (moved.kind === user);
    assert.equal(moved.kind, "moved");
  });

  test("a move refuses a source while an attempt or a post is leased", async (context) => {
    const { bench, to } = await arranged(context, other);
    const { clock } = bench;
    await bench.claim(1);
    assert.deepEqual(await carry(bench, to), { kind: "instance", until: clock.now() + leaseMs });
    clock.advance(leaseMs);
    await claimedPost(bench);
    assert.deepEqual(await carry(bench, to), { kind: "instance", until: clock.now() + leaseMs });
    clock.advance(leaseMs);
    assert.equal((await carry(bench, to)).kind, "moved");
  });

  async function arranged(
    context: { after(close: () => Promise<void>): void },
    engine: Engine,
  ): Promise<{ bench: Bench; to: TestStore }> {
    const to = await engine.open();
    context.after(() => to.close());
    const bench = await fresh();
    await fill(bench);
    return { bench, to };
  }

  function carry({ store, clock }: Bench, to: Store): Promise<Moved> {
    return move({ from: store, to, now: clock.now });
  }
});
