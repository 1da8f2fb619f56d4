/** Help lists every command that somebody may use and no other, each with an example that is understood as it stands. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { sentText } from "../../src/playground/slack/typed-text.ts";
import { type Command, parseCommand, type Verb, verbNames } from "../../src/receipt/command.ts";
import { type Person, type Role, roles, type Standing, standings } from "../../src/receipt/policy.ts";
import { helpAnswer } from "../../src/slack/blocks/help.ts";
import { textsOf } from "../../src/text/texts.ts";

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
      return held.length > 0;
    case "grant":
    case "revoke":
    case "export":
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

/** The lines of help that show a command, understood as Slack sends it. */
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
  assert.ok(parsed.ok, `help shows "${typed}", which is not understood: ${JSON.stringify(parsed)}`);
  return parsed.command;
}

const person = (standing: Standing, held: readonly Role[]): Person => ({ id: "U1", standing, roles: new Set(held) });

/** What a command shows itself as in the list: `open` and `close` are one kind of command. */
function verbOf({ typed, command }: Line): Verb | "form" {
  if (command.kind === "form") return "form";
  const verb = everyVerb.find((each) => (verbNames[each] as readonly string[]).includes(typed.split(" ")[0] ?? ""));
  assert.ok(verb, typed);
  assert.equal(command.kind, verb === "open" || verb === "close" ? "change" : verb);
  return verb;
}

for (const locale of ["en", "zh-CN"] as const)
  for (const reason of ["optional", "required"] as const) {
    const texts = textsOf(locale);
    for (const held of everySet)
      test(`whoever is ${held.join(", ") || "nothing"} is shown what they may type, in ${locale}, reason ${reason}`, () => {
        const lines = linesFor({ person: person("member", held), reason, texts });
        const expected = [
          ...everyVerb.filter((verb) => allowed(verb, held)),
          ...(held.includes("requester") ? ["form"] : []),
        ];
        assert.deepEqual([...new Set(lines.map(verbOf))].sort(), expected.sort());
        if (reason === "required")
          for (const { command } of lines) if (command.kind === "change") assert.ok(command.reason);
        const isOfOthers = ({ command }: Line) => command.kind === "roles" && command.of !== undefined;
        assert.equal(lines.some(isOfOthers), held.includes("admin"));
      });

    test(`what a line of help says can stand behind its command is understood there, in ${locale}, reason ${reason}`, () => {
      const lines = linesFor({ person: person("member", roles), reason, texts });
      const verbs = { history: texts.typed.verb.history, export: texts.typed.verb.export };
      const extended = lines.flatMap(({ command: { kind }, meaning }) =>
        kind === "history" || kind === "export"
          ? [...meaning.matchAll(/`([^`]+)`/g)].map(([, rest = ""]) => understood(`${verbs[kind]} ${rest}`).kind)
          : [],
      );
      assert.deepEqual(extended, ["history", "export"]);
    });

    test(`who is no member is shown no command but help, and why, in ${locale}, reason ${reason}`, () => {
      for (const standing of standings) {
        if (standing === "member") continue;
        const about = { person: person(standing, roles), reason, texts };
        assert.deepEqual(linesFor(about).map(verbOf), ["help"]);
        const answer = helpAnswer({ ...about, command: "/receipt", admins: "<@U1>" });
        assert.equal(answer.split("\n").at(-1), texts.refusal.standing[standing]);
      }
    });
  }
