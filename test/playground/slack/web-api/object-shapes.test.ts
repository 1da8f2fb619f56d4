/** Slack's objects as it answers them, by recordings: see recorded-keys/ for every key. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "../../../../src/playground/slack/json.ts";
import type { LocalSlack } from "../../../../src/playground/slack/server.ts";
import { messageJson } from "../../../../src/playground/slack/shapes/message.ts";
import { ann, bob, call, callForm, opsServer, random, secret, slackFor } from "../builders.ts";

/** One object in the answer to a method. */
async function objectIn(slack: LocalSlack, key: string, method: string, args: Record<string, string>): Promise<object> {
  const { body } = await callForm(slack, method, args);
  return body[key] as object;
}

test("a private channel is a channel with a C id, and only `is_private` tells it from a public one", async (t) => {
  const slack = await slackFor(t);
  slack.invite(secret);
  const channel = await objectIn(slack, "channel", "conversations.info", { channel: secret });
  assert.partialDeepStrictEqual(channel, { id: secret, is_channel: true, is_group: false, is_private: true });
  assert.match(secret, /^C/);
});

test("a file that a person chooses in a form has its type, its time and two private addresses with the team in them", async (t) => {
  const slack = await slackFor(t);
  const id = slack.files.choose(ann, "list.csv", Buffer.from("1900000109"));
  const file = slack.files.inForm(id);
  assert.partialDeepStrictEqual(file, {
    mimetype: "text/csv",
    filetype: "csv",
    size: 10,
    user: ann,
    user_team: "T0DEMO0001",
    shares: {},
    permalink: `https://receipt-demo.slack.com/files/${ann}/${id}/list.csv`,
  });
  assert.ok(Number(file["created"]) > 1_700_000_000);
  const folder = `${slack.pageUrl}files-pri/T0DEMO0001-${id}/`;
  assert.equal(file["url_private"], `${folder}list.csv`);
  assert.equal(file["url_private_download"], `${folder}download/list.csv`);
  const headers = { authorization: `Bearer ${slack.app.botToken}` };
  for (const url of [file["url_private"], file["url_private_download"]])
    assert.equal(await (await fetch(String(url), { headers })).text(), "1900000109");
});

test("a completed upload answers with the whole file and where it is shared, and so does its message", async (t) => {
  const slack = await slackFor(t);
  slack.invite(secret);
  const upload = async (channel: string) => {
    const content = Buffer.from("1,2");
    const asked = { filename: "result.csv", length: String(content.length) };
    const { body } = await callForm(slack, "files.getUploadURLExternal", asked);
    await fetch(String(body["upload_url"]), { method: "POST", body: content });
    const args = { files: [{ id: String(body["file_id"]) }], channel_id: channel };
    const { body: done } = await call(slack, "files.completeUploadExternal", args);
    return (done["files"] as JsonObject[])[0];
  };
  const open = await upload(opsServer);
  const [message] = slack.messages(opsServer);
  assert.partialDeepStrictEqual(open, {
    name: "result.csv",
    user: slack.app.botUserId,
    is_public: true,
    channels: [opsServer],
    shares: { public: { [opsServer]: [{ ts: message?.ts, channel_name: "merchant-ops" }] } },
  });
  const closed = await upload(secret);
  assert.partialDeepStrictEqual(closed, {
    is_public: false,
    groups: [secret],
    shares: { private: { [secret]: [{}] } },
  });
  assert.ok(message);
  assert.deepEqual(messageJson(slack.state, message)["files"], [open]);
});

test("a person's message has the id of its client, and its mentions as elements of a rich text", async (t) => {
  const slack = await slackFor(t);
  const typed = `<@${bob}> see <https://a.b/?x=1&amp;y=2|this> &lt;now&gt; <!here> <#${opsServer}> <!subteam^S1>`;
  const message = messageJson(slack.state, slack.say(ann, opsServer, typed));
  assert.match(String(message["client_msg_id"]), /^[0-9a-f-]{36}$/);
  const elements = [
    { type: "user", user_id: bob },
    { type: "text", text: " see " },
    { type: "link", url: "https://a.b/?x=1&y=2", text: "this" },
    { type: "text", text: " <now> " },
    { type: "broadcast", range: "here" },
    { type: "text", text: " " },
    { type: "channel", channel_id: opsServer },
    { type: "text", text: " " },
    { type: "usergroup", usergroup_id: "S1" },
  ];
  const [block] = message["blocks"] as JsonObject[];
  assert.partialDeepStrictEqual(block, { type: "rich_text", elements: [{ type: "rich_text_section", elements }] });
});

test("the app's messages name it, a reply names its parent's author, and a parent those who replied", async (t) => {
  const slack = await slackFor(t);
  const { body: posted } = await call(slack, "chat.postMessage", { channel: opsServer, text: "x" });
  const ts = String(posted["ts"]);
  const { appId, botId, botUserId } = slack.app;
  const bot_profile = { id: botId, app_id: appId, name: "receipt", deleted: false, team_id: "T0DEMO0001" };
  assert.partialDeepStrictEqual(posted["message"], { bot_id: botId, app_id: appId, bot_profile });
  const { body: reply } = await call(slack, "chat.postMessage", { channel: opsServer, text: "y", thread_ts: ts });
  assert.partialDeepStrictEqual(reply["message"], { thread_ts: ts, parent_user_id: botUserId });
  const last = slack.say(ann, opsServer, "z", ts);
  const [parent] = slack.messages(opsServer);
  assert.ok(parent);
  assert.partialDeepStrictEqual(messageJson(slack.state, parent), {
    reply_count: 2,
    reply_users: [botUserId, ann],
    reply_users_count: 2,
    latest_reply: last.ts,
  });
  const { body: updated } = await call(slack, "chat.update", { channel: opsServer, ts, text: "w" });
  assert.partialDeepStrictEqual(updated, { ts, message: { text: "w", bot_profile } });
  assert.equal(
    (updated["message"] as JsonObject)["ts"],
    undefined,
    "the answer to an update has it beside the message",
  );
});

test("a person's time zone has its English name and its offset, and a bot has its ids", async (t) => {
  const clock = { now: () => Date.parse("2026-01-15T12:00:00Z") };
  const slack = await slackFor(t, { clock });
  const person = slack.state.people.get(ann);
  assert.ok(person);
  const zones = [
    ["Asia/Shanghai", "China Standard Time", 28_800],
    ["America/St_Johns", "Newfoundland Standard Time", -12_600],
    ["Etc/UTC", "Coordinated Universal Time", 0],
  ] as const;
  for (const [tz, tz_label, tz_offset] of zones) {
    slack.state.people.set(ann, { ...person, tz });
    assert.partialDeepStrictEqual(await objectIn(slack, "user", "users.info", { user: ann }), {
      tz,
      tz_label,
      tz_offset,
      is_bot: false,
    });
  }
  const { botUserId: user, botId: bot_id, appId: api_app_id } = slack.app;
  assert.partialDeepStrictEqual(await objectIn(slack, "user", "users.info", { user }), {
    is_bot: true,
    is_workflow_bot: false,
    is_connector_bot: false,
    profile: { bot_id, api_app_id },
  });
});

test("a user group has its recorded keys", async (t) => {
  const slack = await slackFor(t);
  const { body } = await callForm(slack, "usergroups.list", {});
  assert.partialDeepStrictEqual(body["usergroups"], [
    { is_subteam: true, is_external: false, is_idp_group: false, date_create: 1_700_000_000, created_by: ann },
  ]);
});

test("a conversation says with whom it is shared", async (t) => {
  const slack = await slackFor(t);
  const [ours, theirs] = ["T0DEMO0001", "T0OTHER001"];
  const shared = await objectIn(slack, "channel", "conversations.info", { channel: opsServer });
  assert.partialDeepStrictEqual(shared, {
    is_ext_shared: true,
    is_org_shared: false,
    shared_team_ids: [ours, theirs],
    internal_team_ids: [ours],
    connected_team_ids: [theirs],
    context_team_id: ours,
  });
  const own = await objectIn(slack, "channel", "conversations.info", { channel: random });
  assert.partialDeepStrictEqual(own, {
    is_ext_shared: false,
    shared_team_ids: [ours],
    internal_team_ids: [],
    is_read_only: false,
    is_thread_only: false,
    properties: {},
  });
});
