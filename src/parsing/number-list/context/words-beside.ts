/** Words beside a number, or in another cell of its row, by which it is not a merchant to open or close. */
import { type Item, reported } from "../parsed-line.ts";

/** A whole cell, without spaces. */
const total =
  /^(?:本页|本表|总)?(?:合计|总计|小计|共计|汇总|总和|求和|平均值?)(?:数|金额)?(?:[(（][^()（）]*[)）])?[:：]?$|^(?:(?:grand|sub)-?)?totals?[:：]?$/iu;

/** The cell that makes its row one of totals; undefined if there is none. */
export function totalLabel(cells: readonly string[]): string | undefined {
  return cells.find((cell) => total.test(cell.replace(/\s/gu, "")))?.trim();
}

/**
 * The items of a row, judged by its cells. A spreadsheet also adds up a column of merchants' numbers, and a few of them
 * make another number of ten digits.
 * @param isBelowException whether words above the row except its number
 */
export function judgedByRow(items: readonly Item[], cells: readonly string[], isBelowException = false): Item[] {
  if (!items.some(({ kind }) => kind === "number")) return [...items];
  const label = totalLabel(cells);
  if (label !== undefined) return items.map((item) => reported(item, { problem: "other-label", label }));
  const isExcepted =
    isBelowException ||
    cells.some((cell) => !/[0-9０-９]/.test(cell) && (excluded.test(cell) || isNegatedAfterwards(cell)));
  return isExcepted ? items.map((item) => reported(item, { problem: "excepted" })) : [...items];
}

/** A whole cell. */
const excluded = /^[\s(（]*(?:除外|排除|excluded|excepted)[\s)）]*$/iu;

/** What has not been opened yet, `未开通`, may be what is to be opened. */
const inChinese =
  "(?:(?:不(?:用|必|要|需要?|予|再)?|无需|无须|别|暂缓)(?:再|给|为)?|(?:暂时?|先)不)(?:开(?:通|启)?|关(?:闭|停)?|处理|操作|变更)(?:[了啦吧]|的\\p{Script=Han}{0,8})?(?!\\p{Script=Han})";
const inEnglish =
  "\\b(?:(?:do|must|should|shall|please)[ ]?(?:not|n[’']?t)|never|not[ ]to)[ ](?:be[ ])?(?:re-?)?(?:open|close|enable|disable|change|touch|process)(?:e?d)?\\b";
const words = `(?:${inChinese}|${inEnglish})`;

const anywhere = new RegExp(words, "iu");
/** Who does not want it, and until when: `这家先不开通`. */
const inFront = "(?:请|都|均|也|就|还是|这[家个]|[该此]店|[该此]?商[户家]|客户|要求|说|[先暂]时?|目前|[这本此]次)*";
/**
 * Directly after the number, or behind a name. Before another number they are about that one, unless a comma ends them:
 * `1900000109 不开通，1900000110 开通`.
 */
const next = new RegExp(
  `^(?:[^，,。；;:：!！?？\\n\\t|0-9]{0,40}[^\\p{L}\\p{N}])?[ \\u00a0\\u3000\\t|,，:：;；(（\\-–—]*${inFront}${words}(?![^\\p{L}\\n，,；;]*[0-9])`,
  "iu",
);

/** @param before the text before a number, within its sentence */
export function isNegated(before: string): boolean {
  return anywhere.test(before);
}

/** @param after the text after a number, or another cell */
export function isNegatedAfterwards(after: string): boolean {
  return next.test(after);
}

/** The text between two numbers, without the words at its beginning that except the first one. */
export function withoutNegation(between: string): string {
  const [words = ""] = next.exec(between) ?? [];
  return /^[ \u3000)）]*[，,；;]/u.test(between.slice(words.length)) ? between.slice(words.length) : between;
}

const gap = "[ \\u3000]{0,5}";
const unlisted = new RegExp(
  `(?:\\b(?:and|plus)|[&+])${gap}[0-9]{1,6}${gap}(?:more|others?|further|additional)\\b|(?:另有|还有|其余|其他|其它)${gap}[0-9]{1,6}${gap}[个家户间]`,
  "iu",
);
const listedInAll = new RegExp(`等${gap}共?${gap}([0-9]{1,6})${gap}[个家户间]`, "u");

/**
 * Words of a line for numbers that it does not list: `and 309 more`, `等 5 家` after fewer.
 * @param count how many it lists
 */
export function unlistedWords(line: string, count: number): string | undefined {
  const [inAll, total] = listedInAll.exec(line) ?? [];
  return unlisted.exec(line)?.[0] ?? (Number(total ?? 0) > count ? inAll : undefined);
}
