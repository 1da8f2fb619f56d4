/** Finds the column of a table that contains the sub-merchants' numbers, by its header. */
import { bareHeader, columnsNamed, numberHeaders, titleLinesMax } from "../column-headers.ts";
import type { CsvLine } from "./csv-reader.ts";
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

/** The column's headers, the most reliable first. */
const names: readonly RegExp[] = [numberHeaders.subMerchant, numberHeaders.subMerchantAlone, numberHeaders.merchant];

/** Other words above a column of numbers; they do not show which of several columns is meant. */
const looseName =
  /^(numbers?|nos?|ids?|编号|号码|商户|(sub_?)?(mch|merchant)s?(_?(ids?|nos?|numbers?))?|(特约|子|二级)?商户(号|编号|号码)?(列表|清单|名单))$/;

/** Whether a cell names a column of numbers, in the words of `headerRow` or others. */
export function isNumberName(cell: string): boolean {
  const name = bareHeader(cell);
  return looseName.test(name) || names.some((known) => known.test(name));
}

/**
 * Undefined if no line at the beginning names the column, or if one line names two equally reliable ones.
 * @param lines of one separator
 */
export function headerRow(lines: Iterable<CsvLine>): HeaderRow | undefined {
  const found: HeaderRow[] = [];
  for (const { line, cells } of Iterator.from(lines).take(titleLinesMax + 1)) {
    // A line with a number next to the name is a row, in which `特约商户` shows the kind of merchant.
    if (cells.some((cell) => readSubMchid(cell).ok)) continue;
    const headers = cells.map(bareHeader);
    const [column, ...others] = columnsNamed(names, headers);
    if (column === undefined || others.length > 0) continue;
    const rank = names.findIndex((name) => name.test(headers[column] ?? ""));
    found.push({ line, column, width: cells.length, rank });
  }
  return found.sort(bySureness)[0];
}

/** The most reliable name first; a name alone on its line may be a title. */
export function bySureness(a: HeaderRow, b: HeaderRow): number {
  return Number(a.width === 1) - Number(b.width === 1) || a.rank - b.rank || a.line - b.line;
}
