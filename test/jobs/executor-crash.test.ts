/** The executor after faults: a crash, a database that is down, a call that throws, a machine that slept. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { attemptsMax, begunMax } from "../../src/domain/retry-policy.ts";
import {
  accepted,
  type Bench,
  click,
  hourMs,
  leaseMs,
  onEveryEngine,
  refused,
  serverError,
} from "../ledger/builders.ts";
import { callLimitMs, executorLeaseMs, heldBack, scene, times } from "./executor-builders.ts";

const away = () => Promise.reject(new Error("the database is away"));

onEveryEngine("two executors", (fresh) => {
  test("on one ledger make each call once", async (context) => {
    const bench = await fresh();
    const play = scene(bench, context);
    for (let i = 0; i < 40; i++) await bench.approved();
    play.executor();
    play.executor();
    await play.pass(1_000);
    assert.equal(play.calls.length, 40);
    assert.equal(new Set(play.calls.map((call) => call.subMchid)).size, 40);
    const states = await bench.db.selectFrom("requests").select("state").distinct().execute();
    assert.deepEqual(
      states.map((row) => row.state),
      ["done"],
    );
  });

  test("share one rate, and slow down together", async (context) => {
    const bench = await fresh();
    const play = scene(bench, context);
    for (let i = 0; i < 30; i++) await bench.approved();
    play.executor({ ratePerSecond: 10 });
    play.executor({ ratePerSecond: 10 });
    await play.pass(1_000);
    assert.deepEqual(times(play), [0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1_000]);
    await bench.operations.slowDown({ perSecond: 10, burst: 1 });
    await play.pass(1_000);
    assert.deepEqual(times(play).slice(11), [1_200, 1_400, 1_600, 1_800, 2_000]);
  });

  test("replace each other: when a lease ends, the other executor carries out the operation", async (context) => {
    const bench = await fresh();
    const play = scene(bench, context);
    const requestId = await bench.approved();
    const { answer, release } = heldBack();
    const crashed = play.executor({ answer });
    await play.quiet();
    crashed.stop();
    play.executor({ answer: () => refused });
    await play.pass(executorLeaseMs - 1);
    assert.deepEqual(times(play), [0]);
    await play.pass(1);
    assert.deepEqual(times(play), [0, executorLeaseMs]);
    const decided = await bench.request(requestId);
    assert.deepEqual([decided.state, decided.operation.state, decided.operation.attempts], ["done", "failed", 2]);

    // It was not dead, only very slow: its answer arrives too late to count.
    release(accepted);
    await play.quiet();
    assert.deepEqual(await bench.request(requestId), decided);
    assert.equal((await bench.events(requestId)).at(-1), "attempt-overtaken");
  });
});

onEveryEngine("a call that kills its instance", (fresh) => {
  const dies = () => Promise.reject(new Error("the process ends here"));

  /** This many instances died in a row, each right after it started the attempt; then its lease ended. */
  async function died(bench: Bench, times: number): Promise<void> {
    for (let nth = 0; nth < times; nth++) {
      await bench.claimed();
      bench.clock.advance(leaseMs);
    }
  }

  test("is repeated when its lease ends, up to a maximum, and then its result is unknown", async (context) => {
    const bench = await fresh();
    const play = scene(bench, context);
    const requestId = await bench.approved();
    await died(bench, begunMax - 2);
    const worker = play.executor({ answer: ({ nth }) => (nth <= 2 ? dies() : accepted) });
    await play.pass(2 * executorLeaseMs - 1);
    assert.equal((await bench.request(requestId)).operation.state, "running");
    await play.pass(1);
    const { state, counts, operation } = await bench.request(requestId);
    assert.deepEqual([state, operation.state, operation.result], ["done", "failed", { kind: "unfinished" }]);
    assert.deepEqual([counts.open, counts.failed], [0, 1]);
    assert.deepEqual((await bench.events(requestId)).slice(-3), ["attempt-ended", "operation-failed", "request-done"]);
    assert.deepEqual(await bench.operations.resultOfRound(operation.id, 1), {
      result: { kind: "unfinished" },
      step: "receipt",
    });
    assert.equal(counts.uncertain, 1);
    const { entries } = await bench.history.requests({ failed: true });
    assert.deepEqual(
      entries.map((entry) => entry.operation.result),
      [{ kind: "unfinished" }],
    );
    await play.pass(2 * executorLeaseMs);
    assert.deepEqual(
      times(play),
      [0, executorLeaseMs].map((ms) => ms + (begunMax - 2) * leaseMs),
    );

    await bench.operations.retry({ requestId, round: 1, by: "UASKER", origin: click });
    worker.wake();
    await play.quiet();
    assert.equal((await bench.request(requestId)).operation.state, "succeeded");
  });

  test("succeeds if its last attempt survives", async (context) => {
    const bench = await fresh();
    const play = scene(bench, context);
    const requestId = await bench.approved();
    await died(bench, begunMax - 1);
    play.executor();
    await play.quiet();
    assert.equal((await bench.request(requestId)).operation.state, "succeeded");
  });

  test("counts its deaths, so that a temporary failure is then not retried", async (context) => {
    const bench = await fresh();
    const play = scene(bench, context);
    const requestId = await bench.approved();
    await died(bench, attemptsMax - 1);
    play.executor({ answer: () => serverError });
    await play.quiet();
    const { state, operation } = await bench.request(requestId);
    assert.deepEqual([state, operation.attempts, operation.result], ["done", attemptsMax, serverError]);
  });

  test("and is answered after all has its answer recorded, but its reported result does not change", async (context) => {
    const bench = await fresh();
    const play = scene(bench, context);
    const requestId = await bench.approved();
    await died(bench, begunMax - 1);
    const late = heldBack();
    const slow = play.executor({ answer: late.answer });
    await play.quiet();
    slow.stop();
    play.executor();
    await play.pass(executorLeaseMs);
    const told = await bench.request(requestId);
    assert.deepEqual(told.operation.result, { kind: "unfinished" });
    late.release(accepted);
    await play.quiet();
    assert.deepEqual(await bench.request(requestId), told);
    assert.equal((await bench.events(requestId)).at(-1), "attempt-overtaken");
    assert.equal(play.calls.length, 1);
  });
});

onEveryEngine("an executor under faults", (fresh, engine) => {
  test("survives a call that throws: the others continue, and the call is repeated when the lease ends", async (context) => {
    const bench = await fresh();
    const play = scene(bench, context);
    const thrown = await bench.approved({ subMchid: "13" });
    await bench.approved();
    let isFirst = true;
    const worker = play.executor({
      answer({ subMchid }) {
        if (subMchid !== "13" || !isFirst) return accepted;
        isFirst = false;
        throw new Error("a bug");
      },
    });
    await play.quiet();
    assert.equal(play.calls.length, 2);
    const later = await bench.approved();
    worker.wake();
    await play.quiet();
    assert.equal((await bench.request(later)).state, "done");
    assert.equal((await bench.request(thrown)).operation.state, "running");
    await play.pass(executorLeaseMs);
    assert.equal((await bench.request(thrown)).operation.state, "succeeded");
    assert.deepEqual(times(play), [0, 0, 0, executorLeaseMs]);
  });

  test("polls again a second after the database was down", async (context) => {
    const bench = await fresh();
    const play = scene(bench, context);
    await bench.approved();
    let looks = 0;
    play.executor({
      operations: { claimDue: (claim) => (looks++ < 3 ? away() : bench.operations.claimDue(claim)) },
    });
    await play.pass(2_999);
    assert.deepEqual(times(play), []);
    await play.pass(1);
    assert.deepEqual(times(play), [3_000]);
  });

  test("tries to record an outcome until the lease ends, and makes no second call for it", async (context) => {
    const bench = await fresh();
    const play = scene(bench, context);
    const requestId = await bench.approved();
    let concluded = 0;
    play.executor({
      operations: { conclude: (...given) => (concluded++ < 5 ? away() : bench.operations.conclude(...given)) },
    });
    await play.pass(executorLeaseMs * 2);
    assert.deepEqual(times(play), [0]);
    assert.equal((await bench.request(requestId)).state, "done");
  });

  test("keeps one outcome if it was recorded and only the reply was lost", async (context) => {
    const bench = await fresh();
    const play = scene(bench, context);
    const requestId = await bench.approved();
    let concluded = 0;
    play.executor({
      operations: {
        async conclude(...given) {
          const outcome = await bench.operations.conclude(...given);
          return concluded++ === 0 ? away() : outcome;
        },
      },
    });
    await play.pass(executorLeaseMs * 2);
    assert.deepEqual(times(play), [0]);
    const ends = (await bench.events(requestId)).filter((what) => /^attempt-(ended|overtaken)$/.test(what));
    assert.deepEqual(ends, ["attempt-ended"]);
  });

  test("repeats a call whose outcome could not be recorded: no result is lost or invented", async (context) => {
    const bench = await fresh();
    const play = scene(bench, context);
    const requestId = await bench.approved();
    const awayUntil = bench.clock.now() + executorLeaseMs - 1;
    play.executor({
      operations: {
        conclude: (...given) => (bench.clock.now() < awayUntil ? away() : bench.operations.conclude(...given)),
      },
    });
    await play.quiet();
    assert.equal((await bench.request(requestId)).operation.result, undefined);
    await play.pass(executorLeaseMs);
    assert.deepEqual(times(play), [0, executorLeaseMs]);
    assert.equal((await bench.request(requestId)).state, "done");
  });

  test("takes nothing over for the length of a lease after its clock was set ahead", async (context) => {
    const bench = await fresh();
    const play = scene(bench, context);
    await bench.approved();
    const slow = heldBack();
    const worker = play.executor({ answer: slow.answer });
    await play.pass(3_000);
    bench.clock.setAhead(600_000);
    worker.wake();
    await play.pass(callLimitMs - 3_000);
    assert.deepEqual(times(play), [0], "its attempt is still running");
    slow.release();
    await play.pass(60_000);
    assert.equal(play.calls.length, 1);
  });

  for (const how of ["retries", "takes over from an instance that died"] as const)
    test(`${how} in time although its clock was set back`, {
      skip: engine.name === "PostgreSQL" && "the server's clock counts",
    }, async (context) => {
      const bench = await fresh();
      bench.clock.setAhead(50 * 60_000);
      await bench.holding.beat(hourMs);
      await bench.approved();
      const play = scene(bench, context);
      if (how === "retries") {
        play.executor({ answer: ({ nth }) => (nth === 1 ? serverError : accepted) });
        await play.quiet();
        assert.equal(play.calls.length, 1);
      } else await bench.claimed();
      bench.clock.setAhead(-50 * 60_000);
      if (how !== "retries") play.executor();
      await play.pass(executorLeaseMs + 1_000);
      assert.equal(play.calls.length, how === "retries" ? 2 : 1);
    });

  test("claims fewer at once while the database is slow, so that each call is made in time", async (context) => {
    const bench = await fresh();
    const play = scene(bench, context);
    for (let i = 0; i < 160; i++) await bench.approved();
    const sizes: number[] = [];
    play.executor({
      ratePerSecond: 10_000,
      operations: {
        async claimDue(claim) {
          const claimed = await bench.operations.claimDue(claim);
          sizes.push(claimed.attempts.length);
          bench.clock.advance(claimed.attempts.length * 50);
          return claimed;
        },
      },
    });
    await play.pass(60_000);
    assert.equal(new Set(play.calls.map((call) => call.subMchid)).size, 160);
    assert.equal(sizes[0], 128);
    assert.ok(
      sizes.slice(1).every((size) => size <= 64),
      `claimed ${sizes}`,
    );
  });

  test("releases an attempt that it claimed too long ago, and then makes the call under a new lease", async (context) => {
    const bench = await fresh();
    const play = scene(bench, context);
    const requestId = await bench.approved();
    let claims = 0;
    play.executor({
      operations: {
        async claimDue(claim) {
          const claimed = await bench.operations.claimDue(claim);
          // The machine sleeps between the claim and the call.
          if (claims++ === 0) bench.clock.advance(executorLeaseMs - 1);
          return claimed;
        },
      },
    });
    await play.quiet();
    assert.deepEqual(times(play), [executorLeaseMs - 1]);
    const starts = ["attempt-started", "attempt-handed-back", "attempt-started"];
    assert.deepEqual((await bench.events(requestId)).slice(2, 5), starts);
    assert.equal((await bench.request(requestId)).state, "done");
  });

  test("makes no call while even one claim takes too long, and keeps all its attempts", async (context) => {
    const bench = await fresh();
    const play = scene(bench, context);
    const requests = [await bench.approved(), await bench.approved(), await bench.approved(), await bench.approved()];
    const sizes: number[] = [];
    const slowFor = 3 * attemptsMax;
    play.executor({
      answer: () => serverError,
      operations: {
        async claimDue(claim) {
          const claimed = await bench.operations.claimDue(claim);
          if (sizes.length < slowFor) {
            if (claimed.attempts.length > 0) sizes.push(claimed.attempts.length);
            bench.clock.advance(executorLeaseMs - callLimitMs);
            assert.deepEqual(play.calls, []);
          }
          return claimed;
        },
      },
    });
    await play.pass(180_000);
    // The second claim finds as many as have been handed back by then.
    const [first, second = 0, ...later] = sizes;
    assert.equal(first, 4);
    assert.ok(second <= 2, `${second} claimed`);
    assert.deepEqual(later, Array(slowFor - 2).fill(1));
    for (const requestId of requests) {
      const { state, operation } = await bench.request(requestId);
      assert.deepEqual([state, operation.attempts, operation.result], ["done", attemptsMax, serverError]);
    }
    assert.equal(play.calls.length, requests.length * attemptsMax);
  });
});
