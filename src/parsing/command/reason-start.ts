/** Tells where a command's numbers end and its reason begins, and what in a reason may be meant as a number. */
import { ticketMax } from "../../domain/tickets/tickets.ts";
import { type DigitsProblem, digitsMin, freeDigitsMax, isDate, plainDigits } from "../number-list/grammar.ts";
import { scan } from "../number-list/scan.ts";
import type { SubMchidProblem } from "../number-list/sub-mchid.ts";

/** What in a reason may be meant as a sub-merchant. */
export type Doubt =
  | DigitsProblem
  /** A number that may be a second sub-merchant, or part of the reason. */
  | { problem: "number-in-reason"; first: string; second: string };

/** The first ticket in a text. */
export type TicketIn = (text: string) => string | undefined;

/**
 * Whether a word that is no number cannot be meant as one like those before it: `24h`, `#4711` and `A-1234` have too
 * few signs, and `INC0012345` begins with a word. With one letter, or letters like `1` and `0`, it may be one.
 * @param length of the numbers before it
 */
export function beginsReason(problem: SubMchidProblem, length: number): boolean {
  if (problem.problem !== "not-digits" || problem.wrong === undefined) return false;
  const signs = [...problem.text.normalize("NFKC")].filter((sign) => /[\p{L}\p{N}]/u.test(sign));
  if (signs.length < Math.min(digitsMin, length - 1)) return true;
  const word = wordFirst(signs.join(""));
  return word !== "" && signs.length - word.length < digitsMin;
}

/** The letters that a text begins with, unless they may be mistyped digits. */
function wordFirst(text: string): string {
  const [word = ""] = /^\p{L}{2,}/u.exec(text) ?? [];
  return /[^lIioO]/u.test(word) ? word : "";
}

/** The digits of a link are not a number, and people see the link in the reason. */
export function isLink(word: string): boolean {
  return /^[([<"'“（【]*[a-z][a-z0-9+.-]*:\/\/./iu.test(word);
}

/** A ticket begins the reason. A pattern may also match what is, or was meant as, another number like the first. */
export function isTicket(word: string, first: string, ticketIn: TicketIn): boolean {
  // Longer words are none, and the expression takes long for some of them.
  if (word.length > ticketMax + 10) return false;
  const bare = word.replace(/^[(（[【"“]+|[)）\]】"”.,，、;；:：。]+$/gu, "");
  const digits = bare.replace(/[^0-9]/g, "");
  const isLikeFirst = digits.length >= digitsMin && bare.charAt(0) === first.charAt(0);
  const mayBeNumber = isLikeFirst || (digits.length === first.length && wordFirst(bare) === "");
  return bare !== "" && ticketIn(bare) === bare && !mayBeNumber;
}

/** Whether one of the numbers in a text has as many digits. */
export function hasLength(text: string, length: number): boolean {
  return text.split(/[^0-9]+/).some((digits) => digits.length === length);
}

/**
 * Numbers in a reason that may be meant as another sub-merchant; dates, tickets and numbers with another label are part
 * of the reason.
 */
export function doubtIn(reason: string, first: string, last: string, ticketIn: TicketIn): Doubt | undefined {
  for (const part of scan(plainDigits(`${last} ${reason}`))) {
    const numbers = part.kind === "digits" ? [part.digits] : rangeOrException(part.problem);
    const isFirst = part.start === 0;
    const second = numbers
      .slice(isFirst ? 1 : 0)
      .find((digits) => isPlausible(digits, first.length) && !isTicket(digits, first, ticketIn));
    if (part.kind === "spoiled" && numbers.length > 0 && (isFirst || second !== undefined)) return part.problem;
    if (part.kind === "spoiled" && isMistyped(part.problem, first)) return part.problem;
    if (second !== undefined) return { problem: "number-in-reason", first, second };
  }
  return undefined;
}

/** As long as the first number, but for what makes it none. Tickets, telephones and amounts of money are seldom so. */
function isMistyped(problem: DigitsProblem, first: string): boolean {
  switch (problem.problem) {
    case "grouped":
      return problem.joined.length === first.length && problem.joined.charAt(0) === first.charAt(0);
    case "several-numbers":
      return hasLength(problem.text, first.length);
    case "not-digits":
      return [...problem.text].length === first.length && resemblesDigits.test(problem.text);
    case "incomplete":
      return (problem.text.match(/[0-9]/g)?.length ?? 0) >= digitsMin;
    case "shortened":
      return true;
    default:
      return false;
  }
}

/** One letter after the first digit, or digits of another kind. */
const resemblesDigits = /^(?:[0-9]+\p{L}[0-9]*|\p{N}+)$/u;

function rangeOrException({ problem, ...what }: DigitsProblem): readonly string[] {
  return problem === "range" || problem === "excepted" ? (what.text.match(/[0-9]+/g) ?? []) : [];
}

function isPlausible(digits: string, usual: number): boolean {
  const { length } = digits;
  return length >= digitsMin && (length <= freeDigitsMax || length === usual) && !isDate(digits);
}
