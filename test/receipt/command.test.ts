import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Command, type CommandProblem, parseCommand, reasonMost } from "../../src/receipt/command.ts";

const open = (subMchid: string, reason?: string): Command => ({ kind: "change", action: "OPEN", subMchid, reason });

describe("a command is understood", () => {
  const rows: [typed: string, command: Command][] = [
    ["", { kind: "help" }],
    ["   ", { kind: "help" }],
    ["help", { kind: "help" }],
    ["help me please", { kind: "help" }],
    ["open 1900000109", open("1900000109")],
    ["close 1900000109", { kind: "change", action: "CLOSE", subMchid: "1900000109", reason: undefined }],
    ["  OPEN   1900000109   new store ", open("1900000109", "new store")],
    ["ｏｐｅｎ 1900000109", open("1900000109")],
    ["open 1", open("1")],
    [`open ${"9".repeat(32)}`, open("9".repeat(32))],
    ["open １９０００００１０９", open("1900000109")],
    ["open 1900-0001-09", open("1900000109")],
    ["open 1,900,000,109", open("1900000109")],
    ["open 1900.000.109 moved", open("1900000109", "moved")],
    ["open 1900\u00a0000\u00a0109 moved", open("1900000109", "moved")],
    ["open\u00a01900000109", open("1900000109")],
    ["open 1900\u200b000109", open("1900000109")],
    ["open `1900000109`", open("1900000109")],
    ["open “1900000109”", open("1900000109")],
    ["open 1900000109, new store", open("1900000109", "new store")],
    ["open <tel:1900000109|1900000109>", open("1900000109")],
    ["open <tel:+1900000109|1900-000-109> from my phone", open("1900000109", "from my phone")],
    ["open 1900000109 contract 4711", open("1900000109", "contract 4711")],
    ["open 1900000109 two\nlines", open("1900000109", "two\nlines")],
    [`open 1900000109 ${"x".repeat(reasonMost)}`, open("1900000109", "x".repeat(reasonMost))],
    ["roles", { kind: "roles" }],
    ["grant <@U0ANN> requester", { kind: "grant", userId: "U0ANN", role: "requester" }],
    ["grant <@W0ANN|ann> Approver", { kind: "grant", userId: "W0ANN", role: "approver" }],
    ["revoke <@U0ANN|ann of sales> admin", { kind: "revoke", userId: "U0ANN", role: "admin" }],
  ];
  for (const [typed, command] of rows) {
    test(JSON.stringify(typed).slice(0, 70), () => assert.deepEqual(parseCommand(typed), { ok: true, command }));
  }
});

describe("a command is refused with what is wrong with it", () => {
  const rows: [typed: string, problem: CommandProblem][] = [
    ["open", { problem: "no-number", verb: "open" }],
    ["close   ", { problem: "no-number", verb: "close" }],
    ["open abc", { problem: "not-digits", verb: "open", text: "abc", wrong: undefined }],
    [
      "open 19000001O9",
      { problem: "not-digits", verb: "open", text: "19000001O9", wrong: { character: "O", place: 9 } },
    ],
    [
      "open 1900000109!",
      { problem: "not-digits", verb: "open", text: "1900000109!", wrong: { character: "!", place: 11 } },
    ],
    ["open -", { problem: "not-digits", verb: "open", text: "-", wrong: undefined }],
    ["open 一九〇〇", { problem: "not-digits", verb: "open", text: "一九〇〇", wrong: undefined }],
    [`open ${"1".repeat(33)}`, { problem: "too-long", verb: "open", digits: 33 }],
    [
      "open 1900000109 1900000110",
      { problem: "second-number", verb: "open", first: "1900000109", second: "1900000110" },
    ],
    ["open 1900 000 109", { problem: "second-number", verb: "open", first: "1900", second: "000" }],
    ["open 1900000109,1900000110", { problem: "several-numbers", verb: "open", text: "1900000109,1900000110" }],
    ["open 1900000109，1900000110", { problem: "several-numbers", verb: "open", text: "1900000109,1900000110" }],
    ["open 1900000109\u00a01900000110", { problem: "several-numbers", verb: "open", text: "1900000109-1900000110" }],
    ["open <@U0ANN|ann>", { problem: "not-digits", verb: "open", text: "@ann", wrong: undefined }],
    ["open <#C0OPS|ops>", { problem: "not-digits", verb: "open", text: "#ops", wrong: undefined }],
    [`open 1 ${"x".repeat(reasonMost + 1)}`, { problem: "reason-too-long", length: reasonMost + 1, most: reasonMost }],
    ["1900000109", { problem: "no-verb", subMchid: "1900000109" }],
    ["constructor 1", { problem: "unknown-verb", verb: "constructor" }],
    ["opne 1900000109", { problem: "unknown-verb", verb: "opne" }],
    ["grant", { problem: "no-person", verb: "grant" }],
    ["grant @ann approver", { problem: "not-a-person", verb: "grant", text: "@ann" }],
    ["grant <!subteam^S1|@team> approver", { problem: "not-a-person", verb: "grant", text: "@team" }],
    ["revoke <@U0ANN>", { problem: "no-role", verb: "revoke" }],
    ["grant <@U0ANN> king", { problem: "unknown-role", verb: "grant", text: "king" }],
    ["grant <@U0ANN> approver forever", { problem: "too-much", verb: "grant", text: "forever" }],
    ["roles now", { problem: "too-much", verb: "roles", text: "now" }],
  ];
  for (const [typed, problem] of rows) {
    test(JSON.stringify(typed).slice(0, 70), () => assert.deepEqual(parseCommand(typed), { ok: false, ...problem }));
  }
});

describe("a reason is kept as it was typed", () => {
  const rows: [sent: string, typed: string][] = [
    ["&lt;!channel&gt;", "<!channel>"],
    ["<!channel>", "@channel"],
    ["<!here|@here> now", "@here now"],
    ["<!subteam^S123|@support>", "@support"],
    ["&lt;https://evil.example|support&gt;", "<https://evil.example|support>"],
    ["<https://evil.example|support>", "<https://evil.example|support>"],
    ["<https://shop.example/a?b=c>", "https://shop.example/a?b=c"],
    ["<http://shop.example|shop.example>", "shop.example"],
    ["<mailto:a@b.example|a@b.example>", "a@b.example"],
    ["<@U123|worf> said so", "@worf said so"],
    ["<#C012ABCDE|d-social> and <#C987654321|>", "#d-social and #C987654321"],
    ["*bold* _it_ ~no~ `code`", "*bold* _it_ ~no~ `code`"],
    ["&amp;lt; is &lt; written out", "&lt; is < written out"],
    ["a\u202eb\u2066c\u0000d\u0007", "abcd"],
    ["broken \ud800 half", "broken \ufffd half"],
  ];
  for (const [sent, typed] of rows) {
    test(JSON.stringify(sent), () =>
      assert.deepEqual(parseCommand(`open 1 because ${sent}`), { ok: true, command: open("1", `because ${typed}`) }),
    );
  }
});
