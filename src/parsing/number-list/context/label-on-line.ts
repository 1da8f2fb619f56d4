/** Finds the name next to a number in a line of text, where other numbers and names may stand, too. */
import { type Digits, digitsMin, type Spoiled } from "../grammar.ts";
import { freeItem } from "../parsed-line.ts";
import { labelBeside } from "../sub-mchid.ts";
import { isNoName } from "./no-names.ts";

type Part = Digits | Spoiled;

/** Between the entries of a list. */
export const divider = /[,，、;；\t|]/u;

/** How many characters on either side of a number are searched for words. */
export const nearby = 100;

/**
 * Returns the text next to the number at a position in `found`, up to the next number or list separator.
 * @param found all digits of the line, in order
 */
export function labelsOnLine(found: readonly Part[], plain: string): (at: number) => string | undefined {
  const side = sideOfNames(found, plain);
  return (at) => {
    const part = found[at];
    if (!part || !isNumber(part)) return undefined;
    const previous = neighbour(found, at, -1, plain);
    const next = neighbour(found, at, 1, plain);
    const before = plain.slice(Math.max(previous?.end ?? 0, part.start - nearby), part.start);
    const after = plain.slice(part.end, Math.min(next?.start ?? plain.length, part.end + nearby));
    if (!previous && !next) return labelBeside(before, after);
    const isOfPrevious = side === "after" && isNumber(previous) && !divider.test(before);
    const isOfNext = side === "before" && isNumber(next) && !divider.test(after);
    return labelBeside(
      isOfPrevious ? "" : (before.split(divider).at(-1) ?? ""),
      isOfNext ? "" : (withoutLabelOf(next, after).split(divider)[0] ?? ""),
    );
  };
}

/** The next digits in a direction that are no part of the words beside the number, if they are nearby. */
function neighbour(found: readonly Part[], at: number, step: 1 | -1, plain: string): Part | undefined {
  const start = found[at]?.start ?? 0;
  for (let nth = at + step; ; nth += step) {
    const part = found[nth];
    if (!part || Math.abs(part.start - start) > 2 * nearby || !isInWords(part, plain, step)) return part;
  }
}

function isNumber(part: Part | undefined): boolean {
  return part?.kind === "digits" && part.digits.length >= digitsMin;
}

/**
 * Whether digits belong to the words that they touch: `红湖火锅3号店`, `KFC2`, `24h`. After a number, a count does not:
 * `3家店`.
 * @param step where they stand: -1 before the number, 1 after it
 */
function isInWords(part: Part, plain: string, step: 1 | -1): boolean {
  if (freeItem(1, part, undefined) !== undefined) return false;
  if (/\p{L}/u.test(plain.charAt(part.start - 1)) || /\p{L}/u.test(plain.charAt(part.start))) return true;
  if (step === 1) return false;
  return part.kind === "digits" ? /\p{L}/u.test(plain.charAt(part.end)) : /[a-z]/i.test(plain.charAt(part.end - 1));
}

/** On which side of the numbers a line has its names; undefined if that is uncertain. */
function sideOfNames(found: readonly Part[], plain: string): "before" | "after" | undefined {
  const [first, last] = [found.find(isNumber), found.findLast(isNumber)];
  if (first === last) return undefined;
  const isNamed = (words: string) => /\p{L}/u.test(words) && !isNoName(words);
  const front = isNamed(plain.slice(0, first?.start));
  const back = isNamed(plain.slice(last?.end));
  return front === back ? undefined : front ? "before" : "after";
}

/** `电话` before the next number says what that one is. */
function withoutLabelOf(next: Part | undefined, words: string): string {
  if (next?.kind !== "spoiled" || next.problem.problem !== "other-label") return words;
  const start = words.lastIndexOf(next.problem.label);
  return start < 0 ? words : words.slice(0, start).replace(/(?:联系|联络|客户|预留)$/u, "");
}
