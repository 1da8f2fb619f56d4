/** `npm run texts -- LOCALE`: prints every text that people read, with sample values, grouped by where it appears. */
import { textsFor, textsOf } from "../text/texts.ts";
import { wordingsOf } from "./samples/sample-texts.ts";
import { say } from "./terminal.ts";
import { type Screen, screenOf, sections } from "./text-places.ts";

const exit = { printed: 0, unknownLocale: 2 } as const;

process.exitCode = print(process.argv.slice(2));

function print([locale, ...more]: readonly string[]): number {
  if ((locale !== "en" && locale !== "zh-CN") || more.length > 0) {
    const { usage } = textsFor(process.env["LOCALE"]).proofreading;
    process.stderr.write(`${usage}\n`);
    return exit.unknownLocale;
  }
  const texts = textsOf(locale);
  const bySection = Map.groupBy(wordingsOf(texts), ([key]) => screenOf(key));
  for (const screen of Object.keys(sections) as Screen[]) {
    say(`\n== ${texts.proofreading.screens[screen]} ==\n`);
    for (const [key, wordings] of bySection.get(screen) ?? [])
      say([key, ...wordings.map((text) => `    ${readable(text)}`)].join("\n"));
  }
  return exit.printed;
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
