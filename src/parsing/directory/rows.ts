/** Reads the rows of a merchant directory. Nothing is dropped: each row is an entry or a problem. */
import { type DirectoryEntry, nameMax, noteMax, searchForm } from "../../domain/directory/merchant.ts";
import { formulaItem } from "../number-list/column-numbers.ts";
import { totalLabel } from "../number-list/context/words-beside.ts";
import { type CsvLine, isErrorValue, uncalculatedCell } from "../number-list/csv-reader.ts";
import { digitsMin } from "../number-list/grammar.ts";
import { clipped, type ListProblem, problemItem } from "../number-list/parsed-line.ts";
import { readSubMchid, type SubMchidProblem } from "../number-list/sub-mchid.ts";
import { oneLine } from "../plain-text.ts";
import type { DirectoryColumns } from "./columns.ts";
import { createSumCheck, mayBeName } from "./sums.ts";

/** `line` is counted from 1, and 0 for a part of a workbook. */
export type DirectoryProblem =
  | ListProblem
  | ({ line: number } & (
      | { problem: "no-name"; subMchid: string }
      | { problem: "name-too-long" | "note-too-long"; subMchid: string; length: number; max: number }
    ));

export type DirectoryRow =
  | { kind: "entry"; line: number; entry: DirectoryEntry }
  | { kind: "problem"; problem: DirectoryProblem };

export interface RowReader {
  /** Undefined for the header and the lines above it. */
  read(row: CsvLine): DirectoryRow | undefined;
  /** Problems of rows that show only once all of them were read. */
  problemsOfAll(): DirectoryRow[];
}

/** @param ours our own number, which is not a merchant's */
export function createRowReader(columns: DirectoryColumns, ours: string | undefined): RowReader {
  const sums = createSumCheck();
  return {
    read(row) {
      if (row.line <= columns.line) return undefined;
      const label = totalLabel(row.cells);
      const read = directoryRow(row, label, columns, ours);
      if (read.kind === "problem" || !sums.add(read.line, read.entry.subMchid, label)) return read;
      return problemItem("sum", read.line, read.entry.subMchid);
    },
    problemsOfAll: () => sums.possibleSums().map(({ line, subMchid, label }) => labelled(line, subMchid, label)),
  };
}

/** @param label the word for a sum in one of its cells */
function directoryRow(
  { line, cells, text }: CsvLine,
  label: string | undefined,
  columns: DirectoryColumns,
  ours: string | undefined,
): DirectoryRow {
  const cell = (column: number | undefined) => (column === undefined ? "" : oneLine(withoutMarks(cells[column] ?? "")));
  const formula = [columns.number, columns.name, columns.note].find(
    (column = -1) => cells[column] === uncalculatedCell,
  );
  if (formula !== undefined) return formulaItem(line, formula);
  const number = subMchidIn(cell(columns.number), line, text, ours);
  if (label !== undefined && (typeof number !== "string" || !mayBeName(label, number)))
    return labelled(line, cell(columns.number) || oneRow(text), label);
  if (typeof number !== "string") return { kind: "problem", problem: number };
  const [name, note] = [cell(columns.name), cell(columns.note)];
  const wrong = nameProblem(name, note);
  if (wrong) return { kind: "problem", problem: { line, subMchid: number, ...wrong } };
  return { kind: "entry", line, entry: { subMchid: number, name, note: note === "" ? undefined : note } };
}

function labelled(line: number, text: string, label: string): DirectoryRow {
  return { kind: "problem", problem: { line, problem: "other-label", text, label } };
}

/** The number, or the problem with the cell. */
function subMchidIn(cell: string, line: number, row: string, ours: string | undefined): string | ListProblem {
  if (cell === "") return { line, problem: "no-number", text: oneRow(row) };
  const read = readSubMchid(cell);
  if (!read.ok) return { line, ...withText(read, cell) };
  const { subMchid, label } = read;
  if (label !== undefined) return { line, problem: "not-digits", text: cell, wrong: undefined };
  if (subMchid === ours) return { line, problem: "ours", text: subMchid };
  return subMchid.length < digitsMin ? { line, problem: "too-short", text: cell } : subMchid;
}

function withText(read: SubMchidProblem, text: string) {
  return read.problem === "too-long" ? { ...read, text } : read;
}

function nameProblem(name: string, note: string) {
  // A name of marks alone could not be found, and `#N/A` is the result of a failed search for a name.
  if (searchForm(name) === "" || isErrorValue(name)) return { problem: "no-name" } as const;
  const [nameLength, noteLength] = [[...name].length, [...note].length];
  if (nameLength > nameMax) return { problem: "name-too-long", length: nameLength, max: nameMax } as const;
  if (noteLength > noteMax) return { problem: "note-too-long", length: noteLength, max: noteMax } as const;
  return undefined;
}

/** A row as people are shown it. */
function oneRow(row: string): string {
  return clipped(oneLine(row));
}

/** Our own CSV files have a backtick before what a spreadsheet would execute or reformat; see csv-writer.ts. */
function withoutMarks(cell: string): string {
  return cell.replace(/(^|;)`(?=\s*["'“”‘’]*[=+\-@＝＋－＠0-9])/gu, "$1");
}
