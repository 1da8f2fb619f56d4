/** Removes from people's text the characters that no message may contain. */

/**
 * Removes control characters and marks that change the writing direction, because they can make a text look like
 * another. Newlines and tabs remain, and other characters that end a line or a field become newlines, so that separate
 * texts are not joined. Two whole numbers with such a mark between them get a zero-width space instead.
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
const breaks = "\v\f\u0085\u001c\u001d\u001e\u001f";

/** Eight digits can be a number of their own; see number-list/grammar.ts. */
const betweenNumbers = new RegExp(
  `(?<=[0-9０-９]{8})(?:(?![\n\t${breaks}])[\\p{Cc}\u202a-\u202e\u2066-\u2069])+(?=[0-9０-９]{8})`,
  "gu",
);

/** A reason as it is kept: without controls; undefined if nothing of it can be seen. */
export function reasonIn(text: string): string | undefined {
  const reason = withoutControls(text).trim();
  return hasVisible(reason) ? reason : undefined;
}

/** Whether a text has a character that people see. Pasted text contains others, such as a space of no width. */
export function hasVisible(text: string): boolean {
  return /[^\s\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/u.test(text);
}

/** Without control characters, invisible marks and line breaks, and with single spaces. */
export function oneLine(text: string): string {
  return withoutControls(text)
    .normalize("NFC")
    .replace(/[\p{Cf}\p{Co}\p{Cn}]+/gu, "")
    .replace(/\s+/g, " ")
    .trim();
}
