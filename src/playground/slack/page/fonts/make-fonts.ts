/**
 * Makes the page's fonts, for machines that have none for Chinese or emoji. To be run after a text has got a character
 * that they lack: `node src/playground/slack/page/fonts/make-fonts.ts`. It needs Debian's packages python3-fonttools
 * and python3-brotli, and installs the whole fonts into a temporary folder.
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { select, usedCharacters } from "./characters.ts";

const packages = [
  "@expo-google-fonts/noto-sans-sc@0.4.3",
  "@fontsource/noto-sans-sc@5.3.0",
  "@fontsource/noto-color-emoji@5.3.2",
];
/** How many of the slices of most frequent characters are added: people type them, and texts change. */
const slicesOfFrequent = 12;

const folder = mkdtempSync(join(tmpdir(), "receipt-fonts-"));
try {
  execFileSync("npm", ["install", "--prefix", folder, "--no-audit", "--no-fund", ...packages], { stdio: "inherit" });
  const used = usedCharacters();
  const frequent = frequentCharacters(readFileSync(module("@fontsource/noto-sans-sc/unicode.json"), "utf8"));
  make("chinese", select([...used.chinese, ...frequent]).chinese, {
    font: "@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf",
    licence: "@expo-google-fonts/noto-sans-sc/LICENSE_FONT",
  });
  make("emoji", used.emoji, {
    font: "@fontsource/noto-color-emoji/files/noto-color-emoji-emoji-400-normal.woff2",
    licence: "@fontsource/noto-color-emoji/LICENSE",
  });
  const codes = used.emoji.map((one) => `U+${one.codePointAt(0)?.toString(16)}`);
  const css = new URL("fonts.css", import.meta.url);
  const listed = readFileSync(css, "utf8").replace(/(U\+fe0f)[^;]*/, (_, first: string) =>
    [first, ...codes].join(", "),
  );
  writeFileSync(css, listed);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function module(path: string): string {
  return join(folder, "node_modules", path);
}

/** Writes a subset of a font, with its licence beside it. */
function make(name: string, characters: readonly string[], whole: { font: string; licence: string }): void {
  const path = fileURLToPath(new URL(`${name}.woff2`, import.meta.url));
  // The emoji stand in two tables, of which browsers need one.
  const options = ["--flavor=woff2", "--drop-tables=SVG,GSUB", "--layout-features=", `--output-file=${path}`];
  const text = `--text=${characters.join("")}\ufe0f`;
  execFileSync("/usr/bin/python3", ["-m", "fontTools.subset", module(whole.font), text, ...options]);
  copyFileSync(module(whole.licence), new URL(`${name}.OFL.txt`, import.meta.url));
  process.stdout.write(`${name}.woff2: ${characters.length} characters, ${statSync(path).size} bytes\n`);
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
