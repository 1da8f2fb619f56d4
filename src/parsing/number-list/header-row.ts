/** Finds the column of a table that contains the sub-merchants' numbers, by its header. */
import type { CsvLine } from "./csv-reader.ts";
import { plainDigits } from "./grammar.ts";
import { readSubMchid } from "./sub-mchid.ts";

export interface HeaderRow {
  /** The header line, counted from 1; the lines above are the table's title. */
  line: number;
  /** The column's position in each line, from 0. */
  column: number;
  /** The number of columns in the header, including empty names. */
  width: number;
  /** How reliable the name is; 0 is the most reliable. */
  rank: number;
}

/**
 * The column's names in other people's files and in our own, the most reliable first; the last ones may also be the
 * provider's number.
 */
const names: readonly RegExp[] = [
  /^(sub[-_ ]?(mch|merchant)s?[-_ ]?(id|no\.?|number)|(特约|子|二级)商户(号|编号|号码|id))$/i,
  /^(sub[-_ ]?(mch|merchant)s?|(特约|子|二级)商户)$/i,
  /^(商户(号|编号|号码|id)|(mch|merchant)[-_ ]?(id|no\.?|number))$/i,
];

/** Other words above a column of numbers; they do not show which of several columns is meant. */
const looseName =
  /^(numbers?|nos?\.?|ids?|编号|号码|商户|(sub[-_ ]?)?(mch|merchant)s?([-_ ]?(ids?|nos?\.?|numbers?))?|(特约|子|二级)?商户(号|编号|号码)?(列表|清单|名单))$/i;

/** Whether a cell names a column of numbers, in the words of `headerRow` or others. */
export function isNumberName(cell: string): boolean {
  const name = bareName(cell);
  return looseName.test(name) || names.some((known) => known.test(name));
}

/** Maximum lines of a table's title. */
const titleLinesMax = 4;

/**
 * Undefined if no line at the beginning names the column, or if one line names two equally reliable ones.
 * @param lines of one separator
 */
export function headerRow(lines: Iterable<CsvLine>): HeaderRow | undefined {
  const found: HeaderRow[] = [];
  for (const { line, cells } of firstOf(lines, titleLinesMax + 1)) {
    // A line with a number next to the name is a row, in which `特约商户` shows the kind of merchant.
    if (cells.some((cell) => readSubMchid(cell).ok)) continue;
    const ranks = cells.map((cell) => names.findIndex((name) => name.test(bareName(cell))));
    const rank = names.findIndex((_, nth) => ranks.includes(nth));
    const column = ranks.indexOf(rank);
    if (rank < 0 || ranks.lastIndexOf(rank) !== column) continue;
    found.push({ line, column, width: cells.length, rank });
  }
  return found.sort(bySureness)[0];
}

/** The most reliable name first; a name alone on its line may be a title. */
export function bySureness(a: HeaderRow, b: HeaderRow): number {
  return Number(a.width === 1) - Number(b.width === 1) || a.rank - b.rank || a.line - b.line;
}

function* firstOf(lines: Iterable<CsvLine>, max: number): Generator<CsvLine> {
  let left = max;
  for (const line of lines) {
    yield line;
    left -= 1;
    if (left === 0) return;
  }
}

/** Removes decorations that forms put around a name: quotes, stars, and a trailing `（必填）` or `(required)`. */
function bareName(cell: string): string {
  return plainDigits(cell)
    .replace(/[\s"'`*＊:：]+/gu, " ")
    .trim()
    .replace(/ ?[(（[【][^)）\]】]*[)）\]】]$/u, "")
    .replace(/(?<=\p{Script=Han}) | (?=\p{Script=Han})/gu, "");
}
