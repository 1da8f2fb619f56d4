/** The page's own fonts, for machines that have none for Chinese or emoji. */
import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { test } from "node:test";
import { usedCharacters } from "../../../../src/playground/slack/page/fonts/characters.ts";
import { charactersOf } from "./font-characters.ts";

const folder = new URL("../../../../src/playground/slack/page/fonts/", import.meta.url);
const used = usedCharacters();
const bytesMax = 300_000;

for (const name of ["chinese", "emoji"] as const)
  test(`the page's font for ${name} has every such character of the texts, and a licence beside it`, () => {
    const has = charactersOf(readFileSync(new URL(`${name}.woff2`, folder)));
    const missing = used[name].filter((one) => !has.has(one));
    assert.ok(used[name].length > 10);
    assert.equal(missing.join(""), "", "run: node src/playground/slack/page/fonts/make-fonts.ts");
    assert.ok(statSync(new URL(`${name}.woff2`, folder)).size < bytesMax);
    assert.match(readFileSync(new URL(`${name}.OFL.txt`, folder), "utf8"), /SIL Open Font License, Version 1\.1/);
  });

test("the style sheet offers the emoji font for each of its emoji", () => {
  const css = readFileSync(new URL("fonts.css", folder), "utf8");
  for (const one of used.emoji) assert.match(css, new RegExp(`U\\+${one.codePointAt(0)?.toString(16)}\\b`), one);
});
