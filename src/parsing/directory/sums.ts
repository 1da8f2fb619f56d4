/** Finds sums among the numbers of a directory, and tells a merchant that is called `Total` or `汇总` from them. */

/** A number beside a word for a sum. */
export interface Labelled {
  line: number;
  subMchid: string;
  label: string;
}

/**
 * Whether the word for a sum can be a merchant's name. WeChat Pay's numbers of ten digits begin with 1, so none of them
 * is the sum of two others, wherever those are; but the mean of some looks like one.
 */
export function mayBeName(label: string, subMchid: string): boolean {
  return /^1[0-9]{9}$/.test(subMchid) && !/平均/.test(label);
}

export interface SumCheck {
  /**
   * Returns whether the number is the sum of all above it, by which a spreadsheet ends a column.
   * @param label the word for a sum beside the number; undefined if there is none
   */
  add(line: number, subMchid: string, label: string | undefined): boolean;
  /** Those labelled numbers that shorter ones can make. A sum also stands above what it adds up, so ask at the end. */
  possibleSums(): Labelled[];
}

/** Keeps the labelled numbers, the two smallest ones and the sum, whatever the size of the directory. */
export function createSumCheck(): SumCheck {
  const labelled: Labelled[] = [];
  let [count, all] = [0, 0n];
  let [smallest, second] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  return {
    add(line, subMchid, label) {
      const exact = BigInt(subMchid);
      if (count > 1 && exact === all) return true;
      count += 1;
      all += exact;
      const value = Number(subMchid);
      [smallest, second] = value < smallest ? [value, smallest] : [smallest, Math.min(second, value)];
      if (label !== undefined) labelled.push({ line, subMchid, label });
      return false;
    },
    possibleSums: () => labelled.filter(({ subMchid }) => Number(subMchid) >= smallest + second),
  };
}
