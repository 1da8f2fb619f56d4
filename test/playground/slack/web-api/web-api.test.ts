import assert from "node:assert/strict";
import { test } from "node:test";
import { WebClient } from "@slack/web-api";
import type { JsonObject } from "../../../../src/playground/slack/json.ts";
import { demoWorkspace } from "../../../../src/playground/slack/workspace.ts";
import {
  actions,
  ann,
  bob,
  button,
  call,
  callForm,
  clockAt,
  httpApp,
  opsServer,
  plain,
  random,
  read,
  respond,
  secret,
  section,
  slackFor,
} from "../builders.ts";

test("a call with a wrong token, token type or scope is refused with Slack's error code", async (t) => {
  const slack = await slackFor(t, { app: { scopes: ["channels:read"] } });
  const rows: readonly (readonly [method: string, token: string, error: string])[] = [
    ["auth.test", "", "not_authed"],
    ["auth.test", "xoxb-other", "invalid_auth"],
    ["auth.test", slack.app.appToken, "not_allowed_token_type"],
    ["apps.connections.open", slack.app.botToken, "not_allowed_token_type"],
    ["chat.postMessage", slack.app.botToken, "missing_scope"],
    ["no.such", slack.app.botToken, "unknown_method"],
  ];
  for (const [method, token, error] of rows) {
    assert.equal(
      (await call(slack, method, { channel: opsServer, text: "x" }, token)).body.error,
      error,
      `${method} ${error}`,
    );
  }
  const refused = await call(slack, "chat.postMessage", { channel: opsServer, text: "x" });
  assert.equal(refused.body["needed"], "chat:write");
  assert.equal(refused.body["provided"], "channels:read");
  const inQuery = await read(await fetch(`${slack.apiUrl}auth.test?token=${slack.app.botToken}`));
  assert.equal(inQuery.body.error, "not_authed");
});

test("arguments are accepted as a form or as JSON, according to the content type", async (t) => {
  const slack = await slackFor(t);
  const blocks = [section("hello")];
  assert.equal(
    (await callForm(slack, "chat.postMessage", { channel: opsServer, text: "a", blocks: JSON.stringify(blocks) })).body
      .ok,
    true,
  );
  assert.equal((await call(slack, "chat.postMessage", { channel: opsServer, text: "b", blocks })).body.ok, true);
  assert.equal(
    (await callForm(slack, "chat.postMessage", { channel: opsServer, blocks: "{" })).body.error,
    "invalid_blocks_format",
  );
  assert.equal((await call(slack, "users.info", { user: ann })).body.error, "invalid_arguments");
  const raw = async (contentType: string, body: string) => {
    const headers = { "content-type": contentType, authorization: `Bearer ${slack.app.botToken}` };
    return (await read(await fetch(`${slack.apiUrl}chat.postMessage`, { method: "POST", headers, body }))).body.error;
  };
  assert.equal(await raw("application/json; charset=utf-8", "{"), "invalid_json");
  assert.equal(await raw("application/json; charset=utf-8", "[]"), "json_not_object");
  assert.equal(await raw("text/plain", "x"), "invalid_post_type");
  assert.equal(await raw("application/json; charset=utf-16", "{}"), "invalid_charset");
});

test("a refusal says what is missing and carries Slack's warnings about the request, as a success does", async (t) => {
  const slack = await slackFor(t);
  const headers = { "content-type": "application/json", authorization: `Bearer ${slack.app.botToken}` };
  const post = async (args: JsonObject) => {
    const body = JSON.stringify(args);
    return (await read(await fetch(`${slack.apiUrl}chat.postMessage`, { method: "POST", headers, body }))).body;
  };
  const warned = { warning: "missing_charset", response_metadata: { warnings: ["missing_charset"] } };
  assert.partialDeepStrictEqual(await post({ channel: opsServer, text: "x" }), { ok: true, ...warned });
  const refused = { ok: false, error: "channel_not_found", ...warned };
  assert.partialDeepStrictEqual(await post({ channel: "C0NOWHERE1", text: "x" }), refused);
  const blocks = [{ type: "section" }];
  assert.partialDeepStrictEqual(await post({ channel: opsServer, text: "x", blocks }), {
    error: "invalid_blocks",
    errors: ["missing required field: text [json-pointer:/blocks/0]"],
    response_metadata: {
      messages: ["[ERROR] missing required field: text [json-pointer:/blocks/0]"],
      warnings: ["missing_charset"],
    },
  });
  slack.fail("chat.postMessage", { error: "missing_scope" }, 1);
  const { scopes } = slack.app;
  assert.partialDeepStrictEqual(await post({}), { needed: "chat:write", provided: scopes.join(",") });
});

test("a post is refused if the bot may not write there or if it is empty", async (t) => {
  const slack = await slackFor(t);
  const rows: readonly (readonly [args: Record<string, string>, error: string])[] = [
    [{ channel: random, text: "x" }, "not_in_channel"],
    [{ channel: secret, text: "x" }, "channel_not_found"],
    [{ channel: "C0NOWHERE1", text: "x" }, "channel_not_found"],
    [{ channel: opsServer }, "no_text"],
    [{ channel: opsServer, text: " " }, "no_text"],
    [{ channel: opsServer, text: "x".repeat(4001) }, "msg_too_long"],
    [{ channel: opsServer, text: "x", thread_ts: "1.000001" }, "cannot_reply_to_message"],
    [{ text: "x" }, "invalid_arguments"],
  ];
  for (const [args, error] of rows) assert.equal((await call(slack, "chat.postMessage", args)).body.error, error);
  slack.kick(opsServer);
  assert.equal((await call(slack, "chat.postMessage", { channel: opsServer, text: "x" })).body.error, "not_in_channel");
  assert.deepEqual(slack.messages(opsServer), []);
});

test("an update without blocks removes them, and only works on the bot's own stored messages", async (t) => {
  const slack = await slackFor(t);
  const posted = await call(slack, "chat.postMessage", { channel: opsServer, text: "a", blocks: [section("a")] });
  const ts = String(posted.body["ts"]);
  assert.match(ts, /^\d{10}\.\d{6}$/);
  assert.equal((await call(slack, "chat.update", { channel: opsServer, ts })).body.error, "no_text");
  await call(slack, "chat.update", { channel: opsServer, ts, text: "b" });
  const [message] = slack.messages(opsServer);
  assert.deepEqual([message?.text, message?.blocks, message?.versions.length], ["b", [], 1]);
  assert.ok(message?.edited);

  const own = slack.say(ann, opsServer, "mine");
  assert.equal(
    (await call(slack, "chat.update", { channel: opsServer, ts: own.ts, text: "x" })).body.error,
    "cant_update_message",
  );
  const only = await call(slack, "chat.postEphemeral", { channel: opsServer, user: ann, text: "psst" });
  const onlyTs = String(only.body["message_ts"]);
  assert.equal(
    (await call(slack, "chat.update", { channel: opsServer, ts: onlyTs, text: "x" })).body.error,
    "message_not_found",
  );
  assert.equal((await call(slack, "chat.update", { channel: ann, ts, text: "x" })).body.error, "channel_not_found");
  assert.equal(
    (await call(slack, "chat.update", { channel: opsServer, ts, text: "x".repeat(4001) })).body.error,
    "msg_too_long",
  );
});

test("an update cannot replace rich text with other blocks", async (t) => {
  const slack = await slackFor(t);
  const rich = {
    type: "rich_text",
    elements: [{ type: "rich_text_section", elements: [{ type: "text", text: "a" }] }],
  };
  const posted = await call(slack, "chat.postMessage", { channel: opsServer, text: "a", blocks: [rich] });
  const args = { channel: opsServer, ts: String(posted.body["ts"]), text: "b", blocks: [section("b")] };
  assert.equal((await call(slack, "chat.update", args)).body.error, "block_mismatch");
});

test("after a burst in one channel, posts are limited with 429 and Retry-After, and work a second later", async (t) => {
  const clock = clockAt(1_800_000_000_000);
  const slack = await slackFor(t, { clock });
  for (const text of ["1", "2", "3", "4"])
    assert.equal((await call(slack, "chat.postMessage", { channel: opsServer, text })).status, 200);
  assert.equal((await call(slack, "chat.postEphemeral", { channel: opsServer, user: ann, text: "5" })).status, 200);
  const refused = await call(slack, "chat.postMessage", { channel: opsServer, text: "6" });
  assert.deepEqual([refused.status, refused.retryAfter, refused.body], [429, "1", { ok: false, error: "ratelimited" }]);
  assert.equal((await call(slack, "chat.postMessage", { channel: ann, text: "elsewhere" })).status, 200);
  clock.pass(1000);
  assert.equal((await call(slack, "chat.postMessage", { channel: opsServer, text: "6" })).status, 200);
});

test("each method can be called as often in a minute as its tier allows", async (t) => {
  const clock = clockAt(1_800_000_000_000);
  const slack = await slackFor(t, { clock });
  for (let count = 0; count < 20; count += 1)
    assert.equal((await callForm(slack, "usergroups.list", { a: "b" })).status, 200);
  const refused = await callForm(slack, "usergroups.list", { a: "b" });
  assert.deepEqual([refused.status, refused.retryAfter], [429, "60"]);
});

test("a response URL works five times within half an hour", async (t) => {
  const clock = clockAt(Date.now());
  const slack = await slackFor(t, { clock });
  const app = await httpApp(t, slack);
  app.command("/receipt", async ({ ack }) => ack());
  const urlOf = async () =>
    (await slack.type({ user: ann, channel: opsServer, text: "help" })).delivery?.payload["response_url"];
  const url = await urlOf();
  for (const text of ["1", "2", "3", "4", "5"]) {
    const taken = await respond(url, { text });
    assert.deepEqual([taken.status, taken.body["text"]], [200, "ok"]);
  }
  assert.equal((await respond(url, { text: "6" })).body.error, "used_url");
  assert.equal(slack.ephemerals(ann).length, 5);
  clock.pass(10_000);
  const second = await urlOf();
  assert.equal((await respond(second, { text: "x", blocks: "{" })).body.error, "invalid_blocks_format");
  clock.pass(30 * 60_000 + 1);
  assert.equal((await respond(second, { text: "x" })).body.error, "expired_url");
});

test("an answer to a click replaces the message by default, and can delete it", async (t) => {
  const slack = await slackFor(t);
  const app = await httpApp(t, slack);
  app.action("go", async ({ ack }) => ack());
  const posted = await call(slack, "chat.postMessage", {
    channel: opsServer,
    text: "a",
    blocks: [actions(button("go"))],
  });
  const result = await slack.click({ user: bob, channel: opsServer, ts: String(posted.body["ts"]), actionId: "go" });
  const url = result.delivery?.payload["response_url"];
  await respond(url, { text: "beside", replace_original: "false" });
  assert.equal(slack.ephemerals(bob)[0]?.text, "beside");
  await respond(url, { text: "instead" });
  assert.equal(slack.messages(opsServer)[0]?.text, "instead");
  await respond(url, { delete_original: true });
  assert.deepEqual(slack.messages(opsServer), []);
});

test("people are described in full, and the bot cannot write to some of them", async (t) => {
  const slack = await slackFor(t);
  slack.deactivate(bob);
  const info = await callForm(slack, "users.info", { user: bob });
  const user = info.body["user"] as Record<string, unknown>;
  assert.deepEqual(
    [user["deleted"], user["is_restricted"], user["is_bot"], user["team_id"]],
    [true, false, false, "T0DEMO0001"],
  );
  assert.equal((await call(slack, "conversations.open", { users: bob })).body.error, "user_disabled");
  assert.equal((await call(slack, "conversations.open", { users: slack.app.botUserId })).body.error, "cannot_dm_bot");
  const first = await call(slack, "conversations.open", { users: ann });
  assert.deepEqual((await call(slack, "conversations.open", { users: ann })).body, first.body);
  assert.equal((await callForm(slack, "users.info", { user: "U0NOBODY00" })).body.error, "user_not_found");
});

test("a person's language is answered only where it is asked for, and never for people of other workspaces", async (t) => {
  const slack = await slackFor(t);
  const stranger = "U0STRANGER";
  for (const id of [ann, stranger]) {
    const person = slack.state.people.get(id);
    if (person) slack.state.people.set(id, { ...person, locale: "zh-CN" });
  }
  const localeOf = async (args: Record<string, string>) => {
    const { body } = await callForm(slack, "users.info", args);
    return (body["user"] as Record<string, unknown>)["locale"];
  };
  assert.equal(await localeOf({ user: ann }), undefined);
  assert.equal(await localeOf({ user: ann, include_locale: "false" }), undefined);
  assert.equal(await localeOf({ user: ann, include_locale: "true" }), "zh-CN");
  assert.equal(await localeOf({ user: bob, include_locale: "true" }), "en-US");
  assert.equal(await localeOf({ user: stranger, include_locale: "true" }), undefined);
});

test("user groups need the scope and a paid plan, and disabled groups are listed on request only", async (t) => {
  const slack = await slackFor(t);
  const usergroup = "S0SUPPORT1";
  const users = async (args: Record<string, string>, on = slack) =>
    (await callForm(on, "usergroups.users.list", args)).body;
  const listed = async (args: Record<string, string>, on = slack) =>
    (await callForm(on, "usergroups.list", args)).body["usergroups"] as { handle: string; users?: string[] }[];
  assert.deepEqual((await users({ usergroup }))["users"], [ann, bob]);
  assert.deepEqual(
    (await listed({})).map(({ handle, users }) => [handle, users]),
    [["support-team", undefined]],
  );
  assert.equal((await users({ usergroup: "S0NOWHERE1" })).error, "no_such_subteam");
  assert.equal((await users({})).error, "invalid_arguments");

  slack.changeGroup(usergroup, { isDisabled: true, users: [bob] });
  assert.equal((await users({ usergroup })).error, "no_such_subteam");
  assert.deepEqual((await users({ usergroup, include_disabled: "true" }))["users"], [bob]);
  assert.deepEqual(await listed({}), []);
  assert.equal((await listed({ include_disabled: "true" })).length, 1);

  const free = await slackFor(t, { workspace: { ...demoWorkspace, plan: "free" } });
  const blind = await slackFor(t, { app: { scopes: ["users:read"] } });
  for (const [on, error] of [
    [free, "plan_upgrade_required"],
    [blind, "missing_scope"],
  ] as const) {
    assert.equal((await users({ usergroup }, on)).error, error);
    assert.equal((await callForm(on, "usergroups.list", {})).body.error, error);
  }
});

test("members are returned in pages", async (t) => {
  const slack = await slackFor(t);
  const first = await callForm(slack, "conversations.members", { channel: opsServer, limit: "4" });
  const { next_cursor: cursor } = first.body["response_metadata"] as { next_cursor: string };
  const rest = await callForm(slack, "conversations.members", { channel: opsServer, limit: "4", cursor });
  const all = [...(first.body["members"] as string[]), ...(rest.body["members"] as string[])];
  assert.deepEqual([all.length, new Set(all).size], [7, 7]);
  assert.equal(
    (await callForm(slack, "conversations.members", { channel: opsServer, cursor: "x" })).body.error,
    "invalid_cursor",
  );
});

test("the real SDK uploads a file into a thread", async (t) => {
  const slack = await slackFor(t);
  const client = new WebClient(slack.app.botToken, { slackApiUrl: slack.apiUrl });
  const { ts = "" } = await client.chat.postMessage({ channel: opsServer, text: "parent" });
  await client.filesUploadV2({
    channel_id: opsServer,
    thread_ts: ts,
    filename: "result.csv",
    file: Buffer.from("a,b\n1,2\n"),
  });
  const [reply] = slack.thread(opsServer, ts);
  assert.equal(slack.files.get(reply?.files[0] ?? "")?.content?.toString(), "a,b\n1,2\n");
});

test("injected faults hit the calls they are set for, and a dropped connection leaves the message posted", async (t) => {
  const slack = await slackFor(t);
  const say = () => call(slack, "chat.postMessage", { channel: opsServer, text: "x" });
  slack.fail("chat.postMessage", { status: 500 }, 1);
  assert.equal((await say()).status, 500);
  slack.fail("*", { rateLimited: 7 }, 1);
  assert.equal((await say()).retryAfter, "7");
  slack.fail("chat.postMessage", { error: "not_in_channel" }, 1);
  assert.equal((await say()).body.error, "not_in_channel");
  assert.deepEqual(slack.messages(opsServer), []);
  slack.fail("chat.postMessage", { dropAfterActing: true });
  await assert.rejects(say());
  assert.equal(slack.messages(opsServer).length, 1);
  slack.fail("chat.postMessage", { hang: true });
  const hung = assert.rejects(say());
  await slack.until(() => slack.log.at(-1)?.outcome.kind === "fault");
  slack.restore();
  await hung;
  assert.equal((await say()).status, 200);
});

test("the notified people are known: markup notifies, escaped and plain text does not", async (t) => {
  const slack = await slackFor(t);
  const pinged = async (args: Record<string, unknown>) => {
    const posted = await call(slack, "chat.postMessage", {
      channel: ann,
      text: "x",
      ...JSON.parse(JSON.stringify(args)),
    });
    const message = slack.directMessages(ann).find(({ ts }) => ts === posted.body["ts"]);
    return message?.pings.map(({ kind, id, by }) => `${kind}${id === undefined ? "" : ` ${id}`} ${by}`);
  };
  const loose = { type: "mrkdwn", text: "@here" };
  assert.deepEqual(await pinged({ text: `<@${bob}> <!channel> <!subteam^S1>` }), [
    `user ${bob} markup`,
    "channel markup",
    "subteam S1 markup",
  ]);
  assert.deepEqual(await pinged({ text: "&lt;!channel&gt; @here" }), []);
  assert.deepEqual(await pinged({ text: "@here", link_names: true }), ["here auto"]);
  assert.deepEqual(await pinged({ blocks: [{ type: "section", text: loose }] }), ["here auto"]);
  assert.deepEqual(await pinged({ blocks: [section("@here"), { type: "section", text: plain("<!channel>") }] }), []);
});

test("a view with an expired or used trigger or with wrong blocks is refused", async (t) => {
  const clock = clockAt(Date.now());
  const slack = await slackFor(t, { clock });
  const app = await httpApp(t, slack);
  app.command("/receipt", async ({ ack }) => ack());
  const trigger = async () =>
    (await slack.type({ user: ann, channel: opsServer, text: "x" })).delivery?.payload["trigger_id"] ?? "";
  const view = { type: "modal", title: plain("Ask"), blocks: [section("x")] };
  const open = async (trigger_id: unknown, more = {}) =>
    (await call(slack, "views.open", { trigger_id: String(trigger_id), view: { ...view, ...more } })).body;
  const first = await trigger();
  assert.equal((await open(first)).ok, true);
  assert.equal((await open(first)).error, "exchanged_trigger_id");
  assert.equal((await open("1.2.3")).error, "invalid_trigger_id");
  const second = await trigger();
  clock.pass(3001);
  assert.equal((await open(second)).error, "expired_trigger_id");
  const wrong = await open(await trigger(), { title: plain("x".repeat(25)) });
  assert.equal(wrong.error, "invalid_arguments");
  assert.deepEqual((wrong["response_metadata"] as { messages: string[] }).messages, [
    "[ERROR] failed to match all allowed schemas [json-pointer:/view]",
    "[ERROR] failed to match all allowed schemas [json-pointer:/view/title]",
    "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]",
  ]);
});
