/** Blocks come back as Slack stores them, with its defaults, wherever the app or a person meets them again. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "../../../../src/playground/slack/json.ts";
import { storedBlocks } from "../../../../src/playground/slack/web-api/stored-blocks.ts";
import { actions, ann, button, call, opsServer, plain, slackFor } from "../builders.ts";

const label = { type: "plain_text", text: "x", emoji: true };
const rows: readonly (readonly [what: string, given: JsonObject, stored: JsonObject])[] = [
  [
    "mrkdwn is not verbatim",
    { type: "section", text: { type: "mrkdwn", text: "x" } },
    { type: "section", text: { type: "mrkdwn", text: "x", verbatim: false } },
  ],
  [
    "what the app says about it stays",
    { type: "section", text: { type: "mrkdwn", text: "x", verbatim: true }, accessory: button("a") },
    {
      text: { type: "mrkdwn", text: "x", verbatim: true },
      accessory: { text: { type: "plain_text", text: "a", emoji: true } },
    },
  ],
  [
    "plain text has emoji, in options and dialogs too",
    actions(button("a", { confirm: { title: plain("x"), text: plain("x"), confirm: plain("x"), deny: plain("x") } })),
    { elements: [{ confirm: { title: label, text: label, confirm: label, deny: label } }] },
  ],
  [
    "an input is required, and dispatches nothing until Enter is pressed in it",
    { type: "input", label: plain("x"), element: { type: "plain_text_input", action_id: "a" } },
    {
      label,
      optional: false,
      dispatch_action: false,
      element: { dispatch_action_config: { trigger_actions_on: ["on_enter_pressed"] } },
    },
  ],
  [
    "an image has its sizes",
    { type: "image", image_url: "https://example.com/x.png", alt_text: "x" },
    { fallback: "20x20px image", image_width: 20, image_height: 20, image_bytes: 96 },
  ],
];

for (const [what, given, stored] of rows)
  test(`stored blocks: ${what}`, () => {
    const [block] = storedBlocks([given]);
    assert.partialDeepStrictEqual(block, stored);
    assert.match(String(block?.["block_id"]), /^\w{5}$/);
  });

test("an app meets the stored blocks again: in the answers to a post and an update, in attachments, and in a click", async (t) => {
  const slack = await slackFor(t);
  const args = {
    channel: opsServer,
    text: "x",
    blocks: [actions(button("go"))],
    attachments: [{ blocks: [actions(button("there"))] }],
  };
  const { body: posted } = await call(slack, "chat.postMessage", args);
  const ts = String(posted["ts"]);
  const { body: updated } = await call(slack, "chat.update", { ...args, ts });
  const { delivery } = await slack.click({ user: ann, channel: opsServer, ts, actionId: "go" });
  const stored = (id: string) => [{ elements: [{ text: { type: "plain_text", text: id, emoji: true } }] }];
  const echo = { blocks: stored("go"), attachments: [{ blocks: stored("there") }] };
  for (const message of [posted["message"], updated["message"], delivery?.payload["message"]])
    assert.partialDeepStrictEqual(message, echo);
  assert.partialDeepStrictEqual(delivery?.payload["actions"], [{ text: { emoji: true } }]);
});
