/** The executor when something breaks: a crash, a database that is away, a call that throws, a machine that slept. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { accepted, onEveryEngine, refused } from "./builders.ts";
import { executorLeaseMs, heldBack, scene, times } from "./executor-builders.ts";

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

  test("cover for each other: what one left behind, the other carries out when the lease ends", async (context) => {
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

    // It was not dead, only very slow: its answer comes too late to count.
    release(accepted);
    await play.quiet();
    assert.deepEqual(await bench.request(requestId), decided);
    assert.equal((await bench.events(requestId)).at(-1), "attempt-overtaken");
  });
});

onEveryEngine("an executor in trouble", (fresh) => {
  test("survives a call that throws: the others go on, and it is made again when the lease ends", async (context) => {
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

  test("looks again a second after the database was away", async (context) => {
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

  test("makes a call again when its outcome could not be written down: nothing is lost, nothing invented", async (context) => {
    const bench = await fresh();
    const play = scene(bench, context);
    const requestId = await bench.approved();
    let concluded = 0;
    play.executor({
      operations: { conclude: (...given) => (concluded++ === 0 ? away() : bench.operations.conclude(...given)) },
    });
    await play.quiet();
    assert.equal((await bench.request(requestId)).operation.result, undefined);
    await play.pass(executorLeaseMs);
    assert.deepEqual(times(play), [0, executorLeaseMs]);
    assert.equal((await bench.request(requestId)).state, "done");
  });

  test("gives back what it claimed too long ago, and then makes the call under a fresh lease", async (context) => {
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
});
