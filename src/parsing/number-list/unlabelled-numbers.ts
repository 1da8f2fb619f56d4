/** Lines of text in which no column of numbers has a name -> the numbers that leave no doubt; words beside them are remarks. */
import type { CsvLine } from "./csv-reader.ts";
import { type Item, numberItem, type ParsedLine, problemItem } from "./parsed-line.ts";
import { numberWords } from "./sub-mchid.ts";

/**
 * Numbers stand anywhere between blanks, commas and the like. Words alone above several lines with numbers are their header.
 * @param wordsMost words of one line that are read
 */
export function unlabelledNumbers(lines: readonly CsvLine[], wordsMax: number): ParsedLine[] {
  const [first, ...others] = lines.map((line) => freely(line, wordsMax));
  if (!first) return [];
  const hasNoDigit = !/\p{N}/u.test(first.text);
  const isHead = hasNoDigit && others.filter((line) => numbersOf(line).size > 0).length > 1;
  return ofOneColumn(ofOneLength(isHead ? others : [first, ...others]), hasNoDigit ? first : undefined);
}

interface FreeLine extends ParsedLine {
  text: string;
  /** How many words it has, numbers and all. */
  words: number;
  /** There are words beside its numbers. */
  hasWords: boolean;
  /** It has cells as a table's row has: in typed text a blank follows the comma. */
  isRow: boolean;
}

function freely({ line, cells, text }: CsvLine, wordsMax: number): FreeLine {
  const words = text.includes('"') ? cells.flatMap(numberWords) : numberWords(text);
  const items = words
    .filter((word) => !listMark.test(word))
    .slice(0, wordsMax)
    .map((word) => numberItem(line, word));
  const telling = items.filter((item) => !isRemark(item));
  return {
    line,
    text,
    items: telling.length > 0 ? telling : [problemItem("no-number", line, cells.join(" "))],
    words: items.length,
    hasWords: telling.length < items.length,
    isRow: cells.slice(1).some((cell) => /^\S/.test(cell)),
  };
}

const listMark = /^[•*‐–—-]+$/;

function isRemark(item: Item): boolean {
  return item.kind === "problem" && item.problem.problem === "not-digits" && item.problem.wrong === undefined;
}

/**
 * Several numbers on one line may be a number and an amount, a date, a telephone, or its groups, and one among words a day
 * or a floor. Those that are as long as the list's other numbers are taken, and the rest is told.
 */
function ofOneLength(lines: readonly FreeLine[]): FreeLine[] {
  const usual = usualLength(lines.filter(({ hasWords }) => !hasWords)) ?? usualLength(lines);
  return lines.map((read) => {
    const isAlone = numbersOf(read).size < 2 && !read.hasWords;
    if (isAlone || (lengthsOf(read).size < 2 && usual === undefined)) return read;
    const items = read.items.map((item): Item => {
      if (item.kind === "problem" || item.subMchid.length === usual) return item;
      return problemItem("other-length", read.line, item.subMchid);
    });
    return { ...read, items };
  });
}

/** The length of the numbers on most of these lines, of two the longer; undefined where each line has several lengths. */
function usualLength(lines: readonly FreeLine[]): number | undefined {
  const linesOfLength = new Map<number, number>();
  for (const [length, ...others] of lines.map((line) => [...lengthsOf(line)]))
    if (length !== undefined && others.length === 0) linesOfLength.set(length, (linesOfLength.get(length) ?? 0) + 1);
  return [...linesOfLength].sort(([a, one], [b, other]) => other - one || b - a)[0]?.[0];
}

/**
 * Several numbers on a line are a list of them, or columns of a table: sub-merchants, and beside each its provider. It is
 * taken for a table where names or words stand beside cells with numbers, and where two lines have numbers in cells, beside
 * words, under as many names, or one that stands on the other line too. Nobody can tell then which column is meant.
 * @param names the first line, where no digit is in it
 */
function ofOneColumn(lines: readonly FreeLine[], names: FreeLine | undefined): FreeLine[] {
  const several = lines.filter((line) => numbersOf(line).size > 1);
  const linesWith = new Map<string, number>();
  for (const number of several.flatMap((line) => [...numbersOf(line)]))
    linesWith.set(number, (linesWith.get(number) ?? 0) + 1);
  const isShared = (line: FreeLine) => [...numbersOf(line)].some((number) => (linesWith.get(number) ?? 0) > 1);
  const isNamed = (line: FreeLine) => line.words === names?.words;
  const doubtful = new Set(several.filter((line) => line.isRow || line.hasWords || isNamed(line) || isShared(line)));
  const isTable = doubtful.size > 1 || [...doubtful].some((line) => line.isRow && (line.hasWords || names?.isRow));
  if (!isTable) return [...lines];
  return lines.map((line) => {
    if (!(line.isRow || doubtful.has(line)) || numbersOf(line).size === 0) return line;
    return { ...line, items: [problemItem("several-columns", line.line, line.text)] };
  });
}

function numbersOf({ items }: ParsedLine): Set<string> {
  return new Set(items.flatMap((item) => (item.kind === "number" ? [item.subMchid] : [])));
}

function lengthsOf(line: ParsedLine): Set<number> {
  return new Set([...numbersOf(line)].map((number) => number.length));
}
