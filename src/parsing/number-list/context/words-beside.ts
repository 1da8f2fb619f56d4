/** Words beside a number, or in another cell of its row, by which it is not a merchant to open or close. */
import type { Action } from "../../../domain/attempt-result.ts";
import type { Item } from "../parsed-line.ts";

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
  const isExcepted = isBelowException || cells.some((cell) => !/[0-9０-９]/.test(cell) && isNegatedAfterwards(cell));
  return items.map((item) => {
    if (item.kind === "problem" || (label === undefined && !isExcepted)) return item;
    const { line, subMchid: text } = item;
    const problem =
      label === undefined
        ? ({ line, problem: "excepted", text } as const)
        : ({ line, problem: "other-label", text, label } as const);
    return { kind: "problem", problem };
  });
}

/** What has not been opened yet, `未开通`, may be what is to be opened. */
const inChinese =
  "(?:(?:不(?:用|必|要|需要?|予|再)?|无需|无须|别|暂缓)(?:再|给|为)?|(?:暂时?|先)不)(?:开(?:通|启)?|关(?:闭|停)?|处理|操作|变更)(?:[了啦吧]|的\\p{Script=Han}{0,8})?(?!\\p{Script=Han})";
const inEnglish =
  "\\b(?:(?:do|must|should|shall|please)[ ]?(?:not|n[’']?t)|never|not[ ]to)[ ](?:be[ ])?(?:re-?)?(?:open|close|enable|disable|change|touch|process)(?:e?d)?\\b";
const words = `(?:${inChinese}|${inEnglish})`;

const anywhere = new RegExp(words, "iu");
const next = new RegExp(`^[ \\u00a0\\u3000\\t|,，:：;；(（\\-–—]*(?:请|都|均)?${words}(?![^\\p{L}\\n]*[0-9])`, "iu");

/** @param before the text before a number, within its sentence */
export function isNegated(before: string): boolean {
  return anywhere.test(before);
}

/** @param after the text after a number, or another cell; words before another number are about that one */
export function isNegatedAfterwards(after: string): boolean {
  return next.test(after);
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

/** What people write for each, as a part of an expression. */
export const actionWords: Readonly<Record<Action, string>> = {
  OPEN: "开通|开启|open|enable",
  CLOSE: "关闭|关停|close|disable",
};
/** The action that a request of the other one does not do. */
export const otherAction: Readonly<Record<Action, Action>> = { OPEN: "CLOSE", CLOSE: "OPEN" };
/** What can stand around these words without changing them. */
export const aroundActionWords =
  "请|需|要|拟|申请|全部|都|将|把|以下|下列|这些|特约|商户|门店|名单|列表|的|商家|小票|点金计划|please|to|be|the|these|following|receipts?|merchants?|stores?|for";
export const aroundAction = `(?:${aroundActionWords}|\\s)*`;
const onlyAction = (action: Action) => new RegExp(`^${aroundAction}(?:${actionWords[action]})${aroundAction}$`, "iu");
const only: Readonly<Record<Action, RegExp>> = { OPEN: onlyAction("OPEN"), CLOSE: onlyAction("CLOSE") };

/**
 * The action that words such as `请关闭：` give for the numbers after them, if it is the request's own or the other one.
 * What `已关闭` is may be what is to be opened.
 */
export function actionIn(words: string, action: Action | undefined): "own" | "other" | undefined {
  if (action === undefined) return undefined;
  const plain = words.replace(/[\p{P}\p{S}]+/gu, " ").trim();
  return only[action].test(plain) ? "own" : only[otherAction[action]].test(plain) ? "other" : undefined;
}

/** In a header: what the merchants' switches are now, which is no action. */
const presentState = /状[态况]|目前|当前|现[有况]|status|state|current/iu;

/**
 * The cell of a row that names the other action, if its column has both. With one alone, the rows may be those of an
 * earlier request that is undone.
 */
export function otherActionCells(
  rows: readonly (readonly string[])[],
  action: Action | undefined,
): (cells: readonly string[]) => string | undefined {
  if (action === undefined) return () => undefined;
  const other = otherAction[action];
  const table = rows.map(wordsOf);
  const [own, theirs] = [action, other].map(
    (one) => new Set(table.flatMap((words) => words.flatMap((word, at) => (only[one].test(word) ? [at] : [])))),
  );
  const isMixed = (at: number) => theirs?.has(at) && !rows.some((cells) => presentState.test(cells[at] ?? ""));
  const mixed = [...(own ?? [])].filter(isMixed);
  return (cells) => mixed.map((at) => wordsOf(cells)[at] ?? "").find((word) => only[other].test(word));
}

/** The cells of a row; of a line that is not divided into cells, the last word, as in `1900000109 蓝海 关闭`. */
export function wordsOf(cells: readonly string[]): string[] {
  const [line = "", ...others] = cells;
  if (others.length > 0) return cells.map((cell) => cell.trim());
  return [/(?<![^\s0-9])[^\s0-9]+$/u.exec(line.replace(/[\p{P}\p{S}]+/gu, " ").trim())?.[0] ?? ""];
}

/** The item, or that its number is for the other action. @param words that say so; undefined if there are none */
export function marked(item: Item, words: string | undefined): Item {
  if (item.kind === "problem" || words === undefined) return item;
  return { kind: "problem", problem: { line: item.line, problem: "other-action", text: item.subMchid, words } };
}
