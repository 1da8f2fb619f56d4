/** Results in sets: they share transactions, each counts by its own lease, and none takes another down. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { AttemptResult } from "../../../src/domain/attempt-result.ts";
import type { ClaimedAttempt } from "../../../src/ledger/operations/operations.ts";
import { accepted, atOnce, type Bench, counted, leaseMs, onEveryEngine, refused, serverError } from "../builders.ts";

const unverified: AttemptResult = { kind: "unverified", why: "wrong-signature", status: 200 };
const succeed = { kind: "succeed" } as const;

/** Claimed attempts of this many requests, in the order of their submission. */
async function claimedOf(bench: Bench, count: number): Promise<ClaimedAttempt[]> {
  for (let i = 0; i < count; i++) await bench.approved();
  const attempts = await bench.claim(count);
  assert.equal(attempts.length, count);
  return attempts;
}

onEveryEngine("results that arrive at once", (fresh, { name, engine }) => {
  /** On SQLite, the first does not wait for the others, because transactions share commits there. */
  const firstAlone = engine === "sqlite" ? 1 : 0;

  test("share a transaction", async () => {
    const bench = await fresh();
    const attempts = await claimedOf(bench, 12);
    const { operations, transactions } = counted(bench);
    const concluded = await Promise.all(attempts.map((attempt) => operations.conclude(attempt, accepted, succeed)));
    assert.deepEqual(new Set(concluded), new Set(["concluded"]));
    assert.equal(transactions(), firstAlone + 1);
    for (const { requestId } of attempts) {
      assert.equal((await bench.request(requestId)).state, "done");
      const ends = ["attempt-started", "attempt-ended", "operation-succeeded", "request-done"];
      assert.deepEqual(await bench.events(requestId), ["asked", "approved", ...ends]);
    }
  });

  test("take several transactions if they are many", async () => {
    const bench = await fresh();
    const subMchids = Array.from({ length: 320 }, (_, i) => String(1_800_000_000 + i));
    const requestId = await bench.approved({ subMchids });
    const attempts = await bench.claim(320);
    const { operations, transactions } = counted(bench);
    await Promise.all(attempts.map((attempt) => operations.conclude(attempt, accepted, succeed)));
    assert.equal(transactions(), firstAlone + 3);
    const { counts, state } = await bench.request(requestId);
    assert.deepEqual([state, counts.open, counts.succeeded], ["done", 0, 320]);
  });

  test("count each by its own lease: one that was taken over is lost, and changes nothing else", async () => {
    const bench = await fresh();
    const [late, ...others] = await claimedOf(bench, 4);
    assert.ok(late);
    bench.clock.advance(leaseMs);
    const heir = await bench.claim(1);
    assert.deepEqual(
      heir.map(({ operationId }) => operationId),
      [late.operationId],
    );
    const [first, ...rest] = others;
    assert.ok(first);
    const concluded = await Promise.all(
      [first, late, ...rest].map((attempt) => bench.operations.conclude(attempt, accepted, succeed)),
    );
    assert.deepEqual(concluded, ["concluded", "lost", "concluded", "concluded"]);
    const { state, operation } = await bench.request(late.requestId);
    assert.deepEqual([state, operation.state], ["approved", "running"]);
    assert.equal((await bench.events(late.requestId)).at(-1), "attempt-overtaken");
    for (const { requestId } of others) assert.equal((await bench.request(requestId)).state, "done");
  });

  test("do not take each other down: one that the ledger refuses fails alone, and can be tried again", async () => {
    const bench = await fresh();
    const attempts = await claimedOf(bench, 5);
    const bad = attempts[2];
    assert.ok(bad);
    const setState = (state: "expired" | "approved") =>
      bench.db.updateTable("requests").set({ state }).where("id", "=", bad.requestId).execute();
    await setState("expired");
    const conclude = (attempt: ClaimedAttempt) => bench.operations.conclude(attempt, accepted, succeed);
    const settled = await Promise.allSettled(attempts.map(conclude));
    assert.deepEqual(
      settled.map(({ status }) => status),
      ["fulfilled", "fulfilled", "rejected", "fulfilled", "fulfilled"],
    );
    for (const { requestId } of attempts)
      assert.equal((await bench.request(requestId)).state, requestId === bad.requestId ? "expired" : "done");
    await setState("approved");
    assert.equal(await conclude(bad), "concluded");
    assert.equal((await bench.request(bad.requestId)).state, "done");
  });

  test("of one bulk request are counted together, whatever they are, and its outcome is shown once", async () => {
    const bench = await fresh();
    const subMchids = Array.from({ length: 6 }, (_, i) => String(1_800_000_000 + i));
    const requestId = await bench.approved({ subMchids });
    const attempts = await bench.claim(6);
    const again = { kind: "again", dueAt: bench.clock.now(), endpoint: 1 } as const;
    const results = [
      [accepted, succeed],
      [refused, { kind: "fail" }],
      [unverified, { kind: "fail" }],
      [serverError, again],
      [accepted, succeed],
      [accepted, succeed],
    ] as const;
    await Promise.all(
      results.map(([result, next], i) => bench.operations.conclude(attempts[i] as ClaimedAttempt, result, next)),
    );
    const counts = async () => {
      const { state, counts } = await bench.request(requestId);
      return [state, counts.open, counts.succeeded, counts.failed, counts.uncertain];
    };
    assert.deepEqual(await counts(), ["approved", 1, 3, 2, 1]);
    const last = await bench.claimed();
    assert.deepEqual([last.number, last.endpoint], [2, 1]);
    await bench.operations.conclude(last, accepted, succeed);
    assert.deepEqual(await counts(), ["done", 0, 4, 2, 1]);
    const events = await bench.events(requestId);
    assert.equal(events.filter((what) => what === "request-done").length, 1);
    const posts = await bench.db.selectFrom("posts").select("kind").where("request_id", "=", requestId).execute();
    assert.deepEqual(posts.map(({ kind }) => kind).sort(), ["list", "message", "outcome", "results"]);
  });

  test("of one operation are taken one after the other", async () => {
    const bench = await fresh();
    const [late, other] = await claimedOf(bench, 2);
    assert.ok(late && other);
    bench.clock.advance(leaseMs);
    const [heir] = await bench.claim(1);
    assert.ok(heir);
    const concluded = await Promise.all([
      bench.operations.conclude(other, accepted, succeed),
      bench.operations.conclude(late, refused, { kind: "fail" }),
      bench.operations.conclude(heir, accepted, succeed),
    ]);
    assert.deepEqual(concluded, ["concluded", "lost", "concluded"]);
    assert.equal((await bench.request(late.requestId)).operation.state, "succeeded");
  });

  test("in several instances are recorded independently", async () => {
    const bench = await fresh();
    const subMchids = (from: number) => Array.from({ length: 20 }, (_, i) => String(1_800_000_000 + from + i));
    const requestIds = [
      await bench.approved({ subMchids: subMchids(0) }),
      await bench.approved({ subMchids: subMchids(20) }),
    ];
    const attempts = await bench.claim(40);
    const instances = await atOnce(4, async () => counted(bench).operations);
    await Promise.all(
      attempts.map((attempt, i) => (instances[i % 4] ?? bench.operations).conclude(attempt, accepted, succeed)),
    );
    for (const requestId of requestIds) {
      const { state, counts } = await bench.request(requestId);
      assert.deepEqual([state, counts.open, counts.succeeded], ["done", 0, 20]);
    }
  });

  test("do not wait for long for one that the database keeps waiting", {
    skip: name !== "PostgreSQL" && "SQLite has one writer at a time",
  }, async () => {
    const bench = await fresh();
    const [slow, quick] = await claimedOf(bench, 2);
    assert.ok(slow && quick);
    const isLocked = Promise.withResolvers<void>();
    const isOver = Promise.withResolvers<void>();
    const holder = bench.db.transaction().execute(async (transaction) => {
      await transaction.updateTable("requests").set({ attend_at: 0 }).where("id", "=", slow.requestId).execute();
      isLocked.resolve();
      await isOver.promise;
    });
    await isLocked.promise;
    const slowOne = bench.operations.conclude(slow, accepted, succeed);
    const quickOne = bench.operations.conclude(quick, accepted, succeed);
    bench.clock.advance(1_000);
    assert.equal(await quickOne, "concluded");
    assert.equal((await bench.request(slow.requestId)).state, "approved");
    isOver.resolve();
    await holder;
    assert.equal(await slowOne, "concluded");
  });
});
