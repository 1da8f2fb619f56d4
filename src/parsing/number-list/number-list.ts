/** Reads the sub-merchant numbers from a text or a table, and reports other digits; see grammar.ts for the rules. */
import type { Action } from "../../domain/attempt-result.ts";
import { withoutControls } from "../plain-text.ts";
import { columnLetter, columnNumbers, type NumberColumn } from "./column-numbers.ts";
import { withoutSums } from "./context/sums.ts";
import { type CsvLine, csvLines, likelySeparator, separators } from "./csv-reader.ts";
import { bySureness, headerRow, isNumberName } from "./header-row.ts";
import { numberColumns, spacedColumns } from "./number-columns.ts";
import { type Item, type ListProblem, problemItem } from "./parsed-line.ts";
import { pipeTable } from "./pipe-table.ts";
import { addLabel, readSubMchid, subMchidsMax } from "./sub-mchid.ts";
import { tableNumbers } from "./tables.ts";
import { unlabelledNumbers } from "./unlabelled-numbers.ts";
import { type FirstSheet, hiddenColumnItems, unreadItems } from "./xlsx/first-sheet.ts";

export interface NumberList {
  /** Without duplicates, in the order of the input; at most `subMchidsMax`. */
  subMchids: string[];
  /** The names pasted next to these numbers, by number. */
  labels: Record<string, string>;
  /** How many further different numbers there are. */
  tooMany: number;
  /** How many lines were not read, because those above have as many cells as are read. */
  notRead: number;
  /** Up to `problemsMax` of them, some of each kind. */
  problems: ListProblem[];
  problemCount: number;
  /** How many times a number was repeated. */
  repeated: number;
}

export interface NumberListOptions {
  /** The service provider's own number, which is never a sub-merchant's. */
  ours?: string;
  /** The request's, so that numbers that a list gives for the other one are reported. */
  action?: Action;
  /** A single number in a file was not typed on purpose. */
  isFile?: boolean;
  /** Also reports lines without a number, because without a preview, a name instead of a number would be overlooked. */
  isEveryLineANumber?: boolean;
  problemsMax?: number;
}

interface RowOptions extends NumberListOptions {
  /** Problems with what surrounds the rows. */
  beforehand?: readonly Item[];
}

/** A column that may be the intended one. */
export interface ColumnChoice {
  /** Its header, or its letter. */
  name: string;
  list: NumberList;
}

/** More than one column contains numbers: a person chooses one of them, or all numbers. */
export interface ColumnQuestion {
  kind: "which-column";
  columns: ColumnChoice[];
  all: NumberList;
}

export type ListRead = ({ kind: "list" } & NumberList) | ColumnQuestion;

export const problemsMax = 20;
/** Columns among which a person can choose. */
export const columnsMax = 9;

/** Maximum cells that are read: as many numbers as a request may have, in the widest tables that people export. */
const cellsMax = 40 * (subMchidsMax + 1);

/** @param source a text, or the first sheet of a workbook */
export function readNumberList(source: string | FirstSheet, options: NumberListOptions = {}): ListRead {
  if (typeof source !== "string")
    return readRows(source.rows, undefined, {
      ...options,
      beforehand: [...unreadItems(source), ...hiddenColumnItems(source)],
    });
  const plain = withoutControls(source.replace(/^\ufeff/, "")).replace(/[\u2028\u2029]/g, "\n");
  const typed = options.isFile || plain.length > singleMax ? undefined : readSubMchid(plain);
  if (typed?.ok && typed.label === undefined) {
    const line = plain.slice(0, plain.search(/[0-9０-９]/)).split("\n").length;
    const item: Item = { kind: "number", line, subMchid: typed.subMchid, label: undefined };
    return { kind: "list", ...collected([item], 0, options) };
  }
  const pipes = pipeTable(plain);
  if (pipes) return readRows(pipes, undefined, options);
  const named = separators.flatMap((separator) => {
    const header = headerRow(csvLines(plain.slice(0, headMax), separator, "over-lines"));
    return header ? [{ ...header, separator }] : [];
  });
  const [best] = named.sort(bySureness);
  if (best && (best.width > 1 || hasOneColumn(plain))) {
    const { lines, notRead } = upToMax(csvLines(plain, best.separator, "over-lines"));
    return { kind: "list", ...collected(tableItems(lines, best, options), notRead, options) };
  }
  return readRows(csvLines(plain, likelySeparator(plain), "within-a-line"), plain, options);
}

/** Maximum characters of one number with its surrounding text. */
const singleMax = 200;
/** Maximum characters of the title and the names together. */
const headMax = 20_000;

/** Rows of a spreadsheet or of a table with pipes, or the lines of a text without a named column. */
function readRows(source: Iterable<CsvLine>, text: string | undefined, options: RowOptions): ListRead {
  const { lines, notRead } = upToMax(source);
  const isSheet = text === undefined;
  const header = isSheet ? headerRow(lines) : undefined;
  if (header) {
    const known = { ...header, separator: undefined };
    return { kind: "list", ...collected(tableItems(lines, known, options), notRead, options) };
  }
  const { columns, isTable, names } = numberColumns(lines, isSheet || text.includes("\t"), options.ours);
  const read = unlabelledNumbers(lines, new Set(columns), options.action);
  const all = collected(
    options.isEveryLineANumber ? [...read, ...linesWithout(lines, read, columns)] : read,
    notRead,
    options,
  );
  if (isTable) return question(lines, columns, names, all, notRead, options);
  const spaced = isSheet ? undefined : spacedColumns(lines, options.ours);
  if (spaced) return question(spaced.lines, spaced.columns, undefined, all, notRead, options);
  return { kind: "list", ...all };
}

function tableItems(lines: readonly CsvLine[], header: NumberColumn, options: RowOptions): Item[] {
  const items = tableNumbers(lines, header, options);
  const title = lines.filter(({ line }) => line < header.line);
  return options.isEveryLineANumber ? [...items, ...linesWithout(title, items, [])] : items;
}

/** Lines from which nothing was read, except a first line that names a column with numbers. */
function linesWithout(lines: readonly CsvLine[], read: readonly Item[], columns: readonly number[]): Item[] {
  const withItems = new Set(read.map((item) => (item.kind === "number" ? item.line : item.problem.line)));
  const [first] = lines;
  const header = columns.some((column) => isNumberName(first?.cells[column] ?? "")) ? first?.line : undefined;
  const without = lines.filter(({ line }) => line !== header && !withItems.has(line));
  return without.map(({ line, text }) => problemItem("no-number", line, text));
}

function question(
  lines: readonly CsvLine[],
  columns: readonly number[],
  names: CsvLine | undefined,
  all: NumberList,
  notRead: number,
  options: RowOptions,
): ListRead {
  if (columns.length > columnsMax) {
    const items = lines.slice(0, 1).map(({ line, text }) => problemItem("several-columns", line, text));
    return { kind: "list", ...collected(items, notRead, options) };
  }
  const choices = columns.map((column): ColumnChoice => {
    const known: NumberColumn = { line: names?.line ?? 0, column, width: names?.cells.length, separator: undefined };
    const list = collected(columnNumbers(lines, known, options.action), notRead, options);
    return { name: names?.cells[column]?.trim() || columnLetter(column), list };
  });
  return { kind: "which-column", columns: choices, all };
}

function hasOneColumn(text: string): boolean {
  for (const { cells } of csvLines(text, likelySeparator(text), "over-lines"))
    if (cells.filter((cell) => cell.trim() !== "").length > 1) return false;
  return true;
}

function upToMax(source: Iterable<CsvLine>): { lines: CsvLine[]; notRead: number } {
  const lines: CsvLine[] = [];
  let [cells, notRead] = [0, 0];
  for (const line of source) {
    cells += line.cells.length;
    if (cells <= cellsMax) lines.push(line);
    else notRead += 1;
  }
  return { lines, notRead };
}

function collected(
  items: readonly Item[],
  notRead: number,
  { ours, problemsMax: max = problemsMax, beforehand = [] }: RowOptions,
): NumberList {
  const subMchids = new Set<string>();
  const beyond = new Set<string>();
  const labels: Record<string, string> = {};
  const problems: ListProblem[] = [];
  // `其中 1900000109 不开通`, below a list that has the number.
  const excepted = new Set(
    items.flatMap((item) =>
      item.kind === "problem" && item.problem.problem === "excepted" ? [item.problem.text] : [],
    ),
  );
  let repeated = 0;
  for (const item of [...beforehand, ...withoutSums(items)]) {
    if (item.kind === "problem") problems.push(item.problem);
    else if (excepted.has(item.subMchid)) continue;
    else if (item.subMchid === ours) problems.push({ line: item.line, problem: "ours", text: item.subMchid });
    else {
      if (subMchids.has(item.subMchid) || beyond.has(item.subMchid)) repeated += 1;
      else (subMchids.size < subMchidsMax ? subMchids : beyond).add(item.subMchid);
      if (item.label !== undefined && subMchids.has(item.subMchid)) addLabel(labels, item.subMchid, item.label);
    }
  }
  return {
    subMchids: [...subMchids],
    labels,
    tooMany: beyond.size,
    notRead,
    problems: some(problems, max),
    problemCount: problems.length,
    repeated,
  };
}

/**
 * Some problems of each kind, so that a column of phone numbers does not hide other problems; in the order of their
 * lines.
 */
function some(problems: readonly ListProblem[], max: number): ListProblem[] {
  if (problems.length <= max) return [...problems].sort((a, b) => a.line - b.line);
  const counts = new Map<string, number>();
  const ranked = problems.map((problem, at) => {
    const nth = counts.get(problem.problem) ?? 0;
    counts.set(problem.problem, nth + 1);
    return { problem, at, round: Math.floor(nth / eachKind) };
  });
  const chosen = ranked.sort((a, b) => a.round - b.round || a.at - b.at).slice(0, max);
  return chosen.sort((a, b) => a.problem.line - b.problem.line || a.at - b.at).map(({ problem }) => problem);
}

/** Problems of one kind that are shown before those of another kind. */
const eachKind = 5;
