/**
 * Reads lines in which no column of numbers has a name: the numbers that rule 5 accepts, and the entries that it
 * reports.
 */
import type { Action } from "../../domain/attempt-result.ts";
import { formulaItem } from "./column-numbers.ts";
import { actionIn, marked, otherActionCells } from "./context/action-words.ts";
import { divider, labelsOnLine, nearby } from "./context/label-on-line.ts";
import { isNegatedAfterwards, judgedByRow, unlistedWords } from "./context/words-beside.ts";
import { answersOf } from "./context/yes-no-columns.ts";
import { type CsvLine, isErrorValue, uncalculatedCell, unreadableCell } from "./csv-reader.ts";
import { type Digits, plainDigits, type Spoiled } from "./grammar.ts";
import { freeItem, type Item, problemItem, reported } from "./parsed-line.ts";
import { isExceptionAlone, scan } from "./scan.ts";

/** @param columns those that contain numbers; short counts in the other columns are not mistyped numbers */
export function unlabelledNumbers(lines: readonly CsvLine[], columns: ReadonlySet<number>, action?: Action): Item[] {
  return [...readable(lines, columns, action), ...lines.flatMap((line) => unreadable(line, columns))];
}

/** Cells of which a spreadsheet shows no value. An error in another column is only a missing name. */
function unreadable({ line, cells }: CsvLine, columns: ReadonlySet<number>): Item[] {
  return cells.flatMap((cell, column): Item[] => {
    if (cell === uncalculatedCell) return [formulaItem(line, column)];
    const isNumbers = columns.size === 0 || columns.has(column);
    const isUnreadable = cell === unreadableCell || (isNumbers && isErrorValue(cell));
    return isUnreadable ? [problemItem("no-number", line, cell)] : [];
  });
}

function readable(lines: readonly CsvLine[], columns: ReadonlySet<number>, action: Action | undefined): Item[] {
  let areExcepted = false;
  /** The words that give numbers to the other action than the request's. */
  let above: string | undefined;
  const table = lines.map(({ cells }) => cells);
  const beside = otherActionCells(table, action);
  const answered = answersOf(table, action);
  return lines.flatMap((line) => {
    const plain = plainDigits(line.text);
    const found = scan(plain);
    if (found.length === 0) {
      areExcepted = isExceptionAlone(plain);
      above = actionIn(plain, action) === "other" ? plain.trim() : undefined;
      const problem = areExcepted ? "excepted" : rangeAlone.test(plain) ? "range" : undefined;
      return problem ? [problemItem(problem, line.line, plain)] : [];
    }
    let words = beside(line.cells) ?? above;
    const labelAt = labelsOnLine(found, plain);
    const read = found.flatMap((part, at): Item[] => {
      const before = wordsBefore(at, found, plain);
      const named = actionIn(before, action);
      if (named !== undefined) {
        words = named === "other" ? before.trim() : undefined;
        // After a colon, the list may go on below.
        if (/[:：]\s*$/u.test(before)) above = words;
      }
      const item = freeItem(line.line, part, labelAt(at));
      if (!item) return [];
      const isExcepted = areExcepted || isNegatedAfterwards(plain.slice(part.end, part.end + nearby));
      return [isExcepted ? reported(item, { problem: "excepted" }) : marked(item, words)];
    });
    const judged = judgedByRow(answered(read, line.cells), line.cells);
    const items = [...judged, ...unlistedItems(read, line, plain)];
    return found.every(({ kind }) => kind === "digits") ? [...items, ...shortCells(line, columns)] : items;
  });
}

function unlistedItems(items: readonly Item[], { line }: CsvLine, plain: string): Item[] {
  const count = items.filter(({ kind }) => kind === "number").length;
  const words = count > 0 ? unlistedWords(plain, count) : undefined;
  return words === undefined ? [] : [problemItem("unlisted", line, words)];
}

/** Between two lines with its ends. */
const rangeAlone = /^[ \u3000]*(?:[至到~～〜…⋯⋮︙]+|[.．。·]{2,}|to)[ \u3000]*$/iu;

/** The words directly before it on its line. */
function wordsBefore(at: number, found: readonly (Digits | Spoiled)[], plain: string): string {
  const start = found[at]?.start ?? 0;
  return (
    plain
      .slice(Math.max(found[at - 1]?.end ?? 0, start - nearby), start)
      .split(divider)
      .at(-1) ?? ""
  );
}

/** `合计<TAB>2`: a cell of up to three digits, where a number belongs. */
function shortCells({ line, cells }: CsvLine, columns: ReadonlySet<number>): Item[] {
  return cells.flatMap((cell, column): Item[] => {
    const [, digits] = /^\s*[`'"]?([0-9]{1,3})(?:\.0)?[`'"]?\s*$/.exec(plainDigits(cell)) ?? [];
    const isNumbers = columns.size === 0 || columns.has(column);
    return digits !== undefined && isNumbers ? [problemItem("too-short", line, digits)] : [];
  });
}
