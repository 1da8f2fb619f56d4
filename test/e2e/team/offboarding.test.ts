/**
 * People who have left block nothing, and neither does a bot that was down for longer than requests and grants last.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { eventually } from "../../eventually.ts";
import { onEveryEngine } from "../support/every-engine.ts";
import { buttonsOf, freshNumber, people, pingedBy, usualGrants } from "../support/stage.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const fresh = (count: number) => Array.from({ length: count }, freshNumber);

onEveryEngine("people who have left", (openStage) => {
  test("a requester who has left: the request cannot be approved, can be rejected, and the numbers are free again", async (t) => {
    const stage = await openStage();
    t.after(() => stage.close());
    await stage.grant("ghost", "requester");
    const numbers = fresh(3);
    const one = await stage.request("ghost", `open ${freshNumber()}`);
    const many = await stage.request("ghost", `open ${numbers.join(" ")}`);
    stage.slack.deactivate(people.ghost);
    await stage.later(minuteMs); // the bot caches a person for this long
    for (const request of [one, many]) {
      assert.match(
        await stage.pressAndRead("bob", request, "Approve"),
        /^The requester, @ghost, no longer has an active account, so this cannot be approved\. Reject it.*new request\.$/,
      );
      await stage.reject("bob", request, "ghost has left");
      await stage.untilShown(request, "Rejected by @bob");
    }
    assert.deepEqual(stage.weChatPay.calls, []);
    const again = await stage.request("ann", `open ${[...numbers, one.number].join(" ")}`);
    await stage.press("bob", again, "Approve");
    await stage.untilShown(again, "4 opened");
  });

  test("a requester without the role any more: the advice given to the approver works with the pending request", async (t) => {
    const stage = await openStage();
    t.after(() => stage.close());
    const request = await stage.request("ann", `open ${freshNumber()}`);
    await stage.revoke("ann", "requester");
    const reply = await stage.pressAndRead("bob", request, "Approve");
    assert.match(
      reply,
      /^The requester, @ann, no longer has the role requester, so this cannot be approved\. Reject it/,
    );
    assert.match(stage.shown(request), /\[ Approve \]/);
    const [, words = ""] = /@carol can grant the role again: \/receipt (.+)$/.exec(reply) ?? [];
    assert.match(await stage.typeAndRead("carol", words), /^@ann now has the role requester/);
    await stage.press("bob", request, "Approve");
    await stage.untilShown(request, "Receipts opened");
    assert.deepEqual((await stage.eventsOf(request.number)).slice(0, 3), [
      "asked by ann",
      "refused by bob",
      "approved by bob",
    ]);
  });

  test("one of two approvers who has left: their approval lapses, and two others approve", async (t) => {
    const stage = await openStage({
      environment: { APPROVERS_NEEDED: "2" },
      grants: [...usualGrants, ["ghost", "approver"]],
    });
    t.after(() => stage.close());
    const request = await stage.request("ann", `open ${freshNumber()}`);
    await stage.press("ghost", request, "Approve");
    await stage.untilShown(request, "Approved by @ghost");
    stage.slack.deactivate(people.ghost);
    await stage.later(minuteMs);
    await stage.press("bob", request, "Approve");
    const waiting = await stage.untilShown(request, "Approved by @bob");
    assert.doesNotMatch(waiting, /@ghost/);
    assert.match(waiting, /1 more approval is required/);
    await stage.press("dan", request, "Approve");
    assert.match(await stage.untilShown(request, "Receipts opened"), /approved by @bob .*, @dan /);
    assert.deepEqual((await stage.eventsOf(request.number)).slice(0, 6), [
      "asked by ann",
      "approval-given by ghost",
      "approval-lapsed by bot",
      "approval-given by bob",
      "approval-given by dan",
      "approved by dan",
    ]);
  });

  test("the only other approver has left: no message refers to them, and a new approver decides on the old message", async (t) => {
    const stage = await openStage({
      grants: [
        ["dan", "requester"],
        ["dan", "approver"],
        ["ghost", "approver"],
      ],
    });
    t.after(() => stage.close());
    const request = await stage.request("dan", `open ${freshNumber()}`);
    const asPosted = stage.messageOf(request);
    assert.match(await stage.pressAndRead("dan", request, "Approve"), /Approvers: @ghost\. If you no longer need it/);
    stage.slack.deactivate(people.ghost);
    await stage.later(minuteMs);
    assert.match(
      await stage.pressAndRead("dan", request, "Approve"),
      /someone else has to decide\. There is no other approver yet: ask an admin to grant the role\. If you no longer/,
    );
    await stage.grant("bob", "approver");
    await stage.press("bob", asPosted, "Approve");
    await stage.untilShown(request, /Receipts opened[\s\S]*approved by @bob/);
  });

  test("an admin who has left is not named as a contact, and a current one is", async (t) => {
    const stage = await openStage({ environment: { RECEIPT_ADMINS: `${people.ghost},${people.carol}` }, grants: [] });
    t.after(() => stage.close());
    assert.match(await stage.typeAndRead("ann", "pending"), /@ghost or @carol can give you one/);
    stage.slack.deactivate(people.ghost);
    await stage.later(minuteMs);
    assert.match(await stage.typeAndRead("ann", "pending"), /any role is enough\. @carol can give you one/);
    assert.match(await stage.typeAndRead("ann", "help"), /no role yet\. @carol can give you one/);
    stage.slack.deactivate(people.carol);
    await stage.later(minuteMs);
    assert.match(await stage.typeAndRead("ann", "pending"), /nobody can grant one yet.*RECEIPT_ADMINS/);
  });

  test("someone of another workspace sees the buttons in a shared channel and cannot use them", async (t) => {
    const stage = await openStage();
    t.after(() => stage.close());
    const request = await stage.request("ann", `open ${freshNumber()}`);
    const before = stage.shown(request);
    for (const label of ["Approve", "Reject"])
      assert.match(await stage.pressAndRead("sam", request, label), /^Only members of this workspace can use this bot/);
    assert.match(await stage.pressAndRead("sam", request, "Withdraw"), /^Only the requester, @ann, can withdraw this/);
    assert.equal(stage.modalText("sam"), "");
    assert.equal(stage.shown(request), before);
    const refused = ["refused by sam", "refused by sam", "refused by sam"];
    assert.deepEqual(await stage.eventsOf(request.number), ["asked by ann", ...refused]);
    await stage.press("bob", request, "Approve");
    await stage.untilShown(request, "Receipts opened");
  });
});

onEveryEngine("a bot after downtime", (openStage) => {
  describe("downtime longer than the TTL", { concurrency: 2 }, () => {
    test("expires overdue requests, reports it, and refuses late decisions", async (t) => {
      const stage = await openStage();
      t.after(() => stage.close());
      const numbers = fresh(3);
      const one = await stage.request("ann", `open ${freshNumber()}`);
      const many = await stage.request("ann", `close ${numbers.join(" ")}`);
      const asPosted = [one, many].map(stage.messageOf);
      await stage.restart(() => stage.later(25 * hourMs));
      for (const message of asPosted)
        assert.match(await stage.pressAndRead("bob", message, "Approve"), /^This request expired without a decision/);
      for (const [request, number = ""] of [[one, one.number] as const, [many, numbers[0]] as const]) {
        await stage.untilShown(request, "Expired without a decision");
        assert.deepEqual(buttonsOf(stage.messageOf(request)), []);
        const reply = await stage.slack.until(() =>
          stage.slack.thread(request.channel, request.ts).find((message) => /expired/.test(stage.textOf(message))),
        );
        assert.deepEqual(pingedBy(reply), ["ann"]);
        assert.deepEqual(await stage.eventsOf(number), ["asked by ann", "expired by bot"]);
      }
      const again = await stage.request("ann", `open ${[one.number, ...numbers].join(" ")}`);
      assert.match(stage.shown(again), /4 sub-merchants/);
      assert.deepEqual(stage.weChatPay.calls, []);
    });

    test("does not add up approvals from before and after, and names the person who had approved", async (t) => {
      const stage = await openStage({ environment: { APPROVERS_NEEDED: "2" } });
      t.after(() => stage.close());
      const request = await stage.request("ann", `open ${freshNumber()}`);
      await stage.press("bob", request, "Approve");
      await stage.untilShown(request, "1 more approval is required");
      const asPosted = stage.messageOf(request);
      await stage.restart(() => stage.later(25 * hourMs));
      assert.match(await stage.pressAndRead("dan", asPosted, "Approve"), /^This request expired without a decision/);
      assert.match(await stage.untilShown(request, "Expired without a decision"), /Approved by @bob/);
      assert.deepEqual(await stage.eventsOf(request.number), [
        "asked by ann",
        "approval-given by bob",
        "expired by bot",
      ]);
      assert.deepEqual(stage.callsFor(request.number), []);
    });

    test("posts once what Slack had not accepted before, with the outcome", async (t) => {
      const stage = await openStage();
      t.after(() => stage.close());
      const [number, channel] = [freshNumber(), stage.newChannel()];
      stage.slack.fail("chat.postMessage", { status: 500 });
      assert.ok((await stage.type("ann", `open ${number}`, channel)).acknowledged);
      await stage.restart(() => stage.later(25 * hourMs));
      stage.slack.restore();
      const { ts } = await stage.slack.until(() => stage.slack.messages(channel)[0]);
      const request = { channel, ts, number };
      await stage.untilShown(request, "Expired without a decision");
      assert.deepEqual(buttonsOf(stage.messageOf(request)), []);
      assert.match(stage.textOf(await stage.untilReply(request)), /@ann your request .* expired/);
      await eventually(async () => (await stage.rows("select 1 from posts where shown < wanted")).length === 0);
      assert.equal(stage.slack.messages(channel).length, 1);
    });

    test("holds operations that were approved before, and runs them once an approver confirms", async (t) => {
      const stage = await openStage();
      t.after(() => stage.close());
      const number = freshNumber();
      stage.weChatPay.behave(number, (_call, n) =>
        n === 1 ? { status: 500, body: { code: "SYSTEM_ERROR", message: "系统繁忙" } } : undefined,
      );
      const request = await stage.request("ann", `open ${number}`);
      await stage.press("bob", request, "Approve");
      await stage.untilShown(request, "retrying");
      await stage.restart(() => stage.later(25 * hourMs));
      await stage.untilShown(request, "before a bot outage or backup restore");
      assert.deepEqual(stage.callsFor(number), ["OPEN 500"]);
      await stage.press("dan", request, "Carry out");
      await stage.untilShown(request, "Receipts opened");
      assert.deepEqual(stage.callsFor(number), ["OPEN 500", "OPEN 200"]);
    });
  });

  test("ends a role whose time ran out, notifies its holder once, and leaves the request to others", async (t) => {
    const stage = await openStage({
      grants: [
        ["ann", "requester"],
        ["dan", "approver"],
      ],
    });
    t.after(() => stage.close());
    await stage.typeAndRead("carol", "grant @bob approver for 8h");
    const request = await stage.request("ann", `open ${freshNumber()}`);
    await stage.restart(() => stage.later(9 * hourMs));
    assert.match(await stage.pressAndRead("bob", request, "Approve"), /You need the role approver/);
    const reply = await stage.slack.until(() => stage.directMessages("bob")[0]);
    assert.match(stage.textOf(reply), /^Your role approver reached its end date/);
    const ends = await stage.rows("select actor from events where what = 'grant-ended'");
    assert.deepEqual(
      ends.map(({ actor }) => actor),
      ["bot"],
    );
    await stage.press("dan", request, "Approve");
    await stage.untilShown(request, "Receipts opened");
    assert.equal(stage.directMessages("bob").length, 1);
  });
});
