/** The object of a command: receipts, 点金计划 or both, named before `open` and `close` or after them. */
import type { SwitchObject } from "../../domain/goldplan/objects.ts";
import { conjunctions } from "../number-list/sub-mchid.ts";
import { simplifiedStart } from "../simplified.ts";
import { firstWord, keyNamed, keyword } from "./tokens.ts";

/** The words for each object, in both languages, regardless of LOCALE. */
export const objectNames = {
  receipt: ["receipt", "receipts", "商家小票", "小票"],
  goldplan: ["goldplan", "点金计划"],
  both: ["both", "两者", "商家小票和点金计划", "小票和点金计划"],
} as const satisfies Record<SwitchObject, readonly string[]>;

/** An object's name, if the text begins with one, and the text after it. */
export function firstObject(text: string): { object: SwitchObject; rest: string } | undefined {
  const pair = pairAtStart.exec(simplifiedStart(text))?.[0];
  if (pair !== undefined) return { object: "both", rest: text.slice(pair.length) };
  const [word, rest] = firstWord(apart(text));
  const object = objectNamed(word);
  return object && { object, rest };
}

export function objectNamed(word: string): SwitchObject | undefined {
  return keyNamed(objectNames, keyword(word));
}

/** Longer names first: `小票` also begins `小票和点金计划`. */
const names = Object.values(objectNames)
  .flat()
  .sort((one, other) => other.length - one.length);

const nameAtStart = new RegExp(`^\\s*(?:${names.join("|")})`, "iu");

/** What can follow a name without a space: Chinese is typed without any, as in `点金计划开通1900000109`. */
const joinedNext = "[0-9０-９]|<tel:|\\p{Script=Han}";
const startsJoined = new RegExp(`^(?:${joinedNext})`, "u");

const [receipt, goldplan] = [objectNames.receipt, objectNames.goldplan].map(
  (same) => `(?:${[...same].sort((one, other) => other.length - one.length).join("|")})`,
);
const joint = `(?:\\s+(?:${conjunctions.words.join("|")})\\s+|\\s*(?:&amp;|以及|[${conjunctions.signs}、，,+])\\s*)`;

/** Both objects in a row, `receipt and goldplan` or `点金计划、小票`: the first alone would be half of what was typed. */
const pairAtStart = new RegExp(
  `^\\s*(?:${receipt}${joint}${goldplan}|${goldplan}${joint}${receipt})(?=$|\\s|${joinedNext})`,
  "iu",
);

function apart(text: string): string {
  const [name = ""] = nameAtStart.exec(simplifiedStart(text)) ?? [];
  const rest = text.slice(name.length);
  return name !== "" && startsJoined.test(rest) ? `${text.slice(0, name.length)} ${rest}` : text;
}
