/** The reminder job on held requests: it escalates and reminds as early as the settings say, and not before. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { pino } from "pino";
import { createReminderJob } from "../../src/jobs/reminders.ts";
import { holdRestored } from "../../src/ledger/holding/restored.ts";
import { createNotificationPreferences } from "../../src/ledger/notification-preferences.ts";
import { type Bench, hourMs, onEveryEngine } from "../ledger/builders.ts";

const staleAfterMs = hourMs;
const heldForMs = 168 * hourMs;
const escalation = { afterMs: 4 * hourMs, to: "SONCALL" };
const firstReminderMs = heldForMs / 15;

/** Two ways in which a request is put on hold. */
const holds = {
  "held after an outage": async ({ holding }: Bench) =>
    (await holding.holdStale({ staleAfterMs, heldForMs }))?.requests,
  "held by a restore": async ({ store, clock, random }: Bench) => {
    const context = { store, clock, random, mchid: "1900000100", instance: "us" };
    return (await holdRestored(context, heldForMs)).held.requests;
  },
} as const;

/** Starts the job, and resolves after its first poll. */
async function started(bench: Bench) {
  const { clock, db } = bench;
  const job = createReminderJob({
    ledger: bench,
    approvers: async () => ["UBOB"],
    preferences: createNotificationPreferences({ db, clock }),
    policy: "four-eyes",
    escalation,
    clock,
    log: pino({ level: "silent" }),
    changed: () => {},
  });
  job.start();
  await rest(bench);
  return job;
}

/** Waits until the job has polled and sleeps. */
async function rest({ clock }: Bench): Promise<void> {
  while (clock.nextWake() === undefined) await nextTurn();
}

/** What is enqueued for a request besides its own message, and its message's version. */
async function enqueued({ db }: Bench) {
  const posts = await db.selectFrom("posts").selectAll().orderBy("channel_id").orderBy("kind").execute();
  return posts.map(({ kind, channel_id, about_json, wanted }) =>
    kind === "message" ? `message ${wanted}` : `${channel_id} ${JSON.parse(about_json ?? "{}").about}`,
  );
}

onEveryEngine("the reminder job", (fresh) => {
  for (const [how, hold] of Object.entries(holds))
    test(`escalates a request that was ${how} after ESCALATE_AFTER, before the first reminder`, async () => {
      const bench = await fresh();
      const requestId = await bench.approved();
      bench.clock.advance(50 * hourMs);
      assert.equal(await hold(bench), 1);
      const whenHeld = await enqueued(bench);
      const attended = async () => (await bench.events(requestId)).slice(3);
      const elapse = async (ms: number) => {
        bench.clock.advance(ms);
        await rest(bench);
      };

      const job = await started(bench);
      await elapse(escalation.afterMs - 1);
      assert.deepEqual([await enqueued(bench), await attended()], [whenHeld, []]);
      await elapse(2_000);
      assert.deepEqual(await attended(), ["escalated"]);
      assert.ok((await enqueued(bench)).includes("COPS escalated"));
      await elapse(firstReminderMs - escalation.afterMs - 3_000);
      assert.deepEqual(await attended(), ["escalated"]);
      await elapse(3_000);
      assert.deepEqual(await attended(), ["escalated", "reminded"]);
      assert.ok((await enqueued(bench)).includes("UBOB reminder"));
      await job.stop();
    });
});
