/**
 * The part of a sheet that a person sees in Excel and that no line goes through, and what hidden rows and columns and
 * struck cells hold.
 */
import { type CsvLine, uncalculatedCell } from "../csv-reader.ts";
import { plainDigits } from "../grammar.ts";
import { mayHoldNumber } from "./cell-text.ts";
import type { FirstSheet, UnreadRows } from "./first-sheet.ts";
import type { SheetXml } from "./sheet-xml.ts";

/** @param cells every row with the same number of them */
export function visibleCells(
  cells: readonly (readonly string[])[],
  hidden: Pick<SheetXml, "hiddenRows" | "isHiddenColumn" | "struckCells"> | undefined,
): Omit<FirstSheet, "otherSheets"> {
  const rows: CsvLine[] = [];
  const hiddenNumbers: string[] = [];
  const struckNumbers: string[] = [];
  const struck = new Set(hidden?.struckCells.map(({ row, column }) => `${row}:${column}`));
  const columns = (cells[0] ?? []).map((_, column) => hidden?.isHiddenColumn(column) ?? false);
  cells.forEach((row, nth) => {
    const last = rows.at(-1);
    const isHidden = hidden?.hiddenRows.has(nth + 1);
    const visible = row.map((cell, column) => (isHidden || columns[column] ? "" : cell));
    const isStruck = (column: number) => struck.has(`${nth}:${column}`);
    const struckNumber = surest(visible.filter((_, column) => isStruck(column)));
    // A line through a name alone is shown as the name, beside the number that is read.
    const seen = struckNumber.length === 0 ? visible : visible.map((cell, column) => (isStruck(column) ? "" : cell));
    if (isHidden) hiddenNumbers.push(...surest(row));
    struckNumbers.push(...struckNumber);
    if (hasText(seen)) rows.push({ line: nth + 1, text: seen.join("\t"), cells: seen });
    else if (last && (isHidden || struckNumber.length > 0)) last.hiddenBelow = (last.hiddenBelow ?? 0) + 1;
  });
  return {
    rows,
    hiddenRows: counted(hiddenNumbers),
    struckRows: counted(struckNumbers),
    hiddenColumns: columns.flatMap((isHidden, column) =>
      isHidden && cells.some((row) => mayHoldNumber(row[column] ?? "")) ? [column] : [],
    ),
  };
}

function hasText(cells: readonly string[]): boolean {
  return cells.some((cell) => cell.trim() !== "");
}

/** The cell of a row that is most probably a number; empty if none may be. */
function surest(cells: readonly string[]): string[] {
  return cells.filter(mayHoldNumber).sort(bySureness).slice(0, 1);
}

function counted(numbers: readonly string[]): UnreadRows {
  return { count: numbers.length, numbers: numbers.filter((cell) => cell !== uncalculatedCell).slice(0, numbersShown) };
}

/** Enough for a person to recognize the rows. */
const numbersShown = 3;

/** A row may also hold a date or a phone number. */
function bySureness(a: string, b: string): number {
  return Number(hasUsualNumber(b)) - Number(hasUsualNumber(a));
}

function hasUsualNumber(cell: string): boolean {
  return /(?<![0-9])[0-9]{8,10}(?![0-9])/.test(plainDigits(cell));
}
