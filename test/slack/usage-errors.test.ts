/** What a person reads whose command has a problem: it speaks of what they typed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseCommand } from "../../src/parsing/command/command.ts";
import { problemAnswer } from "../../src/slack/commands/usage-errors.ts";
import { textsOf } from "../../src/text/texts.ts";

function answer(text: string, locale: "en" | "zh-CN" = "en", ticket?: string): string {
  const parsed = parseCommand(text);
  assert.ok(!parsed.ok, text);
  const texts = textsOf(locale);
  return problemAnswer(parsed, text, { command: "/receipt", reason: "optional", goldplan: "on", ticket, texts });
}

test("an object without an action is named as it was typed", () => {
  assert.match(
    answer("点金计划 1900000110"),
    /^`点金计划` needs a command after it: `\/receipt goldplan open 1900000110`/,
  );
  assert.match(answer("receipt and goldplan"), /^`receipt and goldplan` needs a command after it/);
});

test("a command that does not work after an object is shown without the object", () => {
  const status = answer("点金计划 状态 1900000110");
  assert.match(status, /^`状态` does not work after `点金计划`; .*: `\/receipt goldplan open 1900000110` or/);
  assert.match(status, /leave out `点金计划`: `\/receipt 状态 1900000110`$/m);
  assert.match(answer("goldplan opne 1900000110"), /^`opne` does not work after `goldplan`; [^.]*\.\nNothing/);
  assert.match(answer("小票状态 1900000110", "zh-CN"), /输入 `\/receipt 状态 1900000110` 即可。/);
});

test("text after the end of a command is left out of the command that was typed, if it can be shown", () => {
  assert.match(
    answer("history #1001, failed"),
    /^`failed` is not part of this command\. Try `\/receipt history #1001`$/,
  );
  assert.match(answer("状态 1900000110 please"), /Try `\/receipt 状态 1900000110`$/);
  assert.match(answer("grant <@U0ANN|ann> approver forever"), /Try `\/receipt grant @name approver`/);
});

test("an unknown filter lists every kind, with tickets only where they are used", () => {
  assert.match(answer("history soon"), /receipt, goldplan or both, failed, or time .* `\/receipt history #1042`$/);
  assert.match(answer("history soon", "en", "OPS-4711"), /failed, ticket such as `OPS-4711`, or time/);
  assert.match(
    answer("历史 昨天", "zh-CN", "OPS-4711"),
    /`小票和点金计划` .*工单号（如 `OPS-4711` 等）.*`\/receipt 历史 #1042`/,
  );
});

test("a reason that is too long is answered with the numbers and the object that were typed", () => {
  const long = "r".repeat(3_001);
  assert.match(
    answer(`close 点金计划 1900000110 1900000111 ${long}`),
    /^The reason has .* in the request's thread afterwards: `\/receipt goldplan close 1900000110 1900000111 contract ended`$/m,
  );
  assert.match(answer(`开通 1900000110 ${long}`, "zh-CN"), /按 `\/receipt 开通 1900000110 新店，合同 4711` 的格式/);
  assert.match(answer(`open 1900000110 ${"<@U1|ann>&amp; ".repeat(600)}`), /`\/receipt open 19000001\d\d new store/);
});
