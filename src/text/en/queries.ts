/** Answers to queries of the ledger, in English: status, history, pending requests, the audit trail and its export. */
import type { Action } from "../../domain/attempt-result.ts";
import type { EventName, TrailColumn } from "../../domain/events.ts";
import type { Change } from "../../domain/goldplan/change.ts";
import type { SwitchObject } from "../../domain/goldplan/objects.ts";
import { figure } from "../figure.ts";
import { capital, does, done, notDone, past, state, subject, verb, were } from "./goldplan/change.ts";
import { inBrackets } from "./phrases.ts";

export const queries = {
  status: {
    title: (number: string) => `*Sub-merchant ${number}*`,
    lastSet: (change: Change, people: string, when: string, link: string | undefined) =>
      `${capital(subject(change))} last set by this bot: *${state(change)}*, ${when} · ${people}${inBrackets(link)}`,
    neverSet: (change: Pick<Change, "object">) =>
      `This bot has not opened or closed ${subject(change)} for this sub-merchant yet.`,
    undecided: (change: Change, submitter: string, until: string, link: string | undefined) =>
      `In progress: request by ${submitter} to *${does(change)}*; decide by ${until}${inBrackets(link)}`,
    working: (change: Change, people: string, link: string | undefined) =>
      `In progress: *${subject(change)} being ${past(change)}* · ${people}${inBrackets(link)}`,
    notShown: (channel: string, why: string) =>
      `⚠️ Slack does not accept this request's message in ${channel}: ${why}. It appears there once the channel accepts messages.`,
    nothingUnderWay: "Nothing is in progress.",
    failure: (outcome: string, people: string, when: string, link: string | undefined) =>
      `Last attempt failed, ${when}: ${outcome} · ${people}${inBrackets(link)}`,
    leftOut: (change: Change, submitter: string, by: string, when: string, link: string | undefined) =>
      `${by} left this sub-merchant out of the request by ${submitter} to *${does(change)}*, ${when}${inBrackets(link)}`,
    onlyOurs:
      "_This is the state that the bot last set. WeChat Pay does not offer a way to query the current state, so changes made elsewhere do not appear here._",
  },

  history: {
    title: (filters: string) => (filters ? `*History, newest first* · ${filters}` : "*History, newest first*"),
    filter: {
      person: (person: string) => `requested by ${person}`,
      action: (action: Action) => verb({ action }),
      object: (object: SwitchObject) => subject({ object }),
      failed: "failed",
      since: (when: string) => `since ${when}`,
    },
    outcome: {
      succeeded: (change: Change) => `✅ *${done(change)}*`,
      failed: (change: Change, why: string) => `❌ *${notDone(change)}* · ${why}`,
      uncertain: (change: Change, why: string) =>
        `⚠️ *not certain whether ${subject(change)} ${were(change)} ${past(change)}* · ${why}`,
      undecided: (change: Change) => `🕓 *${does(change)}: pending*`,
      held: (change: Change) => `⏸️ *${does(change)}: on hold*`,
      working: (change: Change) => `⏳ *${subject(change)} being ${past(change)}*`,
      rejected: (change: Change) => `🚫 *${does(change)}: rejected*`,
      withdrawn: (change: Change) => `↩️ *${does(change)}: withdrawn*`,
      expired: (change: Change) => `⌛ *${does(change)}: expired*`,
      leftOut: (change: Change, person: string) => `➖ *${does(change)}: left out* by ${person}`,
      cancelled: (change: Change) => `🚫 *${does(change)}: not carried out*`,
    },
    entry: (number: string, outcome: string, people: string, when: string, link: string | undefined) =>
      `${number} ${outcome} · ${people}, ${when}${inBrackets(link)}`,
    /** The button that shows a request's sub-merchants. */
    show: "Show all",
    request: (line: string) => `*Request* · ${line}`,
    unknownRequest: (number: string, command: string) =>
      `There is no request ${number}. To see all requests: \`${command} history\``,
    /** Instead, if the request may have been pruned. */
    prunedRequest: (number: string, days: number, command: string) =>
      `Request ${number} is no longer in the ledger: requests that ended more than ${figure(days)} days ago are removed (RETAIN). To see all others: \`${command} history\``,
    /** At the end of the last page. */
    pruned: (days: number) =>
      `_Older requests may be missing: requests that ended more than ${figure(days)} days ago are removed (RETAIN)._`,
    nothingMatches: (command: string) =>
      `No requests match. Remove a filter, or see everything: \`${command} history\``,
    nothingYet: (example: string) => `No requests yet. Submit the first one: \`${example}\``,
  },

  pending: {
    title: "*Waiting for a decision, oldest first*",
    entry: (
      numbers: string,
      change: Change,
      submitter: string,
      when: string,
      until: string,
      link: string | undefined,
    ) => `${numbers} 🕓 *${does(change)}* · requested by ${submitter}, ${when}; decide by ${until}${inBrackets(link)}`,
    more: (count: number) => `and ${figure(count)} more`,
    yours: "👉 *yours to decide*",
    none: "No requests are waiting for a decision.",
  },

  page: { older: "Older", newer: "Newer", next: "Next", previous: "Previous" },

  trail: {
    span: (from: string | undefined, to: string) => (from ? `from ${from} to ${to}` : `from the beginning to ${to}`),
    begun: (span: string) =>
      `The audit trail ${span} is being exported. You receive it as a CSV file in a direct message; a long export takes a few minutes. If nothing arrives within ten minutes, export again: an export changes nothing.`,
    busy: "Another export is running. Try again in a few minutes.",
    nothing: (span: string) => `The audit trail has no events ${span}.`,
    backwards: (example: string) => `The end date must be after the start date: \`${example}\``,
    notYet: (example: string) => `The start date is in the future, so there are no events yet: \`${example}\``,
    whole: (events: number, span: string) =>
      `The audit trail ${span}: ${figure(events)} ${events === 1 ? "event" : "events"}.`,
    part: (part: number, events: number, from: string, to: string) =>
      `Part ${part} of the audit trail, ${figure(events)} events from ${from} to ${to}.`,
    moreFollows: "More parts follow.",
    lastPart: "This is the last part.",
    cutOff: (example: string) => `This export reached its maximum. Continue with \`${example}\``,
    howToRead:
      "Dates and times are in Beijing time. Values that a spreadsheet would change or run start with a backtick, as in WeChat Pay's own statements.",
    failed: (example: string) =>
      `The audit trail could not be sent completely. The parts you received are correct, and nothing was changed. Export again: \`${example}\``,
  },
};

/** Names of the audit trail's events and CSV columns. */
export const events: { words: Record<EventName, string>; columns: Record<TrailColumn, string> } = {
  words: {
    asked: "requested",
    reminded: "approvers reminded",
    escalated: "on-call group notified",
    "approval-given": "approval given",
    "approval-lapsed": "approval lapsed",
    "left-out": "left out",
    approved: "approved",
    "broke-glass": "break glass used",
    rejected: "rejected",
    withdrawn: "withdrawn",
    expired: "expired",
    "attempt-started": "attempt started",
    "attempt-ended": "attempt ended",
    "attempt-overtaken": "attempt taken over",
    "attempt-handed-back": "attempt handed back",
    "operation-succeeded": "operation succeeded",
    "operation-failed": "operation failed",
    "request-done": "request done",
    stopped: "stopped",
    retried: "retried",
    held: "put on hold after an outage or backup restore",
    "carry-out-given": "carrying out confirmed",
    "carry-out-lapsed": "confirmation of carrying out lapsed",
    "carried-out": "carried out after a hold",
    "cancelled-held": "cancelled while on hold",
    "held-expired": "expired while on hold",
    restored: "backup restored",
    refused: "refused",
    granted: "role granted",
    "grant-changed": "grant changed",
    "grant-ended": "grant ended",
    revoked: "role revoked",
    exported: "audit trail exported",
    pruned: "older requests removed",
    "directory-imported": "merchant directory imported",
    "key-enabled": "ledger key enabled",
    "key-changed": "ledger key changed",
    "key-disabled": "ledger key disabled",
  },
  columns: {
    seq: "seq",
    at: "at",
    actor: "actor",
    what: "what",
    event: "event",
    request_id: "request_id",
    operation_id: "operation_id",
    detail_json: "detail_json",
    origin: "origin",
    sub_mchid: "sub_mchid",
    action: "action",
    object: "object",
    scene: "scene",
    request_number: "request_number",
    reason: "reason",
    ticket: "ticket",
  },
};
