/** What counts as an absence, and which decisions it makes stale. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isStale, wasAway } from "../../../src/ledger/holding/staleness.ts";

const hourMs = 3_600_000;
const now = 100 * hourMs;
const moment = { now, staleAfterMs: hourMs };

test("the bot was away if its heartbeat is older than STALE_AFTER, or if it never had one", () => {
  assert.equal(wasAway(undefined, moment), true);
  assert.equal(wasAway(now - hourMs - 1, moment), true);
  assert.equal(wasAway(now - hourMs, moment), false);
  assert.equal(wasAway(now, moment), false);
});

test("a heartbeat ahead of the clock is no absence", () => {
  assert.equal(wasAway(now + 5 * hourMs, moment), false);
});

test("a decision is stale once it is older than STALE_AFTER, or if its time is unknown", () => {
  assert.equal(isStale(undefined, moment), true);
  assert.equal(isStale(now - hourMs - 1, moment), true);
  assert.equal(isStale(now - hourMs, moment), false);
});

test("a decision made since the last heartbeat's limit is never stale", () => {
  fc.assert(
    fc.property(fc.nat(10 * hourMs), fc.integer({ min: 60_000, max: 48 * hourMs }), (ageMs, staleAfterMs) => {
      assert.equal(isStale(now - ageMs, { now, staleAfterMs }), ageMs > staleAfterMs);
    }),
  );
});
