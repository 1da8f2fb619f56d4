/** What follows `open` and `close`: one sub-merchant's number or several, and a reason. */
import type { Action } from "./call.ts";
import { firstWord, type Read } from "./command-words.ts";
import { readSubMchid, type SubMchidProblem } from "./sub-mchid.ts";
import { mentionedUser, typedText } from "./typed-text.ts";

export interface ChangeCommand {
  kind: "change";
  action: Action;
  /** None twice, in the order in which they were typed. */
  subMchids: string[];
  reason: string | undefined;
}

export type ChangeProblem =
  | { problem: "no-number" }
  | SubMchidProblem
  /** Digits of another form than the number before: its other half, a date, a telephone; nobody can tell. */
  | { problem: "second-number"; first: string; second: string }
  | { problem: "reason-too-long"; length: number; most: number };

/** What a message may hold beside everything else that it says; see the limits of Block Kit. */
export const reasonMost = 3_000;

export function readChange(action: Action, rest: string): Read<ChangeCommand, ChangeProblem> {
  const subMchids = new Set<string>();
  let left = keepTogether(rest);
  for (;;) {
    const [word, after] = firstWord(left);
    if (word !== "" && !isSeen.test(typedText(word))) {
      left = after;
      continue;
    }
    const [first] = subMchids;
    const numbers = readNumbers(word);
    if (!numbers.ok) {
      if (word === "" && first === undefined) return { ok: false, problem: "no-number" };
      // A word that is nearly a number is a mistyped one, wherever it stands; any other begins the reason.
      if (first === undefined || (numbers.problem === "not-digits" && numbers.wrong)) return numbers;
      break;
    }
    for (const subMchid of numbers.subMchids) {
      if (first !== undefined && !(subMchid.length === first.length && typedText(word).includes(subMchid)))
        return { ok: false, problem: "second-number", first, second: subMchid };
      subMchids.add(subMchid);
    }
    left = after;
  }
  const reason = typedText(left);
  if (reason.length > reasonMost)
    return { ok: false, problem: "reason-too-long", length: reason.length, most: reasonMost };
  const command: ChangeCommand = {
    kind: "change",
    action,
    subMchids: [...subMchids],
    reason: reason === "" ? undefined : reason,
  };
  return { ok: true, command };
}

/** A word is one number, or several between commas. */
function readNumbers(word: string): { ok: true; subMchids: string[] } | ({ ok: false } & SubMchidProblem) {
  const text = typedText(word);
  if (mentionedUser(word)) return { ok: false, problem: "not-digits", text, wrong: undefined };
  const whole = readSubMchid(text);
  if (whole.ok) return { ok: true, subMchids: [whole.subMchid] };
  const parts = text.split(/[,;，；、]+/).filter((part) => part !== "");
  const read = parts.map(readSubMchid).filter((part) => part.ok);
  if (parts.length < 2 || read.length < parts.length) return whole;
  return { ok: true, subMchids: read.map(({ subMchid }) => subMchid) };
}

/** Marks that nobody sees, such as one that turns the direction of writing, come along when text is pasted. */
const isSeen = /[^\s\p{Cf}]/u;

/** Unbreakable and thin blanks between the digits at the start group one number; between words they are blanks. */
function keepTogether(text: string): string {
  return text.replace(/^\s*[0-9]+(?:[\u00a0\u2007-\u200a\u202f][0-9]+)+/u, (number) =>
    number.trimStart().replace(/\s/gu, "-"),
  );
}
