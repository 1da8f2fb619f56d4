/** Several people, and Slack itself, at the same moment: one decision, one call, and an answer for everyone else. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import type { Delivery } from "../../../src/playground/slack/delivery/http.ts";
import { invalid } from "../../../src/playground/wechatpay/scenario.ts";
import { freshNumber, openStage, people, type Stage } from "../support/stage.ts";

for (const mode of ["http", "socket"] as const) {
  describe(`races over ${mode}`, { concurrency: true }, () => {
    let stage: Stage;
    before(async () => {
      stage = await openStage({ mode });
    });
    after(() => stage.close());

    /** The same payload in separate envelopes, because the local Slack expects one answer to each. */
    const redeliver = (delivery: Delivery) => stage.slack.redeliver({ ...delivery, id: randomUUID() });

    test("when two approvers approve at once, one succeeds and the other sees who it was", async () => {
      const request = await stage.request("ann", `open ${freshNumber()}`);
      await Promise.all([stage.press("bob", request, "Approve"), stage.press("dan", request, "Approve")]);
      await stage.untilShown(request, "Receipts opened");
      const [winner, loser] = (await stage.eventsOf(request.number)).includes("approved by bob")
        ? (["bob", "dan"] as const)
        : (["dan", "bob"] as const);
      const reply = await stage.slack.until(() => stage.privateReplies(loser, request.channel)[0]);
      assert.match(reply, new RegExp(`@${winner} approved this before you`));
      assert.match(stage.shown(request), new RegExp(`approved by @${winner}`));
      assert.deepEqual(stage.privateReplies(winner, request.channel), []);
      assert.deepEqual(await decisions(stage, request.number), [`approved by ${winner}`]);
      assert.deepEqual(stage.callsFor(request.number), ["OPEN 200"]);
    });

    test("when one approver approves and another rejects at once, one decision counts and the other person sees it", async () => {
      const request = await stage.request("ann", `open ${freshNumber()}`);
      const { form } = await stage.openRejection("bob", request);
      const reason = { reason: "wrong shop" };
      await Promise.all([stage.submit("bob", reason, form), stage.press("dan", request, "Approve")]);
      await stage.untilReply(request);
      const [decision, ...others] = await decisions(stage, request.number);
      assert.deepEqual(others, []);
      const isApproved = decision === "approved by dan";
      const reply = isApproved
        ? stage.modalText("bob")
        : await stage.slack.until(() => stage.privateReplies("dan", request.channel)[0]);
      assert.match(reply, isApproved ? /@dan approved this/ : /@bob rejected this/);
      await stage.untilShown(request, isApproved ? "Receipts opened" : "Rejected by @bob");
      assert.deepEqual(stage.callsFor(request.number), isApproved ? ["OPEN 200"] : []);
    });

    test("when an approval and a withdrawal arrive at once, one counts", async () => {
      const request = await stage.request("ann", `open ${freshNumber()}`);
      await Promise.all([stage.press("ann", request, "Withdraw"), stage.press("bob", request, "Approve")]);
      await stage.untilShown(request, /Receipts opened|Withdrawn by @ann/);
      const [decision, ...others] = await decisions(stage, request.number);
      assert.deepEqual(others, []);
      const isApproved = decision === "approved by bob";
      const reply = await stage.slack.until(() => stage.privateReplies(isApproved ? "ann" : "bob", request.channel)[0]);
      assert.match(reply, isApproved ? /@bob approved this/ : /@ann withdrew this/);
      assert.deepEqual(stage.callsFor(request.number), isApproved ? ["OPEN 200"] : []);
    });

    test("a command that is delivered again after its requester lost the role, or its channel was archived, is not refused", async (t) => {
      // Of its own, because the others need ann's role.
      const alone = await openStage({ mode });
      t.after(() => alone.close());
      const [number, channel] = [freshNumber(), alone.newChannel()];
      const { delivery = assert.fail("nothing was sent") } = await alone.type("ann", `open ${number}`, channel);
      const assertTaken = async () => {
        const again = await alone.slack.redeliver({ ...delivery, id: randomUUID() });
        assert.deepEqual([again.acknowledged, again.ephemeral], [true, undefined]);
      };
      await alone.revoke("ann", "requester");
      await assertTaken();
      await alone.grant("ann", "requester");
      alone.slack.archive(channel);
      await assertTaken();
      assert.deepEqual(await alone.eventsOf(number), ["asked by ann"]);
      assert.deepEqual(await alone.rows("select 1 from events where what = 'refused'"), []);
    });

    test("a change of roles or of notifications that is delivered again after the opposite one takes effect once", async (t) => {
      const alone = await openStage({ mode });
      t.after(() => alone.close());
      const typed = async (text: string) =>
        (await alone.type("carol", text)).delivery ?? assert.fail("nothing was sent");
      const answerTo = async (delivery: Delivery) => {
        const { ephemeral = assert.fail("no answer") } = await alone.slack.redeliver(delivery);
        return alone.textOf(ephemeral);
      };
      const grants = () => alone.rows("select what from events where what in ('granted', 'revoked')");
      await alone.typeAndRead("carol", "grant @carol approver");
      const granting = await typed("grant @dan requester");
      const revoking = await typed("revoke @dan requester");
      const before = (await grants()).length;
      assert.match(await answerTo(granting), /^The bot has received this before/);
      await typed("grant @dan requester");
      assert.match(await answerTo(revoking), /^The bot has received this before/);
      assert.equal((await grants()).length, before + 1);
      const muting = await typed("notify off");
      await typed("notify on");
      assert.match(await answerTo(muting), /^You receive each request/);
    });

    test("a click that is delivered three times decides once, both while it runs and afterwards", async () => {
      const request = await stage.request("ann", `open ${freshNumber()}`);
      const { delivery } = await stage.press("bob", request, "Approve");
      assert.ok(delivery);
      await Promise.all([redeliver(delivery), redeliver(delivery)]);
      await stage.untilShown(request, "Receipts opened");
      await redeliver(delivery);
      await stage.slack.until(() => stage.privateReplies("bob", request.channel).length === 3);
      for (const reply of stage.privateReplies("bob", request.channel))
        assert.match(reply, /You already approved this/);
      assert.deepEqual(await decisions(stage, request.number), ["approved by bob"]);
      assert.deepEqual(stage.callsFor(request.number), ["OPEN 200"]);
    });

    test("three simultaneous deliveries of a click decide once", async () => {
      const request = await stage.request("ann", `open ${freshNumber()}`);
      const result = await stage.press("ann", request, "Approve");
      await stage.slack.until(() => stage.privateReplies("ann", request.channel)[0]);
      assert.ok(result.delivery);
      // Her refused click provides the payload. Now bob is the one who pressed, and ann's response URL gets the
      // answers.
      const payload = { ...result.delivery.payload, user: { id: people.bob } };
      await Promise.all([1, 2, 3].map(() => redeliver({ ...result.delivery, payload } as Delivery)));
      await stage.untilShown(request, "Receipts opened");
      await stage.slack.until(() => stage.privateReplies("ann", request.channel).length === 3);
      for (const reply of stage.privateReplies("ann", request.channel).slice(1))
        assert.match(reply, /You already approved this/);
      assert.deepEqual(await decisions(stage, request.number), ["approved by bob"]);
    });

    test("three deliveries of a Reject click open one form, and three deliveries of that form reject once", async () => {
      const request = await stage.request("ann", `open ${freshNumber()}`);
      const opened = () => stage.slack.log.filter(({ method }) => method === "views.open").length;
      const before = opened();
      const { form, click } = await stage.openRejection("dan", request);
      assert.ok(click.delivery);
      await Promise.all([redeliver(click.delivery), redeliver(click.delivery)]);
      await stage.slack.until(() => opened() >= before + 3);
      assert.deepEqual(stage.privateReplies("dan", request.channel), []);
      const result = await stage.submit("dan", { reason: "wrong shop" }, form);
      assert.ok(result.delivery);
      for (let times = 1; times <= 2; times++) {
        const { acknowledged, error } = await stage.slack.redeliver(result.delivery);
        assert.deepEqual({ acknowledged, error }, { acknowledged: true, error: undefined });
      }
      assert.match(await stage.untilShown(request, "Rejected by @dan"), /\| wrong shop$/);
      assert.deepEqual(await decisions(stage, request.number), ["rejected by dan"]);
    });

    test("a command that is delivered three times creates one request, even after that request has ended", async () => {
      const number = freshNumber();
      const channel = stage.newChannel();
      const { delivery } = await stage.type("ann", `open ${number}`, channel);
      assert.ok(delivery);
      const again = await Promise.all([redeliver(delivery), redeliver(delivery)]);
      for (const result of again) assert.deepEqual([result.acknowledged, result.ephemeral], [true, undefined]);
      const { ts } = await stage.slack.until(() => stage.slack.messages(channel)[0]);
      const request = { channel, ts, number };
      await stage.press("bob", request, "Approve");
      await stage.untilReply(request);
      const late = await redeliver(delivery);
      assert.deepEqual([late.acknowledged, late.ephemeral], [true, undefined]);

      const next = await stage.request("ann", `close ${number}`, channel); // a new one is still accepted, and comes afterwards
      assert.notEqual(next.ts, request.ts);
      assert.equal(stage.slack.messages(channel).length, 2);
      assert.equal((await stage.rows("select 1 from requests where channel_id = ?", channel)).length, 2);
      assert.deepEqual(stage.callsFor(number), ["OPEN 200"]);
    });

    test("two people who submit the same request at once create one request", async () => {
      const number = freshNumber();
      const channel = stage.newChannel();
      const result = await Promise.all([1, 2, 3].map(() => stage.type("ann", `open ${number}`, channel)));
      const refused = result.filter(({ ephemeral }) => ephemeral);
      assert.equal(refused.length, 2);
      for (const { ephemeral } of refused)
        assert.match(ephemeral ? stage.textOf(ephemeral) : "", /already has an open request/);
      assert.equal((await stage.rows("select 1 from operations where sub_mchid = ?", number)).length, 1);
      await stage.slack.until(() => stage.slack.messages(channel)[0]);
    });

    const ends = [
      { label: "Approve", by: "bob", end: "Receipts opened", says: /@bob approved this/ },
      { label: "Reject", by: "bob", end: "Rejected by", says: /@bob rejected this/ },
      { label: "Withdraw", by: "ann", end: "Withdrawn by", says: /@ann withdrew this/ },
    ] as const;
    for (const { label, by, end, says } of ends) {
      test(`a click on an old copy of a request that ended by ${label} shows how it ended, and changes nothing`, async () => {
        const request = await stage.request("ann", `open ${freshNumber()}`);
        const old = stage.messageOf(request);
        await (label === "Reject" ? stage.reject(by, request) : stage.press(by, request, label));
        await stage.untilShown(request, end);
        const decided = await decisions(stage, request.number);
        const calls = stage.callsFor(request.number);
        assert.match(await stage.pressAndRead("dan", old, "Approve"), says);
        assert.match(await stage.pressAndRead("dan", old, "Reject"), says);
        assert.deepEqual(await decisions(stage, request.number), decided);
        assert.deepEqual(stage.callsFor(request.number), calls);
        assert.match(stage.shown(request), new RegExp(end));
      });
    }

    test("when two people press Retry at once, one retry runs, and the other person sees who was first", async () => {
      const number = freshNumber();
      stage.weChatPay.behave(number, (_, n) => (n === 1 ? invalid("特约商户被处罚中") : undefined));
      const request = await stage.request("ann", `open ${number}`);
      await stage.press("bob", request, "Approve");
      await stage.untilShown(request, "[ Retry ]");
      const failed = stage.messageOf(request);
      await Promise.all([stage.press("ann", failed, "Retry"), stage.press("dan", failed, "Retry")]);
      const reply = await stage.slack.until(() =>
        [...stage.privateReplies("ann", request.channel), ...stage.privateReplies("dan", request.channel)].at(0),
      );
      assert.match(reply, /^@(?:ann|dan) pressed Retry before you/);
      await stage.untilShown(request, "Receipts opened");
      assert.deepEqual(stage.callsFor(number), ["OPEN 400", "OPEN 200"]);
      assert.equal((await stage.eventsOf(number)).filter((event) => event.startsWith("retried")).length, 1);
    });

    test("an old Retry button does not retry a later round", async () => {
      const number = freshNumber();
      stage.weChatPay.behave(number, () => invalid("特约商户被处罚中"));
      const request = await stage.request("ann", `open ${number}`);
      await stage.press("bob", request, "Approve");
      await stage.untilReply(request, 1);
      await stage.untilShown(request, "[ Retry ]");
      const first = stage.messageOf(request);
      await stage.press("ann", first, "Retry");
      await stage.untilReply(request, 2);
      await stage.untilShown(request, "[ Retry ]");
      assert.match(await stage.pressAndRead("dan", first, "Retry"), /^@ann pressed Retry before you/);
      assert.deepEqual(stage.callsFor(number), ["OPEN 400", "OPEN 400"]);
      await stage.press("dan", request, "Retry"); // the current one works
      await stage.untilReply(request, 3);
      assert.equal(stage.callsFor(number).length, 3);
    });

    test("a Retry button disappears once a later request succeeds, and does nothing on an old copy", async () => {
      const number = freshNumber();
      const channel = stage.newChannel();
      stage.weChatPay.behave(number, (_, n) => (n === 1 ? invalid("特约商户被处罚中") : undefined));
      const request = await stage.request("ann", `open ${number}`, channel);
      await stage.press("bob", request, "Approve");
      await stage.untilShown(request, "[ Retry ]");
      const failed = stage.messageOf(request);
      const later = await stage.request("ann", `close ${number}`, channel);
      await stage.press("bob", later, "Approve");
      await stage.untilShown(later, "Receipts closed");
      assert.match(
        await stage.pressAndRead("dan", failed, "Retry"),
        /There is a later request .* submit a new request/,
      );
      await stage.slack.until(() => !stage.shown(request).includes("Retry"));
      assert.deepEqual(stage.callsFor(number), ["OPEN 400", "CLOSE 200"]);
      assert.equal(stage.weChatPay.states.get(number), "CLOSE");
    });

    test("a Retry that a later request blocks names that request, and does not suggest submitting another", async () => {
      const number = freshNumber();
      const channel = stage.newChannel();
      const answer = Promise.withResolvers<void>();
      stage.weChatPay.behave(number, (_, n) => (n === 1 ? invalid("特约商户被处罚中") : { hold: answer.promise }));
      const request = await stage.request("ann", `open ${number}`, channel);
      await stage.press("bob", request, "Approve");
      await stage.untilShown(request, "[ Retry ]");
      const failed = stage.messageOf(request);
      const later = await stage.request("ann", `close ${number}`, channel);
      await stage.untilKnown(later);
      const undecided = await stage.pressAndRead("dan", failed, "Retry");
      assert.match(undecided, /^A later request for \S+ is waiting for a decision \(#\d+\)\. Decide on that one\.$/);
      await stage.press("bob", later, "Approve");
      await stage.untilShown(later, "Calling WeChat Pay");
      const working = await stage.pressAndRead("dan", failed, "Retry");
      assert.match(working, /^A later request for \S+ is being carried out \(#\d+\), so/);
      answer.resolve();
      await stage.untilShown(later, "Receipts closed");
    });
  });
}

async function decisions(stage: Stage, number: string): Promise<string[]> {
  return (await stage.eventsOf(number)).filter((event) => /^(approved|rejected|withdrawn|expired) /.test(event));
}
