/** The words of a command, and what reading them comes to. */

/** What was understood, or what is wrong with it. */
export type Read<Command, Problem> = { ok: true; command: Command } | ({ ok: false } & Problem);

/** More was typed than the command takes. */
export interface ExtraInput {
  problem: "too-much";
  text: string;
}

/** The first word and what follows it; a `<…>` of Slack's is one word, blanks and all. */
export function firstWord(text: string): [word: string, rest: string] {
  const match = /^\s*((?:<[^<>]*>|[^\s<])+|\S*)\s*(.*)$/su.exec(text);
  return [match?.[1] ?? "", match?.[2] ?? ""];
}

/** As a keyword is compared: full-width letters and capitals are the same word; a digit that stands high or in a circle is none. */
export function keyword(word: string): string {
  return word
    .replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xff01 + 0x21))
    .toLowerCase();
}
