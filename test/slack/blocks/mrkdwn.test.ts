import assert from "node:assert/strict";
import { test } from "node:test";
import { privateMessage } from "../../../src/slack/blocks/elements.ts";
import { beginningOf, escapeText, foreign, shortened } from "../../../src/slack/blocks/mrkdwn.ts";

test("text from people is cut by characters, and an emoji is one", () => {
  const sixty = "🧾".repeat(60);
  assert.equal(shortened(sixty), sixty);
  assert.equal(shortened(`${sixty}x`), `${"🧾".repeat(59)}…`);
  assert.equal(foreign(`${sixty}x`), `${"🧾".repeat(59)}…`);
  assert.equal(shortened("四个字呢", 3), "四个…");
});

test("markup that is cut ends with a whole character, entity and mention", () => {
  assert.equal(beginningOf("short", 5), "short");
  assert.equal(beginningOf("1234🧾", 5), "1234");
  assert.equal(beginningOf("1234🧾", 6), "1234🧾");
  for (const max of [2, 3, 4, 5]) assert.equal(beginningOf("a&amp;b", max), "a");
  assert.equal(beginningOf("a&amp;b", 6), "a&amp;");
  for (const max of [3, 6, 9]) assert.equal(beginningOf("a <@U0ANN00> b", max), "a ");
  assert.equal(beginningOf("a <@U0ANN00> b", 12), "a <@U0ANN00>");
});

test("the text of a long answer is cut without spoiling what stands at the limit", () => {
  for (const before of [3_895, 3_896, 3_897, 3_898, 3_899]) {
    const { text } = privateMessage(`${"x".repeat(before)}${escapeText("&")}🧾${"y".repeat(100)}`);
    assert.ok(text.isWellFormed() && text.length <= 3_900, `${before}`);
    assert.match(text, /^x+(?:&amp;)?$/, `${before}`);
  }
});
