import assert from "node:assert/strict";
import { test } from "node:test";
import { blockProblems, problemLine, viewProblems } from "../../../../src/playground/slack/block-kit/validate.ts";
import type { Json, JsonObject } from "../../../../src/playground/slack/json.ts";
import { actions, button, call, mrkdwn, opsServer, plain, section, slackFor } from "../builders.ts";

const x = (length: number): string => "x".repeat(length);
const many = <T>(length: number, make: (index: number) => T): T[] => Array.from({ length }, (_, index) => make(index));
const option = (value: string, text = value): JsonObject => ({ text: plain(text), value });
const menu = (more: JsonObject): JsonObject => actions({ type: "static_select", action_id: "a", ...more });
const several = (more: JsonObject): JsonObject => input({ type: "multi_static_select", action_id: "a", ...more });
const confirm = { title: plain("t"), text: plain("x"), confirm: plain("y"), deny: plain("n") };
const input = (element: JsonObject, more: JsonObject = {}): JsonObject => ({
  type: "input",
  label: plain("l"),
  element,
  ...more,
});
const rich = (...elements: readonly JsonObject[]): JsonObject => ({ type: "rich_text", elements });

const good: readonly (readonly [what: string, ...blocks: readonly JsonObject[]])[] = [
  ["a section of 3,000 characters", section(x(3000))],
  ["a header of 150 characters", { type: "header", text: plain(x(150)) }],
  ["fields and an accessory", { type: "section", fields: [mrkdwn("a"), plain("b")], accessory: button("go") }],
  ["25 buttons", actions(...many(25, (index) => button(`b${index}`)))],
  [
    "an overflow menu of five",
    actions({ type: "overflow", action_id: "o", options: many(5, (index) => option(`${index}`)) }),
  ],
  [
    "a context",
    { type: "context", elements: [mrkdwn("a"), { type: "image", image_url: "https://a.b/c.png", alt_text: "c" }] },
  ],
  [
    "rich text",
    rich({
      type: "rich_text_section",
      elements: [
        { type: "text", text: "a" },
        { type: "user", user_id: "U1" },
      ],
    }),
  ],
  ["a multi-select menu of a hundred", several({ options: many(100, (index) => option(`${index}`, x(75))) })],
  ["50 blocks", ...many(50, () => ({ type: "divider" }))],
  ["a confirm dialog", actions(button("go", { confirm, style: "danger", value: x(2000) }))],
  ["emoji in plain text", { type: "header", text: { ...plain("a"), emoji: true } }],
];

for (const [what, ...blocks] of good) {
  test(`Slack accepts ${what}`, () => assert.deepEqual(blockProblems(blocks), []));
}

const bad: readonly (readonly [blocks: Json, ...lines: readonly string[]])[] = [
  [many(51, () => ({ type: "divider" })), "no more than 50 items allowed [json-pointer:/blocks]"],
  [[{}], "missing required field: type [json-pointer:/blocks/0]"],
  [["x"], "must provide an object [json-pointer:/blocks/0]"],
  [[{ type: "sektion" }], "unsupported type: sektion [json-pointer:/blocks/0/type]"],
  [[{ type: "section" }], "missing required field: text [json-pointer:/blocks/0]"],
  [
    [section(x(3001))],
    "failed to match all allowed schemas [json-pointer:/blocks/0/text]",
    "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
  ],
  [
    [section("")],
    "failed to match all allowed schemas [json-pointer:/blocks/0/text]",
    "must be more than 0 characters [json-pointer:/blocks/0/text/text]",
  ],
  [[{ type: "section", text: "x" }], "must provide an object [json-pointer:/blocks/0/text]"],
  [
    [{ type: "section", text: { ...plain("x"), verbatim: true } }],
    "failed to match all allowed schemas [json-pointer:/blocks/0/text]",
    "invalid additional property: verbatim [json-pointer:/blocks/0/text]",
  ],
  [
    [{ type: "section", text: { ...mrkdwn("x"), emoji: true } }],
    "failed to match all allowed schemas [json-pointer:/blocks/0/text]",
    "invalid additional property: emoji [json-pointer:/blocks/0/text]",
  ],
  [
    [{ type: "section", fields: many(11, () => plain("x")) }],
    "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
  ],
  [
    [{ type: "section", fields: [plain(x(2001))] }],
    "failed to match all allowed schemas [json-pointer:/blocks/0/fields/0]",
    "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]",
  ],
  [
    [{ type: "header", text: plain(x(151)) }],
    "failed to match all allowed schemas [json-pointer:/blocks/0/text]",
    "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
  ],
  [
    [{ type: "header", text: mrkdwn("x") }],
    "failed to match all allowed schemas [json-pointer:/blocks/0/text]",
    "must be a valid enum value [json-pointer:/blocks/0/text/type]",
  ],
  [[{ type: "divider", colour: "red" }], "invalid additional property: colour [json-pointer:/blocks/0]"],
  [[{ type: "divider", block_id: x(256) }], "must be less than 256 characters [json-pointer:/blocks/0/block_id]"],
  [
    [
      { type: "divider", block_id: "a" },
      { type: "divider", block_id: "a" },
    ],
    '`block_id` "a" already exists [json-pointer:/blocks/1/block_id]',
  ],
  [
    [several({ options: many(101, (index) => option(`${index}`)) })],
    "no more than 100 items allowed [json-pointer:/blocks/0/element/options]",
  ],
  [[several({ options: [] })], "must provide at least 1 items [json-pointer:/blocks/0/element/options]"],
  [
    [several({ options: [option(x(151), "t")] })],
    "must be less than 151 characters [json-pointer:/blocks/0/element/options/0/value]",
  ],
  [
    [several({ options: [option("a", x(76))] })],
    "failed to match all allowed schemas [json-pointer:/blocks/0/element/options/0/text]",
    "must be less than 76 characters [json-pointer:/blocks/0/element/options/0/text/text]",
  ],
  [[actions()], "must provide at least 1 items [json-pointer:/blocks/0/elements]"],
  [
    [actions(...many(26, (index) => button(`b${index}`)))],
    "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
  ],
  [
    [section("x"), actions(button("go"), button("go"))],
    '`action_id` "go" already exists [json-pointer:/blocks/1/elements/1/action_id]',
  ],
  [
    [actions(button(x(256), { text: plain("t") }))],
    "must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]",
  ],
  [
    [actions(button("go", { text: plain(x(76)) }))],
    "failed to match all allowed schemas [json-pointer:/blocks/0/elements/0/text]",
    "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
  ],
  [
    [actions(button("go", { value: x(2001) }))],
    "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]",
  ],
  [
    [actions(button("go", { style: "default" }))],
    "must be a valid enum value [json-pointer:/blocks/0/elements/0/style]",
  ],
  [
    [actions(button("go", { confirm: { ...confirm, title: plain(x(101)) } }))],
    "failed to match all allowed schemas [json-pointer:/blocks/0/elements/0/confirm/title]",
    "must be less than 101 characters [json-pointer:/blocks/0/elements/0/confirm/title/text]",
  ],
  [
    [actions(button("go", { confirm: { title: plain("t"), text: plain("x"), confirm: plain("y") } }))],
    "missing required field: deny [json-pointer:/blocks/0/elements/0/confirm]",
  ],
  [
    [actions({ type: "overflow", action_id: "o", options: many(6, (index) => option(`${index}`)) })],
    "no more than 5 items allowed [json-pointer:/blocks/0/elements/0/options]",
  ],
  [[menu({})], "missing required field: options [json-pointer:/blocks/0/elements/0]"],
  [
    [menu({ options: [option(x(151), "a")] })],
    "must be less than 151 characters [json-pointer:/blocks/0/elements/0/options/0/value]",
  ],
  [
    [menu({ options: [option("a")], initial_option: option("b") })],
    "failed to match any allowed schemas [json-pointer:/blocks/0/elements/0/initial_option]",
  ],
  [
    [{ type: "context", elements: many(11, () => plain("x")) }],
    "no more than 10 items allowed [json-pointer:/blocks/0/elements]",
  ],
  [
    [{ type: "context", elements: [button("go")] }],
    "unsupported type: button [json-pointer:/blocks/0/elements/0/type]",
  ],
  [
    [actions({ type: "plain_text_input", action_id: "a" })],
    "unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]",
  ],
  [
    [input({ type: "number_input", is_decimal_allowed: false })],
    "unsupported type: number_input [json-pointer:/blocks/0/element/type]",
  ],
  [[{ type: "image", image_url: "https://a.b/c.png" }], "missing required field: alt_text [json-pointer:/blocks/0]"],
  [[{ type: "image", alt_text: "x" }], "missing required field: image_url [json-pointer:/blocks/0]"],
  [[{ type: "alert", text: plain("x") }], "unsupported type: alert [json-pointer:/blocks/0/type]"],
  [[{ type: "file", external_id: "x", source: "remote" }], "unsupported type: file [json-pointer:/blocks/0/type]"],
  [
    [
      { type: "markdown", text: x(7000) },
      { type: "markdown", text: x(7000) },
    ],
    "must be less than 12001 characters [json-pointer:/blocks]",
  ],
  [
    [rich({ type: "rich_text_list", style: "dash", elements: [] })],
    "must be a valid enum value [json-pointer:/blocks/0/elements/0/style]",
  ],
  [
    [rich({ type: "rich_text_preformatted", elements: [{ type: "user", user_id: "U1" }] })],
    "unsupported type: user [json-pointer:/blocks/0/elements/0/elements/0/type]",
  ],
];

for (const [blocks, ...lines] of bad) {
  test(`Slack refuses with: ${lines.at(-1)}`, () => assert.deepEqual(blockProblems(blocks).map(problemLine), lines));
}

const modal = { type: "modal", title: plain("t"), blocks: [section("x")] };
const badViews: readonly (readonly [view: JsonObject, line: string])[] = [
  [{ ...modal, title: undefined }, "missing required field: title [json-pointer:/view]"],
  [{ ...modal, type: "dialog" }, "unsupported type: dialog [json-pointer:/view/type]"],
  [{ ...modal, blocks: [input({ type: "plain_text_input" })] }, "missing required field: submit [json-pointer:/view]"],
  [{ ...modal, private_metadata: x(3001) }, "must be less than 3001 characters [json-pointer:/view/private_metadata]"],
  [{ ...modal, callback_id: x(256) }, "must be less than 256 characters [json-pointer:/view/callback_id]"],
  [
    { ...modal, blocks: many(101, () => ({ type: "divider" })) },
    "no more than 100 items allowed [json-pointer:/view/blocks]",
  ],
  [
    { ...modal, blocks: [{ type: "markdown", text: "x" }] },
    "unsupported type: markdown [json-pointer:/view/blocks/0/type]",
  ],
  [
    { type: "home", title: plain("t"), blocks: [section("x")] },
    "invalid additional property: title [json-pointer:/view]",
  ],
  [
    { ...modal, submit: plain("s"), blocks: [input({ type: "plain_text_input", max_length: 3001 })] },
    "must be less than 3000 [json-pointer:/view/blocks/0/element/max_length]",
  ],
];

for (const [view, line] of badViews) {
  test(`Slack refuses a view with: ${line}`, () => assert.equal(viewProblems(view).map(problemLine).at(-1), line));
}

test("refused blocks are reported in Slack's own format, and too many characters with a separate code", async (t) => {
  const slack = await slackFor(t);
  const refused = await call(slack, "chat.postMessage", {
    channel: opsServer,
    text: "x",
    blocks: [{ type: "divider", a: 1 }],
  });
  const line = "invalid additional property: a [json-pointer:/blocks/0]";
  assert.deepEqual(refused.body, {
    ok: false,
    error: "invalid_blocks",
    errors: [line],
    response_metadata: { messages: [`[ERROR] ${line}`] },
  });
  const blocks = many(5, () => section(x(2900)));
  assert.equal(
    (await call(slack, "chat.postMessage", { channel: opsServer, text: "x", blocks })).body.error,
    "msg_blocks_too_long",
  );
});
