/** The executor after an outage: what it holds, and what a jump of the clock must not hold. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { hourMs, onEveryEngine } from "../ledger/builders.ts";
import { executorLeaseMs, heldBack, scene } from "./executor-builders.ts";

onEveryEngine("the executor after an outage", (fresh) => {
  test("holds operations that were approved before, and calls those that are approved afterwards", async (t) => {
    const bench = await fresh();
    const { executor, calls, pass } = scene(bench, t);
    const first = executor();
    await pass(1_000);
    await first.stop();
    const requestId = await bench.approved({ subMchid: "1900000001" });
    bench.clock.advance(72 * hourMs);
    executor();
    await pass(60_000);
    assert.equal((await bench.request(requestId)).operation.state, "held");
    await bench.approved({ subMchid: "1900000002" });
    await pass(2_000);
    assert.deepEqual(
      calls.map(({ subMchid }) => subMchid),
      ["1900000002"],
    );
  });

  test("holds nothing while it works, however long a queue takes", async (t) => {
    const bench = await fresh();
    const { executor, calls, pass } = scene(bench, t);
    executor({ ratePerSecond: 0.0008 });
    await pass(1_000);
    const subMchids = ["1900000001", "1900000002", "1900000003", "1900000004"];
    const requestId = await bench.approved({ subMchids });
    // The last one is called 62 minutes after the approval.
    await pass(hourMs + 240_000);
    assert.equal(calls.length, 4);
    assert.equal((await bench.request(requestId)).state, "done");
  });

  test("does not hold what it is calling when the clock jumps ahead", async (t) => {
    const bench = await fresh();
    const { executor, pass } = scene(bench, t);
    const { answer, release } = heldBack();
    executor({ answer });
    await pass(1_000);
    const requestId = await bench.approved();
    await pass(1_000);
    bench.clock.setAhead(2 * hourMs);
    await pass(executorLeaseMs / 2);
    assert.equal((await bench.request(requestId)).operation.state, "running");
    release();
    await pass(executorLeaseMs);
    assert.equal((await bench.request(requestId)).operation.state, "succeeded");
    assert.ok(!(await bench.events(requestId)).includes("held"));
  });
});
