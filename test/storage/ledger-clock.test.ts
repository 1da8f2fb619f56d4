/** The clock that instances share: on PostgreSQL the database server's, regardless of their own machines' clocks. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Clock } from "../../src/domain/clock.ts";
import { createLedgerClock } from "../../src/storage/ledger-clock.ts";
import { systemClock } from "../../src/system-clock.ts";
import { engines } from "./engines.ts";

/** A machine whose wall clock is wrong, and whose monotonic clock stops while it sleeps. */
function machine(aheadMs: number) {
  let [ahead, slept] = [aheadMs, 0];
  const clock: Clock = {
    now: () => systemClock.now() + ahead,
    monotonic: () => systemClock.monotonic() - slept,
    sleep: systemClock.sleep,
  };
  return {
    clock,
    setAhead(ms: number) {
      ahead += ms;
    },
    sleepFor(ms: number) {
      ahead += ms;
      slept -= ms;
    },
  };
}

/** The error of reading the time over a connection on a busy machine, in milliseconds. */
const closeMs = 1_000;

for (const engine of engines) {
  describe(`the ledger's clock (${engine.name})`, { skip: engine.skip }, () => {
    const isShared = engine.name === "PostgreSQL";

    test(isShared ? "is the server's, however wrong this machine's is" : "is this machine's", async (t) => {
      const store = await engine.open();
      t.after(() => store.close());
      const own = machine(600_000);
      const clock = await createLedgerClock({ store, clock: own.clock });
      const aheadMs = clock.now() - systemClock.now();
      assert.ok(Math.abs(aheadMs - (isShared ? 0 : 600_000)) < closeMs, `${aheadMs} ms`);
      assert.ok(Math.abs(clock.machineAheadMs() - (isShared ? 600_000 : 0)) < closeMs);
    });

    test("does not jump when this machine's clock is set, and reports the difference", async (t) => {
      if (!isShared) return;
      const store = await engine.open();
      t.after(() => store.close());
      const own = machine(0);
      const clock = await createLedgerClock({ store, clock: own.clock });
      own.setAhead(-600_000);
      assert.ok(Math.abs(clock.now() - systemClock.now()) < closeMs);
      await clock.check();
      assert.ok(Math.abs(clock.now() - systemClock.now()) < closeMs);
      assert.ok(Math.abs(clock.machineAheadMs() + 600_000) < closeMs);
    });

    test("asks again at the next check if this machine slept during the query", async (t) => {
      if (!isShared) return;
      const store = await engine.open();
      t.after(() => store.close());
      const own = machine(0);
      const asking = createLedgerClock({ store, clock: own.clock });
      own.sleepFor(120_000);
      const clock = await asking;
      await clock.check();
      assert.ok(Math.abs(clock.now() - systemClock.now()) < closeMs);
    });
  });
}
