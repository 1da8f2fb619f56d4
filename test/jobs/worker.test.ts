/** A worker polls at once when it is woken, unless its rate or a lack of places makes it wait. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { pino } from "pino";
import type { Clock } from "../../src/domain/clock.ts";
import { createWorker, type WorkerNeeds } from "../../src/jobs/worker.ts";
import { virtualClock } from "../ledger/builders.ts";

function workerOn(clock: Clock, needs: Omit<WorkerNeeds, "name" | "clock" | "log">) {
  return createWorker({ name: "test", clock, log: pino({ level: "silent" }), ...needs });
}

function idleWorker() {
  const clock = virtualClock();
  const polledAt: number[] = [];
  const start = clock.monotonic();
  const worker = workerOn(clock, {
    concurrency: 1,
    wakeRate: { perSecond: 100, burst: 3 },
    async poll() {
      polledAt.push(clock.monotonic() - start);
      return 1_000;
    },
  });
  /** Wakes it, and lets it poll if it may. */
  async function wake(): Promise<void> {
    worker.wake();
    await nextTurn();
  }
  return { clock, worker, polledAt, wake };
}

test("the first wakes after a rest cause a poll at once, and those after them one poll together", async (t) => {
  const { clock, worker, polledAt, wake } = idleWorker();
  t.after(async () => {
    const stopped = worker.stop();
    clock.advance(1_000);
    await stopped;
  });
  worker.start();
  await nextTurn();
  for (let i = 0; i < 8; i++) await wake();
  assert.deepEqual(polledAt, [0, 0, 0, 0], "its own first poll, and a burst of three");
  assert.equal(clock.nextWake(), clock.monotonic() + 10);
  clock.advance(10);
  await nextTurn();
  assert.deepEqual(polledAt, [0, 0, 0, 0, 10]);
  clock.advance(100);
  await nextTurn();
  await wake();
  assert.deepEqual(polledAt.slice(5), [110], "after a pause there is a burst again");
});

test("with places for few tasks, polls keep their distance, and with enough places they do not", async (t) => {
  const clock = virtualClock();
  const start = clock.monotonic();
  const polledAt: number[] = [];
  const tasks: (() => void)[] = [];
  const worker = workerOn(clock, {
    concurrency: 4,
    fewPlaces: { below: 2, pollEveryMs: 20 },
    async poll(pool) {
      polledAt.push(clock.monotonic() - start);
      while (pool.free > 0) pool.begin(() => new Promise((resolve) => tasks.push(resolve)));
      return 1_000;
    },
  });
  async function end(count: number): Promise<void> {
    for (const done of tasks.splice(0, count)) done();
    await nextTurn();
  }
  t.after(async () => {
    const stopped = worker.stop();
    for (const done of tasks) done();
    clock.advance(1_000);
    await stopped;
  });
  worker.start();
  await nextTurn();
  assert.deepEqual(polledAt, [0]);
  await end(2);
  assert.deepEqual(polledAt, [0, 0], "two places are enough for a poll at once");
  clock.advance(5);
  await end(1);
  assert.deepEqual(polledAt.slice(2), [], "one place is not");
  assert.equal(clock.nextWake(), start + 20);
  clock.advance(15);
  await nextTurn();
  assert.deepEqual(polledAt.slice(2), [20]);
});
