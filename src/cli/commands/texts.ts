/** `npm run texts -- LOCALE`: prints every text that people read, with sample values, grouped by where it appears. */
import type { Locale } from "../../settings.ts";
import { textsOf } from "../../text/texts.ts";
import { wordingsOf } from "../samples/sample-texts.ts";
import { type Screen, screenOf, sections } from "../samples/text-places.ts";
import { type CommandContext, commandOf } from "./command.ts";

export const texts = commandOf({ usage: ({ proofreading }) => proofreading.usage, read: readLocale, run: printTexts });

function readLocale([locale, ...more]: readonly string[]): Locale | undefined {
  return (locale === "en" || locale === "zh-CN") && more.length === 0 ? locale : undefined;
}

async function printTexts(locale: Locale, { terminal: { say } }: CommandContext): Promise<true> {
  const texts = textsOf(locale);
  const bySection = Map.groupBy(wordingsOf(texts), ([key]) => screenOf(key));
  for (const screen of Object.keys(sections) as Screen[]) {
    say(`\n== ${texts.proofreading.screens[screen]} ==\n`);
    for (const [key, wordings] of bySection.get(screen) ?? [])
      say([key, ...wordings.map((text) => `    ${readable(text)}`)].join("\n"));
  }
  return true;
}

/** As Slack shows it: mentions, dates and links are words. A text of spaces alone is quoted. */
function readable(text: string): string {
  if (text.trim() === "") return JSON.stringify(text);
  return text
    .replaceAll("<@U1>", "@ann")
    .replaceAll("<@U2>", "@bob")
    .replace(/<#(\w+)>/g, "#channel")
    .replace(/<!subteam\^\w+>/g, "@support-team")
    .replace(/<[^<>|]+\|([^<>]+)>/g, "$1")
    .replaceAll("\n", "\n    ");
}
