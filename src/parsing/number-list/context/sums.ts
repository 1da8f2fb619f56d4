/** Finds the sums of a column that no word marks as such: a spreadsheet writes them directly below it or above. */
import { type Item, reported } from "../parsed-line.ts";

/**
 * Reports each number that is the sum of two or more directly above it, or directly below. It is no coincidence: of ten
 * digits, WeChat Pay's numbers begin with 1, so none of them is the sum of two others.
 */
export function withoutSums(items: readonly Item[]): Item[] {
  const numbers = items.flatMap((item, at) => (item.kind === "number" ? [{ at, value: BigInt(item.subMchid) }] : []));
  if (!mayHoldSum(numbers)) return [...items];
  const sums = new Set([...sumsOf(numbers), ...sumsOf(numbers.toReversed())]);
  return items.map((item, at) => (sums.has(at) ? reported(item, { problem: "sum" }) : item));
}

interface Value {
  at: number;
  value: bigint;
}

/** In most lists, the two smallest numbers together are greater than every other. */
function mayHoldSum(numbers: readonly Value[]): boolean {
  let [smallest, second, largest] = [undefined, undefined, 0n] as [bigint | undefined, bigint | undefined, bigint];
  for (const { value } of numbers) {
    if (smallest === undefined || value < smallest) [smallest, second] = [value, smallest];
    else if (second === undefined || value < second) second = value;
    if (value > largest) largest = value;
  }
  return smallest !== undefined && second !== undefined && largest >= smallest + second;
}

/** Where the numbers stand that make the sum of those directly before them. */
function sumsOf(numbers: readonly Value[]): number[] {
  const found: number[] = [];
  let all = 0n;
  /** How many numbers, from the first one on, make each sum; without the sums found, as in a grand total. */
  const counts = new Map([[all, 0]]);
  for (const { at, value } of numbers) {
    const before = counts.get(all - value);
    if (before !== undefined && counts.size - before > 2) {
      found.push(at);
      continue;
    }
    all += value;
    if (!counts.has(all)) counts.set(all, counts.size);
  }
  return found;
}
