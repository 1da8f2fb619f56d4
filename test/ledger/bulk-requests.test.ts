/** Bulk requests: submitted and decided as a whole, carried out one by one, stopped and retried. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { subMchidsMax } from "../../src/parsing/number-list/sub-mchid.ts";
import { unguarded } from "../storage/engines.ts";
import { accepted, aRequest, atOnce, type Bench, click, hourMs, leaseMs, onEveryEngine, refused } from "./builders.ts";

const numbers = (count: number, from = 1_900_000_000) => Array.from({ length: count }, (_, nth) => String(from + nth));
const unknownMerchant = { kind: "refused", fault: "sub-merchant-unknown", status: 400 } as const;

async function ended(bench: Bench, count: number, result: Parameters<Bench["operations"]["conclude"]>[1]) {
  for (const attempt of await bench.claim(count))
    await bench.operations.conclude(attempt, result, { kind: result.kind === "accepted" ? "succeed" : "fail" });
}

onEveryEngine("a bulk request", (fresh) => {
  test("has one operation for each sub-merchant, in the order of their numbers", async () => {
    const bench = await fresh();
    const requestId = await bench.asked({ subMchids: ["1900000111", "900000109", "1900000109"] });
    const { counts, operation, state } = await bench.request(requestId);
    assert.deepEqual(counts, { total: 3, excluded: 0, open: 3, succeeded: 0, failed: 0, uncertain: 0, cancelled: 0 });
    assert.deepEqual([state, operation.subMchid], ["pending", "900000109"]);
    assert.deepEqual(await bench.bulk.firstNumbers(requestId, 9), ["900000109", "1900000109", "1900000111"]);
    assert.equal(await bench.count("requests"), 1);
  });

  test(`can have ${subMchidsMax} sub-merchants`, async () => {
    const bench = await fresh();
    const requestId = await bench.asked({ subMchids: numbers(subMchidsMax) });
    assert.equal(await bench.count("operations"), subMchidsMax);
    await bench.decided(requestId, "approve");
    assert.equal((await bench.claim(8)).length, 8);
  });

  test("skips sub-merchants with an open request, reports them, and is refused if none remain", async () => {
    const bench = await fresh();
    const first = await bench.asked({ subMchid: "1900000001" });
    const answer = await bench.requests.submit(aRequest({ subMchids: numbers(3) }));
    assert.deepEqual(answer.kind === "recorded" && answer.skipped, ["1900000001"]);
    assert.equal(answer.kind === "recorded" && (await bench.request(answer.requestId)).counts.total, 2);
    const again = await bench.requests.submit(aRequest({ subMchids: ["1900000001", "1900000002"] }));
    assert.equal(again.kind === "open-already" && again.request.id, first);
    assert.equal(await bench.count("requests"), 2);
  });

  test("submitted by several people at once puts no sub-merchant into two open requests", async () => {
    const bench = await fresh();
    const answers = await atOnce(6, (nth) =>
      bench.requests.submit(aRequest({ subMchids: nth % 2 === 0 ? numbers(50) : numbers(50).reverse() })),
    );
    assert.equal(answers.filter(({ kind }) => kind === "recorded").length, 1);
    assert.equal(await bench.count("operations"), 50);
  });

  test("is rejected as a whole, which frees every number", async () => {
    const bench = await fresh();
    const requestId = await bench.asked({ subMchids: numbers(3) });
    const { counts } = await bench.decided(requestId, "reject");
    assert.deepEqual(counts, { total: 3, excluded: 0, open: 0, succeeded: 0, failed: 0, uncertain: 0, cancelled: 3 });
    assert.equal((await bench.requests.submit(aRequest({ subMchids: numbers(3) }))).kind, "recorded");
  });

  test("is done when every operation has ended, in any order and however many end at once", async () => {
    const bench = await fresh();
    const requestId = await bench.approved({ subMchids: numbers(12) });
    const attempts = await bench.claim(12);
    await atOnce(12, (nth) => {
      const attempt = attempts[nth] ?? assert.fail();
      const isRefused = nth % 3 === 0;
      return bench.operations.conclude(attempt, isRefused ? refused : accepted, {
        kind: isRefused ? "fail" : "succeed",
      });
    });
    const { state, counts } = await bench.request(requestId);
    assert.equal(state, "done");
    assert.deepEqual(counts, { total: 12, excluded: 0, open: 0, succeeded: 8, failed: 4, uncertain: 0, cancelled: 0 });
    const events = await bench.events(requestId);
    assert.equal(events.filter((what) => what === "request-done").length, 1);
    assert.equal(events.at(-1), "request-done");
    const kinds = (await bench.db.selectFrom("posts").select("kind").orderBy("id").execute()).map(({ kind }) => kind);
    assert.deepEqual(kinds, ["list", "message", "outcome", "results"]);
  });

  test("does not delay requests for a single sub-merchant", async () => {
    const bench = await fresh();
    await bench.approved({ subMchids: numbers(20) });
    bench.clock.advance(1_000);
    await bench.approved({ subMchid: "1800000000" });
    assert.equal((await bench.claim(1))[0]?.subMchid, "1800000000");
  });

  test("does not delay operations that another instance abandoned", async () => {
    const bench = await fresh();
    await bench.approved({ subMchids: numbers(20) });
    const [left] = await bench.claim(1);
    bench.clock.advance(leaseMs);
    assert.equal((await bench.claim(1))[0]?.operationId, left?.operationId);
  });

  test("that is stopped cancels operations that have not started, lets the others end, and is then done", async () => {
    const bench = await fresh();
    const requestId = await bench.approved({ subMchids: numbers(10) });
    await ended(bench, 3, accepted);
    const running = await bench.claim(2);
    const again = { kind: "again", dueAt: bench.clock.now() + 500, endpoint: 0 } as const;
    await bench.operations.conclude(running[0] ?? assert.fail(), refused, again);
    const stopped = await bench.requests.stop({ requestId, by: "UAPPROVER", origin: click });
    assert.equal(stopped.kind, "stopped");
    const open = await bench.request(requestId);
    assert.deepEqual(
      [open.state, open.stopped?.by, open.counts.open, open.counts.cancelled],
      ["approved", "UAPPROVER", 2, 5],
    );
    assert.equal((await bench.requests.stop({ requestId, by: "UOTHER", origin: click })).kind, "too-late");
    await bench.operations.conclude(running[1] ?? assert.fail(), accepted, { kind: "succeed" });
    bench.clock.advance(500);
    await ended(bench, 8, accepted);
    const done = await bench.request(requestId);
    assert.deepEqual(
      [done.state, done.counts],
      ["done", { total: 10, excluded: 0, open: 0, succeeded: 5, failed: 0, uncertain: 0, cancelled: 5 }],
    );
    const notStarted = await bench.bulk.results(requestId, { of: "not-started", afterSeq: 0, max: 9 });
    assert.deepEqual(
      notStarted.map(({ subMchid }) => subMchid),
      numbers(10).slice(5),
    );
    const posts = bench.db.selectFrom("posts").select("round").where("kind", "=", "not-started");
    assert.equal((await posts.executeTakeFirstOrThrow()).round, 1);
    assert.equal((await bench.requests.submit(aRequest({ subMchids: numbers(10) }))).kind, "recorded");
  });

  test("whose stop someone has damaged in the database can still be read", async () => {
    const bench = await fresh();
    const requestId = await bench.approved({ subMchids: numbers(3) });
    await bench.requests.stop({ requestId, by: "UAPPROVER", origin: click });
    await unguarded(bench.store, () =>
      bench.db.updateTable("events").set({ detail_json: "{" }).where("what", "=", "stopped").execute(),
    );
    const { stopped, notStarted } = await bench.request(requestId);
    assert.deepEqual([stopped?.by, stopped?.cancelled, notStarted.stopped], ["UAPPROVER", 0, 0]);
  });

  test("that is stopped before any operation has started is done at once", async () => {
    const bench = await fresh();
    const requestId = await bench.approved({ subMchids: numbers(3) });
    await bench.requests.stop({ requestId, by: "UAPPROVER", origin: click });
    const { state, counts, endedAt } = await bench.request(requestId);
    assert.deepEqual([state, counts.cancelled, endedAt], ["done", 3, bench.clock.now()]);
    assert.equal((await bench.events(requestId)).at(-1), "stopped");
  });

  test("retries only failed operations, at once, and once for each round", async () => {
    const bench = await fresh();
    const requestId = await bench.approved({ subMchids: numbers(6) });
    await ended(bench, 2, accepted);
    await ended(bench, 3, refused);
    await ended(bench, 1, unknownMerchant);
    const [noAuth, unknown, ...others] = await bench.bulk.failures(requestId, { groups: 5, samples: 2 });
    assert.deepEqual([noAuth?.topic, noAuth?.count, noAuth?.first.length], ["no-auth", 3, 2]);
    assert.deepEqual(noAuth?.example, refused);
    assert.deepEqual([unknown?.topic, unknown?.count, others], ["sub-merchant-unknown", 1, []]);
    assert.equal(await bench.bulk.retryable(requestId), 3);
    const retries = await atOnce(4, (nth) =>
      bench.operations.retry({ requestId, round: 1, by: `U${nth}`, origin: click }),
    );
    assert.equal(retries.filter(({ kind }) => kind === "retried").length, 1);
    const open = await bench.request(requestId);
    assert.deepEqual(open.counts, {
      total: 6,
      excluded: 0,
      open: 3,
      succeeded: 2,
      failed: 1,
      uncertain: 0,
      cancelled: 0,
    });
    await ended(bench, 8, accepted);
    const done = await bench.request(requestId);
    assert.deepEqual([done.state, done.round, done.counts.succeeded, done.counts.failed], ["done", 2, 5, 1]);
    assert.equal((await bench.operations.retry({ requestId, round: 2, by: "U1", origin: click })).kind, "too-late");
    assert.equal((await bench.request(requestId)).round, 2);
  });

  test("counts the operations that ended recently, and after a retry only those of the later round", async () => {
    const bench = await fresh();
    const requestId = await bench.approved({ subMchids: numbers(6) });
    await ended(bench, 2, accepted);
    bench.clock.advance(5_000);
    const later = bench.clock.now();
    await ended(bench, 1, accepted);
    await ended(bench, 1, refused);
    assert.deepEqual(await bench.bulk.endedSince(requestId, 0, false), { count: 4, firstAt: later - 5_000 });
    assert.deepEqual(await bench.bulk.endedSince(requestId, later, false), { count: 2, firstAt: later });
    await ended(bench, 2, refused);
    await bench.operations.retry({ requestId, round: 1, by: "UASKER", origin: click });
    assert.deepEqual(await bench.bulk.endedSince(requestId, 0, true), { count: 0, firstAt: 0 });
    bench.clock.advance(1_000);
    await ended(bench, 2, accepted);
    assert.deepEqual(await bench.bulk.endedSince(requestId, 0, true), { count: 2, firstAt: later + 1_000 });
  });

  test("does not retry operations that a later request has superseded", async () => {
    const bench = await fresh();
    const requestId = await bench.approved({ subMchids: numbers(2) });
    await ended(bench, 2, refused);
    await bench.succeeded({ subMchid: "1900000000", action: "CLOSE" });
    assert.equal(await bench.bulk.retryable(requestId), 1);
    await bench.operations.retry({ requestId, round: 1, by: "UASKER", origin: click });
    assert.deepEqual(
      (await bench.claim(8)).map(({ subMchid }) => subMchid),
      ["1900000001"],
    );
  });

  test("offers Retry for numbers in another pending request, but does not retry them", async () => {
    const bench = await fresh();
    const requestId = await bench.approved({ subMchids: numbers(2) });
    await ended(bench, 2, refused);
    await bench.asked({ subMchid: "1900000000", action: "CLOSE" });
    assert.equal(await bench.bulk.retryable(requestId), 2);
    await bench.operations.retry({ requestId, round: 1, by: "UASKER", origin: click });
    assert.deepEqual(
      (await bench.claim(8)).map(({ subMchid }) => subMchid),
      ["1900000001"],
    );
  });

  test("of which all but one are skipped counts as a request for one", async () => {
    const bench = await fresh();
    await bench.asked({ subMchid: "1900000000" });
    const requestId = await bench.approved({ subMchids: numbers(2) });
    assert.deepEqual(
      (await bench.claim(8)).map(({ subMchid, isOneOfMany }) => [subMchid, isOneOfMany]),
      [["1900000001", false]],
    );
    assert.equal((await bench.request(requestId)).counts.total, 1);
  });

  test("shows the previous results of its sub-merchants before the decision", async () => {
    const bench = await fresh();
    const at = bench.clock.now();
    await bench.succeeded({ subMchid: "1900000000" });
    await bench.succeeded({ subMchid: "1900000001", action: "CLOSE" });
    await bench.failed({ subMchid: "1900000002" });
    await bench.decided(await bench.asked({ subMchid: "1900000003" }), "reject");
    bench.clock.advance(hourMs);
    await bench.succeeded({ subMchid: "1900000001" });
    await bench.succeeded({ subMchid: "1900000004" });
    const requestId = await bench.asked({ subMchids: numbers(5) });
    const change = { action: "OPEN", object: "receipt" };
    const unnamed = { name: undefined, isUnlisted: false };
    assert.deepEqual(await bench.bulk.previousResults(requestId, 2), [
      {
        kind: "set",
        change,
        count: 3,
        first: [
          { subMchid: "1900000000", ...unnamed, at },
          { subMchid: "1900000001", ...unnamed, at: at + hourMs },
        ],
      },
      { kind: "failed", change, topic: "no-auth", count: 1, first: [{ subMchid: "1900000002", ...unnamed, at }] },
    ]);
    assert.deepEqual(
      (await bench.bulk.previousResults(requestId, 9)).map(({ first }) => first.length),
      [3, 1],
    );
  });
});
