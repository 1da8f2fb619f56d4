/** Finds the columns of a merchant directory by their headers. */
import { type CsvLine, csvLines, type Separator, separators } from "../number-list/csv-reader.ts";

/** Positions in each line, from 0. */
export interface DirectoryColumns {
  /** The header line, counted from 1. */
  line: number;
  number: number;
  name: number;
  /** Undefined if there is none. */
  note: number | undefined;
}

type Column = "number" | "name" | "note";

/** Why the columns are not certain. */
export type ColumnsProblem =
  /** No line at the beginning names it. */
  | { problem: "no-column"; column: "number" | "name" }
  /** Two columns have equally good names. */
  | { problem: "two-columns"; column: Column; headers: [string, string] };

export type ColumnsRead = ({ ok: true } & DirectoryColumns) | ({ ok: false } & ColumnsProblem);

/** The columns' names in other people's files and in our own, the most reliable first. */
const names: Readonly<Record<Column, readonly RegExp[]>> = {
  number: [
    /^(sub_?(mch|merchant)_?(id|no|number)|(特约|子|二级)商户(号|编号|号码|id))$/,
    /^(商户(号|编号|号码|id)|(mch|merchant)_?(id|no|number))$/,
    /^(number|no|编号|号码)$/,
  ],
  name: [
    /^((sub_?)?merchant_?name|(特约|子|二级)?商户(名称|名))$/,
    /^((特约|子|二级)?商户(简称|全称)|(merchant_?)?short_?name)$/,
    /^(name|名称|名|店名|门店(名称)?|(shop|store)(_?name)?)$/,
  ],
  note: [/^(notes?|备注|说明|remarks?|comments?)$/],
};

/** Maximum lines above the header, such as a title. */
const titleLinesMax = 4;

/** @param lines at least the first ones */
export function directoryColumns(lines: Iterable<CsvLine>): ColumnsRead {
  let best: ColumnsRead = { ok: false, problem: "no-column", column: "number" };
  let left = titleLinesMax + 1;
  for (const { line, cells } of lines) {
    const read = columnsIn(line, cells);
    if (read.ok) return read;
    if (best.problem === "no-column" && best.column === "number") best = read;
    left -= 1;
    if (left === 0) break;
  }
  return best;
}

/** The separator of a text whose lines end in `\n`, and its columns. @param head its first lines */
export function separatorAndColumns(head: string): { separator: Separator; columns: ColumnsRead } {
  const read = separators.map((separator) => {
    return { separator, columns: directoryColumns(csvLines(head, separator, "over-lines")) };
  });
  const certain = read.find(({ columns }) => columns.ok);
  const named = read.find(
    ({ columns }) => !columns.ok && !(columns.problem === "no-column" && columns.column === "number"),
  );
  return certain ?? named ?? { separator: ",", columns: { ok: false, problem: "no-column", column: "number" } };
}

/** The position of the column of names in a header row; undefined if none or several could be it. */
export function nameColumn(cells: readonly string[]): number | undefined {
  const found = columnOf("name", cells.map(bareHeader));
  return typeof found === "number" ? found : undefined;
}

function columnsIn(line: number, cells: readonly string[]): ColumnsRead {
  const headers = cells.map(bareHeader);
  const number = columnOf("number", headers);
  if (typeof number !== "number") return missing("number", number);
  const name = columnOf("name", headers);
  if (typeof name !== "number") return missing("name", name);
  const note = columnOf("note", headers);
  if (Array.isArray(note)) return { ok: false, problem: "two-columns", column: "note", headers: note };
  return { ok: true, line, number, name, note };
}

function missing(column: "number" | "name", headers: [string, string] | undefined): ColumnsRead {
  return headers ? { ok: false, problem: "two-columns", column, headers } : { ok: false, problem: "no-column", column };
}

/** The column's position, or the headers of two that could be it. */
function columnOf(column: Column, headers: readonly string[]): number | [string, string] | undefined {
  for (const name of names[column]) {
    const [first, second] = headers.flatMap((header, at) => (name.test(header) ? [at] : []));
    if (first === undefined) continue;
    return second === undefined ? first : [headers[first] ?? "", headers[second] ?? ""];
  }
  return undefined;
}

/** Removes what forms put around a header: quotes, stars, and a trailing `（必填）` or `(required)`. */
function bareHeader(cell: string): string {
  return cell
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\p{C}"'`*:.]+/gu, "")
    .trim()
    .replace(/ ?[([][^)\]]*[)\]]$/u, "")
    .replace(/[\s-]+/g, "_");
}
