/** Which column of a table holds the sub-merchants' numbers, by the name at its head. */
import { csvLines, likelySeparator, type Separator, separators } from "./csv-reader.ts";
import { plainDigits, readSubMchid } from "./sub-mchid.ts";

export interface HeaderRow {
  /** The line of the names, counted from 1; what stands above is the table's title. */
  line: number;
  separator: Separator;
  /** Its place in each line, from 0. */
  column: number;
  /** Columns that have a name, or an empty one. */
  width: number;
}

/** What the column is called in files of others and in our own, the surest name first: the last may be the provider's too. */
const names: readonly RegExp[] = [
  /^(sub[-_ ]?(mch|merchant)s?[-_ ]?(id|no\.?|number)|(特约|子|二级)商户(号|编号|id))$/i,
  /^(sub[-_ ]?(mch|merchant)|(特约|子|二级)商户)$/i,
  /^商户(号|编号)$/,
];

/** Lines of a table's title, at most. */
const titleLinesMax = 4;
/** Characters of the title and the names together, at most. */
const headMax = 20_000;

/**
 * Undefined where no line at the beginning names the column, or one line names two of them alike. A name that stands alone
 * on its line is a title where other lines have several columns.
 */
export function headerRow(text: string): HeaderRow | undefined {
  const found = separators.flatMap((separator) => {
    const heads: (HeaderRow & { rank: number })[] = [];
    for (const { line, cells } of firstLines(text, separator)) {
      // What has a number beside the name is a row: `特约商户` says of what kind it is.
      if (cells.some((cell) => readSubMchid(cell).ok)) continue;
      const ranks = cells.map((cell) => names.findIndex((name) => name.test(bareName(cell))));
      const rank = names.findIndex((_, nth) => ranks.includes(nth));
      const column = ranks.indexOf(rank);
      if (rank < 0 || ranks.lastIndexOf(rank) !== column) continue;
      heads.push({ line, separator, column, width: cells.length, rank });
    }
    return heads;
  });
  const [best] = found.filter(({ width }) => width > 1).sort((a, b) => a.rank - b.rank || a.line - b.line);
  return best ?? (found.length > 0 && hasOneColumn(text) ? found[0] : undefined);
}

function* firstLines(text: string, separator: Separator) {
  let left = titleLinesMax + 1;
  for (const line of csvLines(text.slice(0, headMax), separator, "over-lines")) {
    yield line;
    left -= 1;
    if (left === 0) return;
  }
}

function hasOneColumn(text: string): boolean {
  for (const { cells } of csvLines(text, likelySeparator(text), "over-lines"))
    if (cells.filter((cell) => cell.trim() !== "").length > 1) return false;
  return true;
}

/** Without what forms put around a name: quotes, stars, and `（必填）` or `(required)` behind it. */
function bareName(cell: string): string {
  return plainDigits(cell)
    .replace(/[\s"'`*＊:：]+/gu, " ")
    .trim()
    .replace(/ ?[(（[【][^)）\]】]*[)）\]】]$/u, "")
    .replace(/(?<=\p{Script=Han}) | (?=\p{Script=Han})/gu, "");
}
