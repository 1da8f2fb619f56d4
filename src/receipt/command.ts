/** The text after `/receipt` -> a command, or what is wrong with it. */
import type { Action } from "./call.ts";
import { type Role, roles } from "./policy.ts";
import { readSubMchid, type SubMchidProblem } from "./sub-mchid.ts";
import { mentionedUser, typedText } from "./typed-text.ts";

export type Command =
  | { kind: "help" }
  | { kind: "change"; action: Action; subMchid: string; reason: string | undefined }
  | { kind: "roles" }
  | { kind: "grant" | "revoke"; userId: string; role: Role };

export type CommandProblem =
  | { problem: "unknown-verb"; verb: string }
  /** A number where the verb belongs. */
  | { problem: "no-verb"; subMchid: string }
  | { problem: "no-number"; verb: Verb }
  | ({ verb: Verb } & SubMchidProblem)
  | { problem: "second-number"; verb: Verb; first: string; second: string }
  | { problem: "reason-too-long"; length: number; most: number }
  | { problem: "no-person"; verb: Verb }
  | { problem: "not-a-person"; verb: Verb; text: string }
  | { problem: "no-role"; verb: Verb }
  | { problem: "unknown-role"; verb: Verb; text: string }
  | { problem: "too-much"; verb: Verb; text: string };

export type Parsed = { ok: true; command: Command } | ({ ok: false } & CommandProblem);

/** What a message may hold beside everything else that it says; see the limits of Block Kit. */
export const reasonMost = 3_000;

const verbs = {
  open: (rest, verb) => change("OPEN", rest, verb),
  close: (rest, verb) => change("CLOSE", rest, verb),
  grant: (rest, verb) => roleChange("grant", rest, verb),
  revoke: (rest, verb) => roleChange("revoke", rest, verb),
  roles: (rest, verb) => alone({ kind: "roles" }, rest, verb),
  help: () => ok({ kind: "help" }),
} as const satisfies Record<string, (rest: string, verb: Verb) => Parsed>;

export type Verb = "open" | "close" | "grant" | "revoke" | "roles" | "help";

/**
 * @param text the command's text as Slack sends it: mentions and links wrapped in `<…>`, `& < >` as entities.
 * An empty text asks for help.
 */
export function parseCommand(text: string): Parsed {
  const [word, rest] = firstWord(text);
  if (word === "") return ok({ kind: "help" });
  const verb = word.normalize("NFKC").toLowerCase();
  if (isVerb(verb)) return verbs[verb](rest, verb);
  const number = readSubMchid(typedText(word));
  if (number.ok) return { ok: false, problem: "no-verb", subMchid: number.subMchid };
  return { ok: false, problem: "unknown-verb", verb: typedText(word) };
}

function change(action: Action, rest: string, verb: Verb): Parsed {
  const [word, afterNumber] = firstWord(keepTogether(rest));
  if (word === "") return { ok: false, problem: "no-number", verb };
  if (mentionedUser(word)) return { ok: false, verb, problem: "not-digits", text: typedText(word), wrong: undefined };
  const number = readSubMchid(typedText(word));
  if (!number.ok) return { ...number, verb };
  // What follows is a reason, in words: bare digits after the number may be its other half, or a second one.
  const [next] = firstWord(afterNumber);
  const second = readSubMchid(typedText(next));
  if (second.ok) return { ok: false, problem: "second-number", verb, first: number.subMchid, second: second.subMchid };
  const reason = typedText(afterNumber);
  if (reason.length > reasonMost)
    return { ok: false, problem: "reason-too-long", length: reason.length, most: reasonMost };
  return ok({ kind: "change", action, subMchid: number.subMchid, reason: reason === "" ? undefined : reason });
}

function roleChange(kind: "grant" | "revoke", rest: string, verb: Verb): Parsed {
  const [person, afterPerson] = firstWord(rest);
  if (person === "") return { ok: false, problem: "no-person", verb };
  const userId = mentionedUser(person);
  if (!userId) return { ok: false, problem: "not-a-person", verb, text: typedText(person) };
  const [word, afterRole] = firstWord(afterPerson);
  if (word === "") return { ok: false, problem: "no-role", verb };
  const role = roles.find((known) => known === word.normalize("NFKC").toLowerCase());
  if (!role) return { ok: false, problem: "unknown-role", verb, text: typedText(word) };
  return alone({ kind, userId, role }, afterRole, verb);
}

function alone(command: Command, rest: string, verb: Verb): Parsed {
  return rest.trim() === "" ? ok(command) : { ok: false, problem: "too-much", verb, text: typedText(rest) };
}

/** A `<…>` of Slack's is one word, blanks and all. */
function firstWord(text: string): [word: string, rest: string] {
  const match = /^\s*((?:<[^<>]*>|[^\s<])+|\S*)\s*(.*)$/su.exec(text);
  return [match?.[1] ?? "", match?.[2] ?? ""];
}

/** Unbreakable and thin blanks between the digits at the start group one number; between words they are blanks. */
function keepTogether(text: string): string {
  return text.replace(/^\s*[0-9]+(?:[\u00a0\u2007-\u200a\u202f][0-9]+)+/u, (number) =>
    number.trimStart().replace(/\s/gu, "-"),
  );
}

function isVerb(word: string): word is Verb {
  return Object.hasOwn(verbs, word);
}

function ok(command: Command): Parsed {
  return { ok: true, command };
}
