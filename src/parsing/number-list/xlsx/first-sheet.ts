/**
 * The sheet of a workbook that is read, and the report of what is not read of the workbook, so that none of its numbers
 * is dropped silently.
 */
import { oneLine } from "../../plain-text.ts";
import { columnLetter } from "../column-numbers.ts";
import type { CsvLine } from "../csv-reader.ts";
import { clipped, type ProblemItem, problemItem } from "../parsed-line.ts";

/** How many rows may contain numbers, and the first few cells that do. */
export interface UnreadRows {
  count: number;
  numbers: readonly string[];
}

/**
 * The first sheet that is not hidden, as a person sees it. Whether a cell may contain a number, `mayHoldNumber` says.
 */
export interface FirstSheet {
  rows: readonly CsvLine[];
  /** The names of the other sheets with a cell that may contain a number, hidden or not. */
  otherSheets: readonly string[];
  hiddenRows: UnreadRows;
  /** Rows that are visible, by those of their cells that a line goes through. */
  struckRows: UnreadRows;
  /** The positions of the hidden columns that may contain numbers, from 0. */
  hiddenColumns: readonly number[];
}

/**
 * One problem for each of the other sheets, for all hidden rows and for all struck ones. They have no line in the list,
 * so they come first.
 */
export function unreadItems({ otherSheets, hiddenRows, struckRows }: FirstSheet): ProblemItem[] {
  return [
    ...otherSheets.map((name) => problemItem("other-sheet", 0, oneLine(name))),
    ...rowsItem("hidden-rows", hiddenRows),
    ...rowsItem("struck-rows", struckRows),
  ];
}

function rowsItem(problem: "hidden-rows" | "struck-rows", { count, numbers }: UnreadRows): ProblemItem[] {
  const text = numbers.map(oneLine).map(clipped).join(" ");
  return count > 0 ? [{ kind: "problem", problem: { line: 0, problem, text, count } }] : [];
}

/** One problem for each hidden column. A list without a known header is searched for numbers in every column. */
export function hiddenColumnItems({ hiddenColumns }: FirstSheet): ProblemItem[] {
  return hiddenColumns.map((column) => problemItem("hidden-column", 0, columnLetter(column)));
}
