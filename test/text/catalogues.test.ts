import assert from "node:assert/strict";
import { test } from "node:test";
import { keyProblems } from "../../src/domain/key-problem.ts";
import { roles, standings } from "../../src/domain/policy.ts";
import { parseCommand, type Verb, verbNames } from "../../src/parsing/command/command.ts";
import { sentText } from "../../src/playground/slack/users/typed-text.ts";
import type { SettingsProblem, Variable } from "../../src/settings.ts";
import { example } from "../../src/slack/blocks/examples.ts";
import { en, type Texts } from "../../src/text/en/catalogue.ts";
import { zhCN } from "../../src/text/zh-CN/catalogue.ts";

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
  APPROVERS_NEEDED: true,
  BULK_FROM: true,
  BULK_APPROVERS_NEEDED: true,
  BREAK_GLASS: true,
  REASON: true,
  WECHATPAY_RATE: true,
  REQUEST_TTL: true,
  ESCALATE_AFTER: true,
  ESCALATE_TO: true,
  LOCALE: true,
  LOG_LEVEL: true,
  OPS_PORT: true,
};

const settingsProblems: SettingsProblem[] = [
  ...(Object.keys(variables) as Variable[]).map((variable) => ({ kind: "malformed" as const, variable })),
  ...keyProblems.map((problem) => ({ kind: "key" as const, variable: "WECHATPAY_PUBLIC_KEY" as const, problem })),
  { kind: "missing", variable: "PORT" },
  { kind: "no-mode" },
  { kind: "half-bulk" },
  { kind: "half-escalation" },
  { kind: "late-escalation" },
  { kind: "file-unreadable", variable: "WECHATPAY_PRIVATE_KEY", path: "/run/key.pem", why: "ENOENT" },
  { kind: "given-twice", variable: "WECHATPAY_PRIVATE_KEY" },
];

const event = "#12 (approved, U0BOB, 2026-11-24T16:00:00.000Z)";
/** Another name than the usual one: a text that names the command itself, and not as it is set, shows the usual one. */
const command = "/shop";
const longestNumber = "1".repeat(32);

/** What a parameter may be, by its name in en.ts; `section.name` and `whole.path.name` come before the bare name. */
function samplesOf(texts: Texts): Record<string, readonly unknown[]> {
  const person = ["<@U1>"];
  const verbs = Object.keys(verbNames) as Verb[];
  const examples = (["optional", "required"] as const).flatMap((reason) =>
    verbs.map((verb) => example(verb, { command, reason, texts })),
  );
  const when = ["<!date^1764000000^{date_short_pretty} {time}|2026-11-24 16:00 UTC>"];
  return {
    action: ["OPEN", "CLOSE"],
    admins: ["<@U1>", `<@U1>${texts.refusal.or}<@U2>`, undefined],
    approver: person,
    approvers: ["<@U1>", `<@U1>${texts.list}<@U2>`, undefined],
    submitter: person,
    bar: ["████░░░░"],
    attempt: [2],
    "audit.before": [event, undefined],
    bot: ["receipt"],
    by: person,
    before: [texts.roles.forGood, [texts.roles.everything, texts.roles.until("X")].join(texts.list)],
    channel: ["<#C1>"],
    channels: ["<#C1>", `<#C1>${texts.list}<#C2>`],
    character: ["O", "元", "/"],
    "problem.wrongCharacter.character": [
      texts.problem.letter("O"),
      texts.problem.letter("元"),
      texts.problem.sign("/"),
    ],
    "form.problem.wrongCharacter.character": [texts.problem.letter("O"), texts.problem.sign("/")],
    command: [command],
    count: [1, 3],
    days: [7],
    digits: [33],
    done: [3],
    failed: [2],
    direction: ["ahead", "behind"],
    error: ["invalid_auth"],
    "audit.event": [event],
    expected: ["0".repeat(64)],
    id: ["019a0c"],
    events: [1, 12_345],
    example: examples,
    open: examples,
    close: examples,
    filters: ["", "`1900000109` · 失败"],
    first: ["1900000109"],
    from: when,
    "refusal.needsRole.to": [undefined, "be-notified", "see-roles"],
    "trail.span.from": [...when, undefined],
    since: when,
    group: ["@support-team", "<!subteam^S1>"],
    groups: ["@support-team", `@support-team${texts.list}<!subteam^S1>`],
    left: [194],
    leftOut: [texts.bulk.leftOut(7, "<@U1>"), texts.bulk.leftOut(7, `<@U1>${texts.list}<@U2>`)],
    length: [3_001],
    list: [["`1900000109`"], ["`1900000109`", "`19000*`"]],
    line: [12],
    lines: ["12", `2${texts.list}5`],
    link: ["<https://local.slack.com/archives/C1/p1|message>", undefined],
    "request.inChannel.link": ["<https://local.slack.com/archives/C1/p1|message>"],
    "bulk.inChannel.link": ["<https://local.slack.com/archives/C1/p1|message>"],
    message: ["特约商户被处罚中"],
    minutes: [1, 7],
    "bulk.file.excludedBy.name": ["Dan", undefined],
    more: [0, 1, 7],
    max: [32],
    newest: ["0".repeat(64)],
    next: [event, undefined],
    number: ["`1900000109`"],
    people: [
      ...(["approved", "rejected"] as const).map((kind) => texts.request.people[kind]("<@U1>", "<@U2>")),
      texts.request.people.asked("<@U1>"),
      texts.request.people.brokeGlass("<@U1>"),
    ],
    "approvals.lapsed.people": ["<@U1>", `<@U1>${texts.list}<@U2>`],
    percent: [50],
    "problem.number": ["1900000109"],
    numbers: [texts.roles.numbers(["`1900000109`", "`19000*`"], 0), texts.roles.numbers(["`1900000109`"], 3)],
    "decisionForms.leaveOut.notInIt.numbers": ["1900000109", `1900000109${texts.list}1900000110`],
    "decisionForms.leaveOut.before.numbers": ["1900000109", `1900000109${texts.list}1900000110`],
    only: [texts.roles.numbers(["`19000*`"], 0)],
    joint: ["-", "至"],
    several: [`${command} ${texts.typed.verb.open} 1900000109 1900000110`],
    "problem.numberInReason.before": [`${command} ${texts.typed.verb.open} 1900000109`],
    "history.entry.number": ["`1900000109`", texts.home.many(3)],
    "pending.numbers": ["`1900000109` `1900000110`", `\`1900000109\` ${texts.pending.more(2)}`],
    outcome: [
      texts.history.outcome.succeeded("OPEN"),
      texts.history.outcome.failed("CLOSE", texts.guidance.unknown.short),
    ],
    part: [2],
    person,
    position: [7],
    place: [9],
    port: [3_000],
    "start.problem": settingsProblems,
    role: roles,
    roles: [["requester"], ["requester", "approver"]],
    sealed: [0, 1, 12],
    seq: [12],
    second: ["1900000110"],
    seconds: [12, 600],
    self: person,
    span: [texts.trail.span(undefined, when[0] ?? ""), texts.trail.span(when[0], when[0] ?? "")],
    standing: standings.filter((standing) => standing !== "member"),
    succeeded: [5],
    subMchid: ["1900000109", longestNumber],
    terms: [
      texts.roles.until("X"),
      [texts.roles.only(texts.roles.numbers(["`19000*`"], 0)), texts.roles.until("X")].join(texts.list),
    ],
    "answer.granted.terms": [texts.roles.until("X"), undefined],
    text: ["19000001O9"],
    to: when,
    until: when,
    unsealed: [0, 3],
    verb: Object.values(texts.typed.action),
    "problem.unknownVerb.verb": ["opne"],
    when,
    what: [texts.form.problem.noNumber("x"), texts.form.problem.otherLength("12")],
    who: ["<@U1>", "@support-team"],
    why: Object.values(texts.guidance).map(({ short }) => short),
    "audit.why": ["connect ECONNREFUSED 127.0.0.1:5432"],
    "start.why": ["EACCES"],
    "start.escalationGroup.id": ["S0ONCALL01"],
    "move.database": ["sqlite:data/receipts.db", "postgres://db.internal:5432/receipts"],
    "move.from": ["sqlite:data/receipts.db"],
    "move.seconds": [1, 12],
    "move.table": ["operations"],
    "move.to": ["postgres://db.internal:5432/receipts"],
    "move.why": ["connect ECONNREFUSED 127.0.0.1:5432"],
    "refusal.requesterCannot.why": [
      ...(["guest", "deactivated", "bot", "stranger", "needsRole"] as const).map(
        (why) => texts.refusal.requesterNow[why],
      ),
      texts.refusal.requesterNow.restricted("`19000*`", "`1900000109`"),
    ],
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
  assert.deepEqual([...textsIn(zhCN).keys()].sort(), [...textsIn(en).keys()].sort());
});

test("no Chinese text is the English one, but for what is typed or looked for as it stands", () => {
  const asItStands = /^(thread\.requestId|bulk\.file\.columns\.6|help\.lines\.\w+\.\d+\.0)$/;
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
  assertNone(/\p{Script=Han}[A-Za-z0-9`]|[A-Za-z0-9`]\p{Script=Han}/u, texts, "blank missing", codeSetOff);
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

/** What a text shows to be typed: in code marks, or to its end where it ends in a mention, which code would spell out. */
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
    const shown = [...textsIn(texts)].flatMap(([path, text]) => commandsIn(text).map((code) => [path, code] as const));
    for (const [path, code] of shown) {
      assert.match(code, /^\/shop(?: |$)/, `${path} does not name the command that is set`);
      const typed = sentText(code.slice(command.length), names, { shouldEscape: true, labels: true, mobile: true });
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
