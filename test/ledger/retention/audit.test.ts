/** After pruning, the audit finds nothing, and still finds any tampering with what stays and with the checkpoints. */
import assert from "node:assert/strict";
import { createSecretKey } from "node:crypto";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { KyselyPlugin, RootOperationNode, Transaction } from "kysely";
import { replaceKey } from "../../../src/ledger/audit/keys/ledger-key.ts";
import { signWith } from "../../../src/ledger/audit/keys/macs.ts";
import { digestOf } from "../../../src/ledger/audit/pruned-ranges.ts";
import { verify, verifyTail } from "../../../src/ledger/audit/verification.ts";
import { writerVersion } from "../../../src/storage/migrations/writer-version.ts";
import type { Schema } from "../../../src/storage/schema.ts";
import { unguarded } from "../../storage/engines.ts";
import { accepted, type Bench, click, onEveryEngine } from "../builders.ts";
import { age, audited, pruneAll, retainMs, sealAll, show } from "./pruning.ts";

const key = createSecretKey(Buffer.from("a key for tests, of 32 bytes and more"));

/** Requests of which two were pruned, in two batches, with kept ones between them; everything is sealed. */
async function pruned(fresh: () => Promise<Bench>): Promise<Bench & { kept: string }> {
  const bench = await fresh();
  const kept = await bench.succeeded({ subMchid: "1900000101" });
  for (const subMchid of ["1900000102", "1900000103", "1900000104"]) await bench.succeeded({ subMchid });
  for (const subMchid of ["1900000102", "1900000104"]) {
    await age(bench);
    await bench.succeeded({ subMchid });
    await show(bench);
    assert.equal((await pruneAll(bench)).requests, 1);
  }
  await sealAll(bench);
  return { ...bench, kept };
}

/**
 * What the audit names after the owner of the database has tampered with the ledger; the change is undone afterwards.
 */
async function namedAfter(bench: Bench, tamper: (on: Transaction<Schema>) => Promise<unknown>): Promise<string[]> {
  return unguarded(bench.store, async () => {
    const transaction = await bench.db.startTransaction().execute();
    try {
      await tamper(transaction);
      const found = await verify(transaction);
      return [found.kind, ...("position" in found ? [String(found.position)] : [])];
    } finally {
      await transaction.rollback().execute();
    }
  });
}

type Range = Schema["pruned_ranges"];

async function ranges(on: Bench["db"] | Transaction<Schema>) {
  return on.selectFrom("pruned_ranges").selectAll().orderBy("first_position").execute();
}

/** A checkpoint and its range that hide an event, as the bot would write them, but for its MAC. */
async function forgeCheckpoint(on: Transaction<Schema>, at: number, position: number): Promise<void> {
  const seal = await on.selectFrom("seals").selectAll().where("position", "=", position).executeTakeFirstOrThrow();
  const range = { first: position, last: position, hash: seal.hash };
  const detail = { v: writerVersion, checkpoint: "forged", digest: digestOf([range]) };
  const { seq } = await on
    .insertInto("events")
    .values({
      at,
      actor: "bot",
      what: "pruned",
      request_id: null,
      operation_id: null,
      detail_json: JSON.stringify(detail),
      origin: "instance us",
    })
    .returning("seq")
    .executeTakeFirstOrThrow();
  await on.insertInto("unsealed").values({ event_seq: seq }).execute();
  await on
    .insertInto("pruned_ranges")
    .values({ first_position: position, last_position: position, last_hash: seal.hash, checkpoint: "forged" })
    .execute();
  await on.deleteFrom("events").where("seq", "=", seal.event_seq).execute();
  await on.deleteFrom("seals").where("position", "=", position).execute();
}

/** Runs `work` once, right after the audit has read a page of the events' numbers. */
function afterPageOfEvents(work: () => Promise<unknown>): KyselyPlugin {
  const pages = new WeakSet<object>();
  let isOver = false;
  return {
    transformQuery({ node, queryId }) {
      if (isPageOfEvents(node)) pages.add(queryId);
      return node;
    },
    async transformResult({ result, queryId }) {
      if (pages.has(queryId) && !isOver) {
        isOver = true;
        await work();
      }
      return result;
    },
  };
}

function isPageOfEvents(node: RootOperationNode): boolean {
  return node.kind === "SelectQueryNode" && node.limit !== undefined && JSON.stringify(node.from).includes('"events"');
}

onEveryEngine("the audit of a pruned ledger", (fresh) => {
  test("finds nothing after a first pruning and a second, whether their checkpoints are sealed yet or not", async () => {
    const bench = await fresh();
    for (const subMchid of ["1900000201", "1900000202"]) await bench.succeeded({ subMchid });
    for (const [nth, subMchid] of ["1900000201", "1900000202"].entries()) {
      await age(bench);
      await bench.succeeded({ subMchid });
      await show(bench);
      await pruneAll(bench);
      assert.deepEqual(await audited(bench.store), []);
      await sealAll(bench);
      assert.deepEqual(await audited(bench.store), []);
      const trail = await verify(bench.db);
      assert.equal(trail.kind === "intact" && trail.pruned, 6 * (nth + 1));
      assert.equal((await verifyTail(bench.db, 3)).kind, "intact");
      assert.equal((await verifyTail(bench.db, trail.kind === "intact" ? trail.sealed - 2 : 0)).kind, "intact");
    }
  });

  test("accepts a hash that stays or that ends a range, and cannot tell about one that is gone", async () => {
    const bench = await fresh();
    await bench.succeeded({ subMchid: "1900000301" });
    await sealAll(bench);
    const hashes = await bench.db.selectFrom("seals").select(["position", "hash"]).orderBy("position").execute();
    await age(bench);
    await bench.succeeded({ subMchid: "1900000301" });
    await show(bench);
    await pruneAll(bench);
    const kinds = await Promise.all(hashes.map(async ({ hash }) => (await verify(bench.db, hash)).kind));
    assert.deepEqual(new Set(kinds.slice(0, -1)), new Set(["not-the-chain"]));
    assert.equal(kinds.at(-1), "intact");
    const gone = await verify(bench.db, hashes[0]?.hash);
    assert.equal(gone.kind === "not-the-chain" && gone.pruned, hashes.length);
    const { hash } = await bench.sealing.newest();
    assert.equal((await verify(bench.db, hash)).kind, "intact");
  });

  const tamperings: {
    what: string;
    kind: string;
    tamper(on: Transaction<Schema>, bench: Bench & { kept: string }): Promise<unknown>;
  }[] = [
    {
      what: "an event that stays was changed",
      kind: "changed",
      tamper: (on, { kept }) =>
        on
          .updateTable("events")
          .set({ actor: "UEVE" })
          .where("request_id", "=", kept)
          .where("what", "=", "approved")
          .execute(),
    },
    {
      what: "an event that stays was removed, and its seal with it",
      kind: "seal-removed",
      async tamper(on, { kept }) {
        const events = on
          .selectFrom("events")
          .select("seq")
          .where("request_id", "=", kept)
          .where("what", "=", "approved");
        await on.deleteFrom("seals").where("event_seq", "in", events).execute();
        await on.deleteFrom("events").where("request_id", "=", kept).where("what", "=", "approved").execute();
      },
    },
    {
      what: "a range was stretched over an event that stays",
      kind: "inserted",
      tamper: (on) =>
        on
          .updateTable("pruned_ranges")
          .set((row) => ({ last_position: row("last_position", "+", 1) }))
          .execute(),
    },
    {
      what: "a range was changed to continue from another hash",
      kind: "changed",
      tamper: (on) =>
        on
          .updateTable("pruned_ranges")
          .set({ last_hash: "0".repeat(64) })
          .execute(),
    },
    {
      what: "a range was removed",
      kind: "seal-removed",
      tamper: async (on) =>
        on
          .deleteFrom("pruned_ranges")
          .where("first_position", "=", (await ranges(on))[0]?.first_position ?? 0)
          .execute(),
    },
    {
      what: "a range was cut in two",
      kind: "checkpoint-differs",
      async tamper(on) {
        const [range] = (await ranges(on)).filter(({ first_position: first, last_position: last }) => last > first);
        assert.ok(range);
        const hash = "0".repeat(64);
        const first: Range = { ...range, last_position: range.first_position, last_hash: hash };
        await on.deleteFrom("pruned_ranges").where("first_position", "=", range.first_position).execute();
        const rest: Range = { ...range, first_position: range.first_position + 1 };
        await on.insertInto("pruned_ranges").values([first, rest]).execute();
      },
    },
    {
      what: "a range was added under the name of a checkpoint",
      kind: "checkpoint-differs",
      async tamper(on) {
        const [range] = await ranges(on);
        const head = await on.selectFrom("seals").selectAll().orderBy("position", "desc").executeTakeFirstOrThrow();
        const position = head.position + 1;
        const added = { ...range, first_position: position, last_position: position, last_hash: head.hash } as Range;
        await on.insertInto("pruned_ranges").values(added).execute();
      },
    },
    {
      what: "a range was added without a checkpoint, after the end of the chain",
      kind: "not-pruned",
      async tamper(on) {
        const range = { first_position: 9_999, last_position: 9_999, last_hash: "0".repeat(64), checkpoint: "forged" };
        await on.insertInto("pruned_ranges").values(range).execute();
      },
    },
    {
      what: "an event was removed behind a range without a checkpoint",
      kind: "not-pruned",
      async tamper(on, { kept }) {
        const event = on
          .selectFrom("events")
          .select("seq")
          .where("request_id", "=", kept)
          .where("what", "=", "approved");
        const seal = await on.selectFrom("seals").selectAll().where("event_seq", "in", event).executeTakeFirstOrThrow();
        const { position, hash } = seal;
        const range = { first_position: position, last_position: position, last_hash: hash, checkpoint: "forged" };
        await on.insertInto("pruned_ranges").values(range).execute();
        await on.deleteFrom("events").where("seq", "=", seal.event_seq).execute();
        await on.deleteFrom("seals").where("position", "=", position).execute();
      },
    },
    {
      what: "two ranges overlap",
      kind: "not-pruned",
      async tamper(on) {
        const [range] = (await ranges(on)).filter(({ first_position: first, last_position: last }) => last > first);
        assert.ok(range);
        await on
          .insertInto("pruned_ranges")
          .values({ ...range, first_position: range.first_position + 1 })
          .execute();
      },
    },
    {
      what: "a checkpoint was removed, and its seal with it",
      kind: "seal-removed",
      async tamper(on) {
        const events = on.selectFrom("events").select("seq").where("what", "=", "pruned");
        await on.deleteFrom("seals").where("event_seq", "in", events).execute();
        await on.deleteFrom("events").where("what", "=", "pruned").execute();
      },
    },
    {
      what: "a checkpoint was changed",
      kind: "changed",
      tamper: (on) =>
        on
          .updateTable("events")
          .set({ detail_json: `{"v":${writerVersion}}` })
          .where("what", "=", "pruned")
          .execute(),
    },
    {
      what: "a pruned event was put back",
      kind: "inserted",
      async tamper(on) {
        const [range] = await ranges(on);
        assert.ok(range);
        const row = { at: 1, actor: "UEVE", what: "approved", request_id: null, operation_id: null, origin: null };
        const inserted = on.insertInto("events").values({ ...row, detail_json: `{"v":${writerVersion}}` });
        const { seq } = await inserted.returning("seq").executeTakeFirstOrThrow();
        const seal = { position: range.first_position, event_seq: seq, hash: range.last_hash };
        await on.insertInto("seals").values(seal).execute();
      },
    },
  ];

  test("finds any tampering", async (context) => {
    const bench = await pruned(fresh);
    for (const { what, kind, tamper } of tamperings)
      await context.test(what, async () => {
        const [found] = await namedAfter(bench, (on) => tamper(on, bench));
        assert.equal(found, kind);
      });
    assert.deepEqual(await audited(bench.store), []);
  });

  test("finds that a checkpoint was removed before it was sealed", async () => {
    const bench = await fresh();
    await bench.succeeded({ subMchid: "1900000401" });
    await age(bench);
    await bench.succeeded({ subMchid: "1900000401" });
    await show(bench);
    await pruneAll(bench);
    const named = await namedAfter(bench, async (on) => {
      const [{ seq } = { seq: 0 }] = await on.selectFrom("events").select("seq").where("what", "=", "pruned").execute();
      await on.deleteFrom("unsealed").where("event_seq", "=", seq).execute();
      await on.deleteFrom("events").where("seq", "=", seq).execute();
    });
    assert.equal(named[0], "not-pruned");
  });

  test("names a request whose row was removed, although older ones were pruned", async () => {
    const bench = await pruned(fresh);
    const { db, kept } = bench;
    const [operation] = await db.selectFrom("operations").select("id").where("request_id", "=", kept).execute();
    await db
      .deleteFrom("attempts")
      .where("operation_id", "=", operation?.id ?? "")
      .execute();
    for (const table of ["posts", "operations"] as const)
      await db.deleteFrom(table).where("request_id", "=", kept).execute();
    await db.deleteFrom("requests").where("id", "=", kept).execute();
    assert.deepEqual(await audited(bench.store), [`request ${kept} state`]);
  });

  test("with LEDGER_KEY, finds a forged checkpoint that hides an event, and accepts the bot's own", async () => {
    const bench = await fresh();
    signWith(bench.db, key);
    const hidden = await bench.asked({ subMchid: "1900000501", approvalRule: { needed: 2 } });
    for (const by of ["UBOB", "UCAR"])
      await bench.requests.decide({ requestId: hidden, decision: "approve", by, origin: click });
    await bench.operations.conclude(await bench.claimed(), accepted, { kind: "succeed" });
    await age(bench);
    await bench.succeeded({ subMchid: "1900000501" });
    await show(bench);
    assert.equal((await pruneAll(bench)).requests, 1);
    assert.deepEqual(await audited(bench.store), []);
    const macs = await bench.db.selectFrom("macs").select("ref").where("kind", "=", "approval").execute();
    assert.equal(macs.length, 1, "those of the pruned approvals are gone");
    await sealAll(bench);
    const { position } = await bench.sealing.newest();
    await unguarded(bench.store, () =>
      bench.db.transaction().execute((on) => forgeCheckpoint(on, bench.clock.now(), position - 3)),
    );
    assert.ok((await audited(bench.store)).includes("MAC of event"));
  });

  test("finds nothing after the key was enabled, changed and disabled for a pruned ledger", async () => {
    const bench = await pruned(fresh);
    const at = { now: bench.clock.now(), instance: "us" };
    const other = createSecretKey(Buffer.from("another key for tests, of 32 bytes and more"));
    await replaceKey(bench.store, "key-enabled", key, at);
    assert.deepEqual(await audited(bench.store), []);
    await replaceKey(bench.store, "key-changed", other, at);
    assert.deepEqual(await audited(bench.store), []);
    await replaceKey(bench.store, "key-disabled", undefined, at);
    assert.deepEqual(await audited(bench.store), []);
  });

  test("finds an event that is not accounted for while earlier ones are pruned", async () => {
    const bench = await fresh();
    await bench.succeeded({ subMchid: "1900000701" });
    await age(bench);
    await bench.succeeded({ subMchid: "1900000701" });
    await show(bench);
    await sealAll(bench);
    const unlisted = { at: bench.clock.now(), actor: "UEVE", what: "approved", request_id: null, operation_id: null };
    await bench.db
      .insertInto("events")
      .values({ ...unlisted, detail_json: `{"v":${writerVersion}}`, origin: null })
      .execute();
    const meanwhile = afterPageOfEvents(() => bench.retention.pruneRequests({ retainMs, after: undefined }));
    const found = await verify(bench.db.withPlugin(meanwhile));
    assert.equal(await bench.count("requests"), 1, "one request should be pruned during the audit");
    assert.deepEqual([found.kind, found.kind === "unaccounted" && found.event.actor], ["unaccounted", "UEVE"]);
  });

  test("finds nothing while requests are pruned", async () => {
    const bench = await fresh();
    signWith(bench.db, key);
    const subMchids = Array.from({ length: 25 }, (_, n) => String(1_900_000_600 + n));
    for (const subMchid of subMchids) await bench.decided(await bench.asked({ subMchid }), "withdraw", "UASKER");
    await age(bench);
    let isPruning = true;
    const pruning = (async () => {
      for (const subMchid of subMchids) {
        await bench.asked({ subMchid });
        await show(bench);
        assert.equal((await pruneAll(bench)).requests, 1);
      }
      isPruning = false;
    })();
    const found: string[] = [];
    while (isPruning) {
      found.push(...(await audited(bench.store)));
      // Requests are submitted between turns of the event loop.
      await setImmediate();
    }
    await pruning;
    assert.deepEqual(found, []);
  });
});
