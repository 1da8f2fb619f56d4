/** Payloads as Slack sends them, by recordings: what differs from one kind to the next. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "../../../../src/playground/slack/json.ts";
import type { ActionResult } from "../../../../src/playground/slack/users/action-result.ts";
import { ann, call, opsServer, respond, section, slackFor } from "../builders.ts";

/** The payload of what somebody does, whether or not an app receives it. */
async function sentBy(action: Promise<ActionResult>): Promise<JsonObject> {
  const { delivery } = await action;
  assert.ok(delivery);
  return delivery.payload;
}

test("a global shortcut names no app, and of its user the handle and the team", async (t) => {
  const slack = await slackFor(t);
  const payload = await sentBy(slack.useShortcut(ann, "ask"));
  assert.equal(payload["api_app_id"], undefined);
  assert.deepEqual(payload["user"], { id: ann, username: "ann", team_id: "T0DEMO0001" });
});

test("a message shortcut names no app, its user has a name but no team, and its response URL is the app's", async (t) => {
  const slack = await slackFor(t);
  const payload = await sentBy(slack.useMessageShortcut(ann, slack.say(ann, opsServer, "hello"), "ask-at-message"));
  assert.equal(payload["api_app_id"], undefined);
  assert.deepEqual(payload["user"], { id: ann, name: "ann" });
  assert.match(String(payload["response_url"]), /^http:\/\/127\.0\.0\.1:\d+\/app\/T0DEMO0001\/\d+\/\w+$/);
  assert.equal((await respond(payload["response_url"], { text: "heard" })).status, 200);
  assert.equal(slack.ephemerals(ann)[0]?.text, "heard");
});

test("a view says whether it can be submitted", async (t) => {
  const slack = await slackFor(t);
  const { body } = await call(slack, "views.publish", { user_id: ann, view: { type: "home", blocks: [section("x")] } });
  assert.partialDeepStrictEqual(body["view"], { submit: null, submit_disabled: false });
  const payload = await sentBy(slack.openHome(ann));
  assert.partialDeepStrictEqual(payload["event"], { view: { submit_disabled: false } });
});
