/** The page's words in both languages. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { demoNotes } from "../../../../src/playground/demo-notes.ts";

const folder = new URL("../../../../src/playground/slack/page/words/", import.meta.url);
const read = async (file: string) => (await import(new URL(file, folder).href)) as { words: Record<string, unknown> };
const { words: en } = await read("en.js");
const { words: chinese } = await read("zh-CN.js");

/** Each word's path and its kind; a function takes the same values in both languages. */
function shapeOf(words: unknown, path = ""): string[] {
  if (typeof words === "function") return [`${path}(${words.length})`];
  if (typeof words !== "object" || words === null) return [`${path}: ${typeof words}`];
  return Object.entries(words).flatMap(([key, value]) =>
    key === "numberTitles" ? [] : shapeOf(value, `${path}.${key}`),
  );
}

function sentencesOf(words: unknown): string[] {
  if (typeof words === "string") return [words];
  if (typeof words === "function") return [String(words("A", "B", "C"))];
  return Object.values(words as object).flatMap(sentencesOf);
}

test("every word of the page exists in both languages", () => {
  assert.deepEqual(shapeOf(chinese), shapeOf(en));
});

test("every number of the list has a Chinese title, and no other number has one", () => {
  const titled = Object.keys(chinese["numberTitles"] as object);
  assert.deepEqual(titled.sort(), demoNotes.map(({ text }) => text.match(/\d+$/)?.[0]).sort());
});

test("Chinese words have full-width punctuation, and no spaces between Chinese characters", () => {
  for (const sentence of sentencesOf(chinese)) {
    assert.doesNotMatch(sentence, /\p{sc=Han}\s+\p{sc=Han}/u, sentence);
    assert.doesNotMatch(sentence, /\p{sc=Han}[,;:!?()]/u, sentence);
  }
});
