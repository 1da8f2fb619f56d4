import { withoutControls } from "../plain-text.ts";
import { columnNumbers } from "./column-numbers.ts";
import { type CsvLine, csvLines, likelySeparator } from "./csv-reader.ts";
import { headerRow } from "./header-row.ts";
import type { ListProblem, ParsedLine } from "./parsed-line.ts";
import { subMchidsMax } from "./sub-mchid.ts";
import { unlabelledNumbers } from "./unlabelled-numbers.ts";

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

export const problemsMax = 20;

/** Cells that are read, and words of a line: as many numbers as a request may have, with nine columns beside them. */
const cellsMax = 10 * (subMchidsMax + 1);

/**
 * Where a line at the beginning names the numbers' column, only that one counts; otherwise numbers stand anywhere, and what
 * may as well be a column of other numbers is told.
 */
export function readNumberList(text: string): NumberList {
  const plain = withoutControls(text.replace(/^\ufeff/, "")).replace(/[\u2028\u2029]/g, "\n");
  const named = headerRow(plain);
  const lines = named
    ? csvLines(plain, named.separator, "over-lines")
    : csvLines(plain, likelySeparator(plain), "within-a-line");
  const toRead: CsvLine[] = [];
  let [cells, notRead] = [0, 0];
  for (const line of lines) {
    cells += line.cells.length;
    if (cells <= cellsMax) toRead.push(line);
    else notRead += 1;
  }
  const list = collected(named ? columnNumbers(toRead, named) : unlabelledNumbers(toRead, cellsMax));
  return { ...list, tooMany: list.tooMany + notRead };
}

function collected(lines: readonly ParsedLine[]): NumberList {
  const subMchids = new Set<string>();
  const beyond = new Set<string>();
  const problems: ListProblem[] = [];
  let [problemCount, repeated] = [0, 0];
  for (const item of lines.flatMap(({ items }) => items)) {
    if (item.kind === "problem") {
      problemCount += 1;
      if (problems.length < problemsMax) problems.push(item.problem);
    } else if (subMchids.has(item.subMchid) || beyond.has(item.subMchid)) repeated += 1;
    else (subMchids.size < subMchidsMax ? subMchids : beyond).add(item.subMchid);
  }
  return { subMchids: [...subMchids], tooMany: beyond.size, problems, problemCount, repeated };
}
