/** The limits of a grant as people type them: `for 8h`, `for 1900000109,19000*`, or one of each. */
import type { Restriction } from "../../domain/policy.ts";
import { readDuration } from "../../domain/time/duration.ts";
import { isDate, plainDigits, subMchidMax } from "../number-list/grammar.ts";
import { scan } from "../number-list/scan.ts";
import { conjunctions, readSubMchid, type SubMchidProblem } from "../number-list/sub-mchid.ts";
import { type ExtraInput, firstWord, keyword, type Read } from "./tokens.ts";

export interface GrantTerms {
  /** How long the grant lasts, in milliseconds; undefined if it is permanent. */
  forMs: number | undefined;
  only: Restriction | undefined;
}

export type GrantTermsProblem =
  /** Neither a time nor sub-merchants. */
  | { problem: "unclear-terms"; text: string }
  | { problem: "time-too-long"; text: string }
  | { problem: "too-many-numbers"; count: number; max: number }
  | UnclearNumbers
  | ExtraInput;

/** Text that resembles a number, and that would be read as a different number word by word. */
type UnclearNumbers = Extract<
  SubMchidProblem,
  { problem: "grouped" | "range" | "abbreviated" | "excepted" | "other-label" }
>;

/** A year. A role that is needed for longer is granted without an end date. */
const grantMaxMs = 366 * 86_400_000;
/** Maximum numbers and prefixes in one grant, so that its line in the list of roles stays readable. */
export const restrictionMax = 20;
/** Shorter than any number that WeChat Pay assigns, so that `for 8` is a time without its unit. */
const shortestNumber = 4;

/** The words before a limit, in both languages. */
export const termNames: readonly string[] = ["for", "限"];

/** @param typed the text after the role, as the person typed it */
export function readTerms(typed: string): Read<GrantTerms, GrantTermsProblem> {
  const terms: GrantTerms = { forMs: undefined, only: undefined };
  let rest = typed.trim();
  while (rest !== "") {
    const [word, after] = firstWord(rest);
    if (!termNames.includes(keyword(word))) return { ok: false, problem: "too-much", text: rest };
    const [clause, next] = clauseOf(after);
    const read = readClause(clause);
    if (!read.ok) return read;
    if (Object.keys(read.command).some((name) => terms[name as keyof GrantTerms] !== undefined))
      return { ok: false, problem: "too-much", text: rest };
    Object.assign(terms, read.command);
    rest = next;
  }
  return { ok: true, command: terms };
}

/** The text before the next `for`, and the rest. */
function clauseOf(text: string): [clause: string, next: string] {
  const next = /\s(?:for|ｆｏｒ|限)\s/iu.exec(text);
  return next ? [text.slice(0, next.index).trim(), text.slice(next.index).trim()] : [text.trim(), ""];
}

function readClause(text: string): Read<Partial<GrantTerms>, GrantTermsProblem> {
  const forMs = readTime(text);
  if (forMs !== undefined && forMs > grantMaxMs) return { ok: false, problem: "time-too-long", text };
  if (forMs) return { ok: true, command: { forMs } };
  for (const part of scan(plainDigits(text)))
    if (part.kind === "spoiled" && isUnclear(part.problem)) return { ok: false, ...part.problem };
  const items = text.split(between).filter((item) => /[^\s\p{P}\p{C}]/u.test(item) || item.includes("*"));
  const only = new Set(items.map(readNumbers));
  if (only.has(undefined) || only.size === 0) return { ok: false, problem: "unclear-terms", text };
  if (only.size > restrictionMax)
    return { ok: false, problem: "too-many-numbers", count: only.size, max: restrictionMax };
  return { ok: true, command: { only: [...only].filter((each) => each !== undefined) } };
}

function isUnclear(wrong: SubMchidProblem): wrong is UnclearNumbers {
  return ["grouped", "range", "abbreviated", "excepted", "other-label"].includes(wrong.problem);
}

const units = ["m", "分", "分钟", "h", "时", "小时", "d", "天", "日"] as const;

/** `90m`, `8h`, `1d12h`, `2 天` in milliseconds; undefined for anything else. */
function readTime(text: string): number | undefined {
  return readDuration(keyword(text).replace(/\s+/gu, ""), { units, digits: 9 });
}

const between = new RegExp(
  `(?:[\\s,，、;；|&＆]|(?<=[0-9０-９*＊])[${conjunctions.signs}]|\\b(?:${conjunctions.words.join("|")})\\s)+`,
  "u",
);

/** A whole number, or a prefix followed by `*`. */
function readNumbers(item: string): string | undefined {
  const [, beginning] = /^[`"'“”‘’]*([0-9]+)[*＊][`"'“”‘’]*$/u.exec(plainDigits(item)) ?? [];
  if (beginning !== undefined) return beginning.length < subMchidMax ? `${beginning}*` : undefined;
  const number = readSubMchid(item);
  // `for 20261231` is meant as an end.
  const isNumber = number.ok && number.subMchid.length >= shortestNumber && !isDate(number.subMchid);
  return isNumber ? number.subMchid : undefined;
}
