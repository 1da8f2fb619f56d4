/**
 * One number that somebody typed on purpose, in a command or alone in a form. The API's own rule applies, and an
 * unusual length is only pointed out.
 */
import { isSameName } from "../../domain/directory/merchant.ts";
import { isNoName, withoutKinds } from "./context/no-names.ts";
import { errorValues } from "./csv-reader.ts";
import { type DigitsProblem, digitsMin, plainDigits, subMchidMax } from "./grammar.ts";
import { scan } from "./scan.ts";

/** Maximum sub-merchants in one request. */
export const subMchidsMax = 10_000;

export type SubMchidProblem = DigitsProblem | { problem: "too-long"; digits: number };

/** `label` is the name next to the number. */
export type SubMchidRead = { ok: true; subMchid: string; label?: string } | ({ ok: false } & SubMchidProblem);

/**
 * WeChat Pay assigns ten digits to most merchants. Other lengths are accepted if a person typed them, and the request
 * points them out.
 */
export function isUnusual(subMchid: string): boolean {
  return subMchid.length !== usualLength;
}

/** In the given order, except that unusual numbers come first. */
export function doubtfulFirst(subMchids: readonly string[]): string[] {
  return [...subMchids.filter(isUnusual), ...subMchids.filter((subMchid) => !isUnusual(subMchid))];
}

const usualLength = 10;

/** One number, with or without a name. */
export function readSubMchid(pasted: string): SubMchidRead {
  const plain = plainDigits(pasted);
  const found = scan(plain);
  const spoiled = found.find((part) => part.kind === "spoiled");
  if (spoiled) return { ok: false, ...spoiled.problem };
  const digits = found.flatMap((part) => (part.kind === "digits" ? [part] : []));
  const [first, next] = digits;
  const [number, second] = next ? digits.filter(isLong) : digits;
  const label = number && labelBeside(plain.slice(0, number.start), plain.slice(number.end));
  if (first && next && (second || label === undefined))
    return { ok: false, problem: "several-numbers", text: bare(plain), joint: plain.slice(first.end, next.start) };
  if (!number) return { ok: false, problem: "not-digits", text: plain.trim(), wrong: undefined };
  if (number.digits.length > subMchidMax) return { ok: false, problem: "too-long", digits: number.digits.length };
  if (label === undefined) return { ok: true, subMchid: number.digits };
  // `合同4711` is a contract number, not a merchant's number.
  if (!isWhole(number)) return { ok: false, problem: "not-digits", text: bare(plain), wrong: undefined };
  return { ok: true, subMchid: number.digits, label };
}

/** The text was meant as a number but is not one. */
export function isNearlyNumber(problem: SubMchidProblem): boolean {
  if (problem.problem === "other-label") return false;
  return problem.problem !== "not-digits" || problem.wrong !== undefined;
}

/** A number in groups, or with marks between them, at the beginning of a text: its groups would be separate words. */
export function groupsFirst(text: string): SubMchidProblem | undefined {
  const [first] = scan(plainDigits(text.slice(0, groupsLookedAt)));
  return first?.kind === "spoiled" &&
    (first.problem.problem === "grouped" || (first.problem.problem === "incomplete" && / /.test(first.problem.text))) &&
    /^[^\p{L}]*$/u.test(text.slice(0, first.start))
    ? first.problem
    : undefined;
}

const groupsLookedAt = 200;

/**
 * The words next to a number, without brackets, quotes, list marks and words such as `商户号`; undefined if there are
 * none.
 */
export function labelBeside(before: string, after: string): string | undefined {
  const sides = [before, after].filter((side) => !isNoName(side));
  // Words that are no name still say that the number does not stand alone.
  const given = sides.length === 1 && /\p{L}/u.test(sides[0] ?? "") ? (sides[0] ?? "") : `${before} ${after}`;
  const words = withoutKinds(given.replace(errorValues, " ")).replace(
    /[\s"“”`|()（）[\]［］【】「」『』《》〈〉]+/gu,
    " ",
  );
  return /\p{L}/u.test(words) && !isConjunction.test(words) ? bare([...words].slice(0, labelMax).join("")) : undefined;
}

/** Maximum characters of a label, enough to recognize a merchant. */
export const labelMax = 60;

/** After a number, before what is not a number. */
const isConjunction = /^[\s\p{P}]*(?:and|等|和|与|及|以及)[\s\p{P}]*$/iu;

/**
 * Notes the name next to a number, if its label is one. A number with several is given all of them: one may belong to
 * another number.
 */
export function addLabel(labels: Record<string, string>, subMchid: string, label: string): void {
  if (isNoName(label)) return;
  const known = labels[subMchid];
  const isKnown = known?.split(betweenLabels).some((one) => isSameName(one, label)) ?? false;
  if (!isKnown)
    labels[subMchid] =
      known === undefined ? label : [...`${known}${betweenLabels}${label}`].slice(0, labelMax).join("");
}

const betweenLabels = " / ";

/** Removes marks around words: brackets, quotes, full stops, list marks. */
function bare(text: string): string {
  return text.replace(/^[\s\p{P}\p{S}\p{C}]+/u, "").replace(/(?<![\s\p{P}\p{S}\p{C}])[\s\p{P}\p{S}\p{C}]+$/u, "");
}

function isWhole({ digits }: { digits: string }): boolean {
  return digits.length >= digitsMin;
}

/** Shorter digits next to a number are a floor or an item's position in a list. */
function isLong({ digits }: { digits: string }): boolean {
  return digits.length >= 4;
}

/** Conjunctions between two numbers in a list, in either language. */
export const conjunctions = { words: ["and"], signs: "&＆和与及" } as const;
