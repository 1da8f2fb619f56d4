/** Help lists the commands that a person may use and no others; every example in any answer works as shown. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Person, type Role, roles, type Standing, standings } from "../../../../src/domain/policy.ts";
import {
  type Command,
  type CommandProblem,
  parseCommand,
  type Verb,
  verbNames,
  verbOf,
} from "../../../../src/parsing/command/command.ts";
import { restrictionMax } from "../../../../src/parsing/command/grant-terms.ts";
import { reasonMax } from "../../../../src/parsing/command/open-close.ts";
import { sentText } from "../../../../src/playground/slack/users/typed-text.ts";
import { example, type Typing } from "../../../../src/slack/blocks/example-commands.ts";
import { homeView } from "../../../../src/slack/blocks/lists/app-home.ts";
import { helpAnswer } from "../../../../src/slack/blocks/lists/help.ts";
import { requestsMessage } from "../../../../src/slack/blocks/lists/history.ts";
import { problemAnswer } from "../../../../src/slack/commands/usage-errors.ts";
import { textsOf } from "../../../../src/text/texts.ts";

const everyVerb = Object.keys(verbNames) as Verb[];
const everySet: readonly (readonly Role[])[] = roles.reduce<readonly Role[][]>(
  (sets, role) => sets.flatMap((set) => [set, [...set, role]]),
  [[]],
);

/** What a member with one of these roles, or with none, may type. */
function allowed(verb: Verb, held: readonly Role[]): boolean {
  switch (verb) {
    case "open":
    case "close":
      return held.includes("requester");
    case "status":
    case "history":
    case "pending":
    case "find":
      return held.length > 0;
    case "grant":
    case "revoke":
    case "export":
    case "names":
      return held.includes("admin");
    case "notify":
      return held.includes("approver");
    case "roles":
    case "help":
      return true;
    default:
      return verb satisfies never;
  }
}

interface Line {
  typed: string;
  meaning: string;
  command: Command;
}

/** The lines of help that show a command, parsed as Slack sends it. */
function linesFor(about: Omit<Parameters<typeof helpAnswer>[0], "command" | "admins">): Line[] {
  const answer = helpAnswer({ ...about, command: "/receipt", admins: "<@U1>" });
  return [...answer.matchAll(/^`\/receipt ?([^`]*)` – (.+)$/gm)].map(([, typed = "", meaning = ""]) => ({
    typed,
    meaning,
    command: understood(typed),
  }));
}

function understood(typed: string): Command {
  const names = {
    person: (handle: string) => (handle === "name" ? "U0NAME0001" : undefined),
    channel: () => undefined,
    userGroup: () => undefined,
  };
  const parsed = parseCommand(sentText(typed, names, { shouldEscape: true, labels: true, mobile: true }));
  assert.ok(parsed.ok, `help shows "${typed}", which does not parse: ${JSON.stringify(parsed)}`);
  return parsed.command;
}

/** Typed commands that lead to each problem. */
const mistyped: Record<CommandProblem["problem"], readonly string[]> = {
  "unknown-verb": ["opne 1900000109"],
  "by-button": ["approve #1042", "批准1042"],
  "no-verb": ["1900000109"],
  "no-action": ["goldplan", "both 1900000109", "小票 status", "点金计划 状态 1900000109"],
  "no-number": ["open", "close", "status"],
  "no-text": ["find", "find 。\u200b"],
  "not-digits": ["open abc", "close 19000001O9", "history 19000001O9"],
  "too-long": [`open ${"1".repeat(33)}`, `close ${"1".repeat(33)}`, `history ${"1".repeat(33)}`],
  "several-numbers": ["open 1900000109-12", "close 1900000109/1900000110"],
  range: ["open 1900000109-1900000110", "close 1900000109 - 1900000110"],
  incomplete: ["open 19000001*", "status 19000001…", "history 1900****09"],
  abbreviated: ["grant <@U0ANN> requester for 1900000109、022"],
  excepted: ["open 除1900000109外", "close 1900000109 except 1900000110"],
  "other-label": ["open 订单号1900000109", "status 订单号1900000109"],
  grouped: ["open 1900 000 109", "close 1,900,000,109", "history 1900-000-109"],
  date: ["open 2026-11-28", "status 2026年11月28日"],
  shortened: ["open 1.9E+09"],
  "our-number": ["open 1230000109", "grant <@U0ANN> requester for 1230000109"],
  "second-number": ["open 1900000109 4711", "close 1900000109 4711"],
  "second-mistyped": ["open 1900000109 A-12345678 renewal", "close 1900000109 #12345678901 renewal"],
  "number-in-reason": ["open 1900000109 new store and 1900000110"],
  "reason-too-long": [`open 1900000109 ${"r".repeat(reasonMax + 1)}`],
  "unknown-filter": ["history yesterday"],
  "filter-twice": ["history open close"],
  "not-a-span": ["history 30m"],
  "not-a-moment": ["export yesterday"],
  "no-person": ["grant", "revoke"],
  "not-a-person": ["grant @ann approver", "roles now"],
  "no-role": ["grant <@U0ANN>", "revoke <@U0ANN>"],
  "unknown-role": ["grant <@U0ANN> king"],
  "unclear-terms": ["grant <@U0ANN> approver for 8h please"],
  "time-too-long": ["grant <@U0ANN> approver for 367d"],
  "too-many-numbers": [
    `grant <@U0ANN> requester for ${Array.from({ length: restrictionMax + 1 }, (_, i) => 190000 + i)}`,
  ],
  "not-restrictable": ["grant <@U0ANN> approver for 19000*"],
  "unknown-choice": ["notify maybe"],
  "too-much": ["pending 1900000109", "grant <@U0ANN> approver forever", "history #1001 failed"],
};

/** Every answer other than help that shows a command to type, by what led to it. */
function answersWithExamples(typing: Typing): Map<string, string> {
  const { texts } = typing;
  const parts = { ...typing, permalink: () => undefined, ticketUrl: () => undefined, name: () => "@name" };
  const none = { requests: [], hasMore: false };
  const home = homeView(
    {
      person: person("member", roles),
      toDecide: none,
      requested: none,
      canSubmit: true,
      failed: { ...none, isEverybodys: false },
      own: { grants: [], groupsUnknown: false },
      all: [],
    },
    undefined,
    parts,
  );
  const answers = new Map([
    ["a first look at home", JSON.stringify(home)],
    ["a first look at history", requestsMessage({}, { entries: [], hasOlder: false, hasNewer: false }, parts).text],
    ["a form that did not open", texts.form.notOpened(example("open", typing))],
    ["an open without a reason", texts.approvals.needsReason(example("open", { ...typing, reason: "required" }))],
    ["a close without a reason", texts.approvals.needsReason(example("close", { ...typing, reason: "required" }))],
  ]);
  for (const [problem, tries] of Object.entries(mistyped))
    for (const text of tries) {
      const parsed = parseCommand(text, "1230000109");
      assert.ok(!parsed.ok && parsed.problem === problem, `"${text}" should be ${problem}: ${JSON.stringify(parsed)}`);
      answers.set(`"${text.slice(0, 40)}"`, problemAnswer(parsed, text, typing));
    }
  return answers;
}

const person = (standing: Standing, held: readonly Role[]): Person => ({ id: "U1", standing, roles: new Set(held) });

/** The verb of a line: `open` and `close` are one kind of command. */
function verbIn({ typed, command }: Line): Verb | "form" {
  const verb = verbOf(typed);
  if (verb === "form") return verb;
  assert.ok(verb, typed);
  const kind = command.kind === "request" ? "history" : command.kind;
  assert.equal(kind, verb === "open" || verb === "close" ? "change" : verb);
  return verb;
}

for (const locale of ["en", "zh-CN"] as const)
  for (const reason of ["optional", "required"] as const) {
    const texts = textsOf(locale);
    const ticket = reason === "required" ? "OPS-4711" : undefined;
    for (const held of everySet)
      test(`help for a person with the roles ${held.join(", ") || "none"} lists what they may type, in ${locale}, reason ${reason}`, () => {
        const lines = linesFor({ person: person("member", held), reason, goldplan: "on", ticket, texts });
        const expected = [
          ...everyVerb.filter((verb) => allowed(verb, held)),
          ...(held.includes("requester") ? ["form"] : []),
        ];
        assert.deepEqual([...new Set(lines.map(verbIn))].sort(), expected.sort());
        if (reason === "required")
          for (const { command } of lines)
            if (command.kind === "change") assert.match(command.reason ?? "", /OPS-4711$/);
        const isOfOthers = ({ command }: Line) => command.kind === "roles" && command.of !== undefined;
        assert.equal(lines.some(isOfOthers), held.includes("admin"));
      });

    test(`the arguments that a line of help mentions work after its command, in ${locale}, reason ${reason}`, () => {
      const lines = linesFor({ person: person("member", roles), reason, goldplan: "on", ticket, texts });
      const verbs = { history: texts.typed.verb.history, export: texts.typed.verb.export };
      const extended = lines.flatMap(({ command: { kind }, meaning }) =>
        kind === "history" || kind === "export"
          ? [...meaning.matchAll(/`([^`]+)`/g)].map(([, rest = ""]) => understood(`${verbs[kind]} ${rest}`).kind)
          : [],
      );
      assert.deepEqual(extended, ["history", "history", "export"]);
    });

    test(`help shows several numbers and a command without its choice too, in ${locale}, reason ${reason}`, () => {
      const commands = linesFor({ person: person("member", roles), reason, goldplan: "on", ticket, texts }).map(
        ({ command }) => command,
      );
      assert.ok(commands.some((command) => command.kind === "change" && command.subMchids.length > 1));
      assert.ok(commands.some((command) => command.kind === "notify" && command.notify === undefined));
    });

    test(`every command in an answer works as shown, in ${locale}, reason ${reason}`, () => {
      const typing = { command: "/receipt", reason, goldplan: "on", ticket, texts } as const;
      for (const [did, answer] of answersWithExamples(typing)) {
        const shown = [...answer.matchAll(/`\/receipt ?([^`]*)`/g)].map(([, typed = ""]) => typed);
        assert.ok(shown.length > 0, `the answer to ${did} has no example: ${answer}`);
        for (const typed of shown) {
          const command = understood(typed);
          if (command.kind === "change" && reason === "required")
            assert.match(command.reason ?? "", /OPS-4711$/, `after ${did}, "${typed}" leads to one more refusal`);
        }
      }
    });

    test(`help for a person without a role names who can grant one, unless a group's members are unknown, in ${locale}, reason ${reason}`, () => {
      const about = { reason, goldplan: "on", ticket, texts, command: "/receipt", admins: "<@U1>" } as const;
      const last = (of: Person) =>
        helpAnswer({ ...about, person: of })
          .split("\n")
          .at(-1);
      assert.equal(last(person("member", [])), texts.help.noRoles("<@U1>"));
      assert.equal(last({ ...person("member", []), groupsUnknown: true }), texts.roles.groupsUnknown);
      assert.equal(last({ ...person("member", ["admin"]), groupsUnknown: true }), texts.help.yourRoles(["admin"]));
    });

    test(`help for a person who is not a member lists only help and says why, in ${locale}, reason ${reason}`, () => {
      for (const standing of standings) {
        if (standing === "member") continue;
        const about = { person: person(standing, roles), reason, goldplan: "on", ticket, texts } as const;
        assert.deepEqual(linesFor(about).map(verbIn), ["help"]);
        const answer = helpAnswer({ ...about, command: "/receipt", admins: "<@U1>" });
        assert.equal(answer.split("\n").at(-1), texts.refusal.standing[standing]);
      }
    });
  }
