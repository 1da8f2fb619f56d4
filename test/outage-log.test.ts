import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { Clock } from "../src/domain/clock.ts";
import { createLog } from "../src/log.ts";
import { createOutage } from "../src/outage-log.ts";
import { slackProblem } from "../src/slack/api/availability.ts";

/** A clock on which a sleep takes no time; after `endsAtMs` the system is back. */
async function outageOf(endsAtMs: number) {
  let now = 0;
  const clock: Clock = {
    now: () => now,
    monotonic: () => now,
    async sleep(ms) {
      now += ms;
    },
  };
  const lines: string[] = [];
  const log = createLog({ level: "info", secrets: [], destination: { write: (line) => void lines.push(line) } });
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const outage = createOutage({
    name: "the database",
    clock,
    log,
    async isBack() {
      if (now < endsAtMs) throw new Error(`no answer at ${now}`);
      resolve();
    },
  });
  const pass = (ms: number) => {
    now += ms;
  };
  return { outage, ended, pass, said: () => lines.map((line) => JSON.parse(line)) };
}

test("an outage of two and a half minutes is four lines, however often it is met", async () => {
  const { outage, ended, said } = await outageOf(150_000);
  for (let times = 0; times < 100; times++) outage.failed(new Error("connect ECONNREFUSED"));
  assert.equal(outage.hasWorked(), false);
  await ended;
  await setImmediate();
  await outage.stop();
  assert.deepEqual(
    said().map(({ level, msg, awayMs, why }) => [level, msg, awayMs, why]),
    [
      [
        40,
        "the database is unavailable; the bot continues once it is available again",
        undefined,
        "connect ECONNREFUSED",
      ],
      [50, "the database is still unavailable", 60_000, "no answer at 60000"],
      [50, "the database is still unavailable", 120_000, "no answer at 120000"],
      [40, "the database is available again", 150_000, undefined],
    ],
  );
  assert.equal(outage.hasWorked(), true);
  assert.equal(outage.awayMs(), undefined);
});

test("a system that fails again and again is logged once a minute; a later outage is logged like the first", async () => {
  const { outage, said, pass } = await outageOf(Number.POSITIVE_INFINITY);
  const fail = (why: string) => {
    outage.failed(new Error(why));
    outage.worked();
  };
  for (const why of ["first", "second", "third"]) fail(why);
  pass(60_000);
  fail("later");
  assert.deepEqual(
    said().map(({ msg, why }) => why ?? msg),
    ["first", "the database is available again", "later", "the database is available again"],
  );
  await outage.stop();
});

test("a WebSocket that Slack replaces keeps the bot ready; one that stays down does not", () => {
  const reached = { hasWorked: () => true };
  const down = { kind: "disconnected", since: 1_000, why: "ECONNREFUSED" } as const;
  assert.equal(slackProblem(reached, undefined, 99_000), undefined);
  assert.equal(slackProblem(reached, { kind: "connected" }, 99_000), undefined);
  assert.equal(slackProblem(reached, down, 31_000), undefined);
  assert.equal(slackProblem(reached, down, 32_000), "the WebSocket to Slack has been down for 31 s: ECONNREFUSED");
  assert.equal(slackProblem({ hasWorked: () => false }, down, 1_000), "Slack has not been reached since the start");
});
