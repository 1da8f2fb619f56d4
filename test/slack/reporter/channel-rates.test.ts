/** How fast posts follow each other in a channel: a burst of four, then one a second. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createChannelRates } from "../../../src/slack/reporter/channel-rates.ts";

function ratesAt(ms: { now: number }) {
  return createChannelRates({ now: () => ms.now, monotonic: () => ms.now, sleep: async () => {} });
}

test("after four posts at once, a channel waits a second for each, and other channels do not", () => {
  const at = { now: 0 };
  const rates = ratesAt(at);
  for (let post = 0; post < 4; post++) {
    assert.equal(rates.waitMs("C1", "first"), 0);
    rates.consume("C1");
  }
  assert.equal(rates.waitMs("C1", "first"), 1_000);
  assert.equal(rates.waitMs("C2", "first"), 0);
  at.now = 1_000;
  assert.equal(rates.waitMs("C1", "first"), 0);
});

test("a post that was counted and not made does not slow the channel down", () => {
  const rates = ratesAt({ now: 0 });
  for (let post = 0; post < 4; post++) rates.consume("C1");
  rates.giveBack("C1");
  assert.equal(rates.waitMs("C1", "first"), 0);
  rates.consume("C1");
  assert.equal(rates.waitMs("C1", "first"), 1_000);
});

test("files and refused posts leave two posts of the burst to the others", () => {
  const rates = ratesAt({ now: 0 });
  for (let post = 0; post < 2; post++) {
    assert.equal(rates.waitMs("C1", "later"), 0);
    rates.consume("C1");
  }
  assert.equal(rates.waitMs("C1", "later"), 1_000);
  assert.equal(rates.waitMs("C1", "first"), 0);
});

test("a channel that Slack asked to leave alone waits in the first lane and in the later one", () => {
  const at = { now: 0 };
  const rates = ratesAt(at);
  rates.coolDown("C1", "first", 30_000);
  assert.deepEqual([rates.waitMs("C1", "first"), rates.waitMs("C1", "later")], [30_000, 30_000]);
  rates.coolDown("C2", "later", 30_000);
  assert.deepEqual([rates.waitMs("C2", "first"), rates.waitMs("C2", "later")], [0, 30_000]);
});
