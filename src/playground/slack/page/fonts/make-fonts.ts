/**
 * Makes the page's fonts, for machines that have none for Chinese or emoji. To be run after a text has got a character
 * that they lack: `node src/playground/slack/page/fonts/make-fonts.ts`. The packages that it needs are installed into a
 * temporary folder, because nothing else needs them.
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { select, usedCharacters } from "./characters.ts";

const packages = [
  "subset-font@2.9.0",
  "@expo-google-fonts/noto-sans-sc@0.4.3",
  "@fontsource/noto-sans-sc@5.3.0",
  "@fontsource/noto-color-emoji@5.3.2",
];
/** How many of the slices of most frequent characters are added, so that a changed text rarely needs a new font. */
const slicesOfFrequent = 8;

type SubsetFont = (font: Buffer, text: string, options: { targetFormat: "woff2" }) => Promise<Buffer>;

const folder = mkdtempSync(join(tmpdir(), "receipt-fonts-"));
try {
  execFileSync("npm", ["install", "--prefix", folder, "--no-audit", "--no-fund", ...packages], { stdio: "inherit" });
  const module = (path: string): string => join(folder, "node_modules", path);
  const subsetFont = createRequire(module("package.json"))("subset-font") as SubsetFont;
  const used = usedCharacters();
  const save = async (name: string, source: string, characters: readonly string[], licence: string): Promise<void> => {
    const font = await subsetFont(readFileSync(module(source)), characters.join(""), { targetFormat: "woff2" });
    writeFileSync(new URL(`${name}.woff2`, import.meta.url), font);
    copyFileSync(module(licence), new URL(`${name}.OFL.txt`, import.meta.url));
    process.stdout.write(`${name}.woff2: ${characters.length} characters, ${font.byteLength} bytes\n`);
  };
  const frequent = frequentCharacters(readFileSync(module("@fontsource/noto-sans-sc/unicode.json"), "utf8"));
  await save(
    "chinese",
    "@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf",
    select([...used.chinese, ...frequent]).chinese,
    "@expo-google-fonts/noto-sans-sc/LICENSE_FONT",
  );
  await save(
    "emoji",
    "@fontsource/noto-color-emoji/files/noto-color-emoji-emoji-400-normal.woff2",
    used.emoji,
    "@fontsource/noto-color-emoji/LICENSE",
  );
  const codes = used.emoji.map((one) => `U+${one.codePointAt(0)?.toString(16)}`);
  const css = readFileSync(new URL("fonts.css", import.meta.url), "utf8");
  writeFileSync(
    new URL("fonts.css", import.meta.url),
    css.replace(/(U\+fe0f)[^;]*/, (_, first: string) => [first, ...codes].join(", ")),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The package divides the characters into numbered slices, of which the last are the most frequent. */
function frequentCharacters(slices: string): string[] {
  const numbered = Object.entries(JSON.parse(slices) as Record<string, string>)
    .map(([name, ranges]) => ({ number: Number(/^\[(\d+)\]$/.exec(name)?.[1]), ranges }))
    .filter(({ number }) => !Number.isNaN(number))
    .sort((one, other) => other.number - one.number);
  return numbered.slice(0, slicesOfFrequent).flatMap(({ ranges }) => ranges.split(",").flatMap(charactersIn));
}

/** @param range `U+4e00` or `U+4e00-4e0f` */
function charactersIn(range: string): string[] {
  const [first = 0, last = first] = range
    .trim()
    .slice(2)
    .split("-")
    .map((hex) => Number.parseInt(hex, 16));
  return Array.from({ length: last - first + 1 }, (_, n) => String.fromCodePoint(first + n));
}
