/**
 * Reads the numbers of a table whose number column is known. Every other column that contains digits is reported once.
 */
import type { Action } from "../../domain/attempt-result.ts";
import { columnsWithoutNames, isOwnHeaderRow, nameColumn } from "../column-headers.ts";
import { actionIn, marked, otherActionCells } from "./context/action-words.ts";
import { isNoName } from "./context/no-names.ts";
import { isNegatedAfterwards, judgedByRow } from "./context/words-beside.ts";
import { answersOf } from "./context/yes-no-columns.ts";
import { type CsvLine, csvLines, type Separator, uncalculatedCell } from "./csv-reader.ts";
import { plainDigits } from "./grammar.ts";
import { cellItem, freeItem, type Item, type ProblemItem, problemItem } from "./parsed-line.ts";
import { isExceptionAlone, scan } from "./scan.ts";
import { labelBeside } from "./sub-mchid.ts";

export interface NumberColumn {
  /** The header line, counted from 1; the lines above are the table's title. 0 if there is no header. */
  line: number;
  /** The column's position in each line, from 0. */
  column: number;
  /** The number of columns in the header, including empty names; undefined if there is no header. */
  width: number | undefined;
  /** The separator used to detect rows within quotes; undefined if the cells do not come from text. */
  separator: Separator | undefined;
}

/** @param action the request's, if rows may name another one */
export function columnNumbers(lines: readonly CsvLine[], known: NumberColumn, action?: Action): Item[] {
  const table = lines.map(({ cells }) => cells);
  const otherAction = otherActionCells(table, action);
  const answered = answersOf(table, action);
  const header = known.line > 0 ? lines.find(({ line }) => line === known.line) : undefined;
  const named = header && nameColumn(header.cells);
  const notNames = new Set(header ? columnsWithoutNames(header.cells) : []);
  /** The words alone on a row that the rows below belong to. */
  let above = "";
  const rows = lines.flatMap((row): Item[] => {
    if (row.line < known.line) return hasDigits(row.text) ? [problemItem("above-head", row.line, row.text)] : [];
    if (row.line === known.line) return headItems(row, known);
    above = wordsAlone(row.cells) ?? above;
    const words = otherAction(row.cells) ?? (actionIn(above, action) === "other" ? above : undefined);
    const items = judgedByRow(rowItems(row, known, { named, notNames }), row.cells, isExceptionAlone(above));
    return [...answered(items, row.cells).map((item) => marked(item, words)), ...rowsWithinQuotes(row, known)];
  });
  return header && isOwnHeaderRow(header.cells) ? rows : [...rows, ...otherColumns(lines, known)];
}

/** The only filled cell of a row without digits. */
function wordsAlone(cells: readonly string[]): string | undefined {
  const [only, ...others] = cells.filter((cell) => cell.trim() !== "");
  return only === undefined || others.length > 0 || hasDigits(only) ? undefined : only.trim();
}

/** `A`, `B` and so on, for columns without a name. */
export function columnLetter(column: number): string {
  const letter = String.fromCharCode(65 + (column % 26));
  return column < 26 ? letter : columnLetter(Math.floor(column / 26) - 1) + letter;
}

/** Its own digits are not read, because they are not what a spreadsheet would show. */
export function formulaItem(line: number, column: number): ProblemItem {
  return problemItem("formula", line, `${columnLetter(column)}${line}`);
}

function headItems({ line, cells }: CsvLine, { column }: NumberColumn): Item[] {
  const name = cells[column] ?? "";
  return hasDigits(name) ? [problemItem("above-head", line, name)] : [];
}

/**
 * The column's cell. Its label is the name next to the number, or else the cell in the column of names; without such a
 * column, the first words of another cell.
 */
function rowItems(row: CsvLine, known: NumberColumn, names: NameColumns): Item[] {
  const { line, cells, text } = row;
  if (isTooLong(row, known)) return [problemItem("longer-than-head", line, text)];
  const cell = plainDigits(cells[known.column] ?? "");
  if (cell === uncalculatedCell) return [formulaItem(line, known.column)];
  const found = scan(cell);
  const [only, ...others] = found;
  if (!only) return [problemItem("no-number", line, cell.trim() === "" ? cells.join(" ") : cell)];
  const label = found.length === 1 ? labelBeside(cell.slice(0, only.start), cell.slice(only.end)) : undefined;
  if (others.length === 0 && isNegatedAfterwards(cell.slice(only.end)))
    return [problemItem("excepted", line, cell.slice(only.start, only.end))];
  if (others.length === 0) return [cellItem(line, only, label ?? nameIn(cells, known.column, names))];
  const items = found.flatMap((part) => freeItem(line, part, undefined) ?? []);
  return items.length > 0 ? items : [problemItem("no-number", line, cell)];
}

/** A comma outside quotes has moved the rest of the row into the next column. */
function isTooLong({ cells }: CsvLine, { column, width }: NumberColumn): boolean {
  return width !== undefined && column > 0 && cells.slice(width).some((cell) => cell.trim() !== "");
}

interface NameColumns {
  /** The column of names; undefined if no header determines it. */
  named: number | undefined;
  /** Columns of other words. */
  notNames: ReadonlySet<number>;
}

function nameIn(cells: readonly string[], column: number, { named, notNames }: NameColumns): string | undefined {
  // A cell in brackets is a remark, as in our own files: `(not in the directory)`.
  if (named !== undefined) return isRemark(cells[named] ?? "") ? undefined : labelBeside(cells[named] ?? "", "");
  const isOther = (cell: string, at: number) => at === column || notNames.has(at) || hasDigits(cell) || isNoName(cell);
  const [name] = cells.flatMap((cell, at) => (isOther(cell, at) ? [] : (labelBeside(cell, "") ?? [])));
  return name;
}

function isRemark(cell: string): boolean {
  return /^\s*[(（][^()（）]*[)）]\s*$/u.test(cell);
}

function otherColumns(lines: readonly CsvLine[], known: NumberColumn): Item[] {
  const columns = new Set<number>();
  for (const row of lines) {
    if (row.line < known.line || (row.line > known.line && isTooLong(row, known))) continue;
    row.cells.forEach((cell, column) => {
      if (column !== known.column && !columns.has(column) && hasDigits(cell)) columns.add(column);
    });
  }
  const names = lines.find(({ line }) => line === known.line)?.cells;
  return [...columns]
    .sort((a, b) => a - b)
    .map((column) =>
      problemItem("other-column", Math.max(1, known.line), names?.[column]?.trim() || columnLetter(column)),
    );
}

function hasDigits(text: string): boolean {
  return /[0-9０-９]/.test(text) && /[0-9]{4}/.test(plainDigits(text));
}

/** A quote that is not closed where it should be takes the rows below into its cell. */
function rowsWithinQuotes({ line, cells }: CsvLine, { column, separator, width = 1 }: NumberColumn): Item[] {
  if (separator === undefined) return [];
  const within = cells.flatMap((cell) => cell.split("\n").slice(1));
  return within.flatMap((text, nth): Item[] => {
    const [inner] = csvLines(text, separator, "within-a-line");
    const isRow = inner && inner.cells.length >= Math.min(2, width) && hasWholeNumber(inner.cells[column] ?? "");
    return isRow ? [problemItem("within-quotes", line + nth + 1, text)] : [];
  });
}

function hasWholeNumber(cell: string): boolean {
  const [only, ...others] = scan(plainDigits(cell));
  return only?.kind === "digits" && only.digits.length >= 8 && others.length === 0;
}
