/** A merchant in a message or a form: its number, and its name as plain text beside it. */
import type { Merchant } from "../../domain/directory/merchant.ts";
import type { Texts } from "../../text/en/catalogue.ts";
import { code, escapeText } from "./mrkdwn.ts";

/** Characters of a name that are shown; the CSV files have all of them. */
const nameShown = 40;

/** In Slack's markup. */
export function merchant({ subMchid, name, isUnlisted }: Merchant, { merchants }: Texts): string {
  if (name !== undefined) return `${code(subMchid)} ${plainName(name)}`;
  return isUnlisted ? `${code(subMchid)} ${merchants.unlisted}` : code(subMchid);
}

/** Where there is no markup: in dialogs, options and titles. */
export function merchantText({ subMchid, name, isUnlisted }: Merchant, { merchants }: Texts): string {
  if (name !== undefined) return `${subMchid} ${cut(name)}`;
  return isUnlisted ? `${subMchid} ${merchants.unlistedPlain}` : subMchid;
}

/** Several in a row: with a mark between them if any has a name. */
export function merchantList(list: readonly Merchant[], texts: Texts): string {
  const isNamed = list.some(({ name, isUnlisted }) => name !== undefined || isUnlisted);
  return list.map((each) => merchant(each, texts)).join(isNamed ? " · " : " ");
}

/** A name inside our own markup: Slack finds no formatting, emoji, link or mention in it. */
export function plainName(name: string): string {
  return escapeText(cut(name).replace(/[*_~`:]/g, (mark) => fullWidth[mark] ?? ""));
}

/** Looks almost the same, and is no markup. */
const fullWidth: Readonly<Record<string, string>> = { "*": "＊", _: "＿", "~": "～", "`": "｀", ":": "：" };

function cut(name: string): string {
  const characters = [...name];
  return characters.length > nameShown ? `${characters.slice(0, nameShown - 1).join("")}…` : name;
}
