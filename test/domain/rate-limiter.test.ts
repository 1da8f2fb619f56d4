import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  callsAllowed,
  fullPace,
  type Pace,
  type PaceLimits,
  paceAfter,
  paceWaitMs,
  slowerPace,
} from "../../src/domain/rate-limiter.ts";

/** A pace on a clock of its own, as something to be asked and told. */
function pacer(limits: PaceLimits) {
  let now = 1_000_000;
  let pace: Pace = fullPace;
  return {
    allowed: () => callsAllowed(pace, limits, now),
    waitMs: () => paceWaitMs(pace, limits, now),
    take(calls: number) {
      pace = paceAfter(calls, pace, limits, now);
    },
    complain() {
      pace = slowerPace(pace, limits, now);
    },
    pass(ms: number) {
      now += ms;
    },
  };
}

describe("the pace of calls", () => {
  test("is even, and does not save up beyond its burst", () => {
    const pace = pacer({ perSecond: 10, burst: 1 });
    assert.equal(pace.allowed(), 1);
    pace.take(1);
    assert.deepEqual([pace.allowed(), pace.waitMs()], [0, 100]);
    pace.pass(100);
    assert.equal(pace.allowed(), 1);
    pace.pass(10_000);
    assert.equal(pace.allowed(), 1);
  });

  test("comes out at its rate over any time, whatever the steps in which calls are taken", () => {
    const pace = pacer({ perSecond: 7, burst: 3 });
    let calls = 0;
    for (let ms = 0; ms < 60_000; ms += 13) {
      const allowed = pace.allowed();
      pace.take(allowed);
      calls += allowed;
      pace.pass(13);
    }
    assert.ok(calls >= 7 * 60 && calls <= 7 * 60 + 3, `${calls} calls in a minute`);
  });

  test("is halved when the other side complains, down to a floor, and comes back in steps", () => {
    const pace = pacer({ perSecond: 16, burst: 1 });
    const interval = () => {
      pace.take(pace.allowed());
      return pace.waitMs();
    };
    for (let complaints = 0; complaints < 10; complaints++) {
      pace.complain();
      pace.pass(1_000);
    }
    assert.equal(interval(), 1_000);
    for (const slower of [500, 250, 125, 63, 63]) {
      pace.pass(30_000);
      assert.equal(interval(), slower);
    }
  });

  test("is halved once for calls that were under way together", () => {
    const pace = pacer({ perSecond: 10, burst: 1 });
    pace.take(1);
    for (let complaints = 0; complaints < 32; complaints++) pace.complain();
    assert.equal(pace.waitMs(), 200);
  });

  test("goes on when the clock is set back", () => {
    const pace = pacer({ perSecond: 10, burst: 1 });
    pace.take(1);
    pace.pass(-600_000);
    assert.equal(pace.allowed(), 1);
    pace.take(1);
    assert.equal(pace.waitMs(), 100);
  });
});
