import assert from "node:assert/strict";
import { test } from "node:test";
import { slackSignature } from "../../../../src/playground/slack/delivery/http.ts";
import {
  actions,
  ann,
  bob,
  button,
  call,
  httpApp,
  mrkdwn,
  opsServer,
  plain,
  section,
  slackFor,
  stranger,
} from "../builders.ts";

test("the signature of the example in Slack's documentation is reproduced", () => {
  const body =
    "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar" +
    "&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com" +
    "%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121." +
    "803a0bc887a14d10d2c447fce8b6703c";
  const signature = slackSignature("8f742231b10e8888abcd99yyyzzz85a5", "1531420618", body);
  assert.equal(signature, "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503");
});

test("a command reaches a real Bolt app, and its acknowledgement is shown to the sender", async (t) => {
  const slack = await slackFor(t);
  const app = await httpApp(t, slack);
  app.command("/receipt", async ({ ack, command }) => {
    await ack(`you said ${command.text} in ${command.channel_name}`);
  });
  const result = await slack.type({ user: ann, channel: opsServer, text: "/receipt open 1900000109" });
  assert.equal(result.acknowledged, true);
  assert.equal(result.ephemeral?.text, "you said open 1900000109 in merchant-ops");
  assert.equal(result.ephemeral?.onlyFor, ann);
  assert.deepEqual(slack.messages(opsServer), []);
});

test("an app with a different signing secret refuses, and the sender sees an error", async (t) => {
  const slack = await slackFor(t);
  await httpApp(t, slack, "another secret");
  const result = await slack.type({ user: ann, channel: opsServer, text: "/receipt help" });
  assert.equal(result.error, "http_client_error");
});

test("a late acknowledgement shows operation_timeout, and a missing listener dispatch_failed", async (t) => {
  const slack = await slackFor(t, { ackWithinMs: 100 });
  assert.equal((await slack.type({ user: ann, channel: opsServer, text: "help" })).error, "dispatch_failed");
  const app = await httpApp(t, slack);
  let finish = (): void => {};
  app.command("/receipt", async ({ ack }) => {
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    await ack();
  });
  const result = await slack.type({ user: ann, channel: opsServer, text: "help" });
  finish();
  assert.equal(result.error, "operation_timeout");
  assert.equal(result.errorText, '/receipt failed with the error "operation_timeout"');
});

test("an acknowledgement with blocks that Slack would not show is detected", async (t) => {
  const slack = await slackFor(t);
  const app = await httpApp(t, slack);
  app.command("/receipt", async ({ ack }) => {
    await ack({ text: "x", blocks: [{ type: "header", text: { type: "plain_text", text: "x".repeat(151) } }] });
  });
  const result = await slack.type({ user: ann, channel: opsServer, text: "help" });
  assert.equal(result.error, "invalid_blocks");
  assert.deepEqual(slack.ephemerals(), []);
});

test("a click is sent after the confirmation dialog, and answering no sends nothing", async (t) => {
  const slack = await slackFor(t);
  const app = await httpApp(t, slack);
  const clicks: string[] = [];
  app.action("approve", async ({ ack, body, action, respond }) => {
    await ack();
    clicks.push(`${body.user.id} ${"value" in action ? action.value : ""}`);
    await respond({ text: "noted", replace_original: false });
  });
  const confirm = {
    title: plain("Sure?"),
    text: plain("It is done at once"),
    confirm: plain("Do it"),
    deny: plain("Cancel"),
  };
  const blocks = [section("Ready"), actions(button("approve", { value: "17", confirm }), button("reject"))];
  const posted = await call(slack, "chat.postMessage", { channel: opsServer, text: "Ready", blocks });
  const ts = String(posted.body["ts"]);

  const dismissed = await slack.click({ user: bob, channel: opsServer, ts, actionId: "approve", dismiss: true });
  assert.partialDeepStrictEqual(dismissed.confirm, confirm);
  assert.deepEqual(clicks, []);
  const result = await slack.click({ user: bob, channel: opsServer, ts, actionId: "approve" });
  assert.equal(result.acknowledged, true);
  const reply = await slack.until(() => slack.ephemerals(bob)[0]);
  assert.equal(reply.text, "noted");
  if (result.delivery === undefined) throw new Error("nothing was sent");
  await slack.redeliver(result.delivery);
  assert.deepEqual(clicks, [`${bob} 17`, `${bob} 17`]);
});

test("a button that is gone can only be pressed on an outdated screen", async (t) => {
  const slack = await slackFor(t);
  const app = await httpApp(t, slack);
  let presses = 0;
  app.action("approve", async ({ ack }) => {
    presses += 1;
    await ack();
  });
  const blocks = [actions(button("approve"))];
  const posted = await call(slack, "chat.postMessage", { channel: opsServer, text: "Ready", blocks });
  const ts = String(posted.body["ts"]);
  const [snapshot] = slack.messages(opsServer);
  if (snapshot === undefined) throw new Error("nothing posted");
  await call(slack, "chat.update", { channel: opsServer, ts, text: "Done" });
  await assert.rejects(slack.click({ user: bob, channel: opsServer, ts, actionId: "approve" }), /no component/);
  await slack.clickStale(snapshot, { user: bob, actionId: "approve" });
  assert.equal(presses, 1);
});

test("people of other workspaces cannot use the command, and can press buttons", async (t) => {
  const slack = await slackFor(t);
  const app = await httpApp(t, slack);
  const teams: unknown[] = [];
  app.action("approve", async ({ ack, body }) => {
    teams.push(body.user.team_id);
    await ack();
  });
  assert.equal((await slack.type({ user: stranger, channel: opsServer, text: "help" })).error, "not_a_command");
  const blocks = [{ type: "section", text: mrkdwn("x"), accessory: button("approve") }];
  const posted = await call(slack, "chat.postMessage", { channel: opsServer, text: "x", blocks });
  await slack.click({ user: stranger, channel: opsServer, ts: String(posted.body["ts"]), actionId: "approve" });
  assert.deepEqual(teams, ["T0OTHER001"]);
});

test("a modal is opened with a fresh trigger, validated, and submitted with its values", async (t) => {
  const slack = await slackFor(t);
  const app = await httpApp(t, slack);
  app.command("/receipt", async ({ ack, client, command }) => {
    await ack();
    await client.views.open({
      trigger_id: command.trigger_id,
      view: {
        type: "modal",
        title: { type: "plain_text", text: "Ask" },
        submit: { type: "plain_text", text: "Send" },
        callback_id: "ask",
        blocks: [
          {
            type: "input",
            block_id: "why",
            label: { type: "plain_text", text: "Why" },
            element: { type: "plain_text_input", action_id: "reason" },
          },
        ],
      },
    });
  });
  app.view("ask", async ({ ack, view }) => {
    const reason = view.state.values["why"]?.["reason"]?.value;
    if (reason === "bad") await ack({ response_action: "errors", errors: { why: "Say more" } });
    else await ack();
  });
  await slack.type({ user: ann, channel: opsServer, text: "ask" });
  await slack.until(() => slack.modal(ann));
  await assert.rejects(slack.submitView(ann), /reason is required/);
  assert.deepEqual((await slack.submitView(ann, { reason: "bad" })).errors, { why: "Say more" });
  assert.equal((await slack.submitView(ann, { reason: "new store" })).acknowledged, true);
  assert.equal(slack.modal(ann), undefined);
});

test("a modal accepts no duplicate choice, no more choices and no more text than it declares", async (t) => {
  const slack = await slackFor(t);
  const app = await httpApp(t, slack);
  const plain = (text: string) => ({ type: "plain_text", text }) as const;
  const options = ["a", "b", "c"].map((value) => ({ text: plain(value), value }));
  const input = (block_id: string, element: object) => ({ type: "input", block_id, label: plain("l"), element });
  const which = { type: "multi_static_select", action_id: "which", options, max_selected_items: 2 };
  const why = { type: "plain_text_input", action_id: "why", max_length: 5 };
  app.command("/receipt", async ({ ack, client, command }) => {
    await ack();
    const blocks = [input("which", which), input("why", why)] as never[];
    const view = { type: "modal", title: plain("Ask"), submit: plain("Send"), callback_id: "ask", blocks } as const;
    await client.views.open({ trigger_id: command.trigger_id, view });
  });
  const values: unknown[] = [];
  app.view("ask", async ({ ack, view }) => {
    values.push(view.state.values["which"]?.["which"]);
    await ack();
  });
  await slack.type({ user: ann, channel: opsServer, text: "ask" });
  await slack.until(() => slack.modal(ann));
  await assert.rejects(slack.submitView(ann, { why: "x", which: [] }), /which is required/);
  await assert.rejects(
    slack.submitView(ann, { why: "x", which: ["a", "a"] }),
    /which does not accept the same choice twice/,
  );
  await assert.rejects(
    slack.submitView(ann, { why: "x", which: ["a", "b", "c"] }),
    /which accepts at most 2 choices, not 3/,
  );
  await assert.rejects(slack.submitView(ann, { why: "x", which: ["d"] }), /no option d here/);
  await assert.rejects(slack.submitView(ann, { why: "xxxxxx", which: ["a"] }), /why accepts 0 to 5 characters, not 6/);
  assert.deepEqual(values, []);
  assert.equal((await slack.submitView(ann, { why: "x", which: ["c", "a"] })).acknowledged, true);
  assert.partialDeepStrictEqual(values, [{ type: "multi_static_select", selected_options: [options[2], options[0]] }]);
});

test("opening the Home tab notifies the app, and the published view is shown", async (t) => {
  const slack = await slackFor(t, { app: { homeTab: true } });
  const app = await httpApp(t, slack);
  app.event("app_home_opened", async ({ event, client }) => {
    await client.views.publish({ user_id: event.user, view: { type: "home", blocks: [{ type: "divider" }] } });
  });
  assert.equal((await slack.openHome(ann)).acknowledged, true);
  const home = await slack.until(() => slack.home(ann));
  assert.equal(home["type"], "home");
});
