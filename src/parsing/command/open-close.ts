/** The text after `open` and `close`: one or more sub-merchant numbers, and a reason. */
import type { Action } from "../../domain/attempt-result.ts";
import type { SwitchObject } from "../../domain/goldplan/objects.ts";
import { digitsMin, plainDigits } from "../number-list/grammar.ts";
import { scan } from "../number-list/scan.ts";
import {
  addLabel,
  conjunctions,
  groupsFirst,
  isNearlyNumber,
  readSubMchid,
  type SubMchidProblem,
} from "../number-list/sub-mchid.ts";
import { hasVisible } from "../plain-text.ts";
import { mentionedUser, typedText } from "../slack-text.ts";
import { firstObject } from "./objects.ts";
import { beginsReason, type Doubt, doubtIn, hasLength, isLink, isTicket, type TicketIn } from "./reason-start.ts";
import { firstWord, type Read } from "./tokens.ts";

export interface OpenCloseCommand {
  kind: "change";
  action: Action;
  /** What to switch, if the command names it. */
  named: SwitchObject | undefined;
  /** Without duplicates, in the order in which they were typed. */
  subMchids: string[];
  reason: string | undefined;
  /** The names that were typed next to numbers, by number; missing if there are none. */
  labels?: Record<string, string>;
}

export type OpenCloseProblem =
  | { problem: "no-number" }
  | SubMchidProblem
  | (Unclear & PossibleReason)
  | Doubt
  | { problem: "reason-too-long"; length: number; max: number };

/** Text after the first number that may be a second one, or begin the reason. */
type Unclear =
  /** Digits that differ in form from the previous number: its second half, a date or a phone number. */
  | { problem: "second-number"; first: string; second: string }
  /** Text that resembles a number, but may also be a ticket or the like. */
  | { problem: "second-mistyped"; text: string; wrong: { character: string; place: number } };

/** How the text is typed if the reason begins with what is unclear. */
export interface PossibleReason {
  /** Those before it. */
  numbers: readonly string[];
  /** From the unclear text on. */
  reason: string;
  hasTicket: boolean;
}

/** The maximum length that fits into a message with its other parts; see the limits of Block Kit. */
export const reasonMax = 3_000;

/** @param namedFirst the object that was named before the verb; without one, it may be named after it */
export function readOpenClose(
  action: Action,
  after: string,
  { namedFirst, ticketIn = () => undefined }: { namedFirst?: SwitchObject; ticketIn?: TicketIn | undefined } = {},
): Read<OpenCloseCommand, OpenCloseProblem> {
  const namedAfter = namedFirst === undefined ? firstObject(after) : undefined;
  const named = namedFirst ?? namedAfter?.object;
  const rest = withoutListMarks(namedAfter?.rest ?? after).replace(wordsInFront, "");
  const groups = groupsFirst(typedText(rest));
  if (groups) return { ok: false, ...groups };
  const subMchids = new Set<string>();
  const labels: Record<string, string> = {};
  let first: NumberWord | undefined;
  let left = rest;
  for (;;) {
    const [word, after] = nextWord(left, ticketIn);
    if (first && isJoining(word, after)) {
      left = after;
      continue;
    }
    if (first && (isLink(typedText(word)) || isTicket(typedText(word), first.subMchid, ticketIn))) break;
    const { numbers, wrong, isNear } = readNumbers(word);
    if (wrong) {
      if (!first) return word === "" ? { ok: false, problem: "no-number" } : { ok: false, ...wrong };
      const problem = problemAfter([...subMchids], { numbers, wrong, isNear }, left, ticketIn);
      if (problem) return { ok: false, ...problem };
      break;
    }
    const above = [...subMchids];
    const isLabelled = subMchids.size === 0 || Object.keys(labels).length > 0;
    for (const number of numbers) {
      first ??= number;
      const pair = { first: first.subMchid, second: number.subMchid };
      if (number.subMchid.length !== first.subMchid.length) {
        const [before, reason] = above.length > 0 ? [above, left] : [[...subMchids], `${number.subMchid} ${after}`];
        return { ok: false, ...unclear({ problem: "second-number", ...pair }, before, reason, ticketIn) };
      }
      // `旧号1900000110` after a plain number begins the reason, or is a second sub-merchant.
      if (number.label !== undefined && !isLabelled) return { ok: false, problem: "number-in-reason", ...pair };
      subMchids.add(number.subMchid);
      if (number.label !== undefined) addLabel(labels, number.subMchid, number.label);
    }
    left = after;
  }
  const typed = typedText(left);
  const reason = hasVisible(typed) ? typed : undefined;
  const doubt = doubtIn(reason ?? "", first.subMchid, [...subMchids].at(-1) ?? "", ticketIn);
  if (doubt) return { ok: false, ...doubt };
  if (reason !== undefined && reason.length > reasonMax)
    return { ok: false, problem: "reason-too-long", length: reason.length, max: reasonMax };
  const command: OpenCloseCommand = {
    kind: "change",
    action,
    named,
    subMchids: [...subMchids],
    reason,
    ...(Object.keys(labels).length > 0 && { labels }),
  };
  return { ok: true, command };
}

/**
 * What is wrong with a word that is not a number; undefined if it begins the reason.
 * @param above the numbers before it
 * @param from the text that begins with it
 */
function problemAfter(
  above: readonly string[],
  { numbers, wrong, isNear }: WordRead & { wrong: SubMchidProblem },
  from: string,
  ticketIn: TicketIn,
): OpenCloseProblem | undefined {
  const [first = ""] = above;
  if (!isNear) {
    const beside = numbers.find(({ subMchid }) => subMchid.length === first.length);
    return beside && { problem: "number-in-reason", first, second: beside.subMchid };
  }
  if (numbers.length === 0 && beginsReason(wrong, first.length)) return undefined;
  const isOther =
    wrong.problem === "date" ||
    wrong.problem === "several-numbers" ||
    // `138-0013-8000` is a telephone.
    (wrong.problem === "grouped" && wrong.joined.length !== first.length);
  if (isOther && !hasLength(wrong.text, first.length))
    return unclear({ problem: "second-number", first, second: wrong.text }, above, from, ticketIn);
  if (wrong.problem === "not-digits" && wrong.wrong) {
    const mistyped = unclear({ ...wrong, problem: "second-mistyped", wrong: wrong.wrong }, above, from, ticketIn);
    // In a reason, too, it would be taken for a mistyped number.
    if (mistyped.problem === "second-mistyped") return mistyped;
  }
  return wrong;
}

/** A problem, with what to type if the text from there on is the reason; or what is wrong with that reason. */
function unclear(problem: Unclear, numbers: readonly string[], from: string, ticketIn: TicketIn): OpenCloseProblem {
  const reason = typedText(from);
  const [one = ""] = numbers;
  // With such a word before it, as the answer shows it, the unclear text itself is no number.
  const doubt = doubtIn(`contract ${reason}`, one, one, ticketIn);
  return doubt ?? { ...problem, numbers, reason, hasTicket: ticketIn(reason) !== undefined };
}

/** Directly before the first number, words that say no more than it does: `open receipts for merchant 1900000109`. */
const wordsInFront =
  /^\s*(?:(?:(?:for|of|the|sub[-_ ]?)?(?:merchants?|mch_?id|numbers?|no\.?)|for|(?:特约|子)?商户(?:号码?|编号)?)[\s:：]+)+(?=[0-9０-９]{8}|<tel:)/iu;

/** A pasted list: its fences of code, and the marks and positions before lines that contain a number. */
function withoutListMarks(text: string): string {
  return text.replace(fence, "$1").replace(lineMark, "$1");
}

const fence = /(^|\n)[ \t]*```[ \t]*(?=\n|$)/gu;
const lineMark = /(^|\n)[ \t]*(?:[-–—•·●○◦▪*]|[0-9]{1,3}[.)、．）])[ \t]+(?=[^\n]*[0-9０-９]{8})/gu;

/** The next word with a visible character. */
function nextWord(text: string, ticketIn: TicketIn = () => undefined): [word: string, after: string] {
  let [word, after] = firstWord(text);
  while (word !== "" && !hasVisible(typedText(word))) [word, after] = firstWord(after);
  const [, list = "", number = "", ticket = ""] = ticketBehind.exec(word) ?? [];
  if (ticket !== "" && isTicket(ticket, number, ticketIn)) return [list, `${ticket} ${after}`];
  const [, numbers = word, words = ""] = wordsBehind.exec(word) ?? [];
  if (words === "") return [numbers, after];
  // `12345678元` is an amount, as in a list.
  const isAmount = scan(plainDigits(word)).some(
    (part) => part.kind === "spoiled" && part.problem.problem === "not-digits",
  );
  return isAmount ? [word, after] : [numbers, `${words} ${after}`];
}

/** Chinese is typed without spaces: `1900000109新店开业` and `1900000109，新店开业` give a number and its reason. */
const wordsBehind = /^(.*[0-9０-９]{8}[,，;；。]?)((?![和与及以至到])\p{Script=Han}[^0-9０-９]*)$/su;

/** `1900000109,OPS-4711`. */
const ticketBehind = /^((?:.*[^0-9])?([0-9]{8,})[,，;；])([^,，;；]+)$/su;

interface NumberWord {
  subMchid: string;
  label: string | undefined;
}

interface WordRead {
  numbers: NumberWord[];
  /** The part that is not a number: the first that resembles one, or else the first. */
  wrong: SubMchidProblem | undefined;
  isNear: boolean;
}

/** A word is one number, or several separated by commas and the like, each with or without a name. */
function readNumbers(word: string): WordRead {
  const text = typedText(word);
  const none: SubMchidProblem = { problem: "not-digits", text, wrong: undefined };
  const numbers: NumberWord[] = [];
  const wrong: SubMchidProblem[] = [];
  for (const part of mentionedUser(word) ? [] : partsOf(text)) {
    const read = readSubMchid(part);
    if (read.ok) numbers.push({ subMchid: read.subMchid, label: read.label });
    else wrong.push(read);
  }
  const near = wrong.find(isNearlyNumber);
  const first = numbers.length === 0 ? (wrong[0] ?? none) : wrong[0];
  return { numbers, wrong: near ?? first, isNear: near !== undefined };
}

/** The parts between commas, or between conjunctions after a number; grouped digits stay together. */
function partsOf(text: string): string[] {
  const spoiled = scan(plainDigits(text)).some((part) => part.kind === "spoiled" && part.problem.problem === "grouped");
  const parts = spoiled ? [text] : text.split(betweenNumbers);
  const plain = parts.map((part) => part.replace(beforeNumber, ""));
  return plain.filter((part) => /[^\s\p{P}\p{C}]/u.test(part) && !alone.test(part));
}

/** A conjunction followed by a number, or by text that resembles one. */
function isJoining(word: string, after: string): boolean {
  if (!alone.test(typedText(word))) return false;
  const { numbers, isNear } = readNumbers(nextWord(after)[0]);
  return isNear || numbers.length > 0;
}

const words = conjunctions.words.join("|");
const alone = new RegExp(`^(?:${words}|以及|[${conjunctions.signs},，、;；]+)$`, "iu");
/** A conjunction within a name, `和平店（1900000511）`, does not separate anything. */
const betweenNumbers = new RegExp(
  `[,，、;；|]+|(?<=[0-9０-９）)])[${conjunctions.signs}]+(?=[^\\p{P}])|(?<=[0-9０-９]{${digitsMin}})[${conjunctions.signs}]`,
  "u",
);
const beforeNumber = new RegExp(`^\\s*(?:[${conjunctions.signs}]|以及)(?=[0-9０-９])`, "u");
