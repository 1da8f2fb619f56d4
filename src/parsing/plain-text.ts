/** Text from people without the characters that no message may carry. */

/**
 * Leaves out control characters and marks that turn the direction of writing, because they can make a text look like
 * another. Newlines and tabs stay, and what else ends a line or a field is a newline: nothing that stood apart is joined,
 * and two whole numbers between which such a mark stood have a zero-width space there.
 */
export function withoutControls(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?/g, "\n")
    .replace(betweenNumbers, "\u200b")
    .replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, (character) => {
      if (character === "\n" || character === "\t") return character;
      return breaks.includes(character) ? "\n" : "";
    });
}

/** As Unicode has them, and the separators of ASCII; Word pastes the first for a break within a paragraph. */
export const breaks = "\v\f\u0085\u001c\u001d\u001e\u001f";

/** Eight digits are a number by themselves: see number-list/grammar.ts. */
const betweenNumbers = new RegExp(
  `(?<=[0-9０-９]{8})(?:(?![\n\t${breaks}])[\\p{Cc}\u202a-\u202e\u2066-\u2069])+(?=[0-9０-９]{8})`,
  "gu",
);
