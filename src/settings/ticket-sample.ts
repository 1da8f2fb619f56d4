/** A text that looks like a ticket by a pattern, to show people instead of the pattern, which is no ticket itself. */
import { ticketMax } from "../domain/tickets/tickets.ts";

/** Whether a part of a pattern that stands for one character matches it. @throws if the part is no pattern */
export type Matches = (part: string, character: string) => boolean;

/** A pattern that nests deeper gets no sample: nobody reads such a pattern, and the stack would end. */
const depthMax = 50;
const digits = "4711";
const letters = "OPS";
const others = [
  ...Array.from({ length: 0x7e - 0x20 }, (_, nth) => String.fromCharCode(0x21 + nth)),
  ..."工单号案例é \t\n",
];

const flags = /\(\?[a-zA-Z-]+\)/y;
const groupStart = /\((?:\?(?:P?<[^>]*>|[a-zA-Z-]*:))?/y;
const quoted = /\\Q(.*?)(?:\\E|$)/suy;
const nothing = /[\^$]|\\[bBAz]/y;
const oneOfMany =
  /\.|\\(?:[pP](?:\{[^}]*\}|.)|x(?:\{[^}]*\}|..)|[0-7]{1,3}|.)|\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]/suy;
const literal = /[^|)]/suy;
const repetition = /(?:[*+?]|\{(\d+)(,\d*)?\})[?+]?/y;

/**
 * The first alternative with as little as it needs, such as `OPS-4711` for `OPS-[0-9]+`. Only a candidate: what the
 * pattern demands beyond its parts, such as a boundary, is for the caller to check. Undefined for unusual patterns.
 */
export function sampleOf(pattern: string, matches: Matches): string | undefined {
  let at = 0;
  let depth = 0;

  function take(part: RegExp): RegExpExecArray | undefined {
    part.lastIndex = at;
    const found = part.exec(pattern) ?? undefined;
    if (found) at = part.lastIndex;
    return found;
  }

  function characterOf(part: string, nth: number): string {
    const preferred = [digits.charAt(nth % digits.length), letters.charAt(nth % letters.length)];
    const small = preferred.map((character) => character.toLowerCase());
    return [...preferred, ...small, ...others].find((character) => matches(part, character)) ?? "";
  }

  function alternatives(): string {
    const first = sequence();
    while (take(/\|/y)) sequence();
    return first;
  }

  function sequence(): string {
    let text = "";
    for (let part = next(); part !== undefined && text.length <= ticketMax; part = next()) text += part;
    return text;
  }

  /** The next part with its repetitions; undefined at the end of an alternative. */
  function next(): string | undefined {
    if (take(flags) || take(nothing)) return "";
    const [, exactly] = take(quoted) ?? [];
    if (exactly !== undefined) return exactly;
    if (take(groupStart)) {
      if (++depth > depthMax) return undefined;
      const inner = alternatives();
      take(/\)/y);
      depth -= 1;
      return inner.repeat(timesOf(1));
    }
    const many = take(oneOfMany)?.[0];
    if (many !== undefined) {
      const times = timesOf(digits.length);
      return Array.from({ length: times }, (_, nth) => characterOf(many, nth)).join("");
    }
    return take(literal)?.[0].repeat(timesOf(1));
  }

  /** @param usual how often something stands that may be repeated at will */
  function timesOf(usual: number): number {
    const found = take(repetition);
    if (!found) return 1;
    const [sign, least, more] = found;
    if (least === undefined) return sign.startsWith("?") ? 0 : usual;
    return Math.min(ticketMax + 1, more === "," ? Math.max(usual, Number(least)) : Number(least));
  }

  try {
    const text = alternatives();
    return at === pattern.length && text !== "" ? text : undefined;
  } catch {
    return undefined;
  }
}
