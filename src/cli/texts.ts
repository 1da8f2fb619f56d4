/** `npm run texts -- LOCALE`: prints every text that people read, with sample values, grouped by where it appears. */
import type { Texts } from "../text/en/catalogue.ts";
import { textsFor, textsOf } from "../text/texts.ts";
import { wordingsOf } from "./sample-texts.ts";
import { say } from "./terminal.ts";

const exit = { printed: 0, unknownLocale: 2 } as const;

type Screen = keyof Texts["proofreading"]["screens"];

/** The key prefixes that each screen shows; the longest match counts. */
const sections: Readonly<Record<Screen, readonly string[]>> = {
  request: ["request", "bulk", "approvals", "reminders", "held"],
  dialogs: [
    "button",
    "confirm",
    "bulk.retry",
    "bulk.stop",
    "bulk.confirmStop",
    "bulk.confirmApprove",
    "bulk.confirmWithdraw",
    "held.carryOut",
    "held.cancel",
    "held.back",
    "held.confirmCarryOut",
    "held.confirmCancel",
    "approvals.oneOfSeveral",
    "approvals.lastOfSeveral",
    "approvals.breakGlass",
    "approvals.confirmBreakGlass",
    "approvals.confirmBreakGlassForMany",
  ],
  thread: ["thread", "bulk.thread", "bulk.file", "held.thread", "held.carriedOut", "reminders.toGroup"],
  guidance: ["guidance", "connection", "unverified"],
  forms: ["form", "decisionForms", "approvals.reasonMissing"],
  refusals: [
    "refusal",
    "approvals.needsReason",
    "approvals.breakGlassOff",
    "approvals.breakGlassNotYours",
    "approvals.breakGlassNeedsReason",
    "approvals.approverUnknown",
  ],
  answers: [
    "answer",
    "decided",
    "bulk.answer",
    "held.answer",
    "preferences",
    "approvals.lapsed",
    "approvals.yoursCounts",
    "approvals.countedBefore",
    "approvals.brokeGlassBefore",
  ],
  usage: ["problem"],
  directMessages: ["notices", "reminders.reminder", "reminders.endReminders", "approvals.tellBrokeGlass"],
  help: ["help"],
  lists: ["status", "history", "pending", "page", "held.pendingEntry", "held.status"],
  roles: ["roles"],
  home: ["home"],
  trail: ["trail", "events"],
  words: ["typed", "list", "between"],
  start: ["start"],
  terminal: ["audit", "backup", "restore", "ledgerKey", "move", "proofreading"],
};

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

function screenOf(key: string): Screen {
  const candidates = (Object.keys(sections) as Screen[]).flatMap((screen) =>
    sections[screen]
      .filter((start) => key === start || key.startsWith(`${start}.`))
      .map((start) => ({ screen, start })),
  );
  const [found] = candidates.toSorted((one, other) => other.start.length - one.start.length);
  if (!found) throw new Error(`no screen shows ${key}: add its section to src/cli/texts.ts`);
  return found.screen;
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
