/** Splits a command into words, and defines the result of parsing it. */
import { simplified } from "../simplified.ts";

/** A command, or the problem with it. */
export type Read<Command, Problem> = { ok: true; command: Command } | ({ ok: false } & Problem);

/** Text after the end of the command. */
export interface ExtraInput {
  problem: "too-much";
  text: string;
}

/** The first word and the text after it. Slack's `<…>` is one word, with its spaces. */
export function firstWord(text: string): [word: string, rest: string] {
  const match = /^\s*((?:<[^<>]*>|[^\s<])+|\S*)\s*(.*)$/su.exec(text);
  return [match?.[1] ?? "", match?.[2] ?? ""];
}

/**
 * The form in which keywords are compared: full-width letters and capitals equal plain ones, and traditional characters
 * simplified ones; superscript and circled digits are not digits.
 */
export function keyword(word: string): string {
  return simplified(word)
    .replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xff01 + 0x21))
    .toLowerCase();
}

/** The key whose words include a keyword, if there is one. @param typed as `keyword` returns it */
export function keyNamed<Key extends string>(
  words: Readonly<Record<Key, readonly string[]>>,
  typed: string,
): Key | undefined {
  return (Object.keys(words) as Key[]).find((key) => words[key].includes(typed));
}
