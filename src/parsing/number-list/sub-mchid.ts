/**
 * Reading sub-merchants' numbers as people type and paste them, for the command, the form, files and grants alike. A wrong
 * merchant is the worst that can come of it: digits are joined where their groups leave no doubt, and all else is told.
 */

/** Digits in a `sub_mchid`, at most: `string(32)` in the API's documentation. */
export const subMchidMax = 32;

/** Sub-merchants in one request, at most. */
export const subMchidsMax = 10_000;

export type SubMchidProblem =
  /** `wrong` is the first character that is no digit, and its place, counted from 1; undefined for what is no number at all. */
  | { problem: "not-digits"; text: string; wrong: { character: string; place: number } | undefined }
  | { problem: "too-long"; digits: number }
  /** `joint` is what stands between the first two, or the code point of what cannot be seen there. */
  | { problem: "several-numbers"; text: string; joint: string };

export type SubMchidRead = { ok: true; subMchid: string } | ({ ok: false } & SubMchidProblem);

/** One number, whatever marks stand around it; see `isGrouped` for what may stand within. */
export function readSubMchid(pasted: string): SubMchidRead {
  const text = plainDigits(pasted).replace(wrapping, "");
  if (onlyDigits.test(text)) {
    // A mark that nobody sees stands within a number now and then, and between two of them as well.
    const halves = pasted.split(unseen).filter((part) => fullNumber.test(plainDigits(part)));
    if (halves.length > 1) return { ok: false, problem: "several-numbers", text, joint: shown(unseenIn(pasted)) };
    return sized(text);
  }
  const [, whole] = decimals.exec(text) ?? [];
  if (whole !== undefined && (onlyDigits.test(whole) ? whole.length > groupMax : isGrouped(whole)))
    return sized(digitsOf(whole));
  if (isGrouped(text)) return sized(digitsOf(text));
  const [, joint] = joined.exec(text) ?? [];
  if (joint !== undefined) return { ok: false, problem: "several-numbers", text, joint: shown(joint) };
  const characters = [...text];
  const place = characters.findIndex((character) => !onlyDigits.test(character));
  // A word with hardly a digit in it is no mistyped number: pointing at one of its letters would not help.
  const digits = characters.filter((character) => onlyDigits.test(character)).length;
  const wrong = digits * 2 > characters.length ? { character: characters[place] ?? "", place: place + 1 } : undefined;
  return { ok: false, problem: "not-digits", text, wrong };
}

/** It was meant as a number, and is none. */
export function isNearlyNumber(problem: SubMchidProblem): boolean {
  return problem.problem !== "not-digits" || problem.wrong !== undefined;
}

/** It is a whole number with as many digits as WeChat Pay gives, and not a part of one or a year. */
export function isFullNumber(word: string): boolean {
  const read = readSubMchid(word);
  return read.ok && fullNumber.test(read.subMchid);
}

/** The words of a text between blanks, commas and conjunctions; a number in groups is one word, whatever groups it. */
export function numberWords(text: string): string[] {
  return splitAt(text, 0).filter((word) => !noWord.test(word));
}

/** Joins the digits with which a text begins where unbreakable blanks group them, so that they are one word. */
export function joinFirstGroups(text: string): string {
  return text.replace(blankGroups, (run) => {
    const read = readSubMchid(run);
    return read.ok ? read.subMchid : run;
  });
}

/** Without marks that nobody sees, and with full-width digits as plain ones. What else looks like a digit is none. */
export function plainDigits(text: string): string {
  return text
    .replace(unseen, "")
    .replace(/[\uff10-\uff19]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xff10 + 0x30));
}

/** What joins two numbers in a list of them, in either language. */
export const conjunctions = { words: ["and"], signs: "&＆和与及" } as const;

const onlyDigits = /^[0-9]+$/;
/** WeChat Pay gives numbers of eight digits and more: so many are a number by themselves, and not one of its groups. */
const fullNumber = /[0-9]{8}/;
const groupMax = 4;

/** Marks within text that take no room: soft hyphens, joiners, those that turn the direction of writing. */
const unseen = /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]+/gu;
/** Blanks at which no line breaks, and those that are narrower than others: between groups of digits, and elsewhere. */
const tightBlanks = "\\u00a0\\u2000-\\u200a\\u202f\\u205f";
const separators = `-‐‑‒–—－_＿.．,，'’＇·${tightBlanks}`;
const quotes = "\\s`\"'“”‘’«»()[\\]（）［］【】「」『』《》〈〉＂＇｀";
const stops = ",.;:，．。、；：";

/**
 * Quotes and code marks around a number, and stops after it. Without looking behind, a long row of stops that is not at the
 * end would be read through again from each of them.
 */
const wrapping = new RegExp(`^[${quotes}]+|(?<![${quotes}${stops}])[${quotes}${stops}]+$`, "gu");
const joined = new RegExp(`^[0-9]+([${separators}])[${separators}]*(?:[0-9]+[${separators}]+)*[0-9]+$`, "u");
/** What a spreadsheet or a database makes of a number: `1900000109.0`. */
const decimals = /^([^.．]*[0-9])[.．]0+$/;
const blankGroups = new RegExp(`^\\s*[0-9\\uff10-\\uff19]+(?:[${tightBlanks}][0-9\\uff10-\\uff19]+)+`, "u");

/**
 * Groups of three or four digits, eight digits in all at least, with one and the same sign between them; a group at one end
 * may be shorter. A comma may as well stand between two numbers, and a single dot before decimals: commas group thousands
 * only, and dots more than two groups. So a number that is written as a whole is never joined with what stands behind it.
 */
function isGrouped(text: string): boolean {
  const [, separator] = joined.exec(text) ?? [];
  if (separator === undefined) return false;
  const groups = text.split(separator);
  if (!groups.every((group) => onlyDigits.test(group)) || !fullNumber.test(digitsOf(text))) return false;
  const [first = 0, ...others] = groups.map((group) => group.length);
  if (/[,，]/.test(separator)) return first <= 3 && !text.startsWith("0") && others.every((size) => size === 3);
  if (/[.．]/.test(separator) && groups.length < 3) return false;
  const isFull = (size: number) => size === 3 || size === groupMax;
  if (first <= groupMax && others.every(isFull)) return true;
  const last = others.pop() ?? 0;
  return others.length > 0 && isFull(first) && others.every((size) => size === first) && last < first;
}

function digitsOf(text: string): string {
  return text.replace(/[^0-9]/g, "");
}

function sized(digits: string): SubMchidRead {
  if (digits.length > subMchidMax) return { ok: false, problem: "too-long", digits: digits.length };
  return { ok: true, subMchid: digits };
}

function unseenIn(text: string): string {
  return text.replace(wrapping, "").match(unseen)?.[0] ?? "";
}

/** `U+00A0` for what cannot be seen. */
function shown(mark: string): string {
  if (!/[\p{C}\p{Z}]/u.test(mark)) return mark;
  return `U+${(mark.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** What stands between words, from what always ends one to what may stand within a number. */
const ends: readonly RegExp[] = [
  /[ \t\n\v\f\r\u1680\u2028\u2029\u3000;；、。|]+/u,
  new RegExp(`[,，${conjunctions.signs}]+`, "u"),
  new RegExp(`[${tightBlanks}]+`, "u"),
];

/** Most words have none of these in them. */
const innerEnd = new RegExp(`[,，${conjunctions.signs}${tightBlanks}]`, "u");

function splitAt(text: string, level: number): string[] {
  const end = ends[level];
  if (end === undefined || (level > 0 && !innerEnd.test(text))) return [text];
  const parts = text.split(end);
  if (parts.length > 1 && level > 0 && readSubMchid(text).ok) return [text];
  return parts.flatMap((part) => splitAt(part, level + 1));
}

/** Quotes, stops and conjunctions that stand alone. */
const noWord = new RegExp(`^(?:[${quotes}${stops}]*|${conjunctions.words.join("|")})$`, "iu");
