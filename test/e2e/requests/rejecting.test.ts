/** Rejecting: the button asks for a reason, and nothing is decided before that. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { objectsIn } from "../../../src/playground/slack/json.ts";
import { allComponents } from "../../../src/playground/slack/users/components.ts";
import { modeOn, onEveryEngine } from "../support/every-engine.ts";
import { freshNumber, people, pingedBy, type Requested, type Stage } from "../support/stage.ts";

const fresh = (count: number) => Array.from({ length: count }, freshNumber);
const decisions = async (stage: Stage, number: string) =>
  (await stage.eventsOf(number)).filter((event) => /^(approved|rejected|withdrawn|expired) /.test(event));

onEveryEngine("rejecting", (openStage, engine) => {
  const mode = modeOn[engine];
  describe(`rejecting, over ${mode}`, { concurrency: false }, () => {
    let stage: Stage;
    before(async () => {
      stage = await openStage({ mode });
    });
    after(() => stage.close());

    test("an approver gives a reason, the message and the thread show it, and only the requester is notified", async () => {
      const request = await stage.request("ann", `open ${freshNumber()} new store`);
      await stage.openRejection("bob", request);
      assert.match(stage.modalText("bob"), new RegExp(`Open receipts · ${request.number}.*@ann`, "s"));
      assert.match(stage.shown(request), /\[ Approve \]/, "nothing is decided yet");
      await stage.submit("bob", { reason: "  *wrong* shop,\nsee <!channel>\u202e " });
      assert.equal(stage.modalText("bob"), "");
      const why = /\| new store\n🚫 Rejected by @bob, .*\n\| \*wrong\* shop,\n\| see <!channel>$/;
      assert.match(await stage.untilShown(request, "Rejected by @bob"), why);
      const reply = await stage.untilReply(request);
      assert.match(
        stage.textOf(reply),
        /^@ann your request .* was rejected by bob\. .*\n\| \*wrong\* shop,\n\| see <!channel>$/,
      );
      assert.deepEqual(pingedBy(reply), ["ann"]);
      assert.deepEqual(await decisions(stage, request.number), ["rejected by bob"]);
      assert.deepEqual(stage.privateReplies("bob", request.channel), []);
    });

    test("a rejected bulk request shows how many it covered and the first of them", async () => {
      const request = await stage.request("ann", `close ${fresh(5).join(" ")}`);
      await stage.openRejection("dan", request);
      assert.match(stage.modalText("dan"), /Close receipts · 5 sub-merchants · #\d+\n(?:[0-9]{10} ){3}and 2 more/);
      await stage.submit("dan", { reason: "wrong campaign" });
      await stage.untilShown(request, /Rejected by @dan, .*\n\| wrong campaign$/);
      assert.match(stage.textOf(await stage.slack.until(() => toldOf(request))), /was rejected.*\n\| wrong campaign$/);
    });

    const toldOf = ({ channel, ts }: Requested) =>
      stage.slack.thread(channel, ts).find((message) => /was rejected/.test(stage.textOf(message)));

    test("a form submitted too late shows who decided first", async () => {
      const request = await stage.request("ann", `open ${freshNumber()}`);
      await stage.openRejection("bob", request);
      await stage.press("dan", request, "Approve");
      await stage.untilShown(request, "Receipts opened");
      await stage.submit("bob", { reason: "wrong shop" });
      assert.match(stage.modalText("bob"), /^@dan approved this before you.* are now open\.$/);
      await stage.slack.closeView(people.bob);
      assert.equal(stage.modalText("bob"), "");
      assert.deepEqual(stage.callsFor(request.number), ["OPEN 200"]);
      assert.deepEqual(await decisions(stage, request.number), ["approved by dan"]);
    });

    test("the form does not accept a reason that nobody can see", async () => {
      const request = await stage.request("ann", `open ${freshNumber()}`);
      await stage.openRejection("bob", request);
      for (const reason of [" \n ", "\u200b", "\u2060 \u3164"]) {
        const result = await stage.submit("bob", { reason });
        assert.deepEqual(result.errors, { reason: "Enter a reason. It is required." });
      }
      assert.match(stage.shown(request), /\[ Approve \]/);
      await stage.submit("bob", { reason: "wrong shop" });
      await stage.untilShown(request, "Rejected by @bob");
    });
  });

  describe("rejecting", { concurrency: false }, () => {
    let stage: Stage;
    before(async () => {
      stage = await openStage();
    });
    after(() => stage.close());

    test("someone without the role, or after the decision, gets a private explanation and no form", async () => {
      const request = await stage.request("ann", `open ${freshNumber()}`);
      const old = stage.messageOf(request);
      assert.match(await stage.pressAndRead("carol", old, "Reject"), /You need the role approver/);
      // With the role or without it: a requester who is sent for the role would be refused again.
      const own = /^You requested this, so someone else has to decide\. Approvers: @bob.*withdraw it with Withdraw/;
      assert.match(await stage.pressAndRead("ann", old, "Reject"), own);
      await stage.grant("ann", "approver");
      assert.match(await stage.pressAndRead("ann", old, "Reject"), own);
      await stage.revoke("ann", "approver");
      await stage.press("ann", request, "Withdraw");
      await stage.untilShown(request, "Withdrawn by @ann");
      assert.match(await stage.pressAndRead("bob", old, "Reject"), /^@ann withdrew this request/);
      for (const who of ["ann", "bob"] as const) assert.equal(stage.modalText(who), "");
    });

    test("an approver who loses the role while the form is open cannot submit it, and the typed text stays", async () => {
      const request = await stage.request("ann", `open ${freshNumber()}`);
      await stage.openRejection("dan", request);
      await stage.revoke("dan", "approver");
      await stage.submit("dan", { reason: "wrong shop" });
      assert.match(stage.modalText("dan"), /You need the role approver/);
      assert.match(stage.shown(request), /\[ Approve \]/);
      await stage.slack.closeView(people.dan);
      await stage.grant("dan", "approver");
      await stage.submit("dan", { reason: "wrong shop" });
      await stage.untilShown(request, "Rejected by @dan");
    });

    test("when Slack does not open the form, the approver is notified, and nothing changes", async () => {
      const request = await stage.request("ann", `open ${freshNumber()}`);
      stage.slack.fail("views.open", { error: "expired_trigger_id" }, 1);
      assert.match(
        await stage.pressAndRead("bob", request, "Reject"),
        /^The form could not be opened in time\. Nothing was changed; press again\.$/,
      );
      assert.match(stage.shown(request), /\[ Approve \]/);
      await stage.reject("bob", request);
      await stage.untilShown(request, "Rejected by @bob");
    });

    test("App Home opens the form too, and the request disappears from it after the rejection", async () => {
      const number = freshNumber();
      const request = await stage.request("ann", `open ${number}`);
      const home = () => stage.textOf({ text: "", blocks: objectsIn(stage.slack.home(people.bob) ?? {}, "blocks") });
      await stage.slack.openHome(people.bob);
      await stage.slack.until(() => home().includes(number));
      const blocks = objectsIn(stage.slack.home(people.bob) ?? {}, "blocks");
      const id = String(
        (await stage.rows("select request_id from operations where sub_mchid = ?", number))[0]?.["request_id"],
      );
      const press = allComponents(blocks).find(
        ({ element }) => element["value"] === id && element["action_id"] === "reject",
      );
      assert.ok(press);
      await stage.slack.clickInView(people.bob, "home", { actionId: "reject", blockId: press.blockId });
      await stage.slack.until(() => stage.slack.modalWith(people.bob, id));
      assert.match(home(), new RegExp(`${number}.*\\[ Reject \\]`, "s"));
      await stage.submit("bob", { reason: "wrong shop" }, id);
      await stage.untilShown(request, /Rejected by @bob, .*\n\| wrong shop$/);
      await stage.slack.until(() => !home().includes(`Open receipts · ${number}`));
    });

    test("a form submitted after the expiry reports that the request has expired", async () => {
      const request = await stage.request("ann", `open ${freshNumber()}`);
      await stage.openRejection("bob", request);
      await stage.later(25 * 3_600_000);
      await stage.submit("bob", { reason: "wrong shop" });
      assert.match(stage.modalText("bob"), /^This request expired without a decision/);
      await stage.untilShown(request, "Expired without a decision");
    });
  });

  test("in Chinese the form asks the same", async (t) => {
    const stage = await openStage({ environment: { LOCALE: "zh-CN" }, grants: [] });
    t.after(() => stage.close());
    for (const words of ["授予 @ann 申请人", "授予 @bob 审批人"]) await stage.typeAndRead("carol", words);
    const request = await stage.request("ann", `开通 ${freshNumber()}`);
    await stage.openRejection("bob", request);
    assert.match(stage.modalText("bob"), /拒绝后不会开通商家小票/);
    assert.deepEqual((await stage.submit("bob", { reason: " " })).errors, { reason: "须填写原因。" });
    await stage.submit("bob", { reason: "门店已停业" });
    assert.match(await stage.untilShown(request, "@bob 已拒绝"), /\| 门店已停业$/);
  });

  test("during a ledger outage the form reports it and keeps the typed text", async (t) => {
    const stage = await openStage({ mayLogErrors: true });
    t.after(() => stage.close());
    const request = await stage.request("ann", `open ${freshNumber()}`);
    await stage.openRejection("bob", request);
    stage.slack.fail("users.info", { status: 503 });
    await stage.later(120_000);
    await stage.submit("bob", { reason: "wrong shop" });
    assert.match(stage.modalText("bob"), /^Slack did not answer\. Nothing was changed; press again in a minute\./);
    stage.slack.restore();
    await stage.slack.closeView(people.bob);
    await stage.submit("bob", { reason: "wrong shop" });
    await stage.untilShown(request, "Rejected by @bob");
  });
});
