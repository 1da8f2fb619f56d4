import assert from "node:assert/strict";
import { test } from "node:test";
import { roles, standings } from "../../src/receipt/policy.ts";
import type { SettingsProblem, Variable } from "../../src/settings.ts";
import { en, type Texts } from "../../src/text/en.ts";
import { zhCN } from "../../src/text/zh-CN.ts";
import { keyProblems } from "../../src/wechatpay/keys.ts";

const languages: readonly [language: string, texts: Texts][] = [
  ["English", en],
  ["Chinese", zhCN],
];

const variables: Record<Variable, true> = {
  SLACK_BOT_TOKEN: true,
  SLACK_APP_TOKEN: true,
  SLACK_SIGNING_SECRET: true,
  PORT: true,
  SLACK_API_URL: true,
  WECHATPAY_MCHID: true,
  WECHATPAY_SERIAL_NO: true,
  WECHATPAY_PRIVATE_KEY: true,
  WECHATPAY_PUBLIC_KEY_ID: true,
  WECHATPAY_PUBLIC_KEY: true,
  WECHATPAY_ENDPOINTS: true,
  DATABASE_URL: true,
  SLACK_COMMAND: true,
  RECEIPT_ADMINS: true,
  RECEIPT_CHANNELS: true,
  APPROVAL_POLICY: true,
  WECHATPAY_RATE: true,
  REQUEST_TTL: true,
  LOCALE: true,
  LOG_LEVEL: true,
  OPS_PORT: true,
};

const settingsProblems: SettingsProblem[] = [
  ...(Object.keys(variables) as Variable[]).map((variable) => ({ kind: "malformed" as const, variable })),
  ...keyProblems.map((problem) => ({ kind: "key" as const, variable: "WECHATPAY_PUBLIC_KEY" as const, problem })),
  { kind: "missing", variable: "PORT" },
  { kind: "no-mode" },
  { kind: "file-unreadable", variable: "WECHATPAY_PRIVATE_KEY", path: "/run/key.pem", why: "ENOENT" },
  { kind: "given-twice", variable: "WECHATPAY_PRIVATE_KEY" },
];

const longestNumber = "1".repeat(32);

/** What a parameter may be, by its name in en.ts; `section.name` and `whole.path.name` come before the bare name. */
function samplesOf(texts: Texts): Record<string, readonly unknown[]> {
  const person = ["<@U1>"];
  const when = ["<!date^1764000000^{date_short_pretty} {time}|2026-11-24 16:00 UTC>"];
  return {
    action: ["OPEN", "CLOSE"],
    admins: ["<@U1>", `<@U1>${texts.refusal.or}<@U2>`, undefined],
    approver: person,
    approvers: ["<@U1>", `<@U1>${texts.list}<@U2>`, undefined],
    asker: person,
    attempt: [2],
    bot: ["receipt"],
    by: person,
    "roles.by": ["<@U1>", texts.roles.settings],
    channel: ["<#C1>"],
    channels: ["<#C1>", `<#C1>${texts.list}<#C2>`],
    character: ["O", "元", "/"],
    "problem.wrongCharacter.character": [
      texts.problem.letter("O"),
      texts.problem.letter("元"),
      texts.problem.sign("/"),
    ],
    command: ["/receipt"],
    count: [1, 3],
    digits: [33],
    direction: ["ahead", "behind"],
    error: ["invalid_auth"],
    example: ["/receipt open 1900000109"],
    first: ["1900000109"],
    holders: [
      `<@U1>${texts.list}<@U2>`,
      texts.roles.nobody("/receipt", "approver"),
      texts.roles.grant("<@U1>", "<@U2>"),
    ],
    length: [3_001],
    link: ["<https://local.slack.com/archives/C1/p1|message>", undefined],
    message: ["特约商户被处罚中"],
    minutes: [1, 7],
    most: [32],
    number: ["`1900000109`"],
    "problem.number": ["1900000109"],
    person,
    place: [9],
    port: [3_000],
    "start.problem": settingsProblems,
    role: roles,
    roles: [["requester"], ["requester", "approver"]],
    second: ["1900000110"],
    self: person,
    standing: standings.filter((standing) => standing !== "member"),
    subMchid: ["1900000109", longestNumber],
    text: ["19000001O9"],
    verb: ["opne"],
    when,
    why: Object.values(texts.guidance).map(({ short }) => short),
    "start.why": ["EACCES"],
  };
}

type Tree = string | readonly Tree[] | { [key: string]: Tree | ((...args: unknown[]) => Tree) };

/** Every text of a catalogue under its path; a function's arguments belong to its path. */
function textsIn(texts: Texts): Map<string, string> {
  const samples = samplesOf(texts);
  const found = new Map<string, string>();
  walk(texts as unknown as Tree, en as unknown as Tree, []);
  return found;

  function walk(node: unknown, english: unknown, path: readonly string[]): void {
    if (typeof node === "string") found.set(path.join("."), node);
    else if (typeof node === "function") {
      // The English function names its parameters; another language may need fewer of them.
      const names = parameters(english);
      for (const [index, args] of combinations(names.map((name) => sample(path, name))).entries())
        walk(node(...args), "", [...path.slice(0, -1), `${path.at(-1)}(${index})`]);
    } else
      for (const [key, below] of Object.entries(node as object))
        walk(below, (english as Record<string, unknown>)[key], [...path, key]);
  }

  function sample(path: readonly string[], name: string): readonly unknown[] {
    const known = samples[`${path.join(".")}.${name}`] ?? samples[`${path[0]}.${name}`] ?? samples[name];
    assert.ok(known, `this test has no sample for the parameter ${name} of ${path.join(".")}: add one`);
    return known;
  }
}

function parameters(written: unknown): string[] {
  assert.equal(typeof written, "function", "a text is a function in one language and plain in the other");
  const list = /^[^(]*\(([^)]*)\)/.exec(String(written))?.[1] ?? "";
  return list
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

function combinations(lists: (readonly unknown[])[]): unknown[][] {
  return lists.reduce<unknown[][]>((rows, list) => rows.flatMap((row) => list.map((value) => [...row, value])), [[]]);
}

/** The paths of a catalogue, and of what kind each is. */
function shape(node: unknown, path = ""): string[] {
  if (typeof node !== "object" || node === null) return [`${path}: ${typeof node}`];
  return Object.entries(node).flatMap(([key, below]) => shape(below, `${path}.${key}`));
}

/** As a reader sees it: mentions, dates and links are words. */
function seen(text: string): string {
  return text.replace(/<[^<>]+>/g, "X");
}

function assertNone(pattern: RegExp, texts: Map<string, string>, what: string): void {
  const bad = [...texts].filter(([, text]) => pattern.test(seen(text)));
  assert.deepEqual(bad, [], what);
}

test("both languages have the same keys at every depth, functions where the other has functions", () => {
  assert.deepEqual(shape(zhCN).sort(), shape(en).sort());
  assert.deepEqual([...textsIn(zhCN).keys()].sort(), [...textsIn(en).keys()].sort());
});

test("no Chinese text is the English one, but for what is typed or looked for as it stands", () => {
  const asItStands = /^(thread\.requestId|help\.lines\.\w+\.\d+\.0)$/;
  const english = textsIn(en);
  const left = [...textsIn(zhCN)].filter(
    ([path, text]) => /[A-Za-z]/.test(text) && text === english.get(path) && !asItStands.test(path),
  );
  assert.deepEqual(left, []);
});

test("no text says undefined, or shows what belongs to code", () => {
  for (const [, texts] of languages) assertNone(/undefined|NaN|\[object|\$\{|=>/, textsIn(texts), "leaked");
});

test("a blank stands between Chinese and Latin letters, digits, code marks and mentions", () => {
  const texts = textsIn(zhCN);
  assertNone(/\p{Script=Han}[A-Za-z0-9`]|[A-Za-z0-9`]\p{Script=Han}/u, texts, "blank missing");
});

test("punctuation is full-width after Chinese, and has no blank around it", () => {
  const texts = textsIn(zhCN);
  assertNone(/\p{Script=Han}[,.!?;:()]|[()]\p{Script=Han}/u, texts, "half-width punctuation");
  assertNone(/\s[，。；：！？、）”]|[，。；：！？、（“]\s/u, texts, "blank at full-width punctuation");
});

test("Slack sees every mark in a Chinese text: it touches a blank, an edge or a Latin sign", () => {
  // Next to a full-width character, stars and code marks can stay stars and code marks.
  const edge = /^[\s*,·]?$/u;
  for (const [path, text] of textsIn(zhCN)) {
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

for (const [language, texts] of languages) {
  test(`buttons and dialogs keep Block Kit's limits, with the longest number, in ${language}`, () => {
    for (const [name, label] of Object.entries(texts.button)) assert.ok(label.length <= 75, name);
    assert.ok(texts.button.cancel.length <= 30);
    for (const [name, dialog] of Object.entries(texts.confirm))
      for (const action of ["OPEN", "CLOSE"] as const) {
        const { title, text, confirm } = dialog(action, longestNumber);
        assert.ok(title.length <= 100, `${name}: ${title}`);
        assert.ok(text.length <= 300, `${name}: ${text}`);
        assert.ok(confirm.length <= 30, `${name}: ${confirm}`);
        assert.doesNotMatch(title + text + confirm, /[*`<>]/, `${name}: a dialog is plain text`);
      }
  });

  test(`each outcome is told whole, in sentences, and in short without a full stop, in ${language}`, () => {
    for (const [topic, { short, happened, todo }] of Object.entries(texts.guidance)) {
      assert.match(short, /^\S.{3,70}[^\s.。]$/u, topic);
      assert.match(happened, /^\S.{8,}[.。]$/u, topic);
      assert.match(todo, /^\S.{8,}[.。]$/u, topic);
      // Beside a thread's other lines it fits into one section, of 3,000 characters.
      assert.ok(happened.length + todo.length < 1_500, topic);
    }
  });
}
