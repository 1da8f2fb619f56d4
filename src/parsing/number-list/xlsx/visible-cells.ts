/** The part of a sheet that a person sees in Excel, and what its hidden rows and columns hold. */
import { type CsvLine, uncalculatedCell } from "../csv-reader.ts";
import { plainDigits } from "../grammar.ts";
import { mayHoldNumber } from "./cell-text.ts";
import type { FirstSheet } from "./first-sheet.ts";
import type { SheetXml } from "./sheet-xml.ts";

/** @param cells every row with the same number of them */
export function visibleCells(
  cells: readonly (readonly string[])[],
  hidden: Pick<SheetXml, "hiddenRows" | "isHiddenColumn"> | undefined,
): Omit<FirstSheet, "otherSheets"> {
  const rows: CsvLine[] = [];
  const hiddenNumbers: string[] = [];
  const columns = (cells[0] ?? []).map((_, column) => hidden?.isHiddenColumn(column) ?? false);
  cells.forEach((row, nth) => {
    const last = rows.at(-1);
    if (hidden?.hiddenRows.has(nth + 1)) {
      hiddenNumbers.push(...row.filter(mayHoldNumber).sort(bySureness).slice(0, 1));
      if (last) last.hiddenBelow = (last.hiddenBelow ?? 0) + 1;
      return;
    }
    const seen = row.map((cell, column) => (columns[column] ? "" : cell));
    if (seen.some((cell) => cell.trim() !== "")) rows.push({ line: nth + 1, text: seen.join("\t"), cells: seen });
  });
  return {
    rows,
    hiddenRows: {
      count: hiddenNumbers.length,
      numbers: hiddenNumbers.filter((cell) => cell !== uncalculatedCell).slice(0, numbersShown),
    },
    hiddenColumns: columns.flatMap((isHidden, column) =>
      isHidden && cells.some((row) => mayHoldNumber(row[column] ?? "")) ? [column] : [],
    ),
  };
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
