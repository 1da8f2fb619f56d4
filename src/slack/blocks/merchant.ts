/** A merchant in a message or a form: its number, and its name as plain text beside it. */
import type { DirectoryEntry, Merchant } from "../../domain/directory/merchant.ts";
import type { Texts } from "../../text/en/catalogue.ts";
import { code, cut, escapeText } from "./mrkdwn.ts";

/** Characters of a name that are shown alone, and in a list within a message; the CSV files have all of them. */
const nameShown = 32;
export const listedShown = 11;

/** Characters of a number and a name in a title, of which a dialog has 100. */
const textMax = 40;

/** In Slack's markup. */
export function merchant({ subMchid, name, isUnlisted }: Merchant, { merchants }: Texts, max = nameShown): string {
  if (name !== undefined) return `${code(subMchid)} ${plainName(name, max)}`;
  return isUnlisted ? `${code(subMchid)} ${merchants.unlisted}` : code(subMchid);
}

/** A merchant of the directory, with its note. */
export function directoryEntry({ subMchid, name, note }: DirectoryEntry, texts: Texts): string {
  const named = merchant({ subMchid, name, isUnlisted: false }, texts);
  return note === undefined ? named : texts.find.withNote(named, plainName(note));
}

/** Where there is no markup: in dialogs, options and titles. */
export function merchantText({ subMchid, name, isUnlisted }: Merchant, { merchants }: Texts): string {
  if (name !== undefined) return `${subMchid} ${cut([...name], Math.min(nameShown, textMax - subMchid.length))}`;
  const marked = merchants.unlistedText(subMchid);
  return isUnlisted && marked.length <= textMax ? marked : subMchid;
}

/** In a message's `text`, for notifications and screen readers: markup without code style. */
export function merchantSentence({ subMchid, name }: Merchant): string {
  return name === undefined ? subMchid : `${subMchid} ${plainName(name)}`;
}

/** Several in a row: with a mark between them if any has a name. */
export function merchantList(list: readonly Merchant[], texts: Texts): string {
  const isNamed = list.some(({ name, isUnlisted }) => name !== undefined || isUnlisted);
  return list.map((each) => merchant(each, texts, listedShown)).join(isNamed ? " · " : " ");
}

/** A name inside our own markup: Slack finds no formatting, emoji, link or mention in it. */
export function plainName(name: string, max = nameShown): string {
  return cut(
    [...name].map((character) => escapeText(fullWidth[character] ?? character)),
    max,
  );
}

/** Looks almost the same, and is no markup. */
const fullWidth: Readonly<Record<string, string>> = { "*": "＊", _: "＿", "~": "～", "`": "｀", ":": "：" };
