/** A team with stricter approvals: required reasons, and more than one approver. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { eventually } from "../../eventually.ts";
import { onEveryEngine } from "../support/every-engine.ts";
import { freshNumber, type Name, people } from "../support/stage.ts";

onEveryEngine("approvals", (openStage) => {
  describe("when the settings require a reason", { concurrency: false }, () => {
    test("a command without a reason is answered with a working example, and one with a reason is recorded", async (t) => {
      const stage = await openStage({ environment: { REASON: "required" } });
      t.after(() => stage.close());
      const number = freshNumber();
      for (const typed of [`open ${number}`, `close ${number} ${freshNumber()}  `]) {
        const answer = await stage.typeAndRead("ann", typed);
        assert.match(answer, /^Add a reason after the number/);
        assert.match(answer, /Nothing was recorded\.$/);
      }
      assert.deepEqual(await stage.rows("select 1 from requests"), []);
      const [, example = ""] =
        /\/receipt (open .+)\. Nothing/.exec(await stage.typeAndRead("ann", `open ${number}`)) ?? [];
      const request = await stage.request("ann", example);
      assert.match(stage.shown(request), new RegExp(`${number}[\\s\\S]*\\| new store, contract 4711`));
      const help = await stage.typeAndRead("ann", "help");
      assert.match(help, /close 1900000109 contract ended – .*a reason is required/);
      assert.doesNotMatch(help, /reason is optional/);
    });

    test("someone without the role is refused for that reason first", async (t) => {
      const stage = await openStage({ environment: { REASON: "required" } });
      t.after(() => stage.close());
      assert.match(await stage.typeAndRead("bob", `open ${freshNumber()}`), /You need the role requester/);
    });
  });

  describe("when two approvals are needed", { concurrency: false }, () => {
    const twoNeeded = {
      environment: { APPROVERS_NEEDED: "2" },
      grants: [
        ["ann", "requester"],
        ["bob", "approver"],
        ["dan", "approver"],
        ["carol", "approver"],
      ],
    } as const;

    test("the message lists each approval with its time, and the second one starts the call to WeChat Pay", async (t) => {
      const stage = await openStage(twoNeeded);
      t.after(() => stage.close());
      const request = await stage.request("ann", `open ${freshNumber()}`);
      assert.match(stage.shown(request), /2 approvals are required/);
      const pending = stage.messageOf(request);
      const result = await stage.press("bob", request, "Approve");
      assert.match(JSON.stringify(result.confirm), /needs 2 approvals, including yours/);
      const waiting = await stage.untilShown(request, "1 more approval is required");
      assert.match(waiting, /Approved by @bob, \d+ \w+ \d+:\d+/);
      assert.match(
        JSON.stringify(stage.messageOf(request).blocks),
        /Yours is the last approval required\. The bot calls WeChat Pay immediately\.".*"Approve and open"/,
      );
      assert.deepEqual(stage.callsFor(request.number), []);

      assert.match(
        await stage.pressAndRead("bob", request, "Approve"),
        /^You already approved this, .+\. 1 more approval is required, from someone else/,
      );
      assert.match(await stage.typeAndRead("dan", "pending"), / · 1 more approval is required · 👉 yours to decide/);
      assert.doesNotMatch(await stage.typeAndRead("bob", "pending"), /yours to decide/);

      await stage.press("dan", pending, "Approve");
      const done = await stage.untilShown(request, "Receipts opened");
      assert.match(done, /approved by @bob \(.+\), @dan \(.+\)/);
      assert.deepEqual(stage.callsFor(request.number), ["OPEN 200"]);
      assert.deepEqual((await stage.eventsOf(request.number)).slice(0, 4), [
        "asked by ann",
        "approval-given by bob",
        "approval-given by dan",
        "approved by dan",
      ]);
      assert.match(await stage.pressAndRead("bob", pending, "Approve"), /^You already approved this/);
      assert.match(await stage.pressAndRead("carol", pending, "Reject"), /^@bob, @dan approved this before you/);
      for (const words of [`status ${request.number}`, `history ${request.number}`])
        assert.match(
          await stage.typeAndRead("carol", words),
          /requested by @ann, approved by @bob, @dan/,
          "the message keeps showing both",
        );
    });

    test("after a rejection the message still lists the earlier approval", async (t) => {
      const stage = await openStage(twoNeeded);
      t.after(() => stage.close());
      const request = await stage.request("ann", `open ${freshNumber()}`);
      await stage.press("bob", request, "Approve");
      await stage.untilShown(request, "1 more approval is required");
      await stage.reject("dan", request);
      assert.match(await stage.untilShown(request, "Rejected by @dan"), /Approved by @bob/);
      assert.deepEqual(stage.callsFor(request.number), []);
    });

    test("the approval of someone who has lost the role does not count, and another approver can take their place", async (t) => {
      const stage = await openStage(twoNeeded);
      t.after(() => stage.close());
      const request = await stage.request("ann", `open ${freshNumber()}`);
      await stage.press("bob", request, "Approve");
      await stage.untilShown(request, "Approved by @bob");
      assert.match(
        await stage.typeAndRead("carol", "revoke @bob approver"),
        /requests that wait for more approvals count only those of people who may still approve\.$/,
      );
      assert.equal(
        await stage.pressAndRead("dan", request, "Approve"),
        "The approval by @bob no longer counts, because they can no longer approve. Your approval counts; 1 more approval is required.",
      );
      const waiting = await stage.untilShown(request, "Approved by @dan");
      assert.doesNotMatch(waiting, /Approved by @bob/);
      assert.match(waiting, /1 more approval is required/);
      assert.deepEqual(stage.callsFor(request.number), []);
      assert.match(await stage.pressAndRead("dan", request, "Approve"), /^You already approved this/);
      await stage.press("carol", request, "Approve");
      await stage.untilShown(request, /Receipts opened[\s\S]*approved by @dan .*@carol/);
      assert.deepEqual((await stage.eventsOf(request.number)).slice(0, 6), [
        "asked by ann",
        "approval-given by bob",
        "approval-lapsed by bot",
        "approval-given by dan",
        "approval-given by carol",
        "approved by carol",
      ]);
    });

    test("a changed setting does not affect pending requests", async (t) => {
      const stage = await openStage(twoNeeded);
      t.after(() => stage.close());
      const request = await stage.request("ann", `open ${freshNumber()}`);
      stage.environment["APPROVERS_NEEDED"] = "1";
      await stage.restart();
      await stage.press("bob", request, "Approve");
      await stage.untilShown(request, "1 more approval is required");
      const later = await stage.request("ann", `open ${freshNumber()}`);
      await stage.press("bob", later, "Approve");
      await stage.untilShown(later, "Receipts opened");
    });
  });

  test("a bulk request needs more approvals from the configured size on", async (t) => {
    const stage = await openStage({ environment: { BULK_FROM: "3", BULK_APPROVERS_NEEDED: "2" } });
    t.after(() => stage.close());
    const few = await stage.request("ann", `open ${freshNumber()} ${freshNumber()}`);
    await stage.press("bob", few, "Approve");
    await stage.untilShown(few, "2 opened");
    const many = await stage.request("ann", `open ${freshNumber()} ${freshNumber()} ${freshNumber()}`);
    assert.match(stage.shown(many), /2 approvals are required/);
    const result = await stage.press("bob", many, "Approve");
    assert.match(JSON.stringify(result.confirm), /Open receipts for 3 sub-merchants\?.*including yours/);
    await stage.untilShown(many, "1 more approval is required");
    await stage.press("dan", many, "Approve");
    assert.match(await stage.untilShown(many, "3 opened"), /approved by @bob .*@dan/);
  });

  describe("break glass", { concurrency: false }, () => {
    const support = "S0SUPPORT1";

    async function emergency(environment: Record<string, string>) {
      const stage = await openStage({
        environment,
        grants: [
          ["ann", "requester"],
          ["ann", "approver"],
          ["bob", "approver"],
          ["dan", "requester"],
        ],
      });
      stage.slack.changeGroup(support, { users: [people.carol, people.bob, people.eve] });
      await stage.typeAndRead("carol", "grant @support-team approver");
      return stage;
    }

    test("runs an approver's own request at once, visibly in the channel, and notifies every other approver", async (t) => {
      const stage = await emergency({ BREAK_GLASS: "on", APPROVERS_NEEDED: "2" });
      t.after(() => stage.close());
      const request = await stage.request("ann", `close ${freshNumber()} shop is being robbed`);
      const pending = stage.messageOf(request);
      const result = await stage.press("ann", request, "Break glass");
      assert.match(
        JSON.stringify(result.confirm),
        new RegExp(`Break glass: close receipts for ${request.number}\\?.*without further approval`),
      );
      const done = await stage.untilShown(request, "Receipts closed");
      assert.match(done, /🚨 Break glass by @ann, without a second person, \d/);
      assert.doesNotMatch(done, /approved by/);
      assert.deepEqual(stage.callsFor(request.number), ["CLOSE 200"]);
      assert.deepEqual((await stage.eventsOf(request.number)).slice(0, 2), ["asked by ann", "broke-glass by ann"]);
      for (const who of ["bob", "carol"] as const) {
        const [reply, ...more] = await stage.slack.until(() => {
          const all = stage.directMessages(who);
          return all.length > 0 ? all : undefined;
        });
        assert.ok(reply && more.length === 0, `${who} is notified once`);
        const text = stage.textOf(reply);
        assert.match(text, new RegExp(`Close receipts · ${request.number}`));
        assert.match(text, /🚨 Break glass by @ann, without a second person \(.*\)[\s\S]*\| shop is being robbed/);
      }
      for (const who of ["ann", "dan", "eve"] as const) assert.deepEqual(stage.directMessages(who), [], who);
      for (const words of [`status ${request.number}`, `history ${request.number}`]) {
        const answer = await stage.typeAndRead("bob", words);
        assert.match(answer, /· 🚨 Break glass by @ann, without a second person/, words);
        assert.doesNotMatch(answer, /approved by|decided by/, words);
      }
      assert.match(
        await stage.pressAndRead("bob", pending, "Approve"),
        /^The requester, @ann, used break glass to run this without a second person/,
      );
    });

    test("keeps the approvals that were given before", async (t) => {
      const stage = await emergency({ BREAK_GLASS: "on", APPROVERS_NEEDED: "2" });
      t.after(() => stage.close());
      const request = await stage.request("ann", `close ${freshNumber()} shop is being robbed`);
      const pending = stage.messageOf(request);
      await stage.press("bob", request, "Approve");
      await stage.untilShown(request, "1 more approval is required");
      await stage.press("ann", request, "Break glass");
      const line = /🚨 Break glass by @ann, approved only by @bob/;
      assert.match(await stage.untilShown(request, "Receipts closed"), line);
      const told = await stage.slack.until(() => stage.directMessages("carol")[0]);
      assert.match(stage.textOf(told), line);
      for (const words of [`status ${request.number}`, `history ${request.number}`])
        assert.match(await stage.typeAndRead("bob", words), line, words);
      assert.match(
        await stage.pressAndRead("carol", pending, "Approve"),
        /^The requester, @ann, used break glass to run this with only the approval by @bob/,
      );
    });

    test("continues while Slack cannot list a group's members, who are notified once it can", async (t) => {
      const stage = await emergency({ BREAK_GLASS: "on" });
      t.after(() => stage.close());
      const request = await stage.request("ann", `close ${freshNumber()} shop is being robbed`);
      await stage.later(60_000);
      stage.slack.fail("usergroups.users.list", { status: 500 });
      await stage.press("ann", request, "Break glass");
      await stage.untilShown(request, "Receipts closed");
      const untilNotified = (who: Name) => stage.slack.until(() => stage.directMessages(who).length > 0);
      await untilNotified("bob"); // by a personal grant
      assert.deepEqual(stage.directMessages("carol"), []);
      stage.slack.restore();
      await untilNotified("carol");
      assert.equal(stage.directMessages("bob").length, 1);
    });

    test("notifies every approver, however many there are", async (t) => {
      const stage = await emergency({ BREAK_GLASS: "on" });
      t.after(() => stage.close());
      const crowd = Array.from({ length: 120 }, (_, i) => `U0CROWD${String(i).padStart(3, "0")}`);
      for (const id of crowd) stage.slack.state.people.set(id, { id, name: id, realName: id });
      stage.slack.changeGroup(support, { users: crowd });
      const request = await stage.request("ann", `close ${freshNumber()} shop is being robbed`);
      await stage.later(60_000);
      await stage.press("ann", request, "Break glass");
      const toldTo = "select 1 from posts where kind = 'notice' and channel_id like 'U0CROWD%' and ts is not null";
      await eventually(async () => (await stage.rows(toldTo)).length === crowd.length);
    });

    test("needs a requester who is an approver and gives a reason; anyone else reads why not, and nothing runs", async (t) => {
      const stage = await emergency({ BREAK_GLASS: "on" });
      t.after(() => stage.close());
      const anns = await stage.request("ann", `open ${freshNumber()} urgent`);
      assert.match(
        await stage.pressAndRead("bob", anns, "Break glass"),
        /^Only the requester, @ann, can use break glass here/,
      );
      const dans = await stage.request("dan", `open ${freshNumber()} urgent`);
      assert.match(
        await stage.pressAndRead("dan", dans, "Break glass"),
        /You need the role approver to use break glass/,
      );
      const silent = await stage.request("ann", `open ${freshNumber()}`);
      assert.doesNotMatch(stage.shown(silent), /Break glass/);
      stage.environment["BREAK_GLASS"] = "off";
      await stage.restart();
      assert.match(await stage.pressAndRead("ann", anns, "Break glass"), /^Break glass is no longer available here/);
      const later = await stage.request("ann", `open ${freshNumber()} urgent`);
      assert.doesNotMatch(stage.shown(later), /Break glass/);
      assert.deepEqual(stage.weChatPay.calls, []);
    });

    test("is announced for a bulk request as well", async (t) => {
      const stage = await emergency({ BREAK_GLASS: "on" });
      t.after(() => stage.close());
      stage.environment["LOCALE"] = "zh-CN";
      await stage.restart();
      const request = await stage.request("ann", `open ${freshNumber()} ${freshNumber()} 紧急`);
      const result = await stage.press("ann", request, "紧急放行");
      assert.match(JSON.stringify(result.confirm), /紧急放行：为 2 个特约商户开通商家小票？/);
      assert.match(await stage.untilShown(request, "已开通 2 个"), /🚨 @ann 紧急放行，未经他人审批，/);
    });
  });
});
