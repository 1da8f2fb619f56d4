/** The characters that the page's own fonts have to have. */
import { globSync, readFileSync } from "node:fs";

const root = new URL("../../../../../", import.meta.url);
/** Chinese characters and full-width punctuation. */
const chinese = /[\p{Script=Han}\u3000-\u303f\uff00-\uffef]/u;
const emoji = /(?![\d#*©®])\p{Emoji}/u;

export type Characters = { readonly chinese: readonly string[]; readonly emoji: readonly string[] };

const sources = ["src/{text,slack,domain}/**/*.ts", "src/playground/**/*.{ts,js}", "test/e2e/page/pictures/*.ts"];

/** Those that stand in the source, and so on the page: its words, the bot's texts, the local WeChat Pay's answers. */
export function usedCharacters(): Characters {
  const files = globSync(sources, { cwd: root });
  const all = files.flatMap((file) => [...new Set(readFileSync(new URL(file, root), "utf8"))]);
  return select(all);
}

/** Sorted, each once. */
export function select(characters: readonly string[]): Characters {
  const sorted = [...new Set(characters)].sort();
  return {
    chinese: sorted.filter((one) => chinese.test(one)),
    emoji: sorted.filter((one) => emoji.test(one)),
  };
}
