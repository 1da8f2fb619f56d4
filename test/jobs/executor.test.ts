/** The executor at work: side by side, paced, woken, tried again, and stopped. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { CallResult } from "../../src/domain/attempt-result.ts";
import { attemptsMax } from "../../src/domain/retry-policy.ts";
import { accepted, click, onEveryEngine, refused, serverError } from "../ledger/builders.ts";
import { heldBack, scene, times } from "./executor-builders.ts";

const sideBySide = 32;

onEveryEngine("the executor", (fresh) => {
  test("carries out what was approved, as it was asked for, and says that there is something to show", async (context) => {
    const bench = await fresh();
    const play = scene(bench, context);
    const requestId = await bench.approved({ subMchid: "1900000109", action: "CLOSE" });
    play.executor();
    await play.quiet();
    assert.deepEqual(play.calls, [{ subMchid: "1900000109", operationType: "CLOSE", endpoint: 0, at: 0 }]);
    const { state, operation } = await bench.request(requestId);
    assert.deepEqual([state, operation.state, operation.result], ["done", "succeeded", accepted]);
    assert.equal(play.changes, 1);
  });

  test("leaves alone what is undecided, rejected, or over", async (context) => {
    const bench = await fresh();
    const play = scene(bench, context);
    await bench.asked();
    await bench.decided(await bench.asked(), "reject");
    await bench.succeeded();
    play.executor();
    await play.pass(60_000);
    assert.deepEqual(play.calls, []);
  });

  test(`makes up to ${sideBySide} calls side by side, and the next as soon as one of them ends`, async (context) => {
    const bench = await fresh();
    const play = scene(bench, context);
    for (let i = 0; i < sideBySide + 2; i++) await bench.approved();
    const first = heldBack();
    const others = heldBack();
    play.executor({ answer: ({ nth }) => (nth === 1 ? first.answer() : others.answer()) });
    await play.pass(1_000);
    assert.equal(play.open.now, sideBySide);
    first.release();
    await play.quiet();
    assert.equal(play.calls.length, sideBySide + 1);
    others.release();
    await play.quiet();
    assert.equal(play.calls.length, sideBySide + 2);
    assert.equal(play.open.max, sideBySide);
  });

  test("keeps its pace, in even steps", async (context) => {
    const bench = await fresh();
    const play = scene(bench, context);
    for (let i = 0; i < 5; i++) await bench.approved();
    play.executor({ ratePerSecond: 10 });
    await play.pass(2_000);
    assert.deepEqual(times(play), [0, 100, 200, 300, 400]);
  });

  test("halves its pace when WeChat Pay says that it is too fast", async (context) => {
    const bench = await fresh();
    const play = scene(bench, context);
    for (let i = 0; i < 4; i++) await bench.approved();
    const tooFast: CallResult = { kind: "refused", fault: "rate-limited", status: 429, retryAfterMs: 60_000 };
    play.executor({ ratePerSecond: 10, answer: ({ nth }) => (nth === 1 ? tooFast : accepted) });
    await play.pass(2_000);
    assert.deepEqual(times(play), [0, 200, 400, 600]);
  });

  test("begins at once when it is woken, and by itself within a second", async (context) => {
    const bench = await fresh();
    const play = scene(bench, context);
    const worker = play.executor();
    await play.pass(400);
    await bench.approved();
    await play.quiet();
    assert.deepEqual(times(play), []);
    worker.wake();
    await play.quiet();
    assert.deepEqual(times(play), [400]);
    await bench.approved();
    await play.pass(1_000);
    assert.equal(play.calls.length, 2);
  });

  test("looks once more when it is woken during a look", async (context) => {
    const bench = await fresh();
    const play = scene(bench, context);
    let looks = 0;
    const worker = play.executor({
      operations: {
        async claimDue(claim) {
          const claimed = await bench.operations.claimDue(claim);
          if (looks++ === 0) {
            await bench.approved();
            worker.wake();
          }
          return claimed;
        },
      },
    });
    await play.quiet();
    assert.deepEqual(times(play), [0]);
  });
});

onEveryEngine("a call that fails", (fresh) => {
  test("is made again after waits that double, until the round is over", async (context) => {
    const bench = await fresh();
    const play = scene(bench, context);
    const requestId = await bench.approved();
    play.executor({ answer: () => serverError });
    await play.pass(120_000);
    // Half a second, doubled each time: there is no chance in this world.
    assert.deepEqual(times(play), [0, 500, 1_500, 3_500, 7_500, 15_500]);
    assert.equal(play.calls.length, attemptsMax);
    const { state, operation } = await bench.request(requestId);
    assert.deepEqual([state, operation.state, operation.result], ["done", "failed", serverError]);
  });

  test("is made again at the other endpoint when nobody answers there, the first time at once", async (context) => {
    const bench = await fresh();
    const play = scene(bench, context);
    const requestId = await bench.approved();
    const gone: CallResult = { kind: "unreachable", why: "refused", mayHaveActed: false };
    play.executor({ answer: ({ nth }) => (nth < 4 ? gone : accepted) });
    await play.pass(10_000);
    assert.deepEqual(
      play.calls.map(({ endpoint }) => endpoint),
      [0, 1, 2, 3],
    );
    assert.deepEqual(times(play), [0, 0, 1_000, 3_000]);
    assert.equal((await bench.request(requestId)).operation.state, "succeeded");
  });

  test("is not made again before the time that WeChat Pay asks for", async (context) => {
    const bench = await fresh();
    const play = scene(bench, context);
    await bench.approved();
    const tooFast: CallResult = { kind: "refused", fault: "rate-limited", status: 429, retryAfterMs: 7_000 };
    play.executor({ answer: ({ nth }) => (nth === 1 ? tooFast : accepted) });
    await play.pass(10_000);
    assert.deepEqual(times(play), [0, 7_000]);
  });

  test("is not made again where somebody has to act first, until a person says so", async (context) => {
    const bench = await fresh();
    const play = scene(bench, context);
    const requestId = await bench.approved();
    const worker = play.executor({ answer: ({ nth }) => (nth === 1 ? refused : accepted) });
    await play.pass(60_000);
    assert.deepEqual(times(play), [0]);
    await bench.operations.retry({ requestId, round: 1, by: "UASKER", origin: click });
    worker.wake();
    await play.quiet();
    assert.deepEqual(times(play), [0, 60_000]);
    assert.equal((await bench.request(requestId)).operation.state, "succeeded");
  });

  test("does not hold up the others", async (context) => {
    const bench = await fresh();
    const play = scene(bench, context);
    const failing = await bench.approved({ subMchid: "13" });
    for (let i = 0; i < 3; i++) await bench.approved();
    play.executor({ answer: ({ subMchid }) => (subMchid === "13" ? serverError : accepted) });
    await play.quiet();
    assert.equal(play.calls.length, 4);
    assert.equal((await bench.request(failing)).operation.state, "queued");
  });
});

onEveryEngine("stopping the executor", (fresh) => {
  test("waits for the calls that are under way, writes down their outcome, and begins no other", async (context) => {
    const bench = await fresh();
    const play = scene(bench, context);
    const requestId = await bench.approved();
    const call = heldBack();
    const worker = play.executor({ answer: call.answer });
    await play.quiet();
    let isStopped = false;
    const stopped = worker.stop().then(() => {
      isStopped = true;
    });
    await bench.approved();
    await play.pass(5_000);
    assert.equal(isStopped, false);
    call.release();
    await stopped;
    assert.equal((await bench.request(requestId)).operation.state, "succeeded");
    worker.wake();
    await play.pass(5_000);
    assert.equal(play.calls.length, 1);
  });

  test("is quick when there is nothing to wait for", async (context) => {
    const play = scene(await fresh(), context);
    const worker = play.executor();
    await play.quiet();
    await worker.stop();
    assert.deepEqual(play.calls, []);
  });
});
