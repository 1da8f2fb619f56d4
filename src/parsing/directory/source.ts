/** The rows of a merchant directory, from a text, a text that is too large for memory, or a spreadsheet. */
import { setImmediate } from "node:timers/promises";
import { type CsvLine, csvLineStream, csvLines, type Separator } from "../number-list/csv-reader.ts";
import { type FirstSheet, unreadItems } from "../number-list/xlsx/first-sheet.ts";
import { type ColumnsProblem, type DirectoryColumns, directoryColumns, separatorAndColumns } from "./columns.ts";
import { createRowReader, type DirectoryRow } from "./rows.ts";

export type DirectorySource<Rows> = { kind: "rows"; rows: Rows } | ({ kind: "columns" } & ColumnsProblem);

/** Maximum characters of the title and the headers together. */
const headMax = 20_000;

/** @param source a text, or the first sheet of a workbook; @param ours our own number, which is not a merchant's */
export function directoryRows(
  source: string | FirstSheet,
  ours: string | undefined,
): DirectorySource<Iterable<DirectoryRow>> {
  if (typeof source !== "string") {
    const columns = directoryColumns(source.rows);
    return columns.ok ? { kind: "rows", rows: sheetRows(source, columns, ours) } : { kind: "columns", ...columns };
  }
  const text = inLines(source);
  const { separator, columns } = separatorAndColumns(text.slice(0, headMax));
  if (!columns.ok) return { kind: "columns", ...columns };
  return { kind: "rows", rows: rowsOf(csvLines(text, separator, "over-lines"), columns, ours) };
}

/** Rows that are read between other work, so that those of a large file delay nobody. */
export async function* inTurns(rows: Iterable<DirectoryRow>): AsyncGenerator<DirectoryRow> {
  let count = 0;
  for (const row of rows) {
    count += 1;
    if (count % rowsInTurn === 0) await setImmediate();
    yield row;
  }
}

/** They take a few milliseconds. */
const rowsInTurn = 200;

/** @param parts a text, part by part */
export async function directoryRowStream(
  parts: AsyncIterable<string>,
  ours: string | undefined,
): Promise<DirectorySource<AsyncIterable<DirectoryRow>>> {
  const lines = partsInLines(parts);
  let head = "";
  for (let next = await lines.next(); !next.done; next = await lines.next()) {
    head += next.value;
    if (head.length >= headMax) break;
  }
  const { separator, columns } = separatorAndColumns(head.slice(0, headMax));
  if (!columns.ok) return { kind: "columns", ...columns };
  return { kind: "rows", rows: streamOf(head, lines, separator, columns, ours) };
}

function* sheetRows(sheet: FirstSheet, columns: DirectoryColumns, ours: string | undefined): Generator<DirectoryRow> {
  yield* unreadItems(sheet);
  yield* rowsOf(sheet.rows, columns, ours);
}

function* rowsOf(
  lines: Iterable<CsvLine>,
  columns: DirectoryColumns,
  ours: string | undefined,
): Generator<DirectoryRow> {
  const reader = createRowReader(columns, ours);
  for (const line of lines) {
    const row = reader.read(line);
    if (row) yield row;
  }
  yield* reader.problemsOfAll();
}

async function* streamOf(
  head: string,
  rest: AsyncIterable<string>,
  separator: Separator,
  columns: DirectoryColumns,
  ours: string | undefined,
): AsyncGenerator<DirectoryRow> {
  async function* whole() {
    yield head;
    yield* rest;
  }
  const reader = createRowReader(columns, ours);
  for await (const line of csvLineStream(whole(), separator)) {
    const row = reader.read(line);
    if (row) yield row;
  }
  yield* reader.problemsOfAll();
}

/** Without a byte order mark, and with `\n` at the end of each line. */
function inLines(text: string): string {
  return text.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n");
}

async function* partsInLines(parts: AsyncIterable<string>): AsyncGenerator<string, void> {
  let isFirst = true;
  let carry = "";
  for await (const part of parts) {
    const text = carry + part;
    // Its line feed may be in the next part.
    carry = text.endsWith("\r") ? "\r" : "";
    const whole = carry === "" ? text : text.slice(0, -1);
    yield isFirst ? inLines(whole) : whole.replace(/\r\n?/g, "\n");
    if (whole !== "") isFirst = false;
  }
  if (carry !== "") yield "\n";
}
