/** The result of parsing one line of a list: its numbers and the reported problems. */
import {
  type Digits,
  type DigitsProblem,
  digitsMin,
  freeDigitsMax,
  isDate,
  isTelling,
  type Spoiled,
  subMchidMax,
} from "./grammar.ts";

export type Item = { kind: "number"; line: number; subMchid: string; label: string | undefined } | ProblemItem;

export interface ProblemItem {
  kind: "problem";
  problem: ListProblem;
}

/** An entry that was not accepted, with the reason; `line` is counted from 1, and 0 for a part of a workbook. */
export type ListProblem = { line: number } & (
  | DigitsProblem
  /** Fewer digits than a number has, such as an amount, a total or the beginning of a number. */
  | { problem: "too-short"; text: string }
  /** More digits than a number has, such as a phone number or an order number. */
  | { problem: "too-long"; text: string; digits: number }
  /** The sum of the numbers directly above or below it. */
  | { problem: "sum"; text: string }
  /** The service provider's own number. */
  | { problem: "ours"; text: string }
  /** `words` beside or above the number name the other action than the request's. */
  | { problem: "other-action"; text: string; words: string }
  /** `words` are the header and the cell of a column that does not clearly mean the row, such as `是否开通 = 否`. */
  | { problem: "marked-no" | "unanswered"; text: string; words: string }
  /** Words for further numbers that are not listed, such as `and 309 more`. */
  | { problem: "unlisted"; text: string }
  /** No number in the column of numbers. */
  | { problem: "no-number"; text: string }
  /** Another column that contains digits, by its header or its letter; reported once. */
  | { problem: "other-column"; text: string }
  /** Numbers in more than one column, without a header that names one of them. */
  | { problem: "several-columns"; text: string }
  /** A row has more cells than the header, so its columns are uncertain. */
  | { problem: "longer-than-head"; text: string }
  /** Digits in the header, or in the title above it. */
  | { problem: "above-head"; text: string }
  /** A line that looks like a row, within quotes that an earlier row has opened. */
  | { problem: "within-quotes"; text: string }
  /** A formula whose result is not in the workbook, by its cell. */
  | { problem: "formula"; text: string }
  /** Another sheet than the first visible one of a workbook, by its name; reported once. */
  | { problem: "other-sheet"; text: string }
  /** Rows of a workbook that a filter or a person has hidden, with their first few numbers. */
  | { problem: "hidden-rows"; text: string; count: number }
  /** Rows of a workbook with a line through a number, with their first few numbers. */
  | { problem: "struck-rows"; text: string; count: number }
  /** A hidden column of a workbook, by its letter. */
  | { problem: "hidden-column"; text: string }
);

/** The problems that contain only their text. */
type TextProblem = Exclude<
  ListProblem,
  {
    problem:
      | "not-digits"
      | "several-numbers"
      | "grouped"
      | "other-label"
      | "other-action"
      | "marked-no"
      | "unanswered"
      | "too-long"
      | "hidden-rows"
      | "struck-rows";
  }
>;

export function problemItem(problem: TextProblem["problem"], line: number, text: string): ProblemItem {
  return { kind: "problem", problem: { line, problem, text: clipped(text.trim()) } };
}

/** A number becomes the problem that the text around it makes of it. A problem stays what it is. */
export function reported(
  item: Item,
  why:
    | { problem: "excepted" | "sum" }
    | { problem: "other-label"; label: string }
    | { problem: "other-action" | "marked-no" | "unanswered"; words: string },
): ProblemItem {
  if (item.kind === "problem") return item;
  return { kind: "problem", problem: { line: item.line, text: item.subMchid, ...why } };
}

/** Rule 5: digits in free text. Undefined for digits that are neither a number nor reported. */
export function freeItem(line: number, part: Digits | Spoiled, label: string | undefined): Item | undefined {
  if (part.kind === "spoiled") return isReported(part) ? spoiledItem(line, part) : undefined;
  const { digits } = part;
  if (digits.length < 4) return undefined;
  if (digits.length > freeDigitsMax) return tooLong(line, digits);
  if (isDate(digits)) return { kind: "problem", problem: { line, problem: "date", text: digits } };
  return digits.length < digitsMin
    ? problemItem("too-short", line, digits)
    : { kind: "number", line, subMchid: digits, label };
}

/** Rule 6: the only digits in a cell of the column of numbers. */
export function cellItem(line: number, part: Digits | Spoiled, label: string | undefined): Item {
  if (part.kind === "spoiled") return spoiledItem(line, part);
  const { digits } = part;
  if (digits.length < digitsMin) return problemItem("too-short", line, digits);
  return digits.length > subMchidMax ? tooLong(line, digits) : { kind: "number", line, subMchid: digits, label };
}

function isReported({ problem }: Spoiled): boolean {
  const { length } = problem.text.replace(/[^0-9]/g, "");
  if (problem.problem === "incomplete" && length >= incompleteMin) return true;
  return alwaysReported.has(problem.problem) || isTelling(problem.text);
}

/** Minimum digits of a number with marks for the others: `190 **** 511`. */
const incompleteMin = 6;

/** Also with fewer than four digits. */
const alwaysReported: ReadonlySet<DigitsProblem["problem"]> = new Set([
  "shortened",
  "abbreviated",
  "range",
  "excepted",
]);

function spoiledItem(line: number, { problem }: Spoiled): Item {
  return { kind: "problem", problem: { line, ...problem, text: clipped(problem.text) } };
}

function tooLong(line: number, digits: string): Item {
  return { kind: "problem", problem: { line, problem: "too-long", text: clipped(digits), digits: digits.length } };
}

/** Enough characters to recognize a line. */
const textMax = 200;

export function clipped(text: string): string {
  return text.slice(0, textMax).toWellFormed();
}
