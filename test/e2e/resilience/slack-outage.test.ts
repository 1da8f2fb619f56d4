/** Slack fails while people work: the ledger continues, and what could not be shown is shown later, once. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Behaviour } from "../../../src/playground/slack/faults.ts";
import { eventually } from "../../eventually.ts";
import { freshNumber, openStage, people, type Stage } from "../support/stage.ts";

const faults: readonly { what: string; how: Behaviour }[] = [
  { what: "answers 500", how: { status: 500 } },
  { what: "answers 429 with Retry-After", how: { rateLimited: 1 } },
  { what: "says not_in_channel", how: { error: "not_in_channel" } },
  { what: "says internal_error", how: { error: "internal_error" } },
  { what: "does not answer", how: { hang: true } },
];

describe("posting", { concurrency: true }, () => {
  for (const { what, how } of faults) {
    describe(`while Slack ${what} to posts`, { concurrency: true }, () => {
      let stage: Stage;
      before(async () => {
        stage = await openStage();
      });
      after(() => stage.close());

      test("a request is recorded, and its message is posted once when Slack is available again", async () => {
        const number = freshNumber();
        const channel = stage.newChannel();
        stage.slack.fail("chat.postMessage", how);
        const result = await stage.type("ann", `open ${number}`, channel);
        assert.deepEqual([result.acknowledged, result.ephemeral], [true, undefined]);
        assert.equal((await stage.rows("select 1 from operations where sub_mchid = ?", number)).length, 1);
        await faultOf("chat.postMessage");
        assert.deepEqual(stage.slack.messages(channel), []);
        stage.slack.restore("chat.postMessage");
        const { ts } = await stage.slack.until(() => stage.slack.messages(channel)[0]);
        const request = { channel, ts, number };

        // An edit and a thread's message fail too, but the call is made nevertheless.
        stage.slack.fail("chat.postMessage", how);
        stage.slack.fail("chat.update", how);
        await stage.press("bob", request, "Approve");
        await eventually(() => stage.callsFor(number).includes("OPEN 200"));
        await faultOf("chat.update");
        assert.match(stage.shown(request), /\[ Approve \]/, "Slack still shows the old");
        assert.match(await stage.pressAndRead("dan", request, "Reject"), /@bob approved this/);
        stage.slack.restore();
        await stage.untilShown(request, "Receipts opened");
        assert.match(stage.textOf(await stage.untilReply(request)), /@ann receipts are open/);
        await eventually(async () => (await stage.rows("select 1 from posts where shown < wanted")).length === 0);
        assert.equal(stage.slack.messages(channel).length, 1);
        assert.equal(stage.slack.thread(channel, ts).length, 1);
        assert.deepEqual(stage.callsFor(number), ["OPEN 200"]);
      });

      function faultOf(method: string): Promise<unknown> {
        const since = stage.slack.log.length;
        const failed = () =>
          stage.slack.log
            .slice(Math.max(0, since - 1))
            .find((call) => call.method === method && call.outcome.kind === "fault");
        return stage.slack.until(failed);
      }
    });
  }
});

describe("while Slack cannot identify people", { concurrency: true }, () => {
  for (const method of ["users.info", "conversations.info", "auth.test"] as const) {
    for (const { what, how } of faults) {
      if ("error" in how && how.error === "not_in_channel") continue; // for these methods an answer like any other
      test(`${method} ${what}: the command is answered in time, and recorded only once Slack is available again`, async (t) => {
        const stage = await openStage();
        t.after(() => stage.close());
        const number = freshNumber();
        const channel = stage.newChannel();
        // A new instance has neither cached people nor channels, and asks auth.test first of all.
        await stage.restart(() => stage.slack.fail(method, how));
        const result = await stage.type("ann", `open ${number}`, channel);
        assert.ok(result.ephemeral, result.errorText);
        assert.match(stage.textOf(result.ephemeral), /Nothing was recorded; try again|responding slowly/);
        assert.deepEqual(await stage.rows("select 1 from operations where sub_mchid = ?", number), []);
        assert.deepEqual(stage.slack.messages(channel), []);
        stage.slack.restore();
        await stage.request("ann", `open ${number}`, channel);
      });
    }
  }

  test("a click is answered with the reason why it did not count, and counts once Slack is available again", async (t) => {
    const stage = await openStage();
    t.after(() => stage.close());
    const request = await stage.request("ann", `open ${freshNumber()}`);
    await stage.restart();
    stage.slack.fail("users.info", { status: 500 });
    assert.equal(
      await stage.pressAndRead("bob", request, "Approve"),
      "Slack did not answer. Nothing was changed; press again in a minute.",
    );
    assert.deepEqual(await stage.eventsOf(request.number), ["asked by ann"]);
    stage.slack.restore();
    await stage.press("bob", request, "Approve");
    await stage.untilShown(request, "Receipts opened");
  });
});

describe("other failures of Slack", { concurrency: true }, () => {
  for (const how of [{ status: 500 }, { status: 404 }, { rateLimited: 1 }, { hang: true }] as const) {
    test(`failing response URLs (${JSON.stringify(how)}) break nothing and leave no secret in the log`, async (t) => {
      const stage = await openStage({ mayLogErrors: true, environment: { LOG_LEVEL: "trace" } });
      t.after(() => stage.close());
      const request = await stage.request("ann", `open ${freshNumber()}`);
      const pending = stage.messageOf(request);
      stage.slack.fail("response_url", how);
      const { acknowledged, delivery } = await stage.press("ann", request, "Approve");
      assert.equal(acknowledged, true);
      await stage.slack.until(() => stage.slack.log.some(({ method }) => method === "response_url"));
      await stage.press("bob", request, "Approve");
      await stage.untilShown(request, "Receipts opened");
      stage.slack.restore();
      assert.match(await stage.pressAndRead("dan", pending, "Approve"), /@bob approved/);
      const secret = String(delivery?.payload["response_url"]).split("/").at(-1) ?? "";
      assert.ok(secret.length > 10);
      assert.ok(!stage.logged.some((line) => line.includes(secret)), "the log holds a response URL");
    });
  }

  test("an answer that Slack delays with a 429 is sent later", async (t) => {
    const stage = await openStage({ mayLogErrors: true });
    t.after(() => stage.close());
    const request = await stage.request("ann", `open ${freshNumber()}`);
    stage.slack.fail("response_url", { rateLimited: 1 }, 1);
    assert.match(await stage.pressAndRead("ann", request, "Approve"), /^You requested this/);
  });

  test("if response URLs do not work at all, who clicks reads the answer all the same", async (t) => {
    const stage = await openStage({ mayLogErrors: true });
    t.after(() => stage.close());
    const request = await stage.request("ann", `open ${freshNumber()}`);
    stage.slack.fail("response_url", { status: 503 });
    assert.match(await stage.pressAndRead("ann", request, "Approve"), /^You requested this/);
    assert.ok(stage.slack.log.some(({ method }) => method === "chat.postEphemeral"));
  });

  test("a message that can no longer be edited is posted again with its current content", async (t) => {
    const stage = await openStage();
    t.after(() => stage.close());
    const request = await stage.request("ann", `open ${freshNumber()}`);
    const pending = stage.messageOf(request);
    stage.slack.state.remove(pending);
    await stage.press("bob", pending, "Approve");
    const reposted = await stage.slack.until(() => stage.slack.messages(request.channel)[0]);
    assert.match(stage.textOf(reposted), /Receipts opened|working/);
    const again = { ...request, ts: reposted.ts };
    await stage.untilShown(again, "Receipts opened");
    assert.match(stage.textOf(await stage.untilReply(again)), /@ann receipts are open/);
  });

  test("a post that Slack accepted without answering is posted again rather than lost", async (t) => {
    const stage = await openStage();
    t.after(() => stage.close());
    const channel = stage.newChannel();
    // The grants' direct messages come first.
    await eventually(async () => (await stage.rows("select 1 from posts where shown < wanted")).length === 0);
    stage.slack.fail("chat.postMessage", { dropAfterActing: true }, 1);
    await stage.type("ann", `open ${freshNumber()}`, channel);
    await eventually(async () => (await stage.rows("select 1 from posts where shown < wanted")).length === 0);
    assert.equal(stage.slack.messages(channel).length, 2);
  });

  test("posts that the bot had not made when it stopped are made by the next instance", async (t) => {
    const stage = await openStage();
    t.after(() => stage.close());
    const channel = stage.newChannel();
    stage.slack.fail("chat.postMessage", { status: 500 });
    await stage.type("ann", `open ${freshNumber()}`, channel);
    await stage.slack.until(() => stage.slack.log.some(({ method }) => method === "chat.postMessage"));
    stage.slack.restore();
    await stage.restart();
    await stage.slack.until(() => stage.slack.messages(channel)[0]);
    assert.equal(stage.slack.messages(channel).length, 1);
  });
});

test("a command is answered although Slack ends the connection on which it came before the answer", async (t) => {
  const stage = await openStage({ mode: "socket" });
  t.after(() => stage.close());
  const channel = stage.newChannel();
  await stage.later(61_000);
  stage.slack.fail("users.info", { hang: true });
  const typed = stage.slack.type({ user: people.ann, channel, text: "/receipt status 1900000109" });
  await eventually(() =>
    stage.slack.log.some(({ method, outcome }) => method === "users.info" && outcome.kind === "fault"),
  );
  stage.slack.fail("apps.connections.open", { hang: true });
  stage.slack.disconnectSockets("refresh_requested");
  await eventually(() => stage.slack.socketCount() === 0);
  stage.slack.restore("users.info");
  assert.equal((await typed).error, "operation_timeout");
  await stage.slack.until(() => /did not return the information/.test(stage.privateReplies("ann", channel).join("\n")));
  stage.slack.restore();
});
