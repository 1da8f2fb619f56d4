/** A worker polls at once when it is woken, but not more often than its rate allows. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { pino } from "pino";
import { createWorker } from "../../src/jobs/worker.ts";
import { virtualClock } from "../ledger/builders.ts";

function idleWorker() {
  const clock = virtualClock();
  const polledAt: number[] = [];
  const start = clock.monotonic();
  const worker = createWorker({
    name: "test",
    clock,
    log: pino({ level: "silent" }),
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
