/** What a command switches: named before its verb or after it, in either language, once. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Action } from "../../../src/domain/attempt-result.ts";
import type { SwitchObject } from "../../../src/domain/goldplan/objects.ts";
import { type Command, type CommandProblem, parseCommand, verbOf } from "../../../src/parsing/command/command.ts";

const one = "1900000109";
const change = (action: Action, named: SwitchObject | undefined, reason?: string): Command => ({
  kind: "change",
  action,
  named,
  subMchids: [one],
  reason,
});

describe("an object is understood before the verb and after it", () => {
  const rows: [typed: string, command: Command][] = [
    [`goldplan open ${one}`, change("OPEN", "goldplan")],
    [`open goldplan ${one} moved`, change("OPEN", "goldplan", "moved")],
    [`GoldPlan Close ${one} contract ended`, change("CLOSE", "goldplan", "contract ended")],
    [`ｇｏｌｄｐｌａｎ open ${one}`, change("OPEN", "goldplan")],
    [`close ＧＯＬＤＰＬＡＮ ${one}`, change("CLOSE", "goldplan")],
    [`goldplan open <tel:${one}|${one}>`, change("OPEN", "goldplan")],
    [`receipt open ${one}`, change("OPEN", "receipt")],
    [`close receipts ${one}`, change("CLOSE", "receipt")],
    [`both open ${one}`, change("OPEN", "both")],
    [`close both ${one}`, change("CLOSE", "both")],
    [`开通 点金计划 ${one} 新店`, change("OPEN", "goldplan", "新店")],
    [`点金计划 关闭 ${one}`, change("CLOSE", "goldplan")],
    [`开通点金计划${one}`, change("OPEN", "goldplan")],
    [`点金计划开通${one}新店`, change("OPEN", "goldplan", "新店")],
    ["小票开通１９０００００１０９", change("OPEN", "receipt")],
    [`关闭商家小票${one}`, change("CLOSE", "receipt")],
    [`小票和点金计划开通${one}`, change("OPEN", "both")],
    [`关闭商家小票和点金计划${one}`, change("CLOSE", "both")],
    [`关闭 两者 ${one}`, change("CLOSE", "both")],
    [`两者开通${one}`, change("OPEN", "both")],
    [`開通點金計劃${one}`, change("OPEN", "goldplan")],
    [`open receipts for ${one}`, change("OPEN", "receipt")],
    [`goldplan 开通 ${one}`, change("OPEN", "goldplan")],
    [`open 点金计划 ${one}`, change("OPEN", "goldplan")],
    // After the number, words are the reason.
    [`open ${one} goldplan opened before`, change("OPEN", undefined, "goldplan opened before")],
  ];
  for (const [typed, command] of rows)
    test(JSON.stringify(typed), () => assert.deepEqual(parseCommand(typed), { ok: true, command }));
});

test("two objects in a row, in either order, are both", () => {
  for (const pair of [
    "receipt and goldplan",
    "goldplan and receipts",
    "goldplan, receipts",
    "receipts &amp; goldplan",
    "receipt+goldplan",
    "小票与点金计划",
    "小票、点金计划",
    "点金计划和小票",
    "点金计划以及商家小票",
    "商家小票，点金计划",
  ]) {
    const command = change("OPEN", "both");
    assert.deepEqual(parseCommand(`open ${pair} ${one}`), { ok: true, command }, pair);
    assert.deepEqual(parseCommand(`${pair} open ${one}`), { ok: true, command }, pair);
  }
  assert.deepEqual(parseCommand(`开通小票与点金计划${one}`), { ok: true, command: change("OPEN", "both") });
  assert.deepEqual(parseCommand(`点金计划、小票关闭${one}`), { ok: true, command: change("CLOSE", "both") });
});

describe("an object is refused without an action, twice, and beside another command", () => {
  const notDigits = (text: string): CommandProblem => ({ problem: "not-digits", verb: "open", text, wrong: undefined });
  const noAction = (object: SwitchObject, subMchid?: string): CommandProblem => ({
    problem: "no-action",
    object,
    subMchid,
  });
  const rows: [typed: string, problem: CommandProblem][] = [
    ["goldplan", noAction("goldplan")],
    ["点金计划", noAction("goldplan")],
    ["小票和点金计划", noAction("both")],
    ["receipt", noAction("receipt")],
    [`goldplan ${one}`, noAction("goldplan", one)],
    [`点金计划${one}`, noAction("goldplan", one)],
    [`goldplan opne ${one}`, noAction("goldplan")],
    [`goldplan status ${one}`, noAction("goldplan")],
    ["goldplan history", noAction("goldplan")],
    ["goldplan help", noAction("goldplan")],
    [`goldplan goldplan open ${one}`, noAction("goldplan")],
    [`open goldplan goldplan ${one}`, notDigits("goldplan")],
    [`goldplan open goldplan ${one}`, notDigits("goldplan")],
    [`goldplan open receipt ${one}`, notDigits("receipt")],
    [`open receipt and ${one}`, notDigits("and")],
    ["goldplan open", { problem: "no-number", verb: "open" }],
    ["关闭点金计划", { problem: "no-number", verb: "close" }],
    [`status goldplan ${one}`, { problem: "not-digits", verb: "status", text: "goldplan", wrong: undefined }],
    [`status ${one} goldplan`, { problem: "too-much", verb: "status", text: "goldplan" }],
    [`goldplans open ${one}`, { problem: "unknown-verb", verb: "goldplans" }],
  ];
  for (const [typed, problem] of rows)
    test(JSON.stringify(typed), () => assert.deepEqual(parseCommand(typed), { ok: false, ...problem }));
});

test("our own number is refused with an object as well", () => {
  for (const typed of ["goldplan open 1230000109", "open both 1230000109"])
    assert.deepEqual(parseCommand(typed, "1230000109"), {
      ok: false,
      problem: "our-number",
      verb: "open",
      subMchid: "1230000109",
    });
});

test("a history is filtered by one object, in any place", () => {
  const rows: [typed: string, filters: object][] = [
    ["history goldplan", { object: "goldplan" }],
    ["history failed both", { failed: true, object: "both" }],
    ["history receipts open", { object: "receipt", action: "OPEN" }],
    ["历史 点金计划 关闭 7天", { object: "goldplan", action: "CLOSE", withinMs: 7 * 86_400_000 }],
    ["历史小票和点金计划", { object: "both" }],
  ];
  for (const [typed, filters] of rows)
    assert.deepEqual(parseCommand(typed), { ok: true, command: { kind: "history", ...filters } }, typed);
  assert.deepEqual(parseCommand("history goldplan receipt"), {
    ok: false,
    problem: "filter-twice",
    verb: "history",
    text: "receipt",
  });
});

test("an object's name is a filter of a history, not a ticket", () => {
  const anyWord = (text: string) => text;
  assert.deepEqual(parseCommand("history goldplan", undefined, anyWord), {
    ok: true,
    command: { kind: "history", object: "goldplan" },
  });
});

test("the verb is found after an object, and an object alone does not open the form", () => {
  assert.equal(verbOf(`goldplan open ${one}`), "open");
  assert.equal(verbOf(`点金计划关闭${one}`), "close");
  assert.equal(verbOf("goldplan"), undefined);
  assert.equal(verbOf(""), "form");
});
