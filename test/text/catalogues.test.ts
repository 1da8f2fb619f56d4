import assert from "node:assert/strict";
import { test } from "node:test";
import { sampleCommand } from "../../src/cli/samples/input-samples.ts";
import { everyText } from "../../src/cli/samples/sample-texts.ts";
import { databaseProblems } from "../../src/cli/samples/startup-samples.ts";
import { longestNumber } from "../../src/cli/samples/text-samples.ts";
import { offeredChanges } from "../../src/domain/goldplan/change.ts";
import { parseCommand } from "../../src/parsing/command/command.ts";
import { sentText } from "../../src/playground/slack/users/typed-text.ts";
import { en, type Texts } from "../../src/text/en/catalogue.ts";
import { zhCN } from "../../src/text/zh-CN/catalogue.ts";

const languages: readonly [language: string, texts: Texts][] = [
  ["English", en],
  ["Chinese", zhCN],
];

/** The paths of a catalogue, and of what kind each is. */
function shape(node: unknown, path = ""): string[] {
  if (typeof node !== "object" || node === null) return [`${path}: ${typeof node}`];
  return Object.entries(node).flatMap(([key, below]) => shape(below, `${path}.${key}`));
}

/** As a reader sees it: mentions, dates and links are words. */
function seen(text: string): string {
  return text.replace(/<[^<>]+>/g, "X");
}

/** What is typed has no blanks beside its marks. */
function codeSetOff(text: string): string {
  return text.replace(/`([^`\n]+)`/g, "` $1 `");
}

function assertNone(pattern: RegExp, texts: Map<string, string>, what: string, as = (text: string) => text): void {
  const bad = [...texts].filter(([, text]) => pattern.test(as(seen(text))));
  assert.deepEqual(bad, [], what);
}

test("both languages have the same keys at every depth, functions where the other has functions", () => {
  assert.deepEqual(shape(zhCN).sort(), shape(en).sort());
  assert.deepEqual([...everyText(zhCN).keys()].sort(), [...everyText(en).keys()].sort());
});

test("no Chinese text equals the English one, except text that is typed or searched for literally", () => {
  const asItStands =
    /^(thread\.requestId|bulk\.file\.columns\.(8|14)|bulk\.file\.scenes\.JSAPI|help\.lines\.\w+\.\d+\.0)$/;
  const english = everyText(en);
  const left = [...everyText(zhCN)].filter(
    ([path, text]) => /[A-Za-z]/.test(text) && text === english.get(path) && !asItStands.test(path),
  );
  assert.deepEqual(left, []);
});

test("no text contains undefined or other code", () => {
  for (const [, texts] of languages) assertNone(/undefined|NaN|\[object|\$\{|=>/, everyText(texts), "leaked");
});

test("a count of four digits and more is written in groups", () => {
  const inTerminal = /^(start|doctor|audit|restore)\./;
  for (const [, texts] of languages) {
    const inSlack = [...everyText(texts)].filter(([path]) => !inTerminal.test(path));
    assertNone(/(?<!\d)12345(?![\dd])/, new Map(inSlack), "not grouped");
  }
});

test("each reason that another sentence follows is a whole sentence, even if it is about a command", () => {
  for (const [name, texts] of languages) {
    const { database, ledgerKey } = texts.start;
    const reasons = [...databaseProblems.map((problem) => database("X", problem)), ...Object.values(ledgerKey)];
    for (const reason of reasons) assert.match(reason, /[.。]$/, name);
  }
});

test("a space separates Chinese from Latin letters, digits, code marks and mentions", () => {
  const texts = everyText(zhCN);
  assertNone(/\p{Script=Han}[A-Za-z0-9`]|[A-Za-z0-9`]\p{Script=Han}/u, texts, "blank missing", codeSetOff);
});

test("punctuation is full-width after Chinese, and has no spaces around it", () => {
  const texts = everyText(zhCN);
  assertNone(/\p{Script=Han}[,.!?;:()]|[()]\p{Script=Han}/u, texts, "half-width punctuation");
  assertNone(/\s[，。；：！？、）”]|[，。；：！？、（“]\s/u, texts, "blank at full-width punctuation");
});

test("Slack recognizes every mark in a Chinese text, because it is next to a space, an edge or a Latin character", () => {
  // Next to a full-width character, stars and code marks can stay stars and code marks.
  const edge = /^[\s*,·]?$/u;
  for (const [path, text] of everyText(zhCN)) {
    if (path.startsWith("start.")) continue;
    const withoutCode = text.replace(/`[^`\n]+`/g, "X");
    for (const [whole, marks] of [
      [text, /`[^`\n]+`/g],
      [withoutCode, /\*[^*\n]+\*/g],
      [withoutCode, /(?<!\w)_[^_\n]+_(?!\w)/g],
    ] as const)
      for (const { 0: marked, index } of whole.matchAll(marks)) {
        const around = [whole.slice(0, index).at(-1) ?? "", whole.at(index + marked.length) ?? ""];
        for (const next of around) assert.match(next, edge, `${path}: ${text}`);
      }
    assert.doesNotMatch(withoutCode, /`/, `${path}: a code mark without its other half`);
  }
});

/**
 * What a text shows to be typed: in code marks, or to its end where it ends in a mention, which code would spell out.
 */
function commandsIn(text: string): string[] {
  const shown = text.replace(/<@[A-Z0-9]+>/g, "@name");
  const marked = [...shown.matchAll(/`([^`\n]+)`/g)].map(([, code = ""]) => code);
  const unmarked = /\/shop [^\n]*$/m.exec(shown.replace(/`[^`\n]+`/g, ""))?.[0] ?? "";
  return [...marked, unmarked].filter((code) => code.startsWith("/")).filter((code) => !code.startsWith("/invite "));
}

for (const [language, texts] of languages) {
  test(`every command that a text shows is understood when it is typed, and is the one that is set, in ${language}`, () => {
    const names = {
      person: (handle: string) => (handle === "name" ? "U1" : undefined),
      channel: () => undefined,
      userGroup: () => undefined,
    };
    const shown = [...everyText(texts)].flatMap(([path, text]) =>
      commandsIn(text).map((code) => [path, code] as const),
    );
    for (const [path, code] of shown) {
      assert.match(code, /^\/shop(?: |$)/, `${path} does not name the command that is set`);
      const typed = sentText(code.slice(sampleCommand.length), names, {
        shouldEscape: true,
        labels: true,
        mobile: true,
      });
      const parsed = parseCommand(typed);
      assert.ok(parsed.ok, `${path} shows "${code}": ${JSON.stringify(parsed)}`);
    }
    const verbs = new Set(shown.map(([, code]) => code.split(" ")[1] ?? ""));
    assert.deepEqual(
      [...verbs].sort(),
      ["", ...Object.values(texts.typed.verb)].sort(),
      "every verb is shown somewhere",
    );
    assert.ok(
      shown.some(([path]) => path.startsWith("refusal.needsRole")),
      "a command that ends in a mention is found",
    );
  });

  test(`buttons and dialogs keep Block Kit's limits, with the longest number, in ${language}`, () => {
    for (const [name, label] of Object.entries(texts.button)) assert.ok(label.length <= 75, name);
    assert.ok(texts.button.cancel.length <= 30);
    for (const [name, dialog] of Object.entries(texts.confirm))
      for (const change of offeredChanges("on")) {
        const about = { ...change, scene: "JSAPI_AND_MINIPROGRAM" } as const;
        const { title, text, confirm } = dialog(about, longestNumber);
        assert.ok(title.length <= 100, `${name}: ${title}`);
        assert.ok(text.length <= 300, `${name}: ${text}`);
        assert.ok(confirm.length <= 30, `${name}: ${confirm}`);
        assert.doesNotMatch(title + text + confirm, /[*`<>]/, `${name}: a dialog is plain text`);
      }
  });

  test(`each outcome is explained in sentences, and in short without a full stop, in ${language}`, () => {
    for (const [topic, { short, happened, todo }] of Object.entries(texts.guidance)) {
      assert.match(short, /^\S.{3,70}[^\s.。]$/u, topic);
      assert.match(happened, /^\S.{8,}[.。]$/u, topic);
      assert.match(todo, /^\S.{8,}[.。]$/u, topic);
      // Beside a thread's other lines it fits into one section, of 3,000 characters.
      assert.ok(happened.length + todo.length < 1_500, topic);
    }
  });
}
