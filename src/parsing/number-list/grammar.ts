/**
 * The rules by which digits in a text become sub-merchants' numbers. The command, the form, *Leave out*, files and
 * grants share them; the table of forms is in test/parsing/number-list/forms.test.ts.
 *
 * 1. **Digits** are ASCII or full-width. Invisible characters are ignored, unless they separate two whole numbers; so
 * are a leading apostrophe or backtick, and one `.0` at the end of a cell.
 * 2. A **number** is a run of digits. It is spoiled if a letter (other than Chinese, Japanese and Korean ones), a digit
 * of another kind (`①`, `²`, `٣`), a currency sign or one of `+ _ # @` touches it. `.`, `-` and `/` spoil it only if a
 * letter or digit stands directly on their other side; so a full stop ends a sentence, and `1900000109.5` is reported.
 * 3. Brackets, quotes, Slack's marks, Chinese characters and all other punctuation **end** a number, and what they hold
 * beside it is its label: `张三（1900000511）`.
 * 4. **Groups** (`1900 000 109`, `1,900,000,109`) are not joined. They are reported with the joined number as a
 * suggestion.
 * 5. **Free text**, and a column without a known header: runs of 8 to 10 digits that are no date are taken. Every other
 * run of four digits or more is reported with the reason, and so is everything that is nearly a number (`19O0000109`).
 * 6. **A single typed number, and a cell of a column with a known header** that holds one number, follow the API's rule
 * of 1 to 32 digits. Fewer than 8 digits in a file or list are reported.
 * 7. Our own number is reported as ours. `1,9E+09` and `1.9E +09` are reported as shortened by Excel. A negative number
 * of a spreadsheet is spoiled by its `−`.
 * 8. A **range** (`1900000511-1900000513`, also with spaces; `至`, `到`, `~`, `to`, `…`) is reported whole, and so is a
 * number with `至`, `到`, `to` or a dash at the end of its line. Neither end is taken.
 * 9. An **abbreviation** is reported: two to seven digits in a list, after a whole number (`1900000021、022、023`). So is
 * an **incomplete** number, with a mark for the missing digits: `190000*`, `190****109`, `1900000…`, `1900000??`,
 * `…0000109`. After ten digits, dots and question marks belong to the sentence. So are words for numbers that a line
 * does not list: `and 309 more`.
 * 10. An **exception** is reported: `除 1900000511 外`, `不含…`, `except …`, `先不开通…`, up to the end of the sentence or to
 * `外`; below a line that ends in such words, up to the next line without a number.
 * 11. A number after **another label** is reported (`订单号`), as are amounts, links, and **totals**, named or not.
 * 12. A **table** is text between tabs, semicolons, commas or pipes (`| 1900000511 | name |`), or a spreadsheet. A line
 * that names the column of numbers begins another table with its own header; so does a line of words alone after an
 * empty one, and then rule 5 holds. Of a workbook, the visible cells of the first visible sheet are read; each other
 * sheet and hidden column with four digits in a row is reported, and all such hidden or struck-through rows together.
 *
 * So nothing that holds four digits or more in a row is dropped silently: it is taken or reported.
 */

/** Maximum digits in a `sub_mchid`: `string(32)` in the API's documentation. */
export const subMchidMax = 32;

/** A number whose surrounding marks are valid; its length has not been checked. */
export interface Digits {
  kind: "digits";
  digits: string;
  start: number;
  end: number;
}

/** Digits that are not a number, with the reason. */
export interface Spoiled {
  kind: "spoiled";
  problem: DigitsProblem;
  start: number;
  end: number;
}

export type DigitsProblem =
  /**
   * `wrong` is the first character that is not a digit, and its position, counted from 1; undefined if the text is not
   * a number at all.
   */
  | { problem: "not-digits"; text: string; wrong: { character: string; place: number } | undefined }
  /** `joint` is the text between the first two, or its code point if it is invisible. */
  | { problem: "several-numbers"; text: string; joint: string }
  /** `joined` is the number that the groups make. */
  | { problem: "grouped"; text: string; joined: string }
  | { problem: "date"; text: string }
  /** A spreadsheet wrote the number as `1.9E+09`, and its last digits are lost. */
  | { problem: "shortened"; text: string }
  /** From one number to another. */
  | { problem: "range"; text: string }
  /** The last digits of a number, after another number. */
  | { problem: "abbreviated"; text: string }
  /** Digits and a mark for those that are missing. */
  | { problem: "incomplete"; text: string }
  /** A number after words such as `except`. */
  | { problem: "excepted"; text: string }
  /** The text before the number shows that it is a different one, such as an order number or a phone number. */
  | { problem: "other-label"; text: string; label: string };

/**
 * Rules 1 to 4: everything in a text that contains digits, in order, regardless of the words next to it; see scan.ts.
 */
export function tokens(plain: string): (Digits | Spoiled)[] {
  // Most texts are one number, and the expression for all others takes far longer.
  const only = /^ *([0-9]+) *$/.exec(plain)?.[1];
  if (only !== undefined) {
    const start = plain.indexOf(only);
    return [judged(only, start, start + only.length)];
  }
  const found: (Digits | Spoiled)[] = [];
  for (const { 0: text, index } of plain.matchAll(token))
    if (/[0-9]/.test(text) || otherDigits.test(text)) found.push(judged(text, index, index + text.length));
  return grouped(found, plain);
}

/** Without invisible characters, and with full-width digits as plain ones. */
export function plainDigits(text: string): string {
  return text
    .replace(/[\uff10-\uff19]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xff10 + 0x30))
    .replace(unseen, (marks, at: number, whole: string) => {
      const isBetween = /[0-9]{8}$/.test(whole.slice(Math.max(0, at - 8), at));
      return isBetween && /^[0-9]{8}/.test(whole.slice(at + marks.length, at + marks.length + 8))
        ? marks.slice(0, 1)
        : "";
    });
}

/**
 * Four digits in a row may be a number or part of one. So may as many digits as a number has, with marks between them.
 */
export function isTelling(text: string): boolean {
  if (/[0-9]{4}/.test(text) || otherDigits.test(text)) return true;
  const digits = digitsOf(text).length;
  return digits >= digitsMin || (text.length >= digitsMin && digits * 2 > text.length);
}

/** Digits of other scripts, circled or superscript: they look like a number but are not one. */
const otherDigits = /\p{N}{4}/u;

/** Fewer digits in a file or list are an amount, a count or a part of a number. */
export const digitsMin = 8;
/** More digits in free text are a phone number or an order number. */
export const freeDigitsMax = 10;

/** `20261128`; WeChat Pay's own numbers of eight digits begin with `10`. */
export function isDate(digits: string): boolean {
  return /^(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])$/.test(digits);
}

const unseen = /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]+/gu;
const chinese = "[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}]";
const sign = `[[\\p{L}\\p{N}]--${chinese}]`;
const touching = `[[\\p{L}\\p{N}\\p{M}\\p{Sc}+−_#@＋＿＃＠]--${chinese}]`;
const range = "~～〜∼至到";
const joints =
  "[.．\\-－‐‑‒–—\\/／\\u00ad\\u061c\\u180e\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2064\\u2066-\\u206f\\ufeff]";
/** With spaces around its `E`, as some programs write them, it has a plus. */
const exponent = "(?:[0-9][,，])?[0-9]+(?:[.．][0-9]+)?(?:[eE][+＋]?|[ ]?[eE][ ]?[+＋][ ]?)[0-9]{1,3}";
const shortened = new RegExp(`^${exponent}$`, "v");
/** A shortened number, a Chinese date, or signs that touch each other, with joints that have a sign on both sides. */
const token = new RegExp(
  `(?<!${touching})${exponent}(?!${touching}|${joints}${sign})|(?<!${touching})(?:19|20)[0-9]{2}年(?:[0-9]{1,2}月(?:[0-9]{1,2}[日号])?)?|${touching}+(?:(?:(?<=${sign})${joints}(?=${sign})|(?<=[0-9])[${range}](?=[0-9]))${touching}+)*`,
  "gv",
);

const dashedDate = /^(?:19|20)[0-9]{2}([-－.．/／–—])[0-9]{1,2}\1[0-9]{1,2}(?![0-9])/u;
const dayFirst = /^[0-9]{1,2}([-－.．/／])[0-9]{1,2}\1(?:19|20)[0-9]{2}$/u;

function judged(text: string, start: number, end: number): Digits | Spoiled {
  const [, digits] = /^([0-9]+)(?:[.．]0)?$/.exec(text) ?? [];
  if (digits !== undefined) return { kind: "digits", digits, start, end };
  return { kind: "spoiled", problem: whySpoiled(text), start, end };
}

function whySpoiled(text: string): DigitsProblem {
  if (shortened.test(text)) return { problem: "shortened", text };
  if (/年/.test(text) || dashedDate.test(text) || dayFirst.test(text)) return { problem: "date", text };
  const [, joint] = onlyJoined.exec(text) ?? [];
  const [, whole] = /^([0-9]+)[.．]0+$/.exec(text) ?? [];
  if (whole !== undefined && isSuggested(whole)) return { problem: "grouped", text, joined: whole };
  if (joint !== undefined) {
    const groups = text.split(/[^0-9]+/);
    if (groups.every((group) => group.length <= groupMax) && isSuggested(digitsOf(text)))
      return { problem: "grouped", text, joined: digitsOf(text) };
    if (groups.every(isDate)) return { problem: "date", text };
    return isRange(groups, joint)
      ? { problem: "range", text }
      : { problem: "several-numbers", text, joint: shown(joint) };
  }
  const characters = [...text];
  const place = characters.findIndex((character) => !/[0-9]/.test(character));
  // A word with hardly any digits is not a mistyped number, so pointing at one of its letters would not help.
  const isNear = (text.match(/\p{N}/gu)?.length ?? 0) * 2 > characters.length;
  return {
    problem: "not-digits",
    text,
    wrong: isNear ? { character: characters[place] ?? "", place: place + 1 } : undefined,
  };
}

const onlyJoined = new RegExp(`^[0-9]+(${joints}|[${range}−_＿])(?:[0-9]+(?:${joints}|[${range}−_＿]))*[0-9]+$`, "v");
const groupMax = 4;

/** A dash between two whole numbers; after one whole number, a dash and fewer digits may be a suffix. */
function isRange([first = "", ...others]: readonly string[], joint: string): boolean {
  if (new RegExp(`[${range}]`, "u").test(joint)) return first.length >= digitsMin;
  return /[-－‐‑‒–—−]/u.test(joint) && [first, ...others].every((group) => group.length >= digitsMin);
}

/** Groups separated by spaces, commas or apostrophes: runs of up to four digits with the same sign between them. */
function grouped(found: readonly (Digits | Spoiled)[], plain: string): (Digits | Spoiled)[] {
  const result: (Digits | Spoiled)[] = [];
  for (let at = 0; at < found.length; ) {
    const last = lastOfGroup(found, at, plain);
    const first = found[at];
    const end = found[last]?.end ?? 0;
    if (first === undefined) break;
    const text = plain.slice(first.start, end);
    const problem = last > at ? groupProblem(text) : undefined;
    if (problem) result.push({ kind: "spoiled", problem, start: first.start, end });
    else result.push(first);
    at = problem ? last + 1 : at + 1;
  }
  return result;
}

function lastOfGroup(found: readonly (Digits | Spoiled)[], first: number, plain: string): number {
  let last = first;
  let mark: string | undefined;
  for (let next = first + 1; next < found.length && next - first < subMchidMax; next++) {
    const [one, other] = [found[next - 1], found[next]];
    if (!one || !other || !isGroup(one)) break;
    const between = plain.slice(one.end, other.start);
    if (!groupMarks.test(between) || between !== (mark ?? between)) break;
    if (!isGroup(other) && !/^[0-9]{1,4}[.．]0+$/.test(plain.slice(other.start, other.end))) break;
    mark = between;
    last = next;
  }
  return last;
}

const groupMarks = /^[ \u00a0\u2000-\u200a\u202f\u205f\u3000,，'’＇·]$/u;

function isGroup(part: Digits | Spoiled): boolean {
  return part.kind === "digits" && part.digits.length === part.end - part.start && part.digits.length <= groupMax;
}

function groupProblem(text: string): DigitsProblem | undefined {
  const groups = text.replace(/[.．]0+$/, "");
  const joined = digitsOf(groups);
  if (/^(?:19|20)[0-9]{2}[^0-9,，][0-9]{1,2}[^0-9,，][0-9]{1,2}$/u.test(text)) return { problem: "date", text };
  // A comma can also separate amounts, so it groups only thousands.
  if (/[,，]/u.test(groups) && !/^[0-9]{1,3}(?:[,，][0-9]{3})+$/u.test(groups)) return undefined;
  return isSuggested(joined) ? { problem: "grouped", text, joined } : undefined;
}

function isSuggested(digits: string): boolean {
  return digits.length >= digitsMin && digits.length <= subMchidMax;
}

/** Only the digits of a text. */
function digitsOf(text: string): string {
  return text.replace(/[^0-9]/g, "");
}

/** `U+200B` for invisible characters. */
function shown(mark: string): string {
  if (!/[\p{C}\p{Z}]/u.test(mark)) return mark;
  return `U+${(mark.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}
