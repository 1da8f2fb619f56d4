/** What other cells of a row say about its numbers: `合计` makes them a total. */
import type { Item } from "./parsed-line.ts";

/** A whole cell, without spaces. */
const total =
  /^(?:本页|本表|总)?(?:合计|总计|小计|共计|汇总|总和|求和|平均值?)(?:数|金额)?(?:[(（][^()（）]*[)）])?[:：]?$|^(?:(?:grand|sub)-?)?totals?[:：]?$/iu;

/** The cell that makes its row one of totals; undefined if there is none. */
export function totalLabel(cells: readonly string[]): string | undefined {
  return cells.find((cell) => total.test(cell.replace(/\s/gu, "")))?.trim();
}

/** A spreadsheet also adds up a column of merchants' numbers, and a few of them make another number of ten digits. */
export function judgedByRow(items: readonly Item[], cells: readonly string[]): Item[] {
  const label = items.some(({ kind }) => kind === "number") ? totalLabel(cells) : undefined;
  if (label === undefined) return [...items];
  return items.map((item) =>
    item.kind === "number"
      ? { kind: "problem", problem: { line: item.line, problem: "other-label", text: item.subMchid, label } }
      : item,
  );
}
