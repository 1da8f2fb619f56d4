/** Reminders: sent once, by one of all instances, and never for a request that is decided or has expired. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import { nextMilestone } from "../../src/domain/reminder-schedule.ts";
import { createNotificationPreferences } from "../../src/ledger/notification-preferences.ts";
import type { DueReminder, ReminderRecord } from "../../src/ledger/reminders.ts";
import { atOnce, type Bench, claimedPost, click, hourMs, onEveryEngine, posted, withoutAudit } from "./builders.ts";

/** Records a reminder as the job does, with these recipients. */
function record(
  bench: Bench,
  request: DueReminder,
  told: Partial<ReminderRecord["recipients"]> & { to?: string } = {},
): ReminderRecord {
  const { copies = [], reminders = [], to } = told;
  const now = bench.clock.now();
  const nextAt = nextMilestone(request, undefined, now);
  return { request, recipients: { copies, reminders }, escalateTo: to, upTo: now, nextAt };
}

const dueIds = async ({ reminders }: Bench) => (await reminders.due(100)).map(({ id }) => id);
const theDue = async ({ reminders }: Bench) => (await reminders.due(1))[0] ?? assert.fail("a request should be due");

/** What is enqueued besides requests' own messages, as `kind to about`. */
async function noted({ db }: Bench): Promise<string[]> {
  const posts = db.selectFrom("posts").selectAll().where("kind", "!=", "message").orderBy("channel_id").orderBy("id");
  return (await posts.execute()).map(({ kind, channel_id, about_json }) => {
    const about = about_json === null ? "" : ` ${(JSON.parse(about_json) as { about: string }).about}`;
    return `${kind} ${channel_id}${about}`;
  });
}

onEveryEngine("a reminder", (fresh, engine) => {
  test("is due when a request is submitted, the longest waiting first, and again at its next milestone", async () => {
    const bench = await fresh();
    const first = await bench.asked();
    bench.clock.advance(1);
    const second = await bench.asked();
    assert.deepEqual(await dueIds(bench), [first, second]);
    assert.deepEqual(
      (await bench.reminders.due(1)).map(({ id }) => id),
      [first],
    );
    const due = await bench.reminders.due(10);
    assert.equal(await bench.reminders.record(due.map((request) => record(bench, request))), 2);
    assert.deepEqual(await dueIds(bench), []);
    bench.clock.advance(hourMs / 15 - 2);
    assert.deepEqual(await dueIds(bench), []);
    bench.clock.advance(1);
    assert.deepEqual(await dueIds(bench), [first]);
  });

  test("escalates a request again once it is held: it waits a second time", async () => {
    const bench = await fresh();
    await bench.holding.holdStale({ staleAfterMs: hourMs, heldForMs: 24 * hourMs });
    const requestId = await bench.asked();
    assert.equal(await bench.reminders.record([record(bench, await theDue(bench), { to: "SONCALL" })]), 1);
    await bench.decided(requestId, "approve", "UBOB");
    bench.clock.advance(3 * hourMs);
    assert.ok(await bench.holding.holdStale({ staleAfterMs: hourMs, heldForMs: 24 * hourMs }));
    bench.clock.advance(12 * hourMs);
    const due = await theDue(bench);
    assert.equal(await bench.reminders.record([record(bench, due, { to: "SONCALL" })]), 1);
    assert.equal(await bench.reminders.record([record(bench, due, { to: "SONCALL" })]), 0);
    assert.deepEqual(
      (await noted(bench)).filter((post) => post.includes("escalated")),
      ["notice COPS escalated", "notice COPS escalated"],
    );
  });

  test("enqueues copies, reminders and the escalation together, and edits the message once", async () => {
    const bench = await fresh();
    const requestId = await bench.asked();
    const told = { copies: ["UON"], reminders: ["UBOB", "UDAN"], to: "SONCALL" };
    assert.equal(await bench.reminders.record([record(bench, await theDue(bench), told)]), 1);
    assert.deepEqual(await noted(bench), [
      "notice COPS escalated",
      "notice UBOB reminder",
      "notice UDAN reminder",
      "copy UON",
    ]);
    assert.equal((await claimedPost(bench)).wanted, 2);
    const { remindedUntil, remindedAt, escalatedAt } = await bench.request(requestId);
    const now = bench.clock.now();
    assert.deepEqual(
      { remindedUntil, remindedAt, escalatedAt },
      { remindedUntil: now, remindedAt: now, escalatedAt: now },
    );
    const events = await bench.db
      .selectFrom("events")
      .selectAll()
      .where("what", "!=", "asked")
      .orderBy("seq")
      .execute();
    assert.deepEqual(
      events.map(({ what, actor, origin, detail_json }) => [what, actor, origin, detail_json]),
      [
        ["reminded", "bot", "instance us", '{"v":2,"told":2}'],
        ["escalated", "bot", "instance us", '{"v":2,"groupId":"SONCALL"}'],
      ],
    );
  });

  test("without recipients leaves no post, no edit and no event", async () => {
    const bench = await fresh();
    const requestId = await bench.asked();
    await bench.reminders.record([record(bench, await theDue(bench))]);
    assert.deepEqual(await noted(bench), []);
    assert.deepEqual(await bench.events(requestId), ["asked"]);
    assert.equal((await claimedPost(bench)).wanted, 1);
    assert.equal((await bench.request(requestId)).remindedAt, undefined);
  });

  test("without recipients still edits the message, which names the time of the next one", async () => {
    const bench = await fresh();
    const requestId = await bench.asked();
    bench.clock.advance(hourMs / 15);
    await bench.reminders.record([record(bench, await theDue(bench))]);
    assert.equal((await claimedPost(bench)).wanted, 2);
    assert.deepEqual(await bench.events(requestId), ["asked"]);
  });

  test("is sent by exactly one of several instances that have read the same request", async () => {
    const bench = await fresh();
    const requestIds = [await bench.asked(), await bench.asked(), await bench.asked()];
    const read = await bench.reminders.due(10);
    const counts = await atOnce(8, (nth) => {
      const mine = read.map((request) => record(bench, request, { reminders: ["UBOB"], to: "SONCALL" }));
      return bench.reminders.record(nth % 2 ? mine : mine.toReversed());
    });
    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      3,
    );
    for (const requestId of requestIds)
      assert.deepEqual(await bench.events(requestId), ["asked", "reminded", "escalated"]);
    assert.equal((await noted(bench)).length, 6);
  });

  test("is due again at the next milestone, and a request is escalated only once", async () => {
    const bench = await fresh();
    const requestId = await bench.asked();
    await bench.reminders.record([record(bench, await theDue(bench), { reminders: ["UBOB"], to: "SONCALL" })]);
    const { escalatedAt } = await bench.request(requestId);
    bench.clock.advance(hourMs / 15);
    await bench.reminders.record([record(bench, await theDue(bench), { reminders: ["UBOB"] })]);
    const later = await bench.request(requestId);
    assert.deepEqual([later.remindedAt, later.escalatedAt], [bench.clock.now(), escalatedAt]);
    assert.equal((await noted(bench)).filter((post) => post === "notice UBOB reminder").length, 2);
  });

  for (const decision of ["approve", "reject", "withdraw"] as const)
    test(`is not sent after someone chose to ${decision}, even by an instance that read the request before`, async () => {
      const bench = await fresh();
      const requestId = await bench.asked();
      const read = await theDue(bench);
      await bench.decided(requestId, decision);
      const before = await noted(bench);
      assert.equal(await bench.reminders.record([record(bench, read, { copies: ["UON"], reminders: ["UBOB"] })]), 0);
      assert.deepEqual(await dueIds(bench), []);
      assert.deepEqual(await noted(bench), before);
    });

  test("is not sent if the bot was down for longer than the request's time: the request expires", async () => {
    const bench = await fresh();
    const requestId = await bench.asked();
    const read = await theDue(bench);
    bench.clock.advance(hourMs);
    assert.deepEqual(await dueIds(bench), []);
    assert.equal(await bench.reminders.record([record(bench, read, { reminders: ["UBOB"], to: "SONCALL" })]), 0);
    assert.equal(await bench.requests.expireDue(10), 1);
    assert.deepEqual(await bench.events(requestId), ["asked", "expired"]);
    const late = await bench.requests.decide({ requestId, decision: "approve", by: "UBOB", origin: click });
    assert.equal(late.kind, "too-late");
    assert.equal((await bench.request(requestId)).operation.state, "cancelled");
  });

  test("is rolled back if the audit trail cannot be written, and is due as before", async () => {
    const bench = await fresh();
    const requestId = await bench.asked();
    const read = await theDue(bench);
    const mine = record(bench, read, { copies: ["UON"], reminders: ["UBOB"], to: "SONCALL" });
    await withoutAudit(bench.db, () => assert.rejects(bench.reminders.record([mine])));
    assert.deepEqual(await noted(bench), []);
    assert.deepEqual(await bench.reminders.due(10), [read]);
    assert.equal(await bench.reminders.record([mine]), 1);
    assert.deepEqual(await bench.events(requestId), ["asked", "reminded", "escalated"]);
  });

  test("can be postponed while the escalation is sent", async () => {
    const bench = await fresh();
    const requestId = await bench.asked();
    const nextAt = bench.clock.now() + 4_000;
    const mine = { ...record(bench, await theDue(bench), { to: "SONCALL" }), upTo: undefined, nextAt };
    assert.equal(await bench.reminders.record([mine]), 1);
    const { remindedUntil, escalatedAt } = await bench.request(requestId);
    assert.deepEqual([remindedUntil, escalatedAt], [undefined, bench.clock.now()]);
    assert.equal(await bench.reminders.record([mine]), 0);
    bench.clock.advance(4_000);
    assert.equal((await theDue(bench)).remindedUntil, undefined);
  });

  test("names those who have already approved, if several approvals are needed", async () => {
    const bench = await fresh();
    const requestId = await bench.asked({ approvalRule: { needed: 2 } });
    await bench.requests.decide({ requestId, decision: "approve", by: "UBOB", origin: click });
    assert.deepEqual((await theDue(bench)).approvedBy, ["UBOB"]);
  });

  test("is first due when the submitted request says", async () => {
    const bench = await fresh();
    const requestId = await bench.asked({ remindAfterMs: 60_000 });
    bench.clock.advance(59_999);
    assert.deepEqual(await dueIds(bench), []);
    bench.clock.advance(1);
    assert.deepEqual(await dueIds(bench), [requestId]);
  });

  test("is moved forward to the escalation if the settings name an earlier time than before", async () => {
    const bench = await fresh();
    const afterMs = hourMs / 2;
    const lateMs = afterMs + 1;
    const late = await bench.asked({ remindAfterMs: lateMs });
    const early = await bench.asked({ remindAfterMs: afterMs - 1 });
    await bench.asked({ remindAfterMs: lateMs, ttlMs: afterMs });
    await bench.approved({ remindAfterMs: lateMs });
    const workedOff = await bench.asked();
    await bench.reminders.record([{ ...record(bench, await theDue(bench)), nextAt: undefined }]);
    await bench.asked();
    await bench.reminders.record([{ ...record(bench, await theDue(bench), { to: "SONCALL" }), nextAt: undefined }]);

    await bench.reminders.expediteEscalations({ afterMs, to: "SONCALL" });
    bench.clock.advance(afterMs - 1);
    assert.deepEqual(await dueIds(bench), [early]);
    bench.clock.advance(1);
    assert.deepEqual(new Set(await dueIds(bench)), new Set([early, late, workedOff]));
  });

  test("of a request on hold is moved forward in the same way, counted from the hold", async () => {
    const bench = await fresh();
    const afterMs = hourMs / 2;
    await bench.holding.holdStale({ staleAfterMs: hourMs, heldForMs: 24 * hourMs });
    const requestId = await bench.approved();
    bench.clock.advance(3 * hourMs);
    assert.ok(await bench.holding.holdStale({ staleAfterMs: hourMs, heldForMs: 24 * hourMs }));
    await bench.reminders.record([{ ...record(bench, await theDue(bench)), nextAt: bench.clock.now() + 2 * hourMs }]);

    await bench.reminders.expediteEscalations({ afterMs, to: "SONCALL" });
    bench.clock.advance(afterMs - 1);
    assert.deepEqual(await dueIds(bench), []);
    bench.clock.advance(1);
    assert.deepEqual(await dueIds(bench), [requestId]);
  });

  test("is found by its index, however large the ledger is", async () => {
    const { db } = await fresh();
    const asked = sql.raw(
      "select * from requests where state = 'pending' and attend_at <= 1 order by attend_at limit 20",
    );
    if (engine.name === "SQLite") {
      const { rows } = await sql<{ detail: string }>`explain query plan ${asked}`.execute(db);
      assert.deepEqual(
        rows.map(({ detail }) => detail),
        ["SEARCH requests USING INDEX requests_to_attend (attend_at<?)"],
      );
      return;
    }
    await db.connection().execute(async (connection) => {
      await sql`set enable_seqscan = off`.execute(connection);
      const { rows } = await sql<Record<string, string>>`explain ${asked}`.execute(connection);
      await sql`set enable_seqscan = on`.execute(connection);
      assert.match(JSON.stringify(rows), /requests_to_attend/);
    });
  });
});

onEveryEngine("copies of a request's message", (fresh) => {
  test("are updated with every change of the request except its progress", async () => {
    const bench = await fresh();
    const requestId = await bench.asked({ subMchids: ["1900000001", "1900000002", "1900000003"] });
    await bench.reminders.record([record(bench, await theDue(bench), { copies: ["UBOB", "UDAN"] })]);
    const wanted = async () => {
      const posts = bench.db.selectFrom("posts").select(["id", "wanted"]).where("kind", "in", ["message", "copy"]);
      return new Map((await posts.execute()).map(({ id, wanted }) => [id.split(":").slice(1).join(":"), wanted]));
    };
    const all = (message: number, copy: number) =>
      new Map([
        ["message:0", message],
        ["copy:UBOB", copy],
        ["copy:UDAN", copy],
      ]);
    await bench.decided(requestId, "approve", "UDAN");
    assert.deepEqual(await wanted(), all(2, 2));
    const [first, second, third] = await bench.claim(3);
    for (const attempt of [first, second])
      await bench.operations.conclude(attempt ?? assert.fail(), { kind: "accepted", status: 200 }, { kind: "succeed" });
    assert.deepEqual(await wanted(), all(4, 2));
    await bench.operations.conclude(third ?? assert.fail(), { kind: "accepted", status: 200 }, { kind: "succeed" });
    assert.deepEqual(await wanted(), all(5, 3));
  });

  test("and reminders reach people even if the channel does not accept the request's message", async () => {
    const bench = await fresh();
    const requestId = await bench.asked();
    const told = { copies: ["UON"], reminders: ["UBOB"], to: "SONCALL" };
    await bench.reminders.record([record(bench, await theDue(bench), told)]);
    const refused = await claimedPost(bench);
    await bench.outbox.postpone(refused, "us", { dueAt: bench.clock.now() + hourMs / 2 });
    for (const channelId of ["UON", "UBOB"])
      assert.equal((await bench.outbox.claim({ owner: "us", leaseMs: 1_000, channelId }))?.requestId, requestId);
    assert.equal(await bench.outbox.claim({ owner: "us", leaseMs: 1_000, channelId: "COPS" }), undefined);
  });

  test("wait while the request's message is being posted, and then link to it", async () => {
    const bench = await fresh();
    await bench.asked();
    await bench.reminders.record([record(bench, await theDue(bench), { copies: ["UBOB"] })]);
    const claimCopy = () => bench.outbox.claim({ owner: "us", leaseMs: 1_000, channelId: "UBOB" });
    assert.equal(await claimCopy(), undefined);
    const message = await claimedPost(bench);
    assert.equal(await claimCopy(), undefined);
    await bench.outbox.postpone(message, "us", { dueAt: bench.clock.now() });
    const early = (await claimCopy()) ?? assert.fail("Slack refused the message, and the copy need not wait for it");
    await bench.outbox.recordShown(early, "us", { channelId: "DBOB", ts: "18.1" });
    assert.equal(await claimCopy(), undefined);
    await bench.outbox.recordShown(await claimedPost(bench), "us", { channelId: "COPS", ts: "17.1" });
    const copy = (await claimCopy()) ?? assert.fail("the copy should now link to the message");
    assert.equal(copy.posted?.ts, "18.1");
    await bench.outbox.recordShown(copy, "us", { channelId: "DBOB", ts: "18.1" });
    assert.equal(await claimCopy(), undefined);
  });

  test("that Slack refuses are no longer due, until something changes", async () => {
    const bench = await fresh();
    const requestId = await posted(bench);
    await bench.reminders.record([record(bench, await theDue(bench), { copies: ["UBOB"] })]);
    const claimCopy = () => bench.outbox.claim({ owner: "us", leaseMs: 1_000, channelId: "UBOB" });
    const copy = (await claimCopy()) ?? assert.fail("the copy should be due");
    await bench.outbox.drop(copy, "another-instance");
    assert.equal(await claimCopy(), undefined);
    await bench.outbox.drop(copy, "us");
    bench.clock.advance(2_000);
    assert.equal(await claimCopy(), undefined);
    await bench.decided(requestId, "withdraw");
    assert.equal((await claimCopy())?.posted, undefined);
  });
});

onEveryEngine("a notification preference", (fresh) => {
  test("is the last one that someone set, and independent of other people's", async () => {
    const { db, clock } = await fresh();
    const preferences = createNotificationPreferences({ db, clock });
    assert.equal(await preferences.of("UBOB"), undefined);
    assert.deepEqual(await preferences.all(), new Map());
    await preferences.set("UBOB", "on");
    await preferences.set("UDAN", "off");
    await preferences.set("UBOB", "off");
    await preferences.set("UEVE", "on");
    const later = createNotificationPreferences({ db, clock });
    assert.equal(await later.of("UBOB"), "off");
    assert.deepEqual(
      await later.all(),
      new Map([
        ["UBOB", "off"],
        ["UDAN", "off"],
        ["UEVE", "on"],
      ]),
    );
  });
});
