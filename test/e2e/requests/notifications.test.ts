/** Notifications: who is notified of pending requests, when and how often, and that someone else may decide. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Message } from "../../../src/playground/slack/state.ts";
import { demoApp, demoWorkspace } from "../../../src/playground/slack/workspace.ts";
import { eventually } from "../../eventually.ts";
import { onEveryEngine } from "../support/every-engine.ts";
import {
  buttonsOf,
  freshNumber,
  type LogLine,
  type Name,
  people,
  pingedBy,
  type Requested,
  type Stage,
  usualGrants,
} from "../support/stage.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const support = "S0SUPPORT1";

/** Waits for this person's `n`th direct message. */
const direct = ({ slack, directMessages }: Stage, who: Name, n = 1): Promise<Message> =>
  slack.until(() => directMessages(who)[n - 1]);

/** Waits until Slack shows everything that the ledger wants shown, and no notification is due. */
function atRest({ rows }: Stage): Promise<unknown> {
  const left = `select 1 from posts where shown < wanted
    union all select 1 from requests where state = 'pending' and attended_at is null and attend_at = created_at`;
  return eventually(async () => (await rows(left)).length === 0);
}

/** A request's public number, as its message shows it. */
function numbersIn(shown: string): string {
  return /#\d+/.exec(shown)?.[0] ?? assert.fail(`no number in ${shown}`);
}

/** The address of a request's message, as in a link. */
const linkTo = ({ channel, ts }: Requested) => new RegExp(`/archives/${channel}/p${ts.replace(".", "")}\\|#\\d+`);

async function remindedUntil({ rows }: Stage, number: string): Promise<number> {
  const [row] = await rows(
    "select attended_at from requests join operations on request_id = requests.id where sub_mchid = ?",
    number,
  );
  return Number(row?.["attended_at"]);
}

/** Advances the clocks, and waits until the maintenance loop has checked the request again. */
async function reach(stage: Stage, number: string, ms: number): Promise<void> {
  const before = await remindedUntil(stage, number);
  await stage.later(ms);
  await eventually(async () => (await remindedUntil(stage, number)) > before);
  await atRest(stage);
}

onEveryEngine("notifications", (openStage) => {
  describe("an approver who is notified of every request", { concurrency: 2 }, () => {
    test("gets a direct message with the buttons, which is updated when someone else decides", async (t) => {
      const stage = await openStage({ environment: { BREAK_GLASS: "on" } });
      t.after(() => stage.close());
      assert.match(await stage.typeAndRead("bob", "notify on"), /^You receive each request .* as direct messages/);
      const request = await stage.request("ann", `open ${freshNumber()} new store`);
      const copy = await direct(stage, "bob");
      const asItIs = (copied: Message) => stage.textOf(copied).replace(/\nIn the channel: #\d+/, "");
      assert.equal(`${asItIs(copy)}  [ Break glass ]  ⋯ Withdraw`, stage.shown(request));
      assert.match(JSON.stringify(copy.blocks), linkTo(request));
      assert.deepEqual(buttonsOf(copy), ["Approve", "Reject"], "what only the requester can use is not in it");
      await stage.press("dan", request, "Approve");
      const done = await stage.untilShown(request, "Receipts opened");
      assert.match(done, /approved by @dan/);
      await stage.slack.until(() => asItIs(stage.directMessages("bob")[0] ?? copy) === done);
      assert.match(await stage.pressAndRead("bob", copy, "Approve"), /^@dan approved this before you/);
      await atRest(stage);
      for (const who of ["ann", "carol", "dan", "eve"] as const) assert.deepEqual(stage.directMessages(who), [], who);
      assert.equal(stage.directMessages("bob").length, 1);
    });

    test("shows no progress of a bulk request that would not be updated, and its end", async (t) => {
      const stage = await openStage({ environment: { WECHATPAY_RATE: "4" } });
      t.after(() => stage.close());
      await stage.typeAndRead("bob", "notify on");
      const request = await stage.request("ann", `open ${Array.from({ length: 20 }, freshNumber).join(" ")}`);
      await direct(stage, "bob");
      await stage.press("dan", request, "Approve");
      await stage.untilShown(request, "20 opened");
      const { versions } = await stage.slack.until(() =>
        stage.directMessages("bob").find((copy) => stage.textOf(copy).includes("20 opened")),
      );
      const shown = versions.map((version) => stage.textOf(version)).filter((text) => text.includes("_working_"));
      assert.ok(shown.length > 0);
      for (const text of shown) {
        assert.match(text, /The message in the channel shows the progress\./);
        assert.doesNotMatch(text, /\d+ left/);
      }
    });

    test("decides in the direct message, and the channel's message and every copy show the decision", async (t) => {
      const stage = await openStage({ environment: { APPROVERS_NEEDED: "2" } });
      t.after(() => stage.close());
      for (const who of ["bob", "dan"] as const) await stage.typeAndRead(who, "notify on");
      const numbers = Array.from({ length: 5 }, freshNumber);
      const request = await stage.request("ann", `close ${numbers.join(" ")} moved out`);
      assert.match(stage.shown(request), / and 2 more \(list in the thread\)$/m);
      const [bobs, dans] = [await direct(stage, "bob"), await direct(stage, "dan")];
      const where = `\nIn the channel, with the list in its thread: ${numbersIn(stage.shown(request))}`;
      for (const copy of [bobs, dans]) {
        assert.match(stage.textOf(copy), / and 2 more$/m, "a copy has no thread");
        assert.ok(stage.textOf(copy).endsWith(where));
        assert.match(JSON.stringify(copy.blocks), linkTo(request));
      }
      await stage.press("bob", bobs, "Approve");
      await stage.untilShown(request, "Approved by @bob");
      await stage.slack.until(() => /Approved by @bob/.test(stage.textOf(stage.directMessages("dan")[0] ?? dans)));
      await stage.press("dan", dans, "Approve");
      const done = (await stage.untilShown(request, "5 closed")).replace(" (list in the thread)", "") + where;
      for (const who of ["bob", "dan"] as const)
        await stage.slack.until(() => stage.textOf(stage.directMessages(who)[0] ?? bobs) === done);
    });

    test("is not notified of their own requests, can switch notifications off, and the default sends none", async (t) => {
      const stage = await openStage({
        grants: [
          ["bob", "requester"],
          ["bob", "approver"],
          ["dan", "approver"],
        ],
      });
      t.after(() => stage.close());
      await stage.typeAndRead("bob", "notify on");
      await stage.typeAndRead("dan", "notify on");
      await stage.request("bob", `open ${freshNumber()}`);
      await direct(stage, "dan");
      await stage.typeAndRead("dan", "notify off");
      await stage.request("bob", `open ${freshNumber()}`);
      await atRest(stage);
      assert.deepEqual(stage.directMessages("bob"), []);
      assert.equal(stage.directMessages("dan").length, 1);
    });
  });

  describe("an undecided request", { concurrency: 2 }, () => {
    test("is sent to approvers as a reminder at growing intervals, except to those who switched it off, and then expires", async (t) => {
      const stage = await openStage({
        grants: [...usualGrants, ["carol", "approver"]],
      });
      t.after(() => stage.close());
      await stage.typeAndRead("carol", "notify off");
      const request = await stage.request("ann", `open ${freshNumber()} new store`);
      assert.match(stage.shown(request), /Approvers are reminded \d/);
      await atRest(stage);
      for (const who of ["bob", "carol", "dan"] as const) assert.deepEqual(stage.directMessages(who), [], who);

      await reach(stage, request.number, 2 * hourMs);
      const reminder = await direct(stage, "dan");
      assert.match(
        stage.textOf(reminder),
        new RegExp(`Open receipts · ${request.number} · #\\d+\\nRequested by @ann, .+; decide by .+ \\(#\\d+\\)`),
      );
      assert.match(stage.textOf(reminder), /\| new store[\s\S]*To stop reminders, type \/receipt notify off/);
      assert.match(stage.shown(request), /Approvers were last reminded \d.* · next \d/);
      await stage.typeAndRead("dan", "notify off");

      await reach(stage, request.number, 3 * hourMs);
      await direct(stage, "bob", 2);
      await reach(stage, request.number, 7 * hourMs);
      await direct(stage, "bob", 3);
      assert.match(stage.shown(request), /Approvers were last reminded \d[^·]*$/m);
      await stage.later(11 * hourMs);
      await stage.later(hourMs);
      await stage.untilShown(request, "Expired without a decision");
      assert.match(stage.textOf(await stage.untilReply(request)), /@ann your request .* expired/);
      await atRest(stage);
      assert.equal(stage.directMessages("bob").length, 3);
      assert.equal(stage.directMessages("dan").length, 1);
      assert.deepEqual(stage.directMessages("carol"), []);
      assert.deepEqual(await stage.eventsOf(request.number), [
        "asked by ann",
        "reminded by bot",
        "reminded by bot",
        "reminded by bot",
        "expired by bot",
      ]);
      assert.deepEqual(stage.callsFor(request.number), []);
    });

    test("is escalated to the on-call group once, in its thread, and any approver can still decide", async (t) => {
      const stage = await openStage({ environment: { ESCALATE_AFTER: "1h", ESCALATE_TO: support } });
      t.after(() => stage.close());
      const request = await stage.request("ann", `open ${freshNumber()}`);
      assert.match(stage.shown(request), /on-call group is notified \d.* if undecided/);
      assert.doesNotMatch(pingedBy(stage.messageOf(request)).join(), /subteam/);
      await atRest(stage);
      await reach(stage, request.number, hourMs);
      const reply = await stage.untilReply(request);
      assert.match(
        stage.textOf(reply),
        /^@support-team this request has been waiting for a decision since .+ and expires .+buttons/,
      );
      assert.deepEqual(pingedBy(reply), ["subteam"]);
      assert.match(stage.shown(request), /on-call group was notified \d/);
      await reach(stage, request.number, 5 * hourMs);
      await stage.press("bob", request, "Approve");
      await stage.untilShown(request, "Receipts opened");
      assert.match(stage.textOf(await stage.untilReply(request, 2)), /receipts are open/);
      await atRest(stage);
      assert.equal(stage.slack.thread(request.channel, request.ts).length, 2);
      assert.deepEqual((await stage.eventsOf(request.number)).slice(0, 4), [
        "asked by ann",
        "escalated by bot",
        "reminded by bot",
        "approved by bob",
      ]);
    });

    test("expires without reminders and never runs when the bot was down for longer than its TTL", async (t) => {
      const stage = await openStage({ environment: { ESCALATE_AFTER: "1h", ESCALATE_TO: support } });
      t.after(() => stage.close());
      await stage.typeAndRead("bob", "notify on");
      const request = await stage.request("ann", `open ${freshNumber()}`);
      await direct(stage, "bob");
      const pending = stage.messageOf(request);
      await atRest(stage);
      await stage.restart(() => stage.later(25 * hourMs));
      const expired = await stage.untilShown(request, "Expired without a decision");
      await stage.slack.until(() => stage.textOf(stage.directMessages("bob")[0] ?? pending).startsWith(expired));
      assert.match(await stage.pressAndRead("bob", pending, "Approve"), /expired without a decision/);
      await atRest(stage);
      assert.deepEqual(await stage.eventsOf(request.number), ["asked by ann", "expired by bot"]);
      assert.deepEqual(stage.callsFor(request.number), []);
      assert.equal(stage.directMessages("bob").length, 1);
      assert.deepEqual(stage.directMessages("dan"), []);
      assert.equal(stage.slack.thread(request.channel, request.ts).length, 1);
    });

    test("is escalated by the settings in force after a restart", async (t) => {
      const stage = await openStage();
      t.after(() => stage.close());
      const request = await stage.request("ann", `open ${freshNumber()}`);
      await reach(stage, request.number, 12 * hourMs);
      Object.assign(stage.environment, { ESCALATE_AFTER: "13h", ESCALATE_TO: support });
      await stage.restart();
      await stage.later(hourMs);
      assert.match(stage.textOf(await stage.untilReply(request)), /^@support-team/);
    });
  });

  describe("people who cannot be reached", { concurrency: 2 }, () => {
    test("an approver who has left is not notified, and the others are notified and decide", async (t) => {
      const stage = await openStage({
        grants: [...usualGrants, ["ghost", "approver"]],
      });
      t.after(() => stage.close());
      for (const who of ["ghost", "bob"] as const) await stage.typeAndRead(who, "notify on");
      const first = await stage.request("ann", `open ${freshNumber()}`);
      await direct(stage, "ghost");
      stage.slack.deactivate(people.ghost);
      await stage.later(minuteMs);
      const second = await stage.request("ann", `open ${freshNumber()}`);
      await direct(stage, "bob", 2);
      await stage.revoke("dan", "approver");
      await reach(stage, second.number, 2 * hourMs);
      for (const request of [first, second]) {
        await stage.press("bob", request, "Approve");
        await stage.untilShown(request, "Receipts opened");
      }
      await atRest(stage);
      assert.equal(stage.directMessages("ghost").length, 1);
      assert.deepEqual(stage.directMessages("dan"), []);
    });

    test("the bot gives up on someone whom Slack does not let it write to, and the ledger settles", async (t) => {
      const stage = await openStage({
        grants: [
          ["ann", "requester"],
          ["ghost", "approver"],
          ["bob", "approver"],
        ],
      });
      t.after(() => stage.close());
      for (const who of ["ghost", "bob"] as const) await stage.typeAndRead(who, "notify on");
      // Within the minute for which the bot caches members.
      stage.slack.deactivate(people.ghost);
      const request = await stage.request("ann", `open ${freshNumber()}`);
      await direct(stage, "bob");
      await eventually(() => stage.logged.some((line) => line.includes("nobody can write to this person")));
      await atRest(stage);
      const tries = stage.slack.log.filter(
        ({ method, args }) =>
          method === "chat.postMessage" && args["channel"] === people.ghost && !/role/.test(String(args["text"])),
      );
      assert.deepEqual(
        tries.map(({ outcome }) => outcome.kind === "refused" && outcome.error),
        Array(3).fill("channel_not_found"),
      );
      await stage.press("bob", request, "Approve");
      await stage.untilShown(request, "Receipts opened");
      await atRest(stage);
    });
  });

  describe("during a Slack outage", { concurrency: 2 }, () => {
    test("a reminder that could not be posted before the decision notifies nobody after it", async (t) => {
      const stage = await openStage();
      t.after(() => stage.close());
      const request = await stage.request("ann", `open ${freshNumber()}`);
      await atRest(stage);
      const before = await remindedUntil(stage, request.number);
      stage.slack.fail("chat.postMessage", { status: 503 });
      await stage.later(2 * hourMs);
      await eventually(async () => (await remindedUntil(stage, request.number)) > before);
      const unshown = await stage.rows("select 1 from posts where kind = 'notice' and shown < wanted");
      assert.equal(unshown.length, 2);
      await stage.reject("dan", request);
      await stage.untilShown(request, "Rejected by @dan");
      stage.slack.restore();
      await atRest(stage);
      for (const who of ["bob", "dan"] as const) assert.deepEqual(stage.directMessages(who), [], who);
      assert.equal(stage.slack.thread(request.channel, request.ts).length, 1);
    });

    test("a copy that could not be posted before the expiry is not posted afterwards, and the channel is notified", async (t) => {
      const stage = await openStage();
      t.after(() => stage.close());
      await stage.typeAndRead("bob", "notify on");
      stage.slack.fail("chat.postMessage", { status: 503 });
      const channel = stage.newChannel();
      assert.ok((await stage.type("ann", `open ${freshNumber()}`, channel)).acknowledged);
      await eventually(async () => (await stage.rows("select 1 from posts where kind = 'copy'")).length === 1);
      await stage.later(25 * hourMs);
      await eventually(async () => (await stage.rows("select 1 from requests where state = 'expired'")).length === 1, {
        timeoutMs: 10_000,
      });
      stage.slack.restore();
      await atRest(stage);
      assert.deepEqual(stage.directMessages("bob"), []);
      assert.match(stage.slack.messages(channel).map(stage.textOf).join(), /Expired without a decision/);
    });

    test("when Slack cannot list the members of an approver group, the escalation is posted and they are notified later", async (t) => {
      const stage = await openStage({
        grants: [["ann", "requester"]],
        environment: { ESCALATE_AFTER: "90m", ESCALATE_TO: support },
      });
      t.after(() => stage.close());
      stage.slack.changeGroup(support, { users: [people.bob, people.dan] });
      await stage.typeAndRead("carol", "grant @support-team approver");
      await stage.typeAndRead("bob", "notify off");
      const request = await stage.request("ann", `open ${freshNumber()}`);
      await atRest(stage);
      stage.slack.fail("usergroups.users.list", { status: 500 });
      await stage.later(2 * hourMs);
      assert.match(stage.textOf(await stage.untilReply(request)), /^@support-team/);
      await eventually(() => stage.logged.some((line) => line.includes("did not list the approvers")));
      assert.deepEqual(stage.directMessages("dan"), []);
      stage.slack.restore();
      await stage.later(minuteMs);
      assert.match(stage.textOf(await direct(stage, "dan")), new RegExp(request.number));
      await atRest(stage);
      assert.deepEqual(stage.directMessages("bob"), []);
      assert.equal(stage.slack.thread(request.channel, request.ts).length, 1);
    });
  });

  test("an approver sets a notification preference, and the answer explains what it means", async (t) => {
    const stage = await openStage({ environment: { BREAK_GLASS: "on" } });
    t.after(() => stage.close());
    assert.match(await stage.typeAndRead("bob", "notify"), /^You receive reminders .* but not the requests themselves/);
    const off = await stage.typeAndRead("bob", "notify off");
    assert.match(off, /^You receive neither .* Every approver is notified when break glass is used\.$/);
    assert.equal(await stage.typeAndRead("bob", "notify"), off);
    assert.equal(
      await stage.typeAndRead("ann", "notify on"),
      "Only people with the role approver are notified of requests. @carol can give you the role: /receipt grant @ann approver",
    );
    assert.match(await stage.typeAndRead("bob", "notify maybe"), /`?maybe`? is neither on nor off\. Try .*notify on/);
    assert.match(await stage.typeAndRead("bob", "help"), /\/receipt notify on – sends you each request/);
    assert.doesNotMatch(await stage.typeAndRead("ann", "help"), /notify/);
  });

  test("the bot checks at start whether the escalation group exists, and logs what to do if it does not", async (t) => {
    const environment = { ESCALATE_AFTER: "3h", ESCALATE_TO: support };
    const warnings = ({ logged }: Stage) =>
      logged
        .map((line) => JSON.parse(line) as LogLine)
        .filter(({ level, msg }) => level === 40 && /ESCALATE_TO/.test(msg));
    const questions = ({ slack }: Stage) => slack.log.filter(({ method }) => method === "usergroups.users.list").length;
    const nextWarning = async (stage: Stage, nth = 1) => (await eventually(() => warnings(stage)[nth - 1]))?.msg ?? "";
    const restarted = async (stage: Stage, change: Record<string, string> = {}) => {
      const nth = warnings(stage).length + 1;
      Object.assign(stage.environment, change);
      await stage.restart();
      return nextWarning(stage, nth);
    };
    const stage = await openStage({ environment });
    t.after(() => stage.close());
    await eventually(() => questions(stage) === 1);
    stage.slack.changeGroup(support, { isDisabled: true });
    const unknown =
      /^ESCALATE_TO names S\w+, but Slack has no such user group, or the group is disabled: .+ Copy the ID/;
    assert.match(await restarted(stage), unknown);
    assert.equal(warnings(stage).length, 1, "none while the group was there");
    assert.match(await restarted(stage, { ESCALATE_TO: "S0NOWHERE1" }), unknown);
    stage.slack.changeGroup(support, { isDisabled: false, users: [] });
    const empty = /this user group has no members: .+ Add people to it in Slack\.$/;
    assert.match(await restarted(stage, { ESCALATE_TO: support }), empty);
    stage.slack.fail("usergroups.users.list", { status: 500 });
    assert.match(await restarted(stage), /cannot check .* because Slack did not answer/);
    stage.slack.restore();
    const inChinese = /^ESCALATE_TO 配置的用户组 S0SUPPORT1 没有成员，.+请在 Slack 中/;
    assert.match(await restarted(stage, { LOCALE: "zh-CN" }), inChinese);

    const free = await openStage({ environment, slack: { workspace: { ...demoWorkspace, plan: "free" } } });
    t.after(() => free.close());
    assert.match(await nextWarning(free), /plan has no user groups: .+ Remove ESCALATE_TO/);
    const scopes = demoApp.scopes.filter((scope) => scope !== "usergroups:read");
    const blind = await openStage({ environment, slack: { app: { scopes } } });
    t.after(() => blind.close());
    assert.match(await nextWarning(blind), /lacks the scope usergroups:read\. Install the app again/);
  });

  test("in Chinese: command words, direct message, reminder and escalation", async (t) => {
    const stage = await openStage({ environment: { ESCALATE_AFTER: "3h", ESCALATE_TO: support } });
    t.after(() => stage.close());
    Object.assign(stage.environment, { LOCALE: "zh-CN", PERSONAL_LOCALE: "off" });
    await stage.restart();
    assert.match(await stage.typeAndRead("bob", "通知 开"), /^每个待审批的申请及其提醒都会以私信发给你/);
    assert.match(await stage.typeAndRead("dan", "帮助"), /\/receipt 通知 开/);
    const request = await stage.request("ann", `开通 ${freshNumber()} 新店`);
    const copy = await direct(stage, "bob");
    const shown = stage.shown(request).replace("  ⋯ 撤回", "");
    assert.equal(stage.textOf(copy), `${shown}\n在频道中查看：${numbersIn(shown)}`);
    assert.match(shown, /将于 .+ 提醒审批人 · 如届时仍待审批，将于 .+ 通知值班组/);
    await atRest(stage);
    await reach(stage, request.number, 2 * hourMs);
    assert.match(stage.textOf(await direct(stage, "dan")), /申请人 @ann，提交于 .+ 过期[\s\S]*\| 新店[\s\S]*通知 关/);
    await reach(stage, request.number, 2 * hourMs);
    assert.match(stage.textOf(await stage.untilReply(request)), /^@support-team 该申请自 .+ 起待审批，.+ 过期/);
    assert.match(stage.shown(request), /上次提醒审批人：.+ · 下次：.+ · 已于 .+ 通知值班组/);
  });
});
