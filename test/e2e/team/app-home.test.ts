/** App Home: what each person sees there, and what its buttons do. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import { after, before, describe, type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { shortlistMax } from "../../../src/ledger/queries/overview.ts";
import type { Delivery } from "../../../src/playground/slack/delivery/http.ts";
import { type JsonObject, objectIn, objectsIn, stringIn } from "../../../src/playground/slack/json.ts";
import { allComponents } from "../../../src/playground/slack/users/components.ts";
import { invalid } from "../../../src/playground/wechatpay/scenario.ts";
import { eventually } from "../../eventually.ts";
import { startTcpProxy } from "../../faults/network/tcp-proxy.ts";
import { modeOn, onEveryEngine } from "../support/every-engine.ts";
import { freshNumber, type Name, people, type Stage } from "../support/stage.ts";

/** The home's text as Slack shows it now; empty before the first opening. */
function homeOf(stage: Stage, who: Name): string {
  const view = stage.slack.home(people[who]);
  return view === undefined ? "" : stage.textOf({ text: "", blocks: objectsIn(view, "blocks") });
}

const published = ({ slack }: Stage, who: Name) =>
  slack.log.filter(({ method, args }) => method === "views.publish" && args["user_id"] === people[who]);

/** Opens the home and waits until it is published again. Resolves to its text. */
async function open(stage: Stage, who: Name): Promise<string> {
  const before = published(stage, who).length;
  const result = await stage.slack.openHome(people[who]);
  assert.ok(result.acknowledged, result.errorText);
  await stage.slack.until(() => published(stage, who).length > before);
  return homeOf(stage, who);
}

/** Presses the button with this label in the only section that contains `words`, and waits for the answer. */
async function press(
  stage: Stage,
  who: Name,
  label: string,
  words: string,
  filled?: Record<string, string>,
): Promise<string> {
  const before = published(stage, who).length;
  const result = await stage.slack.clickInView(people[who], "home", componentOf(stage, who, label, words), filled);
  assert.ok(result.acknowledged, result.errorText);
  await stage.slack.until(() => published(stage, who).length > before);
  return homeOf(stage, who);
}

function componentOf(stage: Stage, who: Name, label: string, words: string) {
  const blocks = objectsIn(stage.slack.home(people[who]) ?? {}, "blocks");
  const labelled = allComponents(blocks).filter(
    ({ element }) => stringIn(objectIn(element, "text") ?? {}, "text") === label,
  );
  const holding = labelled.filter(({ blockId }) => JSON.stringify(blockWith(blocks, blockId)).includes(words));
  const [only, ...others] = holding;
  assert.ok(only && others.length === 0, `"${label}" with "${words}" is there ${holding.length} times`);
  return { actionId: stringIn(only.element, "action_id") ?? "", blockId: only.blockId };
}

function blockWith(blocks: readonly JsonObject[], id: string): JsonObject {
  return blocks.find((block) => block["block_id"] === id) ?? {};
}

const grantOf = (who: Name, role: string) => ({ "home-person": people[who], "home-role": role });

/**
 * Makes the stage's ledger unavailable and available again: cuts the connection to PostgreSQL, or renames a table in
 * SQLite.
 */
async function onALedgerThatGoesAway(stage: Stage, t: TestContext) {
  const url = new URL(stage.environment["DATABASE_URL"] ?? "");
  if (url.protocol === "sqlite:") {
    const ledger = new DatabaseSync(url.pathname, { timeout: 5_000 });
    t.after(() => ledger.close());
    return {
      away: async () => ledger.exec("alter table requests rename to requests_away"),
      back: async () => ledger.exec("alter table requests_away rename to requests"),
    };
  }
  const proxy = await startTcpProxy(url);
  t.after(proxy.close);
  stage.environment["DATABASE_URL"] = proxy.url.href;
  await stage.restart();
  return { away: async () => proxy.cut(), back: async () => proxy.mend() };
}

onEveryEngine("App Home", (openStage, engine) => {
  const mode = modeOn[engine];
  describe(`App Home over ${mode}`, { concurrency: true }, () => {
    let stage: Stage;
    before(async () => {
      stage = await openStage({ mode });
    });
    after(() => stage.close());

    test("a requester sees their own requests and failures, and nothing to decide", async () => {
      const [fine, penalised] = [freshNumber(), freshNumber()];
      stage.weChatPay.behave(penalised, () => invalid("特约商户被处罚中"));
      await stage.request("ann", `open ${fine}`);
      const withdrawn = await stage.request("ann", `open ${freshNumber()} ${freshNumber()}`);
      await stage.press("ann", withdrawn, "Withdraw");
      await stage.untilShown(withdrawn, "Withdrawn by @ann");
      const failing = await stage.request("ann", `close ${penalised}`);
      await stage.press("bob", failing, "Approve");
      await stage.untilShown(failing, "Receipts not closed");
      const home = await open(stage, "ann");
      assert.match(home, new RegExp(`Your requests.*${fine} 🕓 open receipts: pending`, "s"));
      assert.match(
        home,
        new RegExp(`Failures.*${penalised} ❌ receipts not closed · .* requested by @ann, approved by @bob`, "s"),
      );
      assert.match(home, /2 sub-merchants ↩️ open receipts: withdrawn · requested by @ann, \d/);
      assert.match(home, /Roles of @ann\n• requester · by @carol/);
      assert.doesNotMatch(home, /Waiting for your decision|Roles, newest|\[ /);
    });

    test("an approver decides there, the channel shows it, and the call is made once", async () => {
      const number = freshNumber();
      const request = await stage.request("ann", `open ${number} new store, contract 4711`);
      assert.match(
        await open(stage, "bob"),
        new RegExp(`Open receipts · ${number}.*\\| new store, contract 4711`, "s"),
      );
      const home = await press(stage, "bob", "Approve", number);
      assert.doesNotMatch(home, new RegExp(`Open receipts · ${number}`));
      const done = `^Your decision took effect: ${number} .*requested by @ann, approved by @bob, .*\\(#\\d+`;
      assert.match(home, new RegExp(done));
      assert.doesNotMatch(await open(stage, "bob"), /Your decision took effect/);
      await stage.untilShown(request, "Receipts opened");
      assert.deepEqual(stage.callsFor(number), ["OPEN 200"]);
      assert.deepEqual(stage.privateReplies("bob", request.channel), []);
    });

    test("an admin sees every grant, grants a role to a chosen person, and revokes it", async () => {
      assert.match(await open(stage, "carol"), /Roles, newest.*@ann · requester · by @carol.*\[ Revoke \]/s);
      const chosen = { "home-person": people.robot, "home-role": "approver" };
      const refused = await press(stage, "carol", "Grant", "home-grant", chosen);
      assert.match(refused, /^@robot cannot hold a role: bots are excluded/);
      const given = await press(stage, "carol", "Grant", "home-grant", grantOf("ghost", "approver"));
      assert.match(given, /^@ghost now has the role approver.*@ghost · approver · by @carol, .*\[ Revoke \]/s);
      assert.match(
        await press(stage, "carol", "Revoke", `${people.ghost}:approver`),
        /^@ghost no longer has the role approver/,
      );
      assert.doesNotMatch(await open(stage, "carol"), /@ghost/);
      const trail = await stage.rows("select what, actor from events where detail_json like ?", `%${people.ghost}%`);
      assert.deepEqual(
        trail.map(({ what, actor }) => [what, actor]),
        [
          ["granted", people.carol],
          ["revoked", people.carol],
        ],
      );
    });

    test("someone who decides in an outdated home sees there who decided first, until they open it again", async () => {
      const number = freshNumber();
      const request = await stage.request("ann", `open ${number}`);
      await open(stage, "dan");
      await stage.reject("bob", request);
      await stage.untilShown(request, "Rejected by @bob");
      assert.match(await press(stage, "dan", "Approve", number), /^@bob rejected this/);
      assert.doesNotMatch(await open(stage, "dan"), /@bob rejected this/);
      assert.deepEqual(stage.callsFor(number), []);
      assert.deepEqual(stage.privateReplies("dan", request.channel), []);
    });
  });

  describe("App Home", { concurrency: true }, () => {
    let stage: Stage;
    before(async () => {
      stage = await openStage();
    });
    after(() => stage.close());

    const outsiders = [
      ["robot", /^Bots cannot use this bot/],
      ["eve", /^Guests of this workspace cannot use this bot/],
      ["sam", /^Only members of this workspace can use this bot/],
      [
        "ghost",
        /^You need a role to view the ledger; any role is enough. @carol( or @dan)? can give you one: \/receipt grant @ghost/,
      ],
    ] as const;
    for (const [who, why] of outsiders) {
      test(`@${who} sees only why there is nothing to see`, async () => {
        const home = await open(stage, who);
        assert.match(home, why);
        assert.doesNotMatch(home, /\n/);
      });
    }

    test("someone who loses a role while the home is open changes nothing with it, and reads why", async () => {
      const number = freshNumber();
      const request = await stage.request("ann", `open ${number}`);
      await stage.grant("ghost", "approver");
      await open(stage, "ghost");
      await stage.revoke("ghost", "approver");
      const home = await press(stage, "ghost", "Approve", number);
      assert.match(home, /^You need the role approver to decide on requests/);
      assert.match(stage.shown(request), /\[ Approve \]/);
      assert.deepEqual(stage.callsFor(number), []);
    });

    test("someone who is no longer admin neither grants nor revokes roles from a home that is still open", async () => {
      await stage.grant("dan", "admin");
      await open(stage, "dan");
      await stage.revoke("dan", "admin");
      const home = await press(stage, "dan", "Grant", "home-grant", grantOf("dan", "admin"));
      assert.match(home, /^You need the role admin/);
      const refusals = await stage.rows(
        "select detail_json from events where what = 'refused' and actor = ?",
        people.dan,
      );
      assert.ok(refusals.some(({ detail_json }) => String(detail_json).includes(`grant ${people.dan} admin`)));
      assert.doesNotMatch(home, /Roles, newest/);
      assert.doesNotMatch(await stage.typeAndRead("carol", "roles @dan"), /admin/);
    });

    test("a click on Grant that is delivered again after the role was revoked does not give it back", async (t) => {
      const stage = await openStage();
      t.after(() => stage.close());
      await open(stage, "carol");
      const grant = componentOf(stage, "carol", "Grant", "home-grant");
      const clicked = await stage.slack.clickInView(people.carol, "home", grant, grantOf("ghost", "approver"));
      await stage.slack.until(() => /@ghost now has the role/.test(homeOf(stage, "carol")));
      await stage.typeAndRead("carol", "revoke @ghost approver");
      await stage.slack.redeliver({ ...(clicked.delivery ?? assert.fail("nothing was sent")), id: randomUUID() });
      await stage.slack.until(() => /^The bot has received this before/.test(homeOf(stage, "carol")));
      assert.doesNotMatch(await open(stage, "carol"), /@ghost/);
    });

    test("Grant without a person or without a role reports what is missing", async () => {
      await open(stage, "carol");
      const nobody: Record<string, string> = { "home-role": "admin" };
      for (const chosen of [{}, nobody, { "home-person": people.ann }])
        assert.match(await press(stage, "carol", "Grant", "home-grant", chosen), /^Choose a person and a role first/);
      const choice = { actionId: "home-person", option: people.ann };
      assert.equal((await stage.slack.clickInView(people.carol, "home", choice)).acknowledged, true);
      assert.doesNotMatch(await stage.typeAndRead("carol", "roles @ann"), /admin/);
    });

    test("a request decided in the home before its message is posted is posted once, in its channel", async () => {
      const number = freshNumber();
      const channel = stage.newChannel();
      stage.slack.fail("chat.postMessage", { status: 500 }, 1);
      await stage.type("ann", `open ${number}`, channel);
      await open(stage, "bob");
      await press(stage, "bob", "Approve", number);
      const { ts } = await stage.slack.until(() => stage.slack.messages(channel)[0]);
      await stage.untilShown({ channel, ts, number }, "Receipts opened");
      assert.equal(stage.slack.messages(channel).length, 1);
      assert.deepEqual(stage.callsFor(number), ["OPEN 200"]);
    });
  });

  test("a rejection there is confirmed once it is submitted, and not while its form is open or wrong", async (t) => {
    const stage = await openStage();
    t.after(() => stage.close());
    const number = freshNumber();
    const request = await stage.request("ann", `open ${number}`);
    await open(stage, "dan");
    assert.doesNotMatch(await press(stage, "dan", "Reject", number), /Your decision took effect/);
    await stage.slack.until(() => stage.slack.modal(people.dan));
    for (const [reason, home] of [
      [" ", new RegExp(`^Waiting for your decision.*Open receipts · ${number}`, "s")],
      ["wrong shop", new RegExp(`^Your decision took effect: ${number} 🚫 open receipts: rejected`)],
    ] as const) {
      const before = published(stage, "dan").length;
      await stage.submit("dan", { reason });
      await stage.slack.until(() => published(stage, "dan").length > before);
      assert.match(homeOf(stage, "dan"), home);
    }
    await stage.untilShown(request, "Rejected by @dan");
  });

  test("the last admin cannot be revoked from the home either", async (t) => {
    const stage = await openStage({ grants: [["dan", "admin"]] });
    t.after(() => stage.close());
    Object.assign(stage.environment, { RECEIPT_ADMINS: "" });
    await stage.restart();
    assert.match(await open(stage, "dan"), /@dan · admin/);
    const home = await press(stage, "dan", "Revoke", `${people.dan}:admin`);
    assert.match(home, /^This would leave no permanent admin.*@dan · admin/s);
  });

  test("a role from the settings has no Revoke button", async (t) => {
    const stage = await openStage({ grants: [] });
    t.after(() => stage.close());
    const home = await open(stage, "carol");
    assert.match(home, /@carol · admin · by the settings/);
    assert.doesNotMatch(home, /Revoke/);
  });

  describe("App Home while Slack fails", { concurrency: true }, () => {
    for (const method of ["views.publish", "users.info"] as const) {
      test(`${method}: nothing is shown and nothing is retried until the home is opened again`, async (t) => {
        const stage = await openStage({ environment: { LOG_LEVEL: "debug" } });
        t.after(() => stage.close());
        await stage.restart(); // its cache of people is cleared
        stage.slack.fail(method, { status: 500 });
        assert.equal((await stage.slack.openHome(people.bob)).acknowledged, true);
        await eventually(() => stage.logged.some((line) => line.includes("the next opening tries again")));
        assert.equal(homeOf(stage, "bob"), "");
        stage.slack.restore();
        assert.match(await open(stage, "bob"), /No requests are waiting for your decision/);
      });
    }

    test("a short pause that Slack requests is kept, and then the home is shown", async (t) => {
      const stage = await openStage();
      t.after(() => stage.close());
      stage.slack.fail("views.publish", { rateLimited: 1 }, 1);
      await stage.slack.openHome(people.bob);
      await stage.slack.until(() => stage.slack.home(people.bob));
      assert.deepEqual(published(stage, "bob").length, 2);
    });
  });

  test("openings during a publication lead to one more publication, which shows the newest state", async (t) => {
    const stage = await openStage();
    t.after(() => stage.close());
    await open(stage, "bob");
    const before = published(stage, "bob").length;
    stage.slack.fail("views.publish", { hang: true }, 1);
    await stage.slack.openHome(people.bob);
    await stage.slack.until(() => published(stage, "bob").length > before);
    const { number } = await stage.request("ann", `open ${freshNumber()}`);
    for (let i = 0; i < 5; i++) await stage.slack.openHome(people.bob);
    assert.equal(published(stage, "bob").length, before + 1);
    stage.slack.restore();
    await stage.slack.until(() => homeOf(stage, "bob").includes(number));
    assert.equal(published(stage, "bob").length, before + 2);
  });

  for (const policy of ["four-eyes", "self"] as const) {
    const whose = policy === "self" ? "any approver, the requester included" : "another approver";
    test(`under ${policy}, an approver's own request waits for ${whose}`, async (t) => {
      const grants = [
        ["ann", "requester"],
        ["ann", "approver"],
        ["bob", "approver"],
      ] as const;
      const stage = await openStage({ environment: { APPROVAL_POLICY: policy }, grants });
      t.after(() => stage.close());
      const { number } = await stage.request("ann", `open ${freshNumber()}`);
      const waits = new RegExp(`Open receipts · ${number}.*\\[ Approve \\]`, "s");
      assert.match(await open(stage, "bob"), waits);
      const home = await open(stage, "ann");
      assert.match(home, new RegExp(`${number} 🕓 open receipts: pending`));
      if (policy === "self") assert.match(home, waits);
      else assert.match(home, /No requests are waiting for your decision/);
    });
  }

  test("during a ledger outage the home and its buttons report it, and everything works again afterwards", async (t) => {
    const stage = await openStage({ mayLogErrors: true });
    t.after(() => stage.close());
    const ledger = await onALedgerThatGoesAway(stage, t);
    const { number } = await stage.request("ann", `open ${freshNumber()}`);
    await open(stage, "bob");
    await ledger.away();
    const home = await press(stage, "bob", "Approve", number);
    assert.match(home, /^The ledger is unavailable right now. Nothing was changed; .*there is nothing to show/s);
    await ledger.back();
    assert.match(await open(stage, "bob"), new RegExp(`Open receipts · ${number}`));
  });

  test("a bulk request is decided in the home, and summarized in one line afterwards", async (t) => {
    const stage = await openStage();
    t.after(() => stage.close());
    const numbers = [freshNumber(), freshNumber(), freshNumber()];
    stage.weChatPay.behave(numbers[2] ?? "", () => invalid("特约商户被处罚中"));
    const request = await stage.request("ann", `open ${numbers.join(" ")}`);
    assert.match(await open(stage, "bob"), /Open receipts · 3 sub-merchants/);
    await press(stage, "bob", "Approve", request.number);
    await stage.untilShown(request, "2 opened");
    for (const who of ["ann", "bob"] as const)
      assert.match(
        await open(stage, who),
        /Failures.*3 sub-merchants ✅ 2 opened · ❌ 1 not opened · requested by @ann/s,
      );
  });

  test("a requester submits there when the settings name a channel to post in", async (t) => {
    const stage = await openStage({ environment: { RECEIPT_CHANNELS: "C0MERCHANT" } });
    t.after(() => stage.close());
    assert.doesNotMatch(await open(stage, "bob"), /Open or close/);
    await open(stage, "ann");
    const pressAsk = () =>
      stage.slack.clickInView(people.ann, "home", componentOf(stage, "ann", "Open or close", "Your requests"));
    await pressAsk();
    await stage.slack.until(() => stage.slack.modal(people.ann));
    const number = freshNumber();
    await stage.submit("ann", { action: "OPEN", numbers: number });
    await stage.submit("ann");
    const message = await stage.slack.until(() =>
      stage.slack.messages("C0MERCHANT").find(({ text }) => text.includes(number)),
    );
    await stage.press("bob", message, "Approve");
    await stage.slack.until(() => stage.callsFor(number).length > 0);
    await stage.slack.closeView(people.ann);

    await stage.revoke("ann", "requester");
    await pressAsk();
    await stage.slack.until(() => /You need the role requester/.test(stage.modalText("ann")));
  });

  test("the answer to a click in the home is shown there although Slack fails at first, and while it does not return the person", async (t) => {
    const stage = await openStage();
    t.after(() => stage.close());
    const request = await stage.request("ann", `open ${freshNumber()}`);
    await open(stage, "bob");
    await stage.press("ann", request, "Withdraw");
    await stage.untilShown(request, "Withdrawn by @ann");
    const approve = componentOf(stage, "bob", "Approve", "decide");
    const shown = (words: RegExp) => stage.slack.until(() => words.test(homeOf(stage, "bob")));
    stage.slack.fail("views.publish", { status: 503 }, 1);
    const clicked = await stage.slack.clickInView(people.bob, "home", approve);
    await shown(/@ann withdrew this.*No requests are waiting/s);

    stage.slack.fail("views.publish", { hang: true });
    const before = published(stage, "bob").length;
    const click = () => stage.slack.redeliver(clicked.delivery as Delivery);
    await click();
    await stage.slack.until(() => published(stage, "bob").length > before);
    await Promise.all([click(), click()]);
    await delay(500);
    stage.slack.restore();
    await shown(/(?:@ann withdrew this.*){2}/s);

    const another = await stage.request("ann", `open ${freshNumber()}`);
    await open(stage, "bob");
    await stage.later(61_000);
    stage.slack.fail("users.info", { status: 503 });
    await stage.slack.clickInView(people.bob, "home", componentOf(stage, "bob", "Approve", "decide"));
    await shown(/^Slack did not answer\. Nothing was changed; press again in a minute\..*Open this tab again/s);
    stage.slack.restore();
    assert.match(stage.shown(another), /\[ Approve \]/);
  });

  test("all of it exists in Chinese too", async (t) => {
    const stage = await openStage({ environment: { LOCALE: "zh-CN" }, grants: [] });
    t.after(() => stage.close());
    for (const role of ["requester", "approver"]) await stage.type("carol", `grant @carol ${role}`);
    const home = await open(stage, "carol");
    assert.match(home, /待你审批.*你提交的申请.*失败.*的角色.*角色与权限.*\[ 收回 \].*\[ 授予 \]/s);
  });

  test("when two approvals are needed, a request waits for others after the first", async (t) => {
    const stage = await openStage({ environment: { APPROVERS_NEEDED: "2" } });
    t.after(() => stage.close());
    const { number } = await stage.request("ann", `open ${freshNumber()}`);
    assert.match(await open(stage, "bob"), new RegExp(`Open receipts · ${number}`));
    const home = await press(stage, "bob", "Approve", "decide");
    assert.doesNotMatch(home, /\[ Approve \]/);
    assert.match(home, /^Your approval counts; 1 more approval is required\.\n\d+ .* pending/);
    assert.match(await open(stage, "dan"), /Approved by @bob[\s\S]*1 more approval is required[\s\S]*\[ Approve \]/);
  });

  test("an approver finds the requests that wait for them after many that they have approved", async (t) => {
    const stage = await openStage({ environment: { APPROVERS_NEEDED: "2" } });
    t.after(() => stage.close());
    for (let nth = 0; nth < shortlistMax; nth++)
      await stage.press("bob", await stage.request("ann", `open ${freshNumber()}`), "Approve");
    const { number } = await stage.request("ann", `open ${freshNumber()}`);
    assert.match(await open(stage, "bob"), new RegExp(`Open receipts · ${number}.*\\[ Approve \\]`, "s"));
  });
});
