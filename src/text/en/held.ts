/** Texts of a request that is on hold after a bot outage or a restored backup, in English: each is true for both. */
import type { Change } from "../../domain/goldplan/change.ts";
import { figure } from "../figure.ts";
import { beforeClosing, capital, does, notDone, past } from "./goldplan/change.ts";
import { merchants } from "./phrases.ts";

const expiredOfMany = (count: number) =>
  `⌛ *${figure(count)} not carried out*, because the request was on hold after a bot outage or backup restore and expired without a decision.`;

export const held = {
  carryOut: "Carry out",
  cancel: "Cancel",
  /** Closes the question of a button without doing anything. */
  back: "Go back",
  line: (ago: string, when: string) => `⏸️ *On hold* · approved ${ago} (${when}), before a bot outage or backup restore`,
  lineRetried: (ago: string, when: string) =>
    `⏸️ *On hold* · retried ${ago} (${when}), before a bot outage or backup restore`,
  waiting: (until: string) => `Nothing runs until an approver decides; decide by ${until}.`,
  waitingForMany: (count: number, until: string) =>
    `Nothing runs for ${merchants(count)} until an approver decides; decide by ${until}.`,
  confirmed: (person: string, when: string) => `▶️ Confirmed by ${person}, ${when}`,
  calledBefore: "The bot already called WeChat Pay and does not know whether that call took effect.",
  confirmCarryOut: (change: Change, whom: string) => ({
    title: `Carry out the request to ${does(change)} for ${whom}?`,
    text: beforeClosing(
      change,
      "The bot calls WeChat Pay immediately. First check that this is still needed: the bot does not know what was changed elsewhere in the meantime, or after a restored backup was made.",
    ),
    confirm: "Carry out",
  }),
  confirmCancel: (change: Change, whom: string) => ({
    title: `Cancel the request to ${does(change)} for ${whom}?`,
    text: "Nothing on hold will be carried out. If you need this later, submit a new request.",
    confirm: "Cancel request",
  }),
  whomOne: (number: string) => number,
  whom: merchants,
  sentence: (change: Change, whom: string) =>
    `The request to ${does(change)} for ${whom} is on hold: after the approval, the bot was down or a backup was restored. It is waiting for an approver.`,
  /** In the thread, once. */
  carriedOut: (person: string) => `▶️ ${person} pressed Carry out, so this request is no longer on hold.`,
  ended: (change: Change, number: string) => `⏹️ *${capital(notDone(change))} · ${number}*`,
  endedSentence: (change: Change, subMchid: string) =>
    `The request to ${does(change)} for ${subMchid} ended while on hold, without being carried out.`,
  cancelledBy: (person: string, when: string) => `Cancelled while on hold by ${person}, ${when}`,
  expired: (when: string) => `⌛ Expired while on hold, without a decision, ${when}`,
  /** When calls had been made before: what is left is not certain. */
  holdExpired: (when: string) => `⌛ The hold ended without a decision, ${when}`,
  expiredOfMany: (count: number) => `⌛ *${figure(count)} not carried out*, expired while on hold`,
  thread: {
    cancelled: (change: Change, person: string, number: string, by: string) =>
      `${person} your request to ${does(change)} for ${number} was on hold after a bot outage or backup restore, and ${by} cancelled it. If you still need it, submit a new request.`,
    expired: (change: Change, person: string, number: string) =>
      `${person} your request to ${does(change)} for ${number} was on hold after a bot outage or backup restore and expired without a decision. If you still need it, submit a new request.`,
    expiredBefore: expiredOfMany,
    expiredOfMany: (count: number) =>
      `${expiredOfMany(count)} If you still need ${count === 1 ? "it" : "them"}, submit a new request with the file in this thread that lists only ${count === 1 ? "this one" : "these"}.`,
  },
  answer: {
    confirmedBefore: (missing: number) =>
      `You already confirmed this. ${missing === 1 ? "1 more approver is" : `${figure(missing)} more approvers are`} required.`,
    /** About earlier confirmations. */
    lapsed: (people: string) => `The confirmation by ${people} no longer counts, because they can no longer approve.`,
    confirmed: (missing: number) =>
      `Your confirmation counts; ${missing === 1 ? "1 more approver is" : `${figure(missing)} more approvers are`} required.`,
    carriedOut: (person: string, when: string) => `${person} pressed Carry out before you, ${when}.`,
    carriedOutByYou: (when: string) => `You already pressed Carry out, ${when}. Nothing runs twice.`,
    cancelled: (person: string, when: string) => `${person} cancelled this before you, ${when}.`,
    cancelledByYou: (when: string) => `You already cancelled this, ${when}.`,
    expired: (when: string) =>
      `This request expired while on hold, without a decision, ${when}. If you still need it, submit a new request.`,
    needsNewRequest: "The approvals of this request ended with its hold. If you still need it, submit a new request.",
    stillHeld: (change: Change, whom: string) =>
      `The request to ${does(change)} for ${whom} is on hold: nothing is ${past(change)} until an approver decides.`,
  },
  pendingEntry: (
    numbers: string,
    change: Change,
    submitter: string,
    when: string,
    until: string,
    link: string | undefined,
  ) =>
    `${numbers} ⏸️ *${does(change)}: on hold* · requested by ${submitter}, ${when}; decide by ${until}${link ? ` (${link})` : ""}`,
  status: (change: Change, people: string, link: string | undefined) =>
    `In progress: request to *${does(change)}*, on hold until an approver decides · ${people}${link ? ` (${link})` : ""}`,
};
