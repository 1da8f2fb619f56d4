/** The executor at work: parallel calls, the rate limit, waking, retries, and stopping. */
import assert from "node:assert/strict";
import { createSecretKey } from "node:crypto";
import { test } from "node:test";
import { pino } from "pino";
import type { CallResult } from "../../src/domain/attempt-result.ts";
import { attemptsMax } from "../../src/domain/retry-policy.ts";
import { signWith } from "../../src/ledger/audit/keys/macs.ts";
import { accepted, click, onEveryEngine, refused, serverError } from "../ledger/builders.ts";
import { heldBack, scene, times } from "./executor-builders.ts";

const inParallel = 256;

onEveryEngine("the executor", (fresh) => {
  test("carries out an approved request as submitted, and reports the change", async (context) => {
    const bench = await fresh();
    const play = scene(bench, context);
    const requestId = await bench.approved({ subMchid: "1900000109", action: "CLOSE" });
    play.executor();
    await play.quiet();
    assert.deepEqual(play.calls, [
      { step: "receipt", subMchid: "1900000109", operationType: "CLOSE", endpoint: 0, at: 0 },
    ]);
    const { state, operation } = await bench.request(requestId);
    assert.deepEqual([state, operation.state, operation.result], ["done", "succeeded", accepted]);
    assert.equal(play.changes, 1);
  });

  test("ignores requests that are undecided, rejected, or done", async (context) => {
    const bench = await fresh();
    const play = scene(bench, context);
    await bench.asked();
    await bench.decided(await bench.asked(), "reject");
    await bench.succeeded();
    play.executor();
    await play.pass(60_000);
    assert.deepEqual(play.calls, []);
  });

  test("with LEDGER_KEY, makes no call for an approval that someone wrote into the database, and reports it", async (context) => {
    const bench = await fresh();
    signWith(bench.db, createSecretKey(Buffer.from("a key for tests, of 32 bytes and more")));
    context.after(() => signWith(bench.db, undefined));
    const play = scene(bench, context);
    await bench.approved({ subMchid: "1900000109" });
    const forged = await bench.asked({ subMchid: "1900000110" });
    const approved = { state: "approved", decided_by: "UAPPROVER", decided_at: 0 } as const;
    await bench.db.updateTable("requests").set(approved).where("id", "=", forged).execute();
    const queued = { state: "queued", due_at: 0 } as const;
    await bench.db.updateTable("operations").set(queued).where("request_id", "=", forged).execute();
    const lines: string[] = [];
    play.executor({ log: pino({ level: "error" }, { write: (line: string) => lines.push(line) }) });
    await play.pass(60_000);
    assert.deepEqual(
      play.calls.map(({ subMchid }) => subMchid),
      ["1900000109"],
    );
    const { state, operation } = await bench.request(forged);
    assert.deepEqual([state, operation.state, operation.result], ["done", "failed", { kind: "unapproved" }]);
    assert.match(lines.join(""), /"subMchid":"1900000110".*the approval cannot be verified/);
  });

  test(`makes up to ${inParallel} calls in parallel, and the next soon after one of them ends`, async (context) => {
    const bench = await fresh();
    const play = scene(bench, context);
    for (let i = 0; i < inParallel + 2; i++) await bench.approved();
    const first = heldBack();
    const others = heldBack();
    play.executor({ answer: ({ nth }) => (nth === 1 ? first.answer() : others.answer()) });
    await play.pass(1_000);
    assert.equal(play.open.now, inParallel);
    first.release();
    await play.pass(20);
    assert.equal(play.calls.length, inParallel + 1);
    others.release();
    await play.quiet();
    assert.equal(play.calls.length, inParallel + 2);
    assert.equal(play.open.max, inParallel);
  });

  test("keeps its rate, in even steps", async (context) => {
    const bench = await fresh();
    const play = scene(bench, context);
    for (let i = 0; i < 5; i++) await bench.approved();
    play.executor({ ratePerSecond: 10 });
    await play.pass(2_000);
    assert.deepEqual(times(play), [0, 100, 200, 300, 400]);
  });

  test("halves its rate when WeChat Pay reports too many calls", async (context) => {
    const bench = await fresh();
    const play = scene(bench, context);
    for (let i = 0; i < 4; i++) await bench.approved();
    const tooFast: CallResult = { kind: "refused", fault: "rate-limited", status: 429, retryAfterMs: 60_000 };
    play.executor({ ratePerSecond: 10, answer: ({ nth }) => (nth === 1 ? tooFast : accepted) });
    await play.pass(2_000);
    assert.deepEqual(times(play), [0, 200, 400, 600]);
  });

  test("starts at once when it is woken, and otherwise within a second", async (context) => {
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

  test("polls once more when it is woken during a poll", async (context) => {
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
  test("is repeated after waits that double, until the round is over", async (context) => {
    const bench = await fresh();
    const play = scene(bench, context);
    const requestId = await bench.approved();
    play.executor({ answer: () => serverError });
    await play.pass(120_000);
    // Half a second, doubled each time: nothing is random in these tests.
    assert.deepEqual(times(play), [0, 500, 1_500, 3_500, 7_500, 15_500]);
    assert.equal(play.calls.length, attemptsMax);
    const { state, operation } = await bench.request(requestId);
    assert.deepEqual([state, operation.state, operation.result], ["done", "failed", serverError]);
  });

  test("is repeated at the other endpoint if there is no answer, the first time at once", async (context) => {
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

  test("is not repeated before the time that WeChat Pay asks for", async (context) => {
    const bench = await fresh();
    const play = scene(bench, context);
    await bench.approved();
    const tooFast: CallResult = { kind: "refused", fault: "rate-limited", status: 429, retryAfterMs: 7_000 };
    play.executor({ answer: ({ nth }) => (nth === 1 ? tooFast : accepted) });
    await play.pass(10_000);
    assert.deepEqual(times(play), [0, 7_000]);
  });

  test("is not repeated if someone has to act first, until someone retries it", async (context) => {
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

  test("does not delay the others", async (context) => {
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
  test("waits for running calls, records their outcome, and starts no others", async (context) => {
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

  test("is quick when no calls are running", async (context) => {
    const play = scene(await fresh(), context);
    const worker = play.executor();
    await play.quiet();
    await worker.stop();
    assert.deepEqual(play.calls, []);
  });
});
