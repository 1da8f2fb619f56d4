/** Slack's objects as it answers them, by recordings: see recorded-keys/ for every key. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "../../../../src/playground/slack/json.ts";
import type { LocalSlack } from "../../../../src/playground/slack/server.ts";
import { messageJson } from "../../../../src/playground/slack/shapes/message.ts";
import { ann, call, callForm, opsServer, secret, slackFor } from "../builders.ts";

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
