/** The doctor's samples are everything that the bot shows, and Slack accepts them in both languages. */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { sampleMessages } from "../../../src/cli/doctor/samples/messages.ts";
import { sampleViews } from "../../../src/cli/doctor/samples/views.ts";
import { formIds } from "../../../src/slack/payloads/ids.ts";
import { textsOf } from "../../../src/text/texts.ts";
import { assertFits, assertViewFits } from "../../slack/blocks/block-kit-limits.ts";

const read = (pattern: string) => globSync(pattern).map((path) => readFileSync(path, "utf8"));

test("every function that builds a message or a view has its samples", () => {
  const builders = read("src/slack/blocks/**/*.ts").flatMap((source) =>
    [...source.matchAll(/^export function (\w+)\((?:[^()]|\([^()]*\))*\): (Message|ModalView|HomeView) \{/gm)].map(
      ([, name = ""]) => name,
    ),
  );
  assert.ok(builders.length > 20, `only ${builders.length} were found: the test does not understand them`);
  const samples = read("src/cli/doctor/samples/*.ts").join("\n");
  // These are called by others of them, with everything that they show.
  const parts = {
    heldMessage: "requestMessage",
    endedOnHold: "requestMessage",
    undoneOutcome: "outcomeMessage",
    workingMessage: "bulkMessage",
    heldBulkMessage: "bulkMessage",
    reminderMessage: "noticeMessage",
    escalationMessage: "noticeMessage",
    refusedMessage: "noticeMessage",
    decisionForm: "rejectForm",
  };
  const uses = (name: string) => new RegExp(`\\b${name}\\(|\\b${name}\\)`).test(samples);
  const missing = builders.filter((name) => !uses(parts[name as keyof typeof parts] ?? name));
  assert.deepEqual(missing, []);
});

test("every sample fits, under every setting that changes what is shown", () => {
  for (const locale of ["en", "zh-CN"] as const)
    for (const reason of ["required", "optional"] as const) {
      const typing = {
        texts: textsOf(locale),
        command: `/${"r".repeat(31)}`,
        reason,
        goldplan: "on",
        ticket: "OPS-4711",
      } as const;
      const [messages, views] = [sampleMessages(typing), sampleViews(typing)];
      assert.ok(messages.length > 200 && views.length > 15);
      for (const { name, blocks } of messages) assertFits({ text: name, blocks: [...blocks] }, name);
      for (const { name, view } of views) assertViewFits(view, name);
      const forms = new Set(views.map(({ view }) => ("callback_id" in view ? view.callback_id : view.type)));
      for (const id of [...Object.values(formIds), "home"]) assert.ok(forms.has(id), `no sample of the form ${id}`);
    }
});
