/**
 * Classifies everything in a text that contains digits, by its marks (see grammar.ts) and by the text next to it: rules
 * 8 to 11.
 */
import { withLinks } from "./context/links.ts";
import { isNegated, withoutNegation } from "./context/words-beside.ts";
import { type Digits, digitsMin, freeDigitsMax, isDate, type Spoiled, tokens } from "./grammar.ts";

type Part = Digits | Spoiled;

/** Positions count in `plainDigits(text)`. */
export function scan(plain: string): Part[] {
  const found = withLinks(tokens(plain), plain);
  const parts: Part[] = [];
  /** The last number, or abbreviation of one. */
  let last: Part | undefined;
  let isExcepted = false;
  let label: string | undefined;
  for (let at = 0; at < found.length; at++) {
    const part = found[at];
    if (!part) break;
    if (part.kind === "spoiled") {
      parts.push(part);
      if (part.problem.problem === "range") last = part;
      continue;
    }
    const cut = incomplete(part, plain);
    if (cut) {
      parts.push(cut);
      continue;
    }
    const broken = brokenNumber(part, found[at + 1], plain);
    if (broken) {
      parts.push(broken);
      last = broken;
      at += 1;
      continue;
    }
    if (part.digits.length < digitsMin) {
      const isAbbreviated = last !== undefined && isAbbreviation(part, last, plain);
      const judged = isAbbreviated ? spoiled("abbreviated", part, part, plain) : part;
      if (isAbbreviated) last = judged;
      parts.push(judged);
      continue;
    }
    const before = plain.slice(Math.max(last?.end ?? 0, part.start - nearby), part.start);
    const after = plain.slice(part.end, part.end + nearby);
    isExcepted = excepts(last ? withoutNegation(before) : before, after) || (isExcepted && !exceptionEnd.test(before));
    label = otherLabel.exec(before)?.[1] ?? (sameList.test(before) ? label : undefined);
    if (/~$/.test(before) && /^~(?![0-9])/.test(after.replace(/^~~/, "~"))) {
      // Slack's and Markdown's line through a text.
      parts.push(spoiled("excepted", part, part, plain));
      last = parts.at(-1);
      continue;
    }
    const end = lastOfRange(found, at, plain);
    if (found[end] && (end > at || isOneEnd(before, after) || continuesRange(last, before)))
      parts.push(rangeOf(part, found[end], plain));
    else if (isExcepted || exceptedAfter.test(after)) parts.push(spoiled("excepted", part, part, plain));
    else if (label !== undefined) parts.push(labelled(part, label));
    else parts.push(part);
    at = end;
    last = parts.at(-1);
  }
  return parts;
}

/** Words after which the following numbers are exceptions. */
export function isExceptionAlone(plain: string): boolean {
  return excepts(plain.slice(-nearby), "") || /(?:以下|下列|following).*外/iu.test(plain.slice(-nearby));
}

/** How many characters next to a number are searched for words. */
const nearby = 60;

function spoiled(
  problem: "range" | "abbreviated" | "incomplete" | "excepted",
  { start }: Pick<Part, "start">,
  { end }: Pick<Part, "end">,
  plain: string,
): Spoiled {
  return { kind: "spoiled", problem: { problem, text: plain.slice(start, end) }, start, end };
}

function labelled({ digits, start, end }: Digits, label: string): Spoiled {
  return { kind: "spoiled", problem: { problem: "other-label", text: digits, label }, start, end };
}

const dash = "[\\-‐‑‒–—―−－]+>?";
const closing = "[ \\u00a0\\u3000)）\\]】\"”’'」`*]*";
const opening = "[ \\u00a0\\u3000(（\\[【\"“‘'「`*]*";
/** In brackets, the name next to the first of the two. */
const name = "(?:[(（][^()（）\\n\\t]*[)）])?";
/**
 * English words and signs are the only text between the two; after `至` and the like, a name may come before the second.
 */
const rangeSign = new RegExp(
  `^(?:${closing}${name}[ \\u3000]*(?:${dash}|[.．]{2,}|…+|→|to|thru|through|till|until)${opening}|${closing}${name}[ \\u3000起]*[至到~～〜∼][^、，,;；。\\n\\t|]*)$`,
  "iu",
);
const firstEnd = /^[ \u3000]+(?:[-‐–—―−~～]+|to)[ \u3000]*(?:\n|$)|^[ \u3000]*[至到~～〜][ \u3000]*(?:\n|$)/iu;
const secondEnd = /(?:^|\n)[ \u3000]*(?:[至到]|to )[ \u3000]*$/iu;

function lastOfRange(found: readonly Part[], first: number, plain: string): number {
  let last = first;
  for (let next = first + 1; next < found.length; next++) {
    const [one, other] = [found[next - 1], found[next]];
    if (!one || other?.kind !== "digits" || other.digits.length < rangeEndMin) break;
    if (other.end - (found[first]?.start ?? 0) > rangeMax || !rangeSign.test(plain.slice(one.end, other.start))) break;
    last = next;
  }
  return last;
}

/** Minimum digits of a range's end: `1900000109 - 12 Nov` is not a range. */
const rangeEndMin = 3;

/** Maximum characters of a range in a report. */
const rangeMax = 150;

/** A third number: `1900000511-1900000513 - 1900000520`. */
function continuesRange(last: Part | undefined, before: string): boolean {
  return last?.kind === "spoiled" && last.problem.problem === "range" && rangeSign.test(before);
}

/** The other end is on another line. */
function isOneEnd(before: string, after: string): boolean {
  return firstEnd.test(after) || secondEnd.test(before);
}

/** A span of dates is not a range of numbers. */
function rangeOf(from: Digits, to: Part, plain: string): Spoiled {
  const range = spoiled("range", from, to, plain);
  const isDates = isDate(from.digits) && to.kind === "digits" && isDate(to.digits);
  return isDates ? { ...range, problem: { problem: "date", text: plain.slice(from.start, to.end) } } : range;
}

/** Ten digits with a space before the last one or two, at the end of a line. */
function brokenNumber({ digits, start, end }: Digits, next: Part | undefined, plain: string): Spoiled | undefined {
  if (next?.kind !== "digits" || digits.length < digitsMin || digits.length + next.digits.length !== freeDigitsMax)
    return undefined;
  if (!/^[ \u00a0]$/u.test(plain.slice(end, next.start)) || !/^[ \u3000]*(?:\n|$)/u.test(plain.slice(next.end)))
    return undefined;
  const text = plain.slice(start, next.end);
  return { kind: "spoiled", problem: { problem: "grouped", text, joined: digits + next.digits }, start, end: next.end };
}

/** `元祖` and `元气` begin names. */
const unit = /^[%％‰]|^[ \u00a0\u3000]?(?:[千万亿]{0,2}元整?|人民币|RMB|CNY|USD|yuan)(?![\p{L}\p{N}])/iu;

/** Marks for the digits after those of a number that has fewer than ten; also in the middle, as `190 **** 511`. */
const cutAfter =
  /^(?:[…⋯]+|[.．。]{2,})(?![ \u3000]*[0-9])|^[?？]{2,}|^[·•●○■□█]{2,}(?:[0-9]{1,7}(?![0-9]))?|^ [*＊]{2,} [0-9]+/u;

/** A number with a mark for the digits that are missing, a percentage, or an amount of money. */
function incomplete({ digits, start, end }: Digits, plain: string): Spoiled | undefined {
  const [line = ""] = plain.slice(Math.max(0, start - nearby), start).match(/[^\n]*$/) ?? [];
  const after = plain.slice(end, end + nearby);
  const [measured] = unit.exec(after) ?? [];
  if (measured !== undefined) {
    const to = end + measured.length;
    const text = plain.slice(start, to);
    return { kind: "spoiled", problem: { problem: "not-digits", text, wrong: undefined }, start, end: to };
  }
  // `活动50…` is a word of its own.
  if (digits.length < digitsMin && /\p{L}$/u.test(line)) return undefined;
  const isBold = closesBold(line, after);
  const isShort = digits.length < freeDigitsMax;
  const [missingAfter = ""] =
    /^[*＊]+(?:[0-9０-９]{1,7}(?![0-9０-９]))?/u.exec(isBold ? "" : after) ??
    (isShort ? cutAfter.exec(after) : undefined) ??
    (isShort && digits.length >= digitsMin ? /^[?？]/u.exec(after) : undefined) ??
    [];
  const [missingBefore = ""] =
    (isShort && !isBold ? /(?<![\p{L}\p{N}])(?:[…⋯]+|[.．]{2,}|[*＊]{2,}|[?？]{2,})$/u.exec(line) : undefined) ?? [];
  if (missingAfter === "" && missingBefore === "") return undefined;
  const from = { start: start - missingBefore.length };
  return spoiled("incomplete", from, { end: end + missingAfter.length }, plain);
}

/** Slack's bold, and Markdown's: `*1900000109*`, `*shop 1900000109*`. */
function closesBold(before: string, after: string): boolean {
  const marks = `${before}0`.match(/[*＊]+(?=\S)|(?<=\S)[*＊]+/gu) ?? [];
  return marks.length % 2 === 1 && /^[*＊]{1,2}(?![*＊0-9])/u.test(after);
}

const listSign = /^[ \u00a0\u3000]*(?:[、，,;；/／&＆+＋和与及]|以及|and)[ \u00a0\u3000]*(?:and |和)?$/iu;
const surelyList = /[、/／&＆和与及]|and/iu;

/** `022` in `1900000021、022`. Two digits, or digits after a space, may also be a count; the word after them decides. */
function isAbbreviation({ digits, start, end }: Digits, last: Part, plain: string): boolean {
  if (start - last.end > nearby || /^[*＊]/u.test(plain.charAt(end))) return false;
  const between = plain.slice(last.end, start);
  const isLong = digits.length > 2 || (digits.length === 2 && digits.startsWith("0"));
  if (listSign.test(between) && isLong) return true;
  const isCount = /^[ \u3000]*(?![和与及以]|and\b)[\p{L}.．)）:：]/iu.test(plain.slice(end, end + nearby));
  if (isCount) return false;
  return listSign.test(between)
    ? digits.length > 1 && surelyList.test(between)
    : isLong && /^[ \u00a0\u3000]+$/u.test(between);
}

const exceptionEnd = /外|[。；;!！?？\n\t|]|\. /u;
const exception =
  /(?:^|[\s，,、(（:：])除(?!夕)|(?<![剔删去移清扣免解开])除(?:了|去|开)?[\s:：“"(（]*$|除外[:：]|排除|不(?:含|包括|包含|要)|勿|(?:不是|而非)[\s:：“"(（]*$|\b(?:instead of|rather than|except|excepting|excepted|excluding|excludes?|other than|apart from|all but)\b|\b(?:not|without)\s*$/iu;
const outside = /^[^，,。；;\n0-9]*外/u;
/** After the number; the last alternative is followed by the one that takes its place: `1900000109 改为 1900000110`. */
const exceptedAfter =
  /^[ \u3000)）]*(?:除外|不在内|不包括在内|excluded\b|excepted\b)|^[^0-9\n；;]{0,8}?(?:[改换][为成]|[更修]改[为成]|更[换正]为|变更为|替换[为成]|应[该当]?[为是]|replaced (?:by|with)|should (?:be|read))[\s:：“"]*(?=[0-9]{8})/iu;

function excepts(before: string, after: string): boolean {
  const sentence = before.split(/[。；;!！?？\n\t|]/u).at(-1) ?? "";
  // `1900000109除外，1900000110`: it belongs to the previous number.
  const words = sentence.replace(/^[ \u3000)）]*除外(?![:：])/u, "");
  return exception.test(words) || isNegated(words) || (words.includes("除") && outside.test(after));
}

/** Other numbers with 8 to 10 digits, recognized by the word directly before them. */
const otherLabel = new RegExp(
  `(${[
    "(?:(?:订|定|账|运|货|工|快递|流水|退款|交易|支付)单|流水|交易|发票|合同|身份证|证件|手机|电话|座机|固话|微信|快递|传真|银行卡|卡)(?:号码?|编号)?",
    "单号|QQ号?",
    "(?:服务商|(?:上级|母)商户)(?:商户)?(?:号码?|编号|ID)?|渠道商?(?:号码?|编号|ID)|\\bsp_?mch_?id\\b",
    "(?:门店|店铺|终端|设备|机具|员工|会员|批次|执照|注册|备案|登记|纳税人)(?:号码?|编号|ID|识别号)|[工税]号",
    "(?:合|总|小|共)[ ]?计(?:金额|数)?|金额|总额|余额|交易额|营业额|销售额",
    "\\b(?:(?:grand[ ]|sub-?)?total|amount|sum|balance|turnover)\\b",
    "\\b(?:order|transaction|trade|invoice|contract|ticket|tracking|receipt|reference|store|shop|terminal|device|employee|member|batch|licen[cs]e)[ ]*(?:no|nr|num|number|id)\\b",
    "\\b(?:(?:id|identity)[ ]?card|invoice|contract|ticket|tele?phone|phone|tel|mobile|cell|fax|order(?=[ ]*[:：#]))(?:[ ]*(?:no|nr|num|number|id))?\\b",
  ].join("|")})[.．]?[ \\u00a0\\u3000:：#＃(（"“'=\\-]*(?:is |为|是)?[ \\u3000:：]*$`,
  "iu",
);
const sameList = /^[ \u3000)）]*(?:[、/／&＆和与及]|以及|and)[ \u3000(（]*$/iu;
