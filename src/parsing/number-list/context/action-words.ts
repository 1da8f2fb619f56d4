/** Words beside or above numbers that say whether to open or to close them: a request does only one of the two. */
import type { Action } from "../../../domain/attempt-result.ts";
import { type Item, reported } from "../parsed-line.ts";

/** What people write for each, as a part of an expression. */
export const actionWords: Readonly<Record<Action, string>> = {
  OPEN: "开通|开启|启用|打开|open|enable|activate|(?:turn|switch) on",
  CLOSE: "关闭|关停|关掉|停用|取消开通|close|disable|deactivate|(?:turn|switch) off",
};
/** The action that a request of the other one does not do. */
export const otherAction: Readonly<Record<Action, Action>> = { OPEN: "CLOSE", CLOSE: "OPEN" };
/** What can stand around these words without changing them. */
export const aroundActionWords =
  "请|需|要|拟|待|只|仅|并|先|再|本次|这次|同时|另外|麻烦|烦请|帮忙|帮|给|一下|申请|全部|都|将|把|以下|下列|这些|特约|商户|门店|名单|列表|的|商家|小票|点金计划|please|to|be|the|these|following|receipts?|merchants?|stores?|for|and|then|also|only|just|pls|kindly|can|could|you|we";
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
  return words === undefined ? item : reported(item, { problem: "other-action", words });
}
