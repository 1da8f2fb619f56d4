import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  callsAllowed,
  fullRate,
  type RateLimit,
  type RateState,
  rateAfter,
  rateWaitMs,
  slowedRate,
} from "../../src/domain/rate-limiter.ts";

/** A rate with its own clock. */
function pacer(limits: RateLimit) {
  let now = 1_000_000;
  let rateLimit: RateState = fullRate;
  return {
    allowed: () => callsAllowed(rateLimit, limits, now),
    waitMs: () => rateWaitMs(rateLimit, limits, now),
    take(calls: number) {
      rateLimit = rateAfter(calls, rateLimit, limits, now);
    },
    complain() {
      rateLimit = slowedRate(rateLimit, limits, now);
    },
    pass(ms: number) {
      now += ms;
    },
  };
}

describe("the rate of calls", () => {
  test("is steady, and accumulates no more than its burst", () => {
    const rateLimit = pacer({ perSecond: 10, burst: 1 });
    assert.equal(rateLimit.allowed(), 1);
    rateLimit.take(1);
    assert.deepEqual([rateLimit.allowed(), rateLimit.waitMs()], [0, 100]);
    rateLimit.pass(100);
    assert.equal(rateLimit.allowed(), 1);
    rateLimit.pass(10_000);
    assert.equal(rateLimit.allowed(), 1);
  });

  test("is exact over any time, however many calls are consumed at once", () => {
    const rateLimit = pacer({ perSecond: 7, burst: 3 });
    let calls = 0;
    for (let ms = 0; ms < 60_000; ms += 13) {
      const allowed = rateLimit.allowed();
      rateLimit.take(allowed);
      calls += allowed;
      rateLimit.pass(13);
    }
    assert.ok(calls >= 7 * 60 && calls <= 7 * 60 + 3, `${calls} calls in a minute`);
  });

  test("is halved after a refusal, down to a minimum, and recovers in steps", () => {
    const rateLimit = pacer({ perSecond: 16, burst: 1 });
    const interval = () => {
      rateLimit.take(rateLimit.allowed());
      return rateLimit.waitMs();
    };
    for (let complaints = 0; complaints < 10; complaints++) {
      rateLimit.complain();
      rateLimit.pass(1_000);
    }
    assert.equal(interval(), 1_000);
    for (const slower of [500, 250, 125, 63, 63]) {
      rateLimit.pass(30_000);
      assert.equal(interval(), slower);
    }
  });

  test("is halved once for concurrent calls", () => {
    const rateLimit = pacer({ perSecond: 10, burst: 1 });
    rateLimit.take(1);
    for (let complaints = 0; complaints < 32; complaints++) rateLimit.complain();
    assert.equal(rateLimit.waitMs(), 200);
  });

  test("continues when the clock is set back", () => {
    const rateLimit = pacer({ perSecond: 10, burst: 1 });
    rateLimit.take(1);
    rateLimit.pass(-600_000);
    assert.equal(rateLimit.allowed(), 1);
    rateLimit.take(1);
    assert.equal(rateLimit.waitMs(), 100);
  });

  test("allows no calls, and never fewer than none, while the clock is a little behind that of the last ones", () => {
    for (const backMs of [1, 10, 50, 1_000, 2_000]) {
      const rateLimit = pacer({ perSecond: 10, burst: 1 });
      rateLimit.take(1);
      rateLimit.pass(-backMs);
      assert.deepEqual([rateLimit.allowed(), rateLimit.waitMs()], [0, 100 + backMs]);
    }
  });
});
