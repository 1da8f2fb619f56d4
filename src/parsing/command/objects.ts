/** The object of a command: receipts, 点金计划 or both, named before `open` and `close` or after them. */
import { objects, type SwitchObject } from "../../domain/goldplan/objects.ts";
import { firstWord, keyword } from "./tokens.ts";

/** The words for each object, in both languages, regardless of LOCALE. */
export const objectNames = {
  receipt: ["receipt", "receipts", "商家小票", "小票"],
  goldplan: ["goldplan", "点金计划"],
  both: ["both", "商家小票和点金计划", "小票和点金计划"],
} as const satisfies Record<SwitchObject, readonly string[]>;

/** An object's name, if the text begins with one, and the text after it. */
export function firstObject(text: string): { object: SwitchObject; rest: string } | undefined {
  const [word, rest] = firstWord(apart(text));
  const object = objectNamed(word);
  return object && { object, rest };
}

export function objectNamed(word: string): SwitchObject | undefined {
  const typed = keyword(word);
  return objects.find((object) => (objectNames[object] as readonly string[]).includes(typed));
}

/** Longer names first: `小票` also begins `小票和点金计划`. */
const names = Object.values(objectNames)
  .flat()
  .sort((one, other) => other.length - one.length);

const nameAtStart = new RegExp(`^\\s*(?:${names.join("|")})`, "iu");

/** Chinese is typed without spaces: `点金计划开通1900000109`. */
function apart(text: string): string {
  const [name = ""] = nameAtStart.exec(text) ?? [];
  const rest = text.slice(name.length);
  return name !== "" && /^(?:[0-9０-９]|<tel:|\p{Script=Han})/u.test(rest) ? `${name} ${rest}` : text;
}
