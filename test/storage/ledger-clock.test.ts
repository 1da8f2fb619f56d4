/** The time that instances share: the database server's on PostgreSQL, whatever their own machines' clocks say. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Clock } from "../../src/domain/clock.ts";
import { createLedgerClock } from "../../src/storage/ledger-clock.ts";
import { systemClock } from "../../src/system-clock.ts";
import { engines } from "./engines.ts";

/** A machine whose wall clock is off; its monotonic clock stands still while it sleeps. */
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

/** What reading the time over a connection may be off by, on a busy machine. */
const closeMs = 1_000;

for (const engine of engines) {
  describe(`the ledger's clock (${engine.name})`, { skip: engine.skip }, () => {
    const isShared = engine.name === "PostgreSQL";

    test(isShared ? "is the server's, however far this machine's is off" : "is this machine's", async (t) => {
      const store = await engine.open();
      t.after(() => store.close());
      const own = machine(600_000);
      const clock = await createLedgerClock({ store, clock: own.clock });
      const aheadMs = clock.now() - systemClock.now();
      assert.ok(Math.abs(aheadMs - (isShared ? 0 : 600_000)) < closeMs, `${aheadMs} ms`);
      assert.ok(Math.abs(clock.machineAheadMs() - (isShared ? 600_000 : 0)) < closeMs);
    });

    test("does not jump when this machine's clock is set, and knows by how much it is off then", async (t) => {
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

    test("asks anew at the next look where this machine slept while it asked", async (t) => {
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
