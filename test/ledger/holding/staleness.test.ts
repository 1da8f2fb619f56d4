/** What counts as an outage. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { wasAway } from "../../../src/ledger/holding/staleness.ts";

const hourMs = 3_600_000;
const now = 100 * hourMs;
const moment = { now, staleAfterMs: hourMs };

test("the bot was absent if its heartbeat is older than STALE_AFTER, or if it never had one", () => {
  assert.equal(wasAway(undefined, moment), true);
  assert.equal(wasAway(now - hourMs - 1, moment), true);
  assert.equal(wasAway(now - hourMs, moment), false);
  assert.equal(wasAway(now, moment), false);
});

test("a heartbeat ahead of the clock is ignored if it is further ahead than STALE_AFTER", () => {
  assert.equal(wasAway(now + hourMs, moment), false);
  assert.equal(wasAway(now + hourMs + 1, moment), true);
});
