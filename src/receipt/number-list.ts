/** Text that somebody pasted, or a file's -> the sub-merchants' numbers in it, and line by line what is none. */
import { readSubMchid, type SubMchidProblem, subMchidMost, subMchidsMost } from "./sub-mchid.ts";
import { type TableLine, tableLines } from "./table-lines.ts";

export interface NumberList {
  /** None twice, in the order in which they stand; `subMchidsMost` at the most. */
  subMchids: string[];
  /** How many different numbers there are beyond that, and lines that were not read any more. */
  tooMany: number;
  /** The first `problemsMost` of them. */
  problems: ListProblem[];
  problemCount: number;
  /** How many times a number stood there again. */
  repeated: number;
}

/** What was not understood; `line` is counted from 1. */
export type ListProblem = { line: number } & (
  | SubMchidProblem
  /** A spreadsheet wrote the number as `1.9E+09`, and its last digits are lost. */
  | { problem: "shortened"; text: string }
  /** A line with words and no number. */
  | { problem: "no-number"; text: string }
  /** Digits beside others or words on their line, of another length than the list's numbers; nobody can tell what they are. */
  | { problem: "other-length"; text: string }
);

export const problemsMost = 20;

/** Cells that are read, and words of a line: as many numbers as a request may have, with nine columns beside them. */
const cellsMost = 10 * (subMchidsMost + 1);

/** What the column of the numbers is called at its head, in files of others and in our own. */
const columnName = /^(sub[-_ ]?(mch|merchant)([-_ ]?(id|no|number))?|(特约|子|二级)商户(号|编号)?)$/i;

/**
 * A header that names the column of the numbers makes every other column a remark. Without one, numbers stand anywhere
 * between blanks, commas and the like; words beside a number are remarks.
 */
export function readNumberList(text: string): NumberList {
  const lines = tableLines(text);
  let cells = 0;
  const read = lines.filter((line) => {
    cells += line.cells.length;
    return cells <= cellsMost;
  });
  const list = listOf(read);
  return { ...list, tooMany: list.tooMany + lines.length - read.length };
}

function listOf(lines: readonly TableLine[]): NumberList {
  const column = lines[0]?.cells.findIndex((cell) => columnName.test(cell.trim())) ?? -1;
  if (column >= 0) return collected(lines.slice(1).map((line) => columnOf(line, column)));
  const found = lines.map(freely);
  const [first] = found;
  // Words alone on the first of several lines are its header.
  const isHeader = found.length > 1 && first?.items.every((item) => item.kind === "problem" && !hasDigits(item));
  return collected(agreed(isHeader ? found.slice(1) : found));
}

type Item = { kind: "number"; subMchid: string } | { kind: "problem"; problem: ListProblem };

interface ReadLine {
  line: number;
  items: Item[];
  /** There are words beside its numbers. */
  hasWords: boolean;
}

function hasDigits(item: Item): boolean {
  return item.kind === "number" || !("text" in item.problem) || /[0-9]/.test(item.problem.text.normalize("NFKC"));
}

function collected(lines: readonly ReadLine[]): NumberList {
  const subMchids = new Set<string>();
  const beyond = new Set<string>();
  const problems: ListProblem[] = [];
  let [problemCount, repeated] = [0, 0];
  for (const item of lines.flatMap(({ items }) => items)) {
    if (item.kind === "problem") {
      problemCount += 1;
      if (problems.length < problemsMost) problems.push(item.problem);
    } else if (subMchids.has(item.subMchid) || beyond.has(item.subMchid)) repeated += 1;
    else (subMchids.size < subMchidsMost ? subMchids : beyond).add(item.subMchid);
  }
  return { subMchids: [...subMchids], tooMany: beyond.size, problems, problemCount, repeated };
}

/** The cell under the header's name; its blanks group digits, as thousands separators do. */
function columnOf({ line, cells }: TableLine, column: number): ReadLine {
  const cell = (cells[column] ?? "").trim();
  const item = cell === "" ? noNumber(line, cells) : itemOf(line, grouped(cell).replace(/\s+/g, "-"), cell);
  return { line, items: [item], hasWords: false };
}

/** Enough to recognise the line by. */
const textMost = 200;

function noNumber(line: number, cells: readonly string[]): Item {
  const text = cells.join(" ").trim().slice(0, textMost);
  return { kind: "problem", problem: { line, problem: "no-number", text } };
}

/** Every number of a line, and what is nearly one. */
function freely({ line, cells }: TableLine): ReadLine {
  const whole = cells.join(",");
  const words = thousands.test(whole) ? [whole] : cells.flatMap(wordsOf).slice(0, cellsMost);
  const items = words.map((word) => itemOf(line, word, word));
  const isRemark = (item: Item) =>
    item.kind === "problem" && item.problem.problem === "not-digits" && item.problem.wrong === undefined;
  const telling = items.filter((item) => !isRemark(item));
  const hasWords = telling.length < items.length;
  return { line, items: telling.length > 0 ? telling : [noNumber(line, cells)], hasWords };
}

/** A cell is one number in groups, or words between blanks and commas; unbreakable and thin blanks group digits. */
function wordsOf(cell: string): string[] {
  if (plainNumber.test(cell)) return [cell];
  const whole = grouped(cell);
  if (thousands.test(cell.trim())) return [whole];
  return whole.split(/[ \t\n\u3000,;，；、|]+/).filter((word) => !/^[\s`"'“”‘’«»()[\].:•*-]*$/.test(word));
}

const thousands = /^[1-9][0-9]{0,2}(,[0-9]{3})+$/;

/** `1,900,000,109` is one number; `1900000109.0` is what a spreadsheet makes of one. */
function grouped(cell: string): string {
  const digits = cell
    .trim()
    .replace(/[\u00a0\u2007-\u200a\u202f]/g, "-")
    .replace(/^(`?[0-9]+)\.0+$/, "$1");
  return thousands.test(digits) ? digits.replaceAll(",", "") : digits;
}

function itemOf(line: number, word: string, text: string): Item {
  // Most words are plain numbers, and there may be hundreds of thousands.
  const read = plainNumber.test(word) ? { ok: true as const, subMchid: word } : readSubMchid(grouped(word));
  if (read.ok) return { kind: "number", subMchid: read.subMchid };
  const shown = text.slice(0, textMost);
  if (shortened.test(word)) return { kind: "problem", problem: { line, problem: "shortened", text: shown } };
  const { ok: _, ...problem } = read;
  return { kind: "problem", problem: { line, ...problem, ...("text" in problem ? { text: shown } : {}) } };
}

const plainNumber = new RegExp(`^[0-9]{1,${subMchidMost}}$`);
const shortened = /^[`"']?[0-9]([.,][0-9]+)?e\+?[0-9]+["']?$/i;

/**
 * Several numbers of different lengths on one line may be a number and an amount, a date, a telephone, and one among words
 * a day or a floor. Those that are as long as the list's other numbers are taken, and the rest is told.
 */
function agreed(lines: readonly ReadLine[]): ReadLine[] {
  const usual = usualLength(lines.filter(({ hasWords }) => !hasWords)) ?? usualLength(lines);
  return lines.map((read) => {
    if (lengthsOf(read).size < 2 && !(read.hasWords && usual !== undefined)) return read;
    const items = read.items.map((item): Item => {
      if (item.kind === "problem" || item.subMchid.length === usual) return item;
      return { kind: "problem", problem: { line: read.line, problem: "other-length", text: item.subMchid } };
    });
    return { ...read, items };
  });
}

/** The length of the numbers on most of these lines, of two the longer; undefined where each line has several lengths. */
function usualLength(lines: readonly ReadLine[]): number | undefined {
  const linesOfLength = new Map<number, number>();
  for (const [length, ...others] of lines.map((line) => [...lengthsOf(line)]))
    if (length !== undefined && others.length === 0) linesOfLength.set(length, (linesOfLength.get(length) ?? 0) + 1);
  return [...linesOfLength].sort(([a, one], [b, other]) => other - one || b - a)[0]?.[0];
}

function lengthsOf({ items }: ReadLine): Set<number> {
  return new Set(items.flatMap((item) => (item.kind === "number" ? [item.subMchid.length] : [])));
}
