/** Several tables below each other in a file or paste; each is read with its own header. */
import type { Action } from "../../domain/attempt-result.ts";
import { columnNumbers, type NumberColumn } from "./column-numbers.ts";
import type { CsvLine } from "./csv-reader.ts";
import { headerRow } from "./header-row.ts";
import { numberColumns } from "./number-columns.ts";
import { type Item, problemItem } from "./parsed-line.ts";
import { unlabelledNumbers } from "./unlabelled-numbers.ts";

interface Table {
  lines: CsvLine[];
  /** Undefined if no name determines it. */
  column: NumberColumn | undefined;
}

interface TableOptions {
  ours?: string;
  action?: Action;
}

/** @param first the column of the first table */
export function tableNumbers(lines: readonly CsvLine[], first: NumberColumn, options: TableOptions = {}): Item[] {
  return tables(lines, first).flatMap((table) =>
    table.column
      ? columnNumbers(table.lines, table.column, options.action)
      : numbersWithoutName(table.lines, first, options),
  );
}

function tables(lines: readonly CsvLine[], first: NumberColumn): Table[] {
  let current: Table = { lines: [], column: first };
  const found = [current];
  let names = lines.find(({ line }) => line === first.line);
  lines.forEach((row, at) => {
    const previous = lines[at - 1];
    const isApart = previous !== undefined && row.line > lineBelow(previous);
    const column = row.line > first.line ? columnNamed(row, isApart, first) : undefined;
    if (column && isSame(row, names)) return;
    if (column || (row.line > first.line && isApart && isWordsAlone(row))) {
      current = { lines: [], column };
      found.push(current);
      names = row;
    }
    current.lines.push(row);
  });
  return found;
}

function lineBelow({ line, text, hiddenBelow = 0 }: CsvLine): number {
  return line + text.split("\n").length + hiddenBelow;
}

/** The column that a later row names. Without an empty line above it, `特约商户` in a row shows the kind of merchant. */
function columnNamed(row: CsvLine, isApart: boolean, { separator, width }: NumberColumn): NumberColumn | undefined {
  // Most rows are not headers, and there may be ten thousand.
  if (!row.cells.some((cell) => /商[户戶]|mch|merchant/i.test(cell))) return undefined;
  const header = headerRow([row]);
  const isNamed = isApart || (header?.rank !== 1 && (width === 1 || filled(row).length > 1));
  return header && isNamed ? { ...header, separator } : undefined;
}

/** Names that do not determine the column. */
function isWordsAlone(row: CsvLine): boolean {
  const cells = filled(row);
  return cells.length > 1 && cells.every((cell) => /\p{L}/u.test(cell) && !/[0-9０-９]/.test(cell));
}

/** The header of the same table, repeated, for example on a new page. */
function isSame(row: CsvLine, names: CsvLine | undefined): boolean {
  return names !== undefined && filled(row).join("\t") === filled(names).join("\t");
}

function filled({ cells }: CsvLine): string[] {
  return cells.map((cell) => cell.trim()).filter((cell) => cell !== "");
}

/**
 * Applies rule 5. A table for which the form would have to ask is reported, because the tables above it already have a
 * column.
 */
function numbersWithoutName(
  lines: readonly CsvLine[],
  { separator }: NumberColumn,
  { ours, action }: TableOptions,
): Item[] {
  const { columns, isTable } = numberColumns(lines, separator === undefined || separator === "\t", ours);
  if (!isTable) return unlabelledNumbers(lines, new Set(columns), action);
  return lines.flatMap(({ line, cells }) =>
    cells.filter((cell) => /[0-9０-９]/.test(cell)).map((cell) => problemItem("several-columns", line, cell)),
  );
}
