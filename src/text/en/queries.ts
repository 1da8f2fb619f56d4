/** What the bot answers to who looks into the ledger, in English: status, history, what is pending, the audit trail. */
import type { Action } from "../../domain/attempt-result.ts";

const verb: Record<Action, string> = { OPEN: "open", CLOSE: "close" };
const past: Record<Action, string> = { OPEN: "opened", CLOSE: "closed" };
const state: Record<Action, string> = { OPEN: "open", CLOSE: "closed" };

const inBrackets = (link: string | undefined) => (link ? ` (${link})` : "");

export const asking = {
  status: {
    title: (number: string) => `*Receipts for ${number}*`,
    lastSet: (action: Action, people: string, when: string, link: string | undefined) =>
      `Last set by this bot: *${state[action]}*, ${when} · ${people}${inBrackets(link)}`,
    neverSet: "This bot has not set it yet.",
    undecided: (action: Action, submitter: string, until: string, link: string | undefined) =>
      `Under way: ${submitter} asked to *${verb[action]}* it; that waits for a decision until ${until}${inBrackets(link)}`,
    working: (action: Action, people: string, link: string | undefined) =>
      `Under way: it is being *${past[action]}* · ${people}${inBrackets(link)}`,
    nothingUnderWay: "Nothing is under way.",
    failure: (outcome: string, people: string, when: string, link: string | undefined) =>
      `The last try failed, ${when}: ${outcome} · ${people}${inBrackets(link)}`,
    leftOut: (action: Action, submitter: string, by: string, when: string, link: string | undefined) =>
      `Left out: ${by} left it out of the request of ${submitter} to *${verb[action]}* it, ${when}${inBrackets(link)}`,
    onlyOurs:
      "_This is what the bot last set. WeChat Pay has no way to ask for the present state; a change made elsewhere does not show here._",
  },

  history: {
    title: (filters: string) => (filters ? `*History, newest first* · ${filters}` : "*History, newest first*"),
    filter: {
      person: (person: string) => `asked for by ${person}`,
      action: (action: Action) => verb[action],
      failed: "failed",
      since: (when: string) => `since ${when}`,
    },
    outcome: {
      succeeded: (action: Action) => `✅ *${past[action]}*`,
      failed: (action: Action, why: string) => `❌ *not ${past[action]}* · ${why}`,
      uncertain: (action: Action, why: string) => `⚠️ *not certain whether ${past[action]}* · ${why}`,
      undecided: (action: Action) => `🕓 *${verb[action]}: undecided*`,
      held: (action: Action) => `⏸️ *${verb[action]}: held*`,
      working: (action: Action) => `⏳ *being ${past[action]}*`,
      rejected: (action: Action) => `🚫 *${verb[action]}: rejected*`,
      withdrawn: (action: Action) => `↩️ *${verb[action]}: withdrawn*`,
      expired: (action: Action) => `⌛ *${verb[action]}: expired undecided*`,
      leftOut: (action: Action, person: string) => `➖ *${verb[action]}: left out* by ${person}`,
      cancelled: (action: Action) => `🚫 *${verb[action]}: not carried out*`,
    },
    entry: (number: string, outcome: string, people: string, when: string, link: string | undefined) =>
      `${number} ${outcome} · ${people}, ${when}${inBrackets(link)}`,
    nothingMatches: (command: string) =>
      `Nothing matches. Leave a filter out, or look at everything: \`${command} history\``,
    nothingYet: (example: string) => `Nothing has been asked for yet. Begin with \`${example}\``,
  },

  pending: {
    title: "*Waiting for a decision, oldest first*",
    entry: (
      numbers: string,
      action: Action,
      submitter: string,
      when: string,
      until: string,
      link: string | undefined,
    ) =>
      `${numbers} 🕓 *${verb[action]}* · asked for by ${submitter}, ${when}; waits until ${until}${inBrackets(link)}`,
    more: (count: number) => `and ${count} more`,
    yours: "👉 *yours to decide*",
    none: "Nothing waits for a decision.",
  },

  page: { older: "Older", newer: "Newer" },

  trail: {
    span: (from: string | undefined, to: string) => (from ? `from ${from} to ${to}` : `from its beginning to ${to}`),
    begun: (span: string) =>
      `The audit trail ${span} is being written. It comes to you as a CSV file in a direct message; a long one takes some minutes. If nothing has come after ten minutes, ask again: an export changes nothing.`,
    busy: "Another export is being written just now. Ask again in a few minutes.",
    nothing: (span: string) => `The audit trail has nothing ${span}.`,
    backwards: (example: string) => `The end has to come after the beginning: \`${example}\``,
    whole: (events: number, span: string) => `The audit trail ${span}: ${events} ${events === 1 ? "event" : "events"}.`,
    part: (part: number, events: number, from: string, to: string) =>
      `Part ${part} of the audit trail, ${events} events from ${from} to ${to}.`,
    moreFollows: "More follows.",
    lastPart: "This is the last part.",
    cutOff: (example: string) => `One export holds no more than this. Go on with \`${example}\``,
    howToRead:
      "Days and times are Beijing's. What a spreadsheet would change or run has a backtick before it, as in WeChat Pay's own statements.",
    failed: (example: string) =>
      `The audit trail could not be sent to its end. What came is right as far as it goes, and nothing was changed: ask again with \`${example}\``,
  },
};
