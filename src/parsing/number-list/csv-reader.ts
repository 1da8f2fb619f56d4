/** Splits text from spreadsheets, by file or clipboard, into lines and cells. */

export interface CsvLine {
  /** Counted from 1, as an editor counts; a cell in quotes may go over several. */
  line: number;
  /** As in the file, including its quotes. */
  text: string;
  cells: string[];
  /** How many rows a spreadsheet hides below it, which are therefore no gap before the next one. */
  hiddenBelow?: number;
}

/** Shown by a spreadsheet for a number that is formatted as an impossible date; the number cannot be read. */
export const unreadableCell = "########";

/** In place of a formula whose result is not in the file; the formula's own digits are no number of a list. */
export const uncalculatedCell = "=?";

/** `#N/A`, `#REF!` and so on: a spreadsheet shows them for a formula without a result. */
export const errorValues = /#(?:N\/A|[A-Z]+(?:\/0)?[!?])/g;

export function isErrorValue(cell: string): boolean {
  return cell.trim() !== "" && cell.replace(errorValues, "").trim() === "";
}

/** Cell separators, the most reliable sign of a table first. */
export const separators = ["\t", ";", ","] as const;
export type Separator = (typeof separators)[number];

/**
 * The non-empty lines of a text whose lines end in `\n`.
 * @param quotes whether a cell in quotes may span several lines, which then count as one
 */
export function* csvLines(
  text: string,
  separator: Separator,
  quotes: "within-a-line" | "over-lines",
): Generator<CsvLine> {
  const ends: CellEnds = { separator, quotes };
  let line = 1;
  for (let at = 0; at <= text.length; ) {
    const { cells, end } = rowAt(text, at, ends);
    const whole = text.slice(at, end);
    if (hasText(cells)) yield { line, text: whole, cells };
    line += linesIn(whole);
    at = end + 1;
  }
}

/**
 * The same for a text that is too large for memory; a cell in quotes may span several lines.
 * @param parts of any length, whose lines end in `\n`
 */
export async function* csvLineStream(parts: AsyncIterable<string>, separator: Separator): AsyncGenerator<CsvLine> {
  const ends: CellEnds = { separator, quotes: "over-lines" };
  let line = 1;
  let text = "";
  function* rows(isWhole: boolean): Generator<CsvLine> {
    let at = 0;
    while (at <= text.length) {
      const { cells, end } = rowAt(text, at, ends);
      // Where a row ends can depend on as many characters after it as a cell in quotes may have.
      if (!isWhole && end + cellMax >= text.length) break;
      const whole = text.slice(at, end);
      if (hasText(cells)) yield { line, text: whole, cells };
      line += linesIn(whole);
      at = end + 1;
    }
    text = text.slice(at);
  }
  for await (const part of parts) {
    text += part;
    yield* rows(false);
  }
  yield* rows(true);
}

function hasText(cells: readonly string[]): boolean {
  return cells.some((cell) => cell.trim() !== "");
}

function linesIn(row: string): number {
  return row.split("\n").length;
}

/** The row that begins there, and where it ends. */
function rowAt(text: string, start: number, ends: CellEnds): { cells: string[]; end: number } {
  const cells: string[] = [];
  for (let at = start; ; ) {
    const [cell, end] = cellAt(text, at, ends);
    cells.push(cell);
    if (text[end] !== ends.separator) return { cells, end };
    at = end + 1;
  }
}

/** Number of lines from which the separator is guessed. */
const looked = 20;

/** If no column name determines the separator: the one that most of the first lines have outside quotes. */
export function likelySeparator(text: string): Separator {
  const lines = text.split("\n", looked).map((line) => line.replace(/"[^"]*"/g, ""));
  const count = (separator: Separator) => lines.filter((line) => line.includes(separator)).length;
  const max = Math.max(...separators.map(count));
  return separators.find((separator) => count(separator) === max) ?? ",";
}

interface CellEnds {
  separator: Separator;
  quotes: "within-a-line" | "over-lines";
}

/** The cell that begins there, and where it ends. An unclosed quote is treated like any other character. */
function cellAt(text: string, start: number, ends: CellEnds): [cell: string, end: number] {
  const quoted = text[start] === '"' ? quotedAt(text, start, ends) : undefined;
  if (quoted) return quoted;
  let end = start;
  while (end < text.length && text[end] !== ends.separator && text[end] !== "\n") end++;
  return [text.slice(start, end), end];
}

/** Maximum characters in one cell; longer text was not meant to be a cell. */
const cellMax = 10_000;

function quotedAt(
  text: string,
  start: number,
  { separator, quotes }: CellEnds,
): [cell: string, end: number] | undefined {
  for (let at = start + 1; at < text.length && at - start < cellMax; at++) {
    if (text[at] === "\n" && quotes === "within-a-line") return undefined;
    if (text[at] !== '"') continue;
    if (text[at + 1] === '"') at++;
    else {
      const next = text[at + 1];
      const isClosed = next === undefined || next === separator || next === "\n";
      return isClosed ? [text.slice(start + 1, at).replaceAll('""', '"'), at + 1] : undefined;
    }
  }
  return undefined;
}
