/** Roles: granted to groups, for a limited time, for some merchants. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { demoApp, demoWorkspace } from "../../../src/playground/slack/workspace.ts";
import { eventually } from "../../eventually.ts";
import { onEveryEngine } from "../support/every-engine.ts";
import { commandFields, freshNumber, type Name, people, postPayload, type Stage } from "../support/stage.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const support = "S0SUPPORT1";

onEveryEngine("grants", (openStage) => {
  describe("a role that a user group holds", { concurrency: false }, () => {
    let stage: Stage;
    before(async () => {
      stage = await openStage({
        grants: [
          ["bob", "approver"],
          ["dan", "requester"],
        ],
      });
      stage.slack.changeGroup(support, { users: [people.ann] });
    });
    after(() => stage.close());

    const groupQuestions = () => stage.slack.log.filter(({ method }) => method.startsWith("usergroups.")).length;

    test("needs no call to Slack while no group holds one", async () => {
      assert.match(await stage.typeAndRead("ann", `open ${freshNumber()}`), /You need the role requester/);
      assert.equal(groupQuestions(), 0);
    });

    test("belongs to the members of the group only", async () => {
      const answer = await stage.typeAndRead("carol", "grant @support-team requester");
      assert.match(answer, /^@support-team now has the role requester.*Everyone in the group has the role/);
      const request = await stage.request("ann", `open ${freshNumber()}`);
      await stage.press("bob", request, "Approve");
      await stage.untilShown(request, "Receipts opened");
      assert.match(await stage.typeAndRead("bob", `open ${freshNumber()}`), /You need the role requester/);
    });

    test("costs one call to Slack a minute, however many people type", async () => {
      const calls = groupQuestions();
      for (const who of ["ann", "dan", "ann", "dan"] as const) await stage.request(who, `open ${freshNumber()}`);
      assert.equal(groupQuestions(), calls);
    });

    test("does not apply to guests, bots, deactivated people and members of other workspaces in the group", async () => {
      const outsiders = ["eve", "sam", "robot", "ghost"] as const;
      stage.slack.changeGroup(support, { users: [people.ann, ...outsiders.map((who) => people[who])] });
      stage.slack.deactivate(people.ghost);
      await stage.later(minuteMs);
      for (const who of outsiders) {
        const number = freshNumber();
        assert.match(await sendCommand(stage, who, `open ${number}`), /^(Guests|Only members|Bots|This account)/);
        assert.deepEqual(await stage.rows("select 1 from operations where sub_mchid = ?", number), []);
      }
    });

    test("is listed under the group's name, which notifies nobody, and in each person's own roles", async () => {
      const result = await stage.type("carol", "roles");
      assert.match(stage.textOf(result.ephemeral ?? assert.fail()), /• @support-team · by @carol, /);
      assert.deepEqual(
        result.ephemeral?.mentions.filter(({ kind }) => kind !== "user"),
        [],
      );
      assert.match(
        await stage.typeAndRead("ann", "roles"),
        /Roles of @ann\n• requester · through @support-team · by @carol/,
      );
      assert.match(
        await stage.typeAndRead("carol", "roles @support-team"),
        /Roles of @support-team\n• requester · by @carol/,
      );
      assert.match(await stage.typeAndRead("carol", "roles @bob"), /Roles of @bob\n• approver · by @carol/);
      stage.slack.changeGroup(support, { handle: "helpers" });
      await stage.later(minuteMs);
      assert.match(await stage.typeAndRead("carol", "roles"), /• @helpers · /);
      stage.slack.changeGroup(support, { handle: "support-team" });
    });

    test("remains when someone's own grant is revoked, and the answer says so", async () => {
      await stage.grant("ann", "requester");
      await stage.later(minuteMs);
      const answer = await stage.typeAndRead("carol", "revoke @ann requester");
      assert.equal(
        answer,
        "@ann no longer has the role requester. Earlier requests and decisions stay valid. @ann still has the role requester through @support-team.",
      );
    });

    test("is neither assumed nor denied while Slack cannot list the members of the group", async () => {
      await stage.later(minuteMs);
      stage.slack.fail("usergroups.users.list", { status: 500 });
      const number = freshNumber();
      assert.match(
        await stage.typeAndRead("ann", `open ${number}`),
        /^Slack did not list the members of the user groups/,
      );
      assert.match(await stage.typeAndRead("ann", "roles"), /Slack did not list the members/);
      assert.deepEqual(await stage.rows("select 1 from operations where sub_mchid = ?", number), []);
      // Personal grants are known nevertheless.
      const request = await stage.request("dan", `open ${freshNumber()}`);
      await stage.press("bob", request, "Approve");
      await stage.untilShown(request, "Receipts opened");
      stage.slack.restore();
      await stage.request("ann", `open ${number}`);
    });

    test("is looked up again for a decision, so that someone who has left the group keeps nothing pending", async () => {
      const request = await stage.request("ann", `open ${freshNumber()}`);
      stage.slack.changeGroup(support, { users: [people.dan] });
      await stage.later(minuteMs);
      stage.slack.fail("usergroups.users.list", { status: 500 });
      assert.match(
        await stage.pressAndRead("bob", request, "Approve"),
        /cannot check whether the requester, @ann, can still submit/,
      );
      stage.slack.restore();
      const answer = await stage.pressAndRead("bob", request, "Approve");
      assert.match(
        answer,
        /^The requester, @ann, no longer has the role requester, so this cannot be approved\. Reject it/,
      );
      assert.match(answer, /Alternatively, @carol can grant the role again: \/receipt grant @ann requester$/);
      assert.deepEqual(stage.callsFor(request.number), []);
      await stage.reject("bob", request);
      await stage.untilShown(request, "Rejected by @bob");
    });

    test("belongs to nobody once the group is gone", async () => {
      await stage.request("dan", `open ${freshNumber()}`);
      await stage.revoke("dan", "requester");
      stage.slack.changeGroup(support, { isDisabled: true });
      await stage.later(minuteMs);
      assert.match(await stage.typeAndRead("dan", `open ${freshNumber()}`), /You need the role requester/);
    });
  });

  describe("a group that cannot hold a role is refused with advice", { concurrency: false }, () => {
    test("when the workspace has no groups, the bot lacks the scope, or the group does not exist in Slack", async (t) => {
      const free = await openStage({ grants: [], slack: { workspace: { ...demoWorkspace, plan: "free" } } });
      t.after(() => free.close());
      assert.match(
        await free.typeAndRead("carol", "grant @support-team requester"),
        /no user groups.*grant @name requester/,
      );

      const scopes = demoApp.scopes.filter((scope) => scope !== "usergroups:read");
      const blind = await openStage({ grants: [], slack: { app: { scopes } } });
      t.after(() => blind.close());
      assert.match(await blind.typeAndRead("carol", "grant @support-team requester"), /scope usergroups:read/);

      const stage = await openStage({ grants: [] });
      t.after(() => stage.close());
      stage.slack.fail("usergroups.users.list", { status: 500 }, 1);
      assert.match(await stage.typeAndRead("carol", "grant @support-team requester"), /Slack did not return/);
      stage.slack.changeGroup(support, { isDisabled: true });
      const answer = await sendCommand(stage, "carol", `grant <!subteam^${support}|@support-team> requester`);
      assert.match(answer, /cannot find the user group/);
      for (const { rows } of [free, blind, stage]) assert.deepEqual(await rows("select 1 from keyv"), []);
    });
  });

  describe("a role for a limited time", { concurrency: false }, () => {
    let stage: Stage;
    before(async () => {
      stage = await openStage({
        grants: [
          ["ann", "requester"],
          ["dan", "approver"],
        ],
      });
    });
    after(() => stage.close());

    const eventsAbout = async (who: Name) =>
      (
        await stage.rows("select what, actor from events where detail_json like ? order by seq", `%${people[who]}%`)
      ).map(({ what, actor }) => `${what} by ${actor === people.carol ? "carol" : actor}`);

    test("shows when it ends, ends automatically, and leaves pending decisions to other approvers", async () => {
      assert.match(
        await stage.typeAndRead("carol", "grant @bob approver for 8h"),
        /@bob now has the role approver.*: until \d+ \w+ \d\d:\d\d\./,
      );
      assert.match(await stage.typeAndRead("carol", "roles"), /• @bob · by @carol, .* · until \d+ \w+ \d\d:\d\d$/m);
      assert.match(await stage.typeAndRead("bob", "roles"), /• approver · by @carol, .* · until /);
      const request = await stage.request("ann", `open ${freshNumber()}`);
      await stage.later(8 * hourMs);
      assert.match(await stage.pressAndRead("bob", request, "Approve"), /You need the role approver/);
      await eventually(async () => (await eventsAbout("bob")).includes("grant-ended by bot"));
      assert.deepEqual(await eventsAbout("bob"), ["granted by carol", "grant-ended by bot"]);
      const [reply, ...more] = await stage.slack.until(
        () => stage.directMessages("bob").length > 0 && stage.directMessages("bob"),
      );
      assert.match(reply ? stage.textOf(reply) : "", /Your role approver reached its end date, .*ask an admin/);
      assert.deepEqual(more, []);
      assert.doesNotMatch(await stage.typeAndRead("carol", "roles"), /@bob/);
      await stage.press("dan", request, "Approve");
      await stage.untilShown(request, "Receipts opened");
    });

    test("names the roles that remain when it ends", async () => {
      const reply = async (already: number) => {
        const message = await stage.slack.until(() => stage.directMessages("bob")[already]);
        return stage.textOf(message);
      };
      const already = stage.directMessages("bob").length;
      stage.slack.changeGroup(support, { users: [people.bob] });
      await stage.typeAndRead("carol", "grant @support-team requester for 19000*");
      await stage.typeAndRead("carol", "grant @bob requester for 30m");
      await stage.later(30 * minuteMs);
      assert.match(
        await reply(already),
        /^Your own grant of the role requester reached its end date, .*\. You still have the role through @support-team \(only for 19000\*\)\.$/,
      );

      await stage.typeAndRead("carol", "grant @bob requester for 30m");
      stage.slack.fail("usergroups.users.list", { status: 500 });
      await stage.later(30 * minuteMs);
      assert.match(await reply(already + 1), /If a user group also gives you the role, you still have it; if not, /);
      stage.slack.restore();
      await stage.typeAndRead("carol", "revoke @support-team requester");
    });

    test("is changed by granting it again, and the answer gives the old and the new end", async () => {
      await stage.typeAndRead("carol", "grant @bob approver for 1d12h");
      const forGood = await stage.typeAndRead("carol", "grant @bob approver");
      assert.match(
        forGood,
        /^@bob already had the role approver and keeps it\. Now: permanently\. Before: until \d+ \w+ \d\d:\d\d\.$/,
      );
      assert.match(
        await stage.typeAndRead("carol", "grant @bob approver"),
        /already had the role approver\. Nothing was changed/,
      );
      assert.match(
        await stage.typeAndRead("carol", "grant @bob approver for 30m"),
        /Now: until .*\. Before: permanently\.$/,
      );
      assert.equal((await eventsAbout("bob")).at(-1), "grant-changed by carol");
    });

    test("that is not typed as a duration is refused with an example", async () => {
      for (const words of ["for ever", "for 8", "for 8s", "for"]) {
        const answer = await stage.typeAndRead("carol", `grant @bob approver ${words}`);
        assert.match(answer, /for 8h.*Nothing was recorded\.$/s, words);
      }
      assert.match(await stage.typeAndRead("carol", "grant @bob approver for 400d"), /more than a year/);
    });
  });

  describe("a requester for some merchants", { concurrency: false }, () => {
    let stage: Stage;
    before(async () => {
      stage = await openStage({ grants: [["bob", "approver"]] });
    });
    after(() => stage.close());

    test("can request only these, reads so, and gets more with another grant", async () => {
      const number = freshNumber();
      const answer = await stage.typeAndRead("carol", `grant @ann requester for ${number},20* for 8h`);
      assert.match(answer, new RegExp(`: only for ${number}, 20\\*, until `));
      assert.match(
        await stage.typeAndRead("carol", "roles"),
        new RegExp(`• @ann .* · only for ${number}, 20\\*, until `),
      );
      await stage.request("ann", `open ${number}`);
      const refused = await stage.typeAndRead("ann", "open 2100000001");
      assert.match(refused, new RegExp(`^You can submit requests only for ${number}, 20\\*, not for 2100000001\\.`));
      assert.match(refused, /@carol can change that: \/receipt grant @ann requester/);
      await stage.typeAndRead("carol", "grant @support-team requester for 21*"); // ann is in it
      await stage.request("ann", "open 2100000001");
      assert.match(await stage.typeAndRead("ann", "open 2200000001"), /not for 2200000001/);
    });

    test("is checked at the decision too: it is refused, and can be rejected or approved after another grant", async () => {
      const number = freshNumber();
      await stage.typeAndRead("carol", `grant @dan requester for ${number}`);
      const request = await stage.request("dan", `open ${number}`);
      await stage.typeAndRead("carol", "grant @dan requester for 20*");
      const answer = await stage.pressAndRead("bob", request, "Approve");
      assert.match(
        answer,
        new RegExp(`^The requester, @dan, can now submit requests only for 20\\*, not for ${number}, so this cannot`),
      );
      assert.deepEqual(stage.callsFor(number), []);
      assert.match(stage.shown(request), /\[ Approve \]/);
      await stage.typeAndRead("carol", "grant @dan requester");
      await stage.press("bob", request, "Approve");
      await stage.untilShown(request, "Receipts opened");
    });
  });

  test("the last admin stays until someone else is a permanent admin", async (t) => {
    const stage = await openStage({ grants: [["dan", "admin"]] });
    t.after(() => stage.close());
    stage.environment["RECEIPT_ADMINS"] = "";
    await stage.restart();
    await stage.typeAndRead("dan", "grant @support-team admin");
    await stage.typeAndRead("dan", "grant @ghost admin");
    stage.slack.deactivate(people.ghost);
    await stage.later(minuteMs);
    for (const words of ["revoke @dan admin", "grant @dan admin for 8h"])
      assert.match(
        await stage.typeAndRead("ann", words),
        /permanent admin.*first: \/receipt grant @name admin\. Nothing was changed/,
      );
    assert.match(await stage.typeAndRead("dan", "roles @dan"), /• admin · by @carol/);
    await stage.typeAndRead("dan", "grant @bob admin");
    assert.match(await stage.typeAndRead("dan", "revoke @dan admin"), /@dan no longer has the role admin/);
  });

  test("everyone sees their own roles, and only admins see those of others", async (t) => {
    const stage = await openStage({ grants: [["ann", "requester"]] });
    t.after(() => stage.close());
    for (const words of ["roles", "roles @ann"])
      assert.match(await stage.typeAndRead("ann", words), /^Roles of @ann\n• requester · by @carol, [^·]+$/);
    assert.match(
      await stage.typeAndRead("ann", "roles @carol"),
      /^You need the role admin to see other people's roles\./,
    );
    assert.match(await stage.typeAndRead("bob", "roles"), /You have no role yet.*@carol can give you one/);
    assert.match(await stage.typeAndRead("carol", "roles @bob"), /^@bob has no role\.$/);
    assert.match(await stage.typeAndRead("carol", "roles @carol"), /• admin · by the settings/);
    assert.match(await stage.typeAndRead("ann", "help"), /\/receipt roles – shows your roles/);
  });

  test("the same in Chinese", async (t) => {
    const stage = await openStage({ environment: { LOCALE: "zh-CN" }, grants: [] });
    t.after(() => stage.close());
    const hear = (words: string) => stage.typeAndRead("carol", words);
    assert.match(
      await hear("授予 @support-team 申请人 限 19* 限 1天12小时"),
      /已授予 @support-team 申请人 角色，.*（仅限 19\* 的特约商户、至 .* 为止）。/,
    );
    assert.match(await hear("授予 @bob 审批人 限 8h"), /现在可以审批申请（至 .* 为止）。$/);
    assert.match(await hear("授予 @bob 审批人"), /现为：长期有效。此前为：至 .* 为止。$/);
    assert.match(await hear("角色"), /^• @bob · @carol 于 .* 授予$/m);
    assert.match(await stage.typeAndRead("ann", "角色"), /来自用户组 @support-team/);
    const request = await stage.request("ann", `开通 ${freshNumber()}`);
    assert.match(await stage.typeAndRead("ann", "开通 2000000001"), /你只能为 19\* 提交申请，不能为 2000000001 提交/);
    await hear("收回 @support-team 申请人");
    assert.match(await stage.pressAndRead("bob", request, "批准"), /申请人 @ann 已没有 申请人 角色，该申请不能批准/);
    await stage.reject("bob", request, "门店已停业");
    await stage.untilShown(request, "@bob 已拒绝");
    assert.match(await hear("授予 @bob 审批人 限 很久"), /既不是期限，也不是特约商户号/);
  });
});

/** Bypasses Slack, which hardly lets outsiders type and resolves no name that does not exist. */
async function sendCommand(stage: Stage, who: Name, text: string): Promise<string> {
  const answer = await postPayload(stage, "slash_commands", commandFields(people[who], "C0MERCHANT", text));
  assert.equal(answer.status, 200);
  return stage.textOf(JSON.parse(answer.text));
}
