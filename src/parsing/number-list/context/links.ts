/** Finds links: none of the digits in one is a number, wherever they stand. */
import type { Digits, Spoiled } from "../grammar.ts";

/** With a scheme, or as Slack shows one: `wiki.example/1900000109?x=12345678`. */
const link =
  /(?:\b[a-z][a-z0-9+.-]{0,20}:\/\/|(?<![\p{L}\p{N}.-])(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,20}\/)[^\s<>"“”‘’`|\p{Script=Han}，、；。（）【】「」《》]+/giu;

/** A text's digits, with a link in place of all that was found in it. */
export function withLinks(found: (Digits | Spoiled)[], plain: string): (Digits | Spoiled)[] {
  // Most texts have none.
  if (found.length === 0 || !plain.includes("/")) return found;
  const links = [...plain.matchAll(link)].map(({ 0: text, index: start }): Spoiled => {
    return {
      kind: "spoiled",
      problem: { problem: "not-digits", text, wrong: undefined },
      start,
      end: start + text.length,
    };
  });
  if (links.length === 0) return found;
  // Both are in order, so that a long list with a link in each line takes no longer.
  const parts: (Digits | Spoiled)[] = [];
  let nth = 0;
  for (const part of found) {
    while ((links[nth]?.end ?? Number.POSITIVE_INFINITY) <= part.start) nth += 1;
    const within = links[nth];
    if (!within || within.start >= part.end) parts.push(part);
    else if (parts.at(-1) !== within) parts.push(within);
  }
  return parts;
}

/** Words without links, which are no names. */
export function withoutLinks(words: string): string {
  return words.includes("/") ? words.replace(link, " ") : words;
}
