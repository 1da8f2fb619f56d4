/** Permissions: by granted roles, for members of this workspace, with four eyes. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { JsonObject } from "../../../src/playground/slack/json.ts";
import type { Person } from "../../../src/playground/slack/workspace.ts";
import { invalid } from "../../../src/playground/wechatpay/scenario.ts";
import { onEveryEngine } from "../support/every-engine.ts";
import {
  commandFields,
  freshNumber,
  type Name,
  people,
  postPayload,
  type Requested,
  type Stage,
} from "../support/stage.ts";

onEveryEngine("roles", (openStage) => {
  describe("without RECEIPT_ADMINS nobody can do anything", { concurrency: true }, () => {
    let stage: Stage;
    before(async () => {
      stage = await openStage({ environment: { RECEIPT_ADMINS: "" }, grants: [] });
    });
    after(() => stage.close());

    for (const who of ["ann", "bob", "carol", "dan"] as const) {
      for (const words of [
        "open 1900000109",
        "close 1900000109",
        "grant @ann admin",
        "revoke @ann admin",
        "roles @eve",
      ]) {
        test(`@${who} cannot use "${words}", and reads who can change that`, async () => {
          const channel = stage.newChannel();
          const answer = await stage.typeAndRead(who, words, channel);
          assert.match(answer, /You need the role (requester|admin)/);
          assert.match(answer, /RECEIPT_ADMINS/);
          assert.deepEqual(stage.slack.messages(channel), []);
          assert.deepEqual(await stage.rows("select 1 from requests union all select 1 from keyv"), []);
          const origin = `command ${channel}`;
          const [{ what, actor, detail_json } = {}, ...more] = await stage.rows(
            "select * from events where origin = ?",
            origin,
          );
          assert.deepEqual([what, actor, more], ["refused", people[who], []]);
          assert.match(String(detail_json), /"why":"needs-role","role":"(requester|admin)"/);
        });
      }
    }
  });

  describe("roles", { concurrency: true }, () => {
    let stage: Stage;
    before(async () => {
      stage = await openStage();
    });
    after(() => stage.close());

    const refusals: readonly { who: Name; words: string; role: string }[] = [
      { who: "bob", words: "open 1900000109", role: "requester" },
      { who: "carol", words: "close 1900000109", role: "requester" },
      { who: "ann", words: "grant @ann approver", role: "admin" },
      { who: "bob", words: "revoke @dan approver", role: "admin" },
      { who: "dan", words: "roles @ann", role: "admin" },
    ];
    for (const { who, words, role } of refusals) {
      test(`@${who} cannot use "${words}": the answer names the role ${role} and who can grant it`, async () => {
        const channel = stage.newChannel();
        const result = await stage.type(who, words, channel);
        assert.equal(result.ephemeral?.onlyFor, people[who]);
        const answer = result.ephemeral ? stage.textOf(result.ephemeral) : "";
        assert.match(answer, new RegExp(`You need the role ${role}`));
        assert.match(answer, new RegExp(`@carol can give you the role: /receipt grant @${who} ${role}`));
        assert.deepEqual(stage.slack.messages(channel), []);
        assert.deepEqual(await stage.rows("select 1 from requests where channel_id = ?", channel), []);
      });
    }

    for (const label of ["Approve", "Reject"]) {
      test(`${label} by someone who is not an approver is refused privately, and changes nothing`, async () => {
        const request = await stage.request("ann", `open ${freshNumber()}`);
        const before = stage.shown(request);
        const answer = await stage.pressAndRead("carol", request, label);
        assert.match(answer, /You need the role approver/);
        assert.match(answer, /@carol can give you the role/);
        assert.equal(stage.shown(request), before);
        assert.deepEqual(stage.privateReplies("ann", request.channel), []);
        assert.deepEqual(await stage.eventsOf(request.number), ["asked by ann", "refused by carol"]);
      });
    }

    test("Retry is for the requester, as long as they hold the role, and for approvers", async () => {
      const number = freshNumber();
      stage.weChatPay.behave(number, () => invalid("特约商户被处罚中"));
      const request = await stage.request("ann", `open ${number}`);
      await stage.press("bob", request, "Approve");
      await stage.untilShown(request, "[ Retry ]");
      assert.match(await stage.pressAndRead("carol", request, "Retry"), /You need the role approver to retry requests/);
      assert.deepEqual(stage.callsFor(number), ["OPEN 400"]);
    });

    test("requesters cannot approve their own requests, and read who can", async () => {
      const own = await askWithBothRoles(stage);
      for (const label of ["Approve", "Reject"]) {
        const answer = await stage.pressAndRead("dan", own, label);
        assert.match(answer, /someone else has to decide.*withdraw it with Withdraw in its message's ⋯ menu\.$/s);
        assert.match(answer, /@bob/);
        assert.doesNotMatch(answer, /@dan/);
      }
      assert.deepEqual(await stage.eventsOf(own.number), ["asked by dan", "refused by dan", "refused by dan"]);
    });

    test("the ledger determines the requester, whatever the clicked message contains", async () => {
      const own = await askWithBothRoles(stage);
      const [{ delivery } = { delivery: undefined }] = [await stage.press("dan", own, "Approve")];
      assert.ok(delivery);
      await stage.slack.until(() => stage.privateReplies("dan", own.channel)[0]);
      const forged = JSON.parse(JSON.stringify(delivery).replaceAll(`<@${people.dan}>`, `<@${people.ann}>`));
      assert.notDeepEqual(forged, delivery, "the message in the payload says that ann asked");
      await stage.slack.redeliver(forged);
      assert.match(
        await stage.slack.until(() => stage.privateReplies("dan", own.channel)[1]),
        /someone else has to decide/,
      );
      assert.deepEqual(await stage.eventsOf(own.number), ["asked by dan", "refused by dan", "refused by dan"]);
      assert.deepEqual(stage.callsFor(own.number), []);
    });
  });

  describe("granting and revoking", { concurrency: false }, () => {
    let stage: Stage;
    before(async () => {
      stage = await openStage({ grants: [] });
    });
    after(() => stage.close());

    test("a grant takes effect at once, and so does its end", async () => {
      const number = freshNumber();
      assert.match(await stage.typeAndRead("ann", `open ${number}`), /You need the role requester/);
      assert.match(await stage.typeAndRead("carol", "grant @ann requester"), /@ann now has the role requester/);
      assert.match(await stage.typeAndRead("carol", "grant @ann requester"), /already had the role requester/);
      const request = await stage.request("ann", `open ${number}`);
      assert.match(await stage.typeAndRead("carol", "revoke @ann requester"), /@ann no longer has the role requester/);
      assert.match(await stage.typeAndRead("carol", "revoke @ann requester"), /did not have the role requester/);
      assert.match(await stage.typeAndRead("ann", `open ${freshNumber()}`), /You need the role requester/);
      await stage.press("ann", request, "Withdraw"); // the request can still be withdrawn
      await stage.untilShown(request, "Withdrawn by @ann");
    });

    test("a role that is revoked between the request and the click does not count", async () => {
      await stage.grant("ann", "requester");
      await stage.grant("bob", "approver");
      const request = await stage.request("ann", `open ${freshNumber()}`);
      await stage.revoke("bob", "approver");
      assert.match(await stage.pressAndRead("bob", request, "Approve"), /You need the role approver/);
      assert.match(stage.shown(request), /\[ Approve \]/);
      assert.deepEqual(stage.callsFor(request.number), []);
      await stage.grant("bob", "approver");
      await stage.press("bob", request, "Approve");
      await stage.untilShown(request, "Receipts opened");
    });

    test("roles lists the holders of each role, and who granted it", async () => {
      await stage.grant("dan", "admin");
      const answer = await stage.typeAndRead("dan", "roles");
      assert.match(answer, /^requester .*\n• @ann · by @carol, .*\napprover /m);
      assert.match(answer, /^approver .*\n• @bob · by @carol, .*\nadmin /m);
      assert.match(answer, /^admin .*\n• @carol · by the settings\n• @dan · by @carol, /m);
    });

    test("help shows only the commands that the reader can use", async () => {
      await stage.revoke("dan", "admin");
      const help = {
        ann: await stage.typeAndRead("ann", "help"),
        bob: await stage.typeAndRead("bob", "help"),
        carol: await stage.typeAndRead("carol", "help"),
        dan: await stage.typeAndRead("dan", "help"),
      };
      assert.match(help.ann, /\/receipt open 1900000109[\s\S]*Your roles: requester\./);
      assert.doesNotMatch(help.ann, /receipt grant|Approve/);
      assert.match(help.bob, /Approve[\s\S]*Your roles: approver\./);
      assert.doesNotMatch(help.bob, /\/receipt (open|grant)/);
      assert.match(
        help.carol,
        /\/receipt grant[\s\S]*\/receipt revoke[\s\S]*\/receipt roles[\s\S]*Your roles: admin\./,
      );
      assert.match(help.dan, /You have no role yet.*@carol/);
      assert.doesNotMatch(help.dan, /\/receipt grant @name/);
    });

    test("an admin from the settings cannot be revoked", async () => {
      assert.match(await stage.typeAndRead("carol", "revoke @carol admin"), /RECEIPT_ADMINS/);
      assert.match(await stage.typeAndRead("carol", "roles"), /@carol · by the settings/);
    });
  });

  test("APPROVAL_POLICY=self lets approvers approve their own requests", async (t) => {
    const stage = await openStage({
      environment: { APPROVAL_POLICY: "self" },
      grants: [
        ["dan", "requester"],
        ["dan", "approver"],
      ],
    });
    t.after(() => stage.close());
    const request = await stage.request("dan", `open ${freshNumber()}`);
    await stage.press("dan", request, "Approve");
    assert.match(await stage.untilShown(request, "Receipts opened"), /requested by @dan, approved by @dan/);
  });

  describe("only members of the workspace hold roles", { concurrency: false }, () => {
    let stage: Stage;
    before(async () => {
      stage = await openStage();
    });
    after(() => stage.close());

    const changes: readonly { who: Name; as: string; change: Partial<Person>; says: RegExp }[] = [
      { who: "eve", as: "a guest", change: { isGuest: true }, says: /Guests .* cannot use this bot/ },
      {
        who: "sam",
        as: "a person of another workspace",
        change: { teamId: "T0OTHER001" },
        says: /Only members of this workspace/,
      },
      { who: "ghost", as: "a deactivated person", change: { deleted: true }, says: /deactivated/ },
      { who: "robot", as: "a bot user", change: { isBot: true }, says: /Bots cannot use this bot/ },
    ];

    test("nobody else can be granted a role", async () => {
      for (const who of ["eve", "sam", "robot"] as const)
        assert.match(await stage.typeAndRead("carol", `grant @${who} approver`), /cannot hold a role/);
      stage.slack.deactivate(people.ghost);
      assert.match(await stage.typeAndRead("carol", "grant @ghost approver"), /cannot hold a role/);
      assert.deepEqual(
        await stage.rows("select key from keyv where key like '%EVE%' or key like '%STRANGER%' or key like '%GHOST%'"),
        [],
      );
    });

    test("a role granted to a former member has no effect", async () => {
      for (const { who } of changes) turnInto(who, {});
      await stage.restart(); // the bot caches a person for a minute
      const before: Requested[] = [];
      for (const { who } of changes) {
        for (const role of ["requester", "approver", "admin"] as const) await stage.grant(who, role);
        before.push(await stage.request(who, `open ${freshNumber()}`));
      }
      for (const { who, change } of changes) turnInto(who, change);
      await stage.restart();

      for (const [i, { who, as, says }] of changes.entries()) {
        const number = freshNumber();
        for (const words of [`open ${number}`, "roles", "grant @ann admin", "revoke @carol approver"])
          assert.match(await sendCommand(who, words), says, `${as}: ${words}`);
        assert.deepEqual(await stage.rows("select 1 from operations where sub_mchid = ?", number), []);

        const request = await stage.request("ann", `open ${freshNumber()}`);
        const own = before[i] as Requested;
        const onRequest = await clickOf(request);
        const onOwn = await clickOf(own);
        assert.match(await click(who, onRequest, "approve"), says, as);
        assert.match(await click(who, onRequest, "reject"), says, as);
        assert.match(await click(who, onOwn, "approve"), says, as);
        assert.match(await click(who, onOwn, "more"), says, as);
        const refused = ["refused by bob", `refused by ${who}`, `refused by ${who}`];
        assert.deepEqual(await stage.eventsOf(request.number), ["asked by ann", ...refused]);
        assert.deepEqual(await stage.eventsOf(own.number), [`asked by ${who}`, ...refused]);
        assert.deepEqual(stage.callsFor(own.number), []);
      }
    });

    test("help explains it to them, and offers nothing", async () => {
      for (const { who } of changes)
        assert.doesNotMatch(await sendCommand(who, "help"), /Your roles|\/receipt (grant|roles)/);
    });

    function turnInto(who: Name, change: Partial<Person>): void {
      stage.slack.state.people.set(people[who], { id: people[who], name: who, realName: who, ...change });
    }

    /** Bypasses Slack, which hardly lets any of them type; the bot must not rely on that. */
    async function sendCommand(who: Name, words: string): Promise<string> {
      const text = words.replace("@ann", `<@${people.ann}>`).replace("@carol", `<@${people.carol}>`);
      const fields = commandFields(people[who], "C0MERCHANT", text);
      const { status, text: answer } = await postPayload(stage, "slash_commands", fields);
      assert.equal(status, 200);
      return stage.textOf(JSON.parse(answer));
    }

    /** bob's refused click provides the payload and the response URL. The sender and the button then change. */
    async function clickOf(on: Requested): Promise<JsonObject> {
      const { delivery } = await stage.press("bob", on, "Withdraw");
      await stage.slack.until(() => stage.privateReplies("bob", on.channel)[0]);
      return delivery?.payload ?? {};
    }

    async function click(who: Name, from: JsonObject, actionId: string): Promise<string> {
      const answers = () => stage.slack.log.filter(({ method }) => method === "response_url");
      const before = answers().length;
      const [pressed] = from["actions"] as { selected_option: { value: string } }[];
      const value = pressed?.selected_option.value ?? "";
      const action = { type: "button", block_id: "decide", action_id: actionId, value, selected_option: { value } };
      await postPayload(stage, "interactive", { ...from, user: { id: people[who] }, actions: [action] });
      const [answer] = await stage.slack.until(() => answers().length > before && answers().slice(before));
      return String(answer?.args["text"]);
    }
  });
});

async function askWithBothRoles(stage: Stage): Promise<Requested> {
  await stage.grant("dan", "requester");
  await stage.grant("dan", "approver");
  return stage.request("dan", `open ${freshNumber()}`);
}
