import assert from "node:assert/strict";
import { test } from "node:test";
import { actions, button, call, callForm, plain, read, section, slackFor } from "../builders.ts";

const modal = { type: "modal", title: plain("t"), blocks: [section("x")] };
const double = [actions(button("same"), button("same"))];

test("blocks, views and messages are judged without a token, as the methods that show them judge", async (t) => {
  const slack = await slackFor(t);
  const good = [{ blocks: [section("x")] }, { view: modal }, { message: { text: "x", blocks: [section("x")] } }];
  for (const args of good) {
    assert.equal((await call(slack, "blocks.validate", args)).body.ok, true);
    const [[name = "", value] = []] = Object.entries(args);
    const form = new URLSearchParams({ [name]: JSON.stringify(value) });
    const sent = await fetch(`${slack.apiUrl}blocks.validate`, { method: "POST", body: form });
    assert.equal((await read(sent)).body.ok, true, `${name} without a token`);
  }
  const long = [{ type: "section", text: { type: "mrkdwn", text: "x".repeat(3_001) } }];
  const tables = Array.from({ length: 2 }, () => ({ type: "table", rows: [[{ type: "raw_text", text: "x" }]] }));
  const rows: [args: Record<string, object | string>, error: string, first: object][] = [
    [
      { blocks: [{ type: "section" }] },
      "invalid_blocks",
      { code: "missing_field", message: "missing required field: text", field: "text", pointer: "/0" },
    ],
    [{ blocks: [{ type: "nothing" }] }, "invalid_blocks", { code: "failed_constraint", pointer: "/0/type" }],
    [{ blocks: long }, "invalid_blocks", { message: "failed to match all allowed schemas", pointer: "/0/text" }],
    [{ blocks: double }, "invalid_blocks", { pointer: "/0/elements/1/action_id" }],
    [{ blocks: tables }, "invalid_blocks", { message: "invalid_attachments" }],
    [{ blocks: "{" }, "invalid_blocks", { message: "must provide an array" }],
    [{ view: { ...modal, title: plain("x".repeat(25)) } }, "invalid_view", { pointer: "" }],
    [{ view: { ...modal, type: "page" } }, "invalid_view", { pointer: "/type" }],
    [{ message: { text: "x", blocks: [{ type: "section" }] } }, "invalid_message", { pointer: "/blocks/0" }],
    [{ message: { text: "" } }, "invalid_message", { message: "no_text" }],
  ];
  for (const [args, error, first] of rows) {
    const { body } = await call(slack, "blocks.validate", args as never);
    assert.equal(body.error, error, JSON.stringify(args).slice(0, 80));
    assert.partialDeepStrictEqual((body["errors"] as object[])[0], first);
  }
});

test("exactly one thing is judged at a time, of at most 100,000 characters", async (t) => {
  const slack = await slackFor(t);
  const many = { text: "x", blocks: "x".repeat(100_000) };
  for (const args of [{}, { blocks: [], view: modal }, { message: many }])
    assert.equal((await call(slack, "blocks.validate", args)).body.error, "invalid_arguments");
  assert.equal((await callForm(slack, "blocks.validate", { blocks: "[]" })).body.ok, true);
});
