/** Reading a sub-merchant's number as people paste it: full-width digits and separators, where they leave no doubt. */

/** Digits in a `sub_mchid`, at most: `string(32)` in the API's documentation. */
export const subMchidMost = 32;

/** Sub-merchants in one request, at most. */
export const subMchidsMost = 10_000;

export type SubMchidProblem =
  /** `wrong` is the first character that is no digit, and its place, counted from 1; undefined for what is no number at all. */
  | { problem: "not-digits"; text: string; wrong: { character: string; place: number } | undefined }
  | { problem: "too-long"; digits: number }
  | { problem: "several-numbers"; text: string };

export type SubMchidRead = { ok: true; subMchid: string } | ({ ok: false } & SubMchidProblem);

/**
 * Quotes and code marks around a pasted number, and stops after it. Without looking behind, a long row of stops that is
 * not at the end would be read through again from each of them.
 */
const wrapping = /^[\s`"'“”‘’«»()[\]]+|(?<![\s`"'“”‘’«»()[\],.;:])[\s`"'“”‘’«»()[\],.;:]+$/gu;
/** What stands between groups of digits in spreadsheets, documents and chats; some of it cannot be seen. */
const separators = /[-‐‑‒–—_.,'’·\u00a0\u00ad\u2000-\u200d\u202f\u2060\u3000\ufeff]+/u;
const invisible = /[\u00ad\u200b-\u200f\u2060\ufeff]/gu;

/** Two groups of this many digits each are two numbers, not one that was written in groups. */
const longestGroup = 7;

export function readSubMchid(pasted: string): SubMchidRead {
  const text = pasted.replace(invisible, "").normalize("NFKC").replace(wrapping, "");
  const groups = text.split(separators);
  if (groups.every((group) => /^[0-9]+$/.test(group))) {
    if (groups.filter((group) => group.length > longestGroup).length > 1)
      return { ok: false, problem: "several-numbers", text };
    const subMchid = groups.join("");
    if (subMchid.length > subMchidMost) return { ok: false, problem: "too-long", digits: subMchid.length };
    return { ok: true, subMchid };
  }
  const characters = [...text];
  const place = characters.findIndex((character) => !/[0-9]/.test(character));
  // A word with hardly a digit in it is no mistyped number: pointing at one of its letters would not help.
  const digits = characters.filter((character) => /[0-9]/.test(character)).length;
  const wrong = digits * 2 > characters.length ? { character: characters[place] ?? "", place: place + 1 } : undefined;
  return { ok: false, problem: "not-digits", text, wrong };
}
