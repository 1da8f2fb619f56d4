/** When reminders are due, as tables, and who receives them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Notify, selectRecipients, wantsEveryRequest } from "../../src/domain/reminder-recipients.ts";
import {
  dueOf,
  firstReminderMs,
  nextMilestone,
  nextReminder,
  type ReminderState,
  reminderTimes,
} from "../../src/domain/reminder-schedule.ts";

const minuteMs = 60_000;
const asked = Date.UTC(2026, 0, 5, 9);
/** Minutes after the request was submitted. */
const at = (minutes: number) => asked + minutes * minuteMs;
const dayLong = { createdAt: asked, expiresAt: at(24 * 60) };
const waiting = (changes: Partial<ReminderState> = {}): ReminderState => {
  return { ...dayLong, remindedUntil: undefined, escalatedAt: undefined, ...changes };
};
const fourHours = { afterMs: 240 * minuteMs, to: "SONCALL" };

test("each interval between reminders is twice the one before, and the last ends at the expiry", () => {
  assert.deepEqual(reminderTimes(dayLong), [at(96), at(288), at(672)]);
  for (const ttlMs of [2_000, 12_345, 3_600_000, 999_999 * 86_400_000]) {
    const times = [asked, ...reminderTimes({ createdAt: asked, expiresAt: asked + ttlMs }), asked + ttlMs];
    const waits = times.slice(1).map((time, nth) => time - (times[nth] ?? 0));
    assert.ok(times.every(Number.isSafeInteger), `${ttlMs}: whole milliseconds`);
    for (const [nth, wait] of waits.slice(1).entries())
      assert.ok(Math.abs(wait - 2 * (waits[nth] ?? 0)) <= 2, `${ttlMs}: ${waits}`);
  }
});

test("the first milestone is a reminder or the escalation", () => {
  const ttlMs = 15 * 60 * minuteMs;
  const halfHour = { afterMs: 30 * minuteMs, to: "SONCALL" };
  assert.equal(firstReminderMs(ttlMs, undefined), 60 * minuteMs);
  assert.equal(firstReminderMs(ttlMs, halfHour), 30 * minuteMs);
  assert.equal(wantsEveryRequest(new Map()), false);
  assert.equal(wantsEveryRequest(new Map([["UBOB", "off"]])), false);
  assert.equal(
    wantsEveryRequest(
      new Map<string, Notify>([
        ["UBOB", "off"],
        ["UDAN", "on"],
      ]),
    ),
    true,
  );
});

test("the schedule returns due messages and the next ones", () => {
  const nothing = { newRequest: false, reminder: false, escalation: false };
  const rows: [what: string, Partial<ReminderState>, minutes: number, due: object, next: number | undefined][] = [
    ["just submitted", {}, 0, { newRequest: true }, 96],
    ["submitted, and new request sent", { remindedUntil: at(0) }, 95, {}, 96],
    ["the first reminder", { remindedUntil: at(0) }, 96, { reminder: true }, 240],
    ["the first reminder, already sent", { remindedUntil: at(96) }, 96, {}, 240],
    ["the escalation", { remindedUntil: at(97) }, 240, { escalation: true }, 288],
    ["already escalated", { remindedUntil: at(240), escalatedAt: at(240) }, 287, {}, 288],
    ["reminder and escalation at once", { remindedUntil: at(97) }, 300, { reminder: true, escalation: true }, 672],
    ["the last reminder", { remindedUntil: at(300), escalatedAt: at(300) }, 672, { reminder: true }, undefined],
    ["nothing after the last", { remindedUntil: at(672), escalatedAt: at(300) }, 1_439, {}, undefined],
    ["after a long outage", {}, 700, { newRequest: true, reminder: true, escalation: true }, undefined],
    ["expired", {}, 1_440, {}, undefined],
    ["long expired", { remindedUntil: at(0) }, 9_999, {}, undefined],
    [
      "escalated alone, while the approvers are unknown",
      { escalatedAt: at(240) },
      250,
      { newRequest: true, reminder: true },
      288,
    ],
  ];
  for (const [what, changes, minutes, due, next] of rows) {
    assert.deepEqual(dueOf(waiting(changes), fourHours, at(minutes)), { ...nothing, ...due }, what);
    const isAhead = minutes < 1_440;
    const expected = next === undefined ? undefined : at(next);
    if (isAhead) assert.equal(nextMilestone(waiting(changes), fourHours, at(minutes)), expected, what);
  }
});

test("there is no escalation without the setting, or after the expiry", () => {
  for (const escalation of [undefined, { afterMs: 24 * 60 * minuteMs, to: "SONCALL" }]) {
    assert.equal(dueOf(waiting(), escalation, at(1_439)).escalation, false);
    assert.equal(nextMilestone(waiting(), escalation, at(300)), at(672));
    assert.equal(nextMilestone(waiting(), escalation, at(672)), undefined);
  }
});

test("the next reminder is the first that was not sent", () => {
  assert.equal(nextReminder(waiting()), at(96));
  assert.equal(nextReminder(waiting({ remindedUntil: at(96) })), at(288));
  assert.equal(nextReminder(waiting({ remindedUntil: at(700) })), undefined);
});

test("recipients are selected by preference, and only if they can still decide", () => {
  const approvers = ["UANN", "UON", "UOFF", "UQUIET", "UDONE"];
  const preferences = new Map<string, Notify>([
    ["UON", "on"],
    ["UOFF", "off"],
    ["UDONE", "on"],
    ["UFORMER", "on"],
  ]);
  const request = { requestedBy: "UANN", approvedBy: ["UDONE"] };
  const told = (due: object, policy: "four-eyes" | "self" = "four-eyes") =>
    selectRecipients(
      request,
      { newRequest: false, reminder: false, escalation: false, ...due },
      { approvers, preferences, policy },
    );
  assert.deepEqual(told({ newRequest: true }), { copies: ["UON"], reminders: [] });
  assert.deepEqual(told({ reminder: true }), { copies: [], reminders: ["UON", "UQUIET"] });
  assert.deepEqual(told({ reminder: true }, "self"), { copies: [], reminders: ["UANN", "UON", "UQUIET"] });
  assert.deepEqual(told({ newRequest: true, reminder: true }), { copies: ["UON"], reminders: ["UQUIET"] });
  assert.deepEqual(told({ escalation: true }), { copies: [], reminders: [] });
});
