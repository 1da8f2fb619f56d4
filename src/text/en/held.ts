/** Texts of a request that is held after an absence of the bot, in English. */
import type { Action } from "../../domain/attempt-result.ts";

const verbs: Record<Action, string> = { OPEN: "open", CLOSE: "close" };
const dones: Record<Action, string> = { OPEN: "opened", CLOSE: "closed" };

const merchants = (count: number) => (count === 1 ? "1 sub-merchant" : `${count} sub-merchants`);

export const held = {
  carryOut: "Carry out",
  cancel: "Cancel",
  /** Closes the question of a button without doing anything. */
  back: "Go back",
  line: (ago: string, when: string) => `⏸️ *On hold* · approved ${ago} (${when}), before the bot was away`,
  lineRetried: (ago: string, when: string) => `⏸️ *On hold* · retried ${ago} (${when}), before the bot was away`,
  waiting: (until: string) => `Nothing runs until an approver decides; decide by ${until}.`,
  waitingForMany: (count: number, until: string) =>
    `${merchants(count)} ${count === 1 ? "does" : "do"} not run until an approver decides; decide by ${until}.`,
  confirmed: (person: string, when: string) => `▶️ Confirmed by ${person}, ${when}`,
  calledBefore: "WeChat Pay was called before, and the bot does not know whether that call took effect.",
  confirmCarryOut: (action: Action, whom: string) => ({
    title: `Carry out: ${verbs[action]} receipts for ${whom}?`,
    text: "The bot calls WeChat Pay immediately. First check that this is still wanted: the bot does not know what was changed elsewhere meanwhile.",
    confirm: "Carry out",
  }),
  confirmCancel: (action: Action, whom: string) => ({
    title: `Cancel: ${verbs[action]} receipts for ${whom}?`,
    text: "What is on hold will not run. If it is needed later, someone has to submit a new request.",
    confirm: "Cancel request",
  }),
  whomOne: (number: string) => number,
  whom: merchants,
  sentence: (action: Action, whom: string) =>
    `The request to ${verbs[action]} receipts for ${whom} is on hold, because the bot was away after its approval. It is waiting for an approver.`,
  /** In the thread, once. */
  carriedOut: (person: string) => `▶️ ${person} had this request carried out after the hold.`,
  ended: (action: Action, number: string) => `⏹️ *Not ${dones[action]} · ${number}*`,
  endedSentence: (action: Action, subMchid: string) =>
    `The request to ${verbs[action]} receipts for ${subMchid} ended on hold, without being carried out.`,
  cancelledBy: (person: string, when: string) => `Cancelled on hold by ${person}, ${when}`,
  expired: (when: string) => `⌛ Expired on hold without a decision, ${when}`,
  expiredOfMany: (count: number) => `⌛ *${count} not carried out*, expired on hold`,
  thread: {
    cancelled: (action: Action, person: string, number: string, by: string) =>
      `${person} your request to ${verbs[action]} receipts for ${number} was on hold after the bot had been away, and ${by} cancelled it. If you still need it, submit a new request.`,
    expired: (action: Action, person: string, number: string) =>
      `${person} your request to ${verbs[action]} receipts for ${number} was on hold after the bot had been away, and expired without a decision. If you still need it, submit a new request.`,
    expiredOfMany: (count: number) =>
      `⌛ *${count} not carried out*: on hold after the bot had been away, and expired without a decision. If you still need ${count === 1 ? "it" : "them"}, submit a new request with the file in this thread that lists only ${count === 1 ? "this one" : "these"}.`,
  },
  answer: {
    confirmedBefore: (missing: number) =>
      `You already confirmed this. ${missing === 1 ? "1 more approver is" : `${missing} more approvers are`} required.`,
    carriedOut: (person: string, when: string) => `${person} had this carried out before you, ${when}.`,
    carriedOutByYou: (when: string) => `You already had this carried out, ${when}. Nothing runs twice.`,
    cancelled: (person: string, when: string) => `${person} cancelled this before you, ${when}.`,
    cancelledByYou: (when: string) => `You already cancelled this, ${when}.`,
    expired: (when: string) =>
      `This request expired on hold without a decision, ${when}. If you still need it, submit a new request.`,
    notHeld: "This request is not on hold; the message shows the current state.",
    stillHeld: (action: Action, whom: string) =>
      `Receipts for ${whom} are on hold: they are not ${dones[action]} until an approver decides.`,
  },
  pendingEntry: (
    numbers: string,
    action: Action,
    submitter: string,
    when: string,
    until: string,
    link: string | undefined,
  ) =>
    `${numbers} ⏸️ *${verbs[action]}: on hold* · requested by ${submitter}, ${when}; decide by ${until}${link ? ` (${link})` : ""}`,
  status: (action: Action, people: string, link: string | undefined) =>
    `In progress: on hold until an approver decides, to *${verbs[action]}* · ${people}${link ? ` (${link})` : ""}`,
};
