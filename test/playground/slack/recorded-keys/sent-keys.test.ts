/**
 * Every key that the local Slack sends stands in recordings that others made, and so does every key that it must send.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { gridId, inOrganization } from "../../../../src/playground/slack/grid-workspace.ts";
import { type JsonObject, stringIn } from "../../../../src/playground/slack/json.ts";
import type { LocalSlackOptions } from "../../../../src/playground/slack/options.ts";
import type { LocalSlack } from "../../../../src/playground/slack/server.ts";
import type { ActionResult } from "../../../../src/playground/slack/users/action-result.ts";
import { demoWorkspace } from "../../../../src/playground/slack/workspace.ts";
import {
  actions,
  button,
  call,
  callForm,
  ann as demoAnn,
  envelopesOf,
  opsServer,
  plain,
  secret,
  section,
  slackFor,
} from "../builders.ts";
import { recordedAnswers, recordedRefusal } from "./answers.ts";
import { recordedOnSocket, recordedPayloads } from "./payloads.ts";
import { differences, type Shape } from "./shape.ts";

const option = { text: plain("x"), value: "x" };
const input = (block_id: string, element: JsonObject): JsonObject => ({
  type: "input",
  block_id,
  label: plain("l"),
  element: { action_id: block_id, ...element },
});
const quote = { type: "rich_text_quote", elements: [{ type: "text", text: "x" }] };
const blocks = [
  section("x"),
  { type: "header", text: plain("x") },
  { type: "context", elements: [plain("x"), { type: "image", image_url: "https://example.com/x.png", alt_text: "x" }] },
  { type: "rich_text", elements: [quote] },
  actions(button("go", { value: "1" }), { type: "overflow", action_id: "more", options: [option] }),
];
const modal = {
  type: "modal",
  title: plain("Ask"),
  submit: plain("Send"),
  notify_on_close: true,
  blocks: [
    input("text", { type: "plain_text_input" }),
    input("which", { type: "static_select", options: [option] }),
    input("several", { type: "multi_static_select", options: [option] }),
    input("file", { type: "file_input" }),
  ],
};
const home = {
  type: "home",
  blocks: [
    actions(
      button("go"),
      { type: "users_select", action_id: "who" },
      { type: "static_select", action_id: "role", options: [option] },
    ),
  ],
};

/** Uses the app in every way, by a person and by its methods; resolves to the payloads that the person has caused. */
async function useEverything(slack: LocalSlack, user: string): Promise<readonly JsonObject[]> {
  const payloads: JsonObject[] = [];
  const sent = async (action: Promise<ActionResult>): Promise<JsonObject> => {
    const { delivery } = await action;
    assert.ok(delivery);
    payloads.push(delivery.payload);
    return delivery.payload;
  };
  const trigger = async () =>
    String((await sent(slack.type({ user, channel: opsServer, text: "help" })))["trigger_id"]);

  slack.invite(secret);
  const posted = await call(slack, "chat.postMessage", {
    channel: opsServer,
    text: "x",
    blocks,
    metadata: { event_type: "e", event_payload: {} },
  });
  const ts = String(posted.body["ts"]);
  const place = { channel: opsServer, ts };
  await call(slack, "chat.postMessage", { channel: opsServer, text: "reply", thread_ts: ts });
  await call(slack, "chat.update", { ...place, text: "y", blocks });
  await callForm(slack, "chat.getPermalink", { channel: opsServer, message_ts: ts });
  await call(slack, "chat.postEphemeral", { channel: opsServer, user, text: "x" });
  await sent(slack.click({ user, ...place, actionId: "go" }));
  await sent(slack.click({ user, ...place, actionId: "more", option: "x" }));
  await sent(slack.useShortcut(user, "ask"));
  for (const message of [slack.say(user, opsServer, "hello <@U1>", ts), ...slack.messages(opsServer)])
    await sent(slack.useMessageShortcut(user, message, "ask-at-message"));

  for (const channel of [opsServer, secret]) {
    const asked = { filename: "x.csv", length: "1" };
    const { body } = await callForm(slack, "files.getUploadURLExternal", asked);
    await fetch(String(body["upload_url"]), { method: "POST", body: "x" });
    const files = [{ id: String(body["file_id"]) }];
    await call(slack, "files.completeUploadExternal", { files, channel_id: channel });
  }
  await sent(slack.useMessageShortcut(user, slack.messages(opsServer).at(-1) ?? assert.fail(), "ask-at-message"));

  const { body } = await call(slack, "views.open", { trigger_id: await trigger(), view: modal });
  await call(slack, "views.update", { view_id: stringIn(body["view"] as JsonObject, "id"), view: modal });
  const file = slack.files.choose(user, "x.csv", Buffer.from("x"));
  await sent(slack.submitView(user, { text: "x", which: "x", several: ["x"], file: [file] }));
  await sent(slack.closeView(user));
  await call(slack, "views.publish", { user_id: user, view: home });
  await sent(slack.openHome(user));
  await sent(slack.clickInView(user, "home", { actionId: "go" }, { who: user }));

  const ids = [...slack.state.people.keys()];
  for (const id of ids) await callForm(slack, "users.info", { user: id, include_locale: "true" });
  for (const channel of [opsServer, secret]) {
    await callForm(slack, "conversations.info", { channel });
    await callForm(slack, "conversations.members", { channel });
  }
  for (const args of [{ users: user }, { users: user, return_im: "true" }])
    await callForm(slack, "conversations.open", args);
  await call(slack, "auth.test", {});
  await callForm(slack, "bots.info", { bot: slack.app.botId });
  await callForm(slack, "usergroups.list", { include_users: "true", include_count: "true" });
  await callForm(slack, "usergroups.users.list", { usergroup: "S0SUPPORT1" });
  await call(slack, "chat.delete", place);
  await call(slack, "chat.postMessage", { channel: opsServer, text: "x", blocks: [{ type: "section" }] });
  await call(slack, "apps.connections.open", {}, slack.app.appToken);
  return payloads;
}

function assertRecorded(sent: unknown, shape: Shape | undefined, what: string): void {
  assert.ok(shape !== undefined, `${what} was never recorded`);
  assert.deepEqual(differences(sent, shape), [], what);
}

const settings: readonly (readonly [where: string, options: LocalSlackOptions, user: string])[] = [
  ["in a workspace", {}, demoAnn],
  ["in an Enterprise organization", { workspace: inOrganization(demoWorkspace) }, gridId(demoAnn)],
  [
    "for a whole organization",
    { workspace: inOrganization(demoWorkspace), app: { isOrganizationWide: true } },
    gridId(demoAnn),
  ],
];

for (const [where, options, user] of settings)
  test(`the local Slack sends recorded keys only, and all that each must have, installed ${where}`, async (t) => {
    const slack = await slackFor(t, options);
    const kinds = new Set<string>();
    for (const payload of await useEverything(slack, user)) {
      const kind = stringIn(payload, "type") ?? "slash_commands";
      kinds.add(kind);
      assertRecorded(payload, (recordedPayloads as Record<string, Shape>)[kind], kind);
    }
    assert.deepEqual([...kinds].sort(), Object.keys(recordedPayloads).sort());

    const methods = new Set(["files.uploadV2"]);
    for (const { method, outcome } of slack.log) {
      methods.add(method);
      if (outcome.kind === "ok")
        assertRecorded(outcome.answer, (recordedAnswers as Record<string, Shape>)[method], method);
      else if (outcome.kind === "refused") assertRecorded(outcome.answer, recordedRefusal, `${method}, refused`);
      else assert.fail(`${method}: ${outcome.kind}`);
    }
    assert.deepEqual([...methods].sort(), Object.keys(recordedAnswers).sort());
  });

test("the local Slack puts payloads for a socket into recorded envelopes", async (t) => {
  const slack = await slackFor(t);
  const envelopes = await envelopesOf(slack);
  await slack.type({ user: demoAnn, channel: opsServer, text: "help" });
  await slack.useShortcut(demoAnn, "ask");
  await slack.openHome(demoAnn);
  assert.deepEqual(
    envelopes.map(({ type }) => type),
    ["slash_commands", "interactive", "events_api"],
  );
  for (const envelope of envelopes) assertRecorded(envelope, recordedOnSocket.envelope, String(envelope["type"]));
});

test("a key that nobody recorded, one that is missing and a wrong type are noticed", () => {
  const shape = { id: "string", "team?": { id: "string" }, list: ["number"] } as const;
  assert.deepEqual(differences({ id: "x", team: null, list: [] }, shape), []);
  assert.deepEqual(differences({ id: 1, team: { id: "x", name: "y" }, list: [1, "2"] }, shape), [
    ".id: number instead of string",
    ".team.name: never recorded",
    ".list[]: string instead of number",
  ]);
  assert.deepEqual(differences({ team: {}, list: [] }, shape), [
    ".team.id: recorded, and missing",
    ".id: recorded, and missing",
  ]);
});
