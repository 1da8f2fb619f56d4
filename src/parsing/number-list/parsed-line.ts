/** What one line of a list of numbers comes to: numbers, and what is none. */
import { readSubMchid, type SubMchidProblem, subMchidMax } from "./sub-mchid.ts";

export interface ParsedLine {
  line: number;
  items: Item[];
}

export type Item = { kind: "number"; subMchid: string } | { kind: "problem"; problem: ListProblem };

/** What was not understood; `line` is counted from 1. */
export type ListProblem = { line: number } & (
  | SubMchidProblem
  /** A spreadsheet wrote the number as `1.9E+09`, and its last digits are lost. */
  | { problem: "shortened"; text: string }
  /** A line with words and no number. */
  | { problem: "no-number"; text: string }
  /** Digits beside others or words on their line, of another length than the list's numbers; nobody can tell what they are. */
  | { problem: "other-length"; text: string }
  /** Numbers of one length stand in several columns, none of which has a name that says which are the sub-merchants'. */
  | { problem: "several-columns"; text: string }
  /** A row of the table has more columns than the names at its head: nobody can tell which is which. */
  | { problem: "longer-than-head"; text: string }
  /** A number in the title above the names of the columns. */
  | { problem: "above-head"; text: string }
  /** A line that looks like a row, within quotes that an earlier row has opened. */
  | { problem: "within-quotes"; text: string }
);

type TextProblem = Extract<ListProblem, { problem: Exclude<ListProblem["problem"], SubMchidProblem["problem"]> }>;

export function problemItem(problem: TextProblem["problem"], line: number, text: string): Item {
  return { kind: "problem", problem: { line, problem, text: text.trim().slice(0, textMax) } };
}

/** @param text as it is shown where it is no number */
export function numberItem(line: number, word: string, text = word): Item {
  // Most words are plain numbers, and there may be hundreds of thousands.
  if (plainNumber.test(word)) return { kind: "number", subMchid: word };
  const read = readSubMchid(word);
  if (read.ok) return { kind: "number", subMchid: read.subMchid };
  if (shortened.test(word)) return problemItem("shortened", line, text);
  const { ok: _, ...problem } = read;
  const shown = "text" in problem ? { text: text.slice(0, textMax) } : {};
  return { kind: "problem", problem: { line, ...problem, ...shown } };
}

/** Enough to recognise a line by. */
const textMax = 200;

const plainNumber = new RegExp(`^[0-9]{1,${subMchidMax}}$`);
const shortened = /^[`"']?[0-9]([.,][0-9]+)?e\+?[0-9]+["']?$/i;
