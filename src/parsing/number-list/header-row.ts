/** Which column of a table holds the sub-merchants' numbers, by the name at its head. */
import type { CsvLine } from "./csv-reader.ts";
import { plainDigits } from "./grammar.ts";
import { readSubMchid } from "./sub-mchid.ts";

export interface HeaderRow {
  /** The line of the names, counted from 1; what stands above is the table's title. */
  line: number;
  /** Its place in each line, from 0. */
  column: number;
  /** Columns that have a name, or an empty one. */
  width: number;
  /** How sure the name is: 0 is the surest. */
  rank: number;
}

/** What the column is called in files of others and in our own, the surest name first: the last may be the provider's too. */
const names: readonly RegExp[] = [
  /^(sub[-_ ]?(mch|merchant)s?[-_ ]?(id|no\.?|number)|(特约|子|二级)商户(号|编号|号码|id))$/i,
  /^(sub[-_ ]?(mch|merchant)s?|(特约|子|二级)商户)$/i,
  /^(商户(号|编号|号码|id)|(mch|merchant)[-_ ]?(id|no\.?|number))$/i,
];

/** Lines of a table's title, at most. */
const titleLinesMax = 4;

/**
 * Undefined where no line at the beginning names the column, or one line names two of them alike.
 * @param lines of one separator
 */
export function headerRow(lines: Iterable<CsvLine>): HeaderRow | undefined {
  const found: HeaderRow[] = [];
  for (const { line, cells } of firstOf(lines, titleLinesMax + 1)) {
    // What has a number beside the name is a row: `特约商户` says of what kind it is.
    if (cells.some((cell) => readSubMchid(cell).ok)) continue;
    const ranks = cells.map((cell) => names.findIndex((name) => name.test(bareName(cell))));
    const rank = names.findIndex((_, nth) => ranks.includes(nth));
    const column = ranks.indexOf(rank);
    if (rank < 0 || ranks.lastIndexOf(rank) !== column) continue;
    found.push({ line, column, width: cells.length, rank });
  }
  return found.sort(bySureness)[0];
}

/** The surest name first; a name that stands alone on its line may be a title. */
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

/** Without what forms put around a name: quotes, stars, and a trailing `（必填）` or `(required)`. */
function bareName(cell: string): string {
  return plainDigits(cell)
    .replace(/[\s"'`*＊:：]+/gu, " ")
    .trim()
    .replace(/ ?[(（[【][^)）\]】]*[)）\]】]$/u, "")
    .replace(/(?<=\p{Script=Han}) | (?=\p{Script=Han})/gu, "");
}
