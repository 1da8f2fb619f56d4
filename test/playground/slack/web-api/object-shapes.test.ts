/** Slack's objects as it answers them, by recordings: see recorded-keys/ for every key. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { LocalSlack } from "../../../../src/playground/slack/server.ts";
import { callForm, secret, slackFor } from "../builders.ts";

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
