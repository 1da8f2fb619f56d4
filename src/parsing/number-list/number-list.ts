import { withoutControls } from "../plain-text.ts";
import { namedNumbers } from "./column-numbers.ts";
import { likelySeparator, type TableLine, tableLines } from "./csv-reader.ts";
import { namedColumn } from "./header-row.ts";
import type { ListProblem, ReadLine } from "./parsed-line.ts";
import { subMchidsMost } from "./sub-mchid.ts";
import { freeNumbers } from "./unlabelled-numbers.ts";

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

export const problemsMost = 20;

/** Cells that are read, and words of a line: as many numbers as a request may have, with nine columns beside them. */
const cellsMost = 10 * (subMchidsMost + 1);

/**
 * Where a line at the beginning names the numbers' column, only that one counts; otherwise numbers stand anywhere, and what
 * may as well be a column of other numbers is told.
 */
export function readNumberList(text: string): NumberList {
  const plain = withoutControls(text.replace(/^\ufeff/, "")).replace(/[\u2028\u2029]/g, "\n");
  const named = namedColumn(plain);
  const lines = named
    ? tableLines(plain, named.separator, "over-lines")
    : tableLines(plain, likelySeparator(plain), "within-a-line");
  const toRead: TableLine[] = [];
  let [cells, notRead] = [0, 0];
  for (const line of lines) {
    cells += line.cells.length;
    if (cells <= cellsMost) toRead.push(line);
    else notRead += 1;
  }
  const list = collected(named ? namedNumbers(toRead, named) : freeNumbers(toRead, cellsMost));
  return { ...list, tooMany: list.tooMany + notRead };
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
