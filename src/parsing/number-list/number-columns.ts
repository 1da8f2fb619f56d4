/**
 * Finds the columns that contain numbers in a table without a known header. If there are several, a person has to
 * choose.
 */
import type { CsvLine } from "./csv-reader.ts";
import { plainDigits } from "./grammar.ts";
import { freeItem } from "./parsed-line.ts";
import { scan } from "./scan.ts";

/** The columns that contain numbers accepted by rule 5, and whether the lines are a table rather than a list. */
export interface NumberColumns {
  columns: number[];
  isTable: boolean;
  /** The first line, if it contains no number and has as many cells as the table. */
  names: CsvLine | undefined;
}

/**
 * @param isSure whether the cells come from a spreadsheet rather than from text between commas
 * @param ours our own number, which does not make a column one of sub-merchants
 */
export function numberColumns(lines: readonly CsvLine[], isSure: boolean, ours?: string): NumberColumns {
  const rows = lines.map((line) => ({
    line,
    found: line.cells.flatMap((cell, at) => (hasNumber(cell, ours) ? [at] : [])),
  }));
  const columns = [...new Set(rows.flatMap(({ found }) => found))].sort((a, b) => a - b);
  const several = rows.filter(({ found }) => found.length > 1);
  const width = mostCells(lines);
  const [first] = lines;
  const names =
    first && rows[0]?.found.length === 0 && first.cells.length > 1 && first.cells.length === width ? first : undefined;
  const isTable =
    columns.length > 1 &&
    (isAlike(lines, isSure) ||
      shareTwo(several.map(({ found, line }) => ({ found, width: line.cells.length }))) ||
      several.some(({ line }) => isRow(line, isSure) && (names !== undefined || hasWordsAlone(line))));
  return { columns, isTable, names };
}

/**
 * `1900000109 1230000109` on every line: columns separated by spaces, as a table looks after it was pasted into a chat
 * or a mail.
 */
export function spacedColumns(
  lines: readonly CsvLine[],
  ours?: string,
): { lines: CsvLine[]; columns: number[] } | undefined {
  const rows = lines.map((line) => ({ ...line, cells: line.text.trim().split(/[ \u00a0\u3000]+/) }));
  const found = rows.map(({ cells }) => cells.flatMap((cell, at) => (hasNumber(cell, ours) ? [at] : [])));
  const several = found.flatMap((columns, at) =>
    columns.length > 1 ? [{ found: columns, width: rows[at]?.cells.length ?? 0 }] : [],
  );
  return shareTwo(several) ? { lines: rows, columns: [...new Set(found.flat())].sort((a, b) => a - b) } : undefined;
}

function hasNumber(cell: string, ours: string | undefined): boolean {
  // Most cells contain no number, and there may be a hundred thousand.
  if (!/[0-9０-９]{2}/.test(cell)) return false;
  return scan(plainDigits(cell)).some((part) => {
    const item = freeItem(1, part, undefined);
    return item?.kind === "number" && item.subMchid !== ours;
  });
}

/** Two lines of one shape have numbers in the same two places. */
function shareTwo(lines: readonly { found: readonly number[]; width: number }[]): boolean {
  const seen = new Set<string>();
  for (const { found, width } of lines) {
    const places = found.slice(0, placesMax);
    const pairs = new Set(
      places.flatMap((one, nth) => places.slice(nth + 1).map((other) => `${width}:${one}:${other}`)),
    );
    for (const pair of pairs) {
      if (seen.has(pair)) return true;
      seen.add(pair);
    }
  }
  return false;
}

/** Maximum positions compared in a line; tables do not have more columns of numbers. */
const placesMax = 10;

/** Two rows of a table, by their shape. */
function isAlike(lines: readonly CsvLine[], isSure: boolean): boolean {
  const widths = lines.filter((line) => isRow(line, isSure)).map(({ cells }) => cells.length);
  return new Set(widths).size < widths.length;
}

/** Whether the line has cells like a table's row; in typed text, a space follows the comma. */
function isRow({ cells }: CsvLine, isSure: boolean): boolean {
  return cells.length > 1 && (isSure || cells.slice(1).some((cell) => /^\S/.test(cell)));
}

function hasWordsAlone({ cells }: CsvLine): boolean {
  return cells.some((cell) => /\p{L}/u.test(cell) && !/[0-9０-９]/.test(cell));
}

function mostCells(lines: readonly CsvLine[]): number {
  return lines.reduce((most, { cells }) => Math.max(most, cells.length), 0);
}
