/** Finds the columns of a merchant directory by their headers. */
import { bareHeader, columnsNamed, nameHeaders, numberHeaders, titleLinesMax } from "../column-headers.ts";
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

/** The columns' headers, the most reliable first. */
const headersOf: Readonly<Record<Column, readonly RegExp[]>> = {
  number: [numberHeaders.subMerchant, numberHeaders.merchant, numberHeaders.unnamed],
  name: nameHeaders,
  note: [/^(notes?|备注|说明|remarks?|comments?)$/],
};

/** @param lines at least the first ones */
export function directoryColumns(lines: Iterable<CsvLine>): ColumnsRead {
  let best: ColumnsRead = { ok: false, problem: "no-column", column: "number" };
  for (const { line, cells } of Iterator.from(lines).take(titleLinesMax + 1)) {
    const read = columnsIn(line, cells);
    if (read.ok) return read;
    if (best.problem === "no-column" && best.column === "number") best = read;
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
  const [first, second] = columnsNamed(headersOf[column], headers);
  if (first === undefined || second === undefined) return first;
  return [headers[first] ?? "", headers[second] ?? ""];
}
