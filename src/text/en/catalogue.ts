/** Every text that people read, in English. Arguments are already markup: mentions, code, dates, links. */
import type { Action } from "../../domain/attempt-result.ts";
import type { Actor, RetryAdvice } from "../../domain/guidance.ts";
import { typedWords } from "../typed-words.ts";
import { answers } from "./answers.ts";
import { approvals, decisionForms, preferences, reminders } from "./approvals.ts";
import { bulk } from "./bulk.ts";
import { form } from "./form.ts";
import { guidance } from "./guidance.ts";
import { held } from "./held.ts";
import { help } from "./help.ts";
import { home } from "./home.ts";
import { manifest } from "./manifest.ts";
import { asking, events } from "./queries.ts";
import { audit, backup, ledgerKey, move, proofreading, restore } from "./terminal/cli.ts";
import { doctor } from "./terminal/doctor.ts";
import { start } from "./terminal/start.ts";
import { connection, unverified } from "./unreachable.ts";

/** The forms of each action that the sentences need. */
const words: Record<Action, Record<"verb" | "past" | "title" | "done" | "notDone" | "state" | "being", string>> = {
  OPEN: {
    verb: "open",
    past: "opened",
    title: "Open receipts",
    done: "Receipts opened",
    notDone: "Not opened",
    state: "open",
    being: "being opened",
  },
  CLOSE: {
    verb: "close",
    past: "closed",
    title: "Close receipts",
    done: "Receipts closed",
    notDone: "Not closed",
    state: "closed",
    being: "being closed",
  },
};

export const en = {
  guidance,
  connection,
  unverified,
  start,
  doctor,
  audit,
  backup,
  ledgerKey,
  restore,
  events,
  bulk,
  form,
  held,
  approvals,
  reminders,
  preferences,
  decisionForms,
  move,
  proofreading,
  help,
  home,
  manifest,
  ...answers,
  ...asking,

  /** The words of a command, as readers of this language type them. */
  typed: typedWords("en"),

  /** Between the items of a list. */
  list: ", ",
  /** Between two sentences. */
  between: " ",

  button: {
    approve: "Approve",
    reject: "Reject",
    leaveOut: "Leave out",
    withdraw: "Withdraw",
    retry: "Retry",
    cancel: "Cancel",
  },

  confirm: {
    approve: (action: Action, subMchid: string) => ({
      title: `${words[action].title} for ${subMchid}?`,
      text:
        action === "OPEN"
          ? "The bot calls WeChat Pay immediately. After paying, customers of this merchant see its own receipt page."
          : "The bot calls WeChat Pay immediately. After paying, customers of this merchant see WeChat Pay's own page.",
      confirm: `Approve and ${words[action].verb}`,
    }),
    withdraw: (action: Action, subMchid: string) => ({
      title: `Withdraw the request to ${words[action].verb} receipts for ${subMchid}?`,
      text: `Receipts will not be ${words[action].past}. You can submit a new request at any time.`,
      confirm: "Withdraw",
    }),
  },

  request: {
    verb: { OPEN: words.OPEN.verb, CLOSE: words.CLOSE.verb } satisfies Record<Action, string>,
    title: (action: Action, number: string) => `*${words[action].title} · ${number}*`,
    askedBy: (person: string) => `Requested by ${person}`,
    openUntil: (when: string) => `decide by ${when}`,
    lastSet: (action: Action, when: string, link: string | undefined) =>
      `Last set by this bot: ${words[action].state}, ${when}${link ? ` (${link})` : ""}`,
    lastFailed: (outcome: string, when: string, link: string | undefined) =>
      `Last attempt failed, ${when}: ${outcome}${link ? ` (${link})` : ""}`,
    working: (by: string) => `_working_ · approved by ${by}`,
    calling: "Calling WeChat Pay…",
    tryingAgain: (why: string, when: string, attempt: number, max: number) =>
      `${why}; retrying at ${when} (attempt ${attempt} of ${max})`,
    done: (action: Action, number: string) => `✅ *${words[action].done} · ${number}*`,
    notDone: (action: Action, number: string, why: string) => `❌ *${words[action].notDone} · ${number}* · ${why}`,
    notCertain: (number: string, why: string) => `⚠️ *Not certain · ${number}* · ${why}`,
    rejected: (by: string, when: string) => `🚫 Rejected by ${by}, ${when}`,
    withdrawn: (by: string, when: string) => `↩️ Withdrawn by ${by}, ${when}`,
    expired: (when: string) => `⌛ Expired without a decision, ${when}`,
    /** The requester and the approver; the rest of a line, or a line of its own. */
    people: {
      asked: (submitter: string) => `requested by ${submitter}`,
      approved: (submitter: string, approver: string) => `requested by ${submitter}, approved by ${approver}`,
      rejected: (submitter: string, by: string) => `requested by ${submitter}, rejected by ${by}`,
      brokeGlass: approvals.alone,
    },
    /** Who pressed Retry last; follows the requester and the approver. */
    retriedBy: (person: string, when: string) => `retried by ${person}, ${when}`,
    peopleAndTime: (people: string, when: string) => `${people}, ${when}`,
    /** A link from elsewhere to the message in the channel. */
    inChannel: (link: string) => `In the channel: ${link}`,
    /** The whole message in one sentence, for notifications and screen readers. */
    sentence: {
      pending: (action: Action, subMchid: string, person: string) =>
        `${person} submitted a request to ${words[action].verb} receipts for ${subMchid}. It is waiting for an approver.`,
      working: (action: Action, subMchid: string) => `Receipts for ${subMchid} are ${words[action].being}.`,
      done: (action: Action, subMchid: string) => `Receipts for ${subMchid} are now ${words[action].state}.`,
      failed: (action: Action, subMchid: string, why: string) =>
        `Receipts for ${subMchid} were not ${words[action].past}: ${why}.`,
      uncertain: (subMchid: string, why: string) =>
        `It is not certain whether receipts for ${subMchid} were switched: ${why}.`,
      rejected: (action: Action, subMchid: string) =>
        `The request to ${words[action].verb} receipts for ${subMchid} was rejected.`,
      withdrawn: (action: Action, subMchid: string) =>
        `The request to ${words[action].verb} receipts for ${subMchid} was withdrawn.`,
      expired: (action: Action, subMchid: string) =>
        `The request to ${words[action].verb} receipts for ${subMchid} expired without a decision.`,
    },
  },

  thread: {
    succeeded: (action: Action, person: string, number: string) =>
      action === "OPEN"
        ? `${person} receipts are open for ${number}. They appear within about five minutes if the merchant's 点金计划 is also enabled.`
        : `${person} receipts are closed for ${number}. WeChat Pay's own page returns within about five minutes.`,
    failed: (action: Action, person: string, number: string) =>
      `${person} receipts for ${number} were *not ${words[action].past}*.`,
    uncertain: (action: Action, person: string, number: string) =>
      `${person} it is *not certain* whether receipts for ${number} were ${words[action].past}.`,
    rejected: (action: Action, person: string, number: string, by: string) =>
      `${person} your request to ${words[action].verb} receipts for ${number} was rejected by ${by}. After you resolve the problem, submit a new request.`,
    expired: (action: Action, person: string, number: string) =>
      `${person} your request to ${words[action].verb} receipts for ${number} expired because no decision was made in time. If you still need it, submit a new request.`,
    retriedBy: (by: string) => `Retried by ${by}.`,
    whatHappened: "What happened",
    whoActs: "Who acts",
    whatToDo: "What to do",
    tryingAgain: "Retrying",
    ticket: (ticket: string) => `Ticket: ${ticket}`,
    weChatPaySays: (message: string) => `WeChat Pay says: ${message}`,
    requestId: "Request-ID",
    forSupport: "(for WeChat Pay's support)",
    clock: (minutes: number, direction: "ahead" | "behind") =>
      `The bot's clock is ${minutes} ${minutes === 1 ? "minute" : "minutes"} ${direction === "ahead" ? "ahead of" : "behind"} WeChat Pay's.`,
    actor: {
      requester: (person: string) => `The requester, ${person}.`,
      "service-provider": () => "Us, the service provider: anyone with access to the partner platform.",
      "sub-merchant": () => "The sub-merchant.",
      "bot-operator": () => "The operator of this bot.",
      nobody: () => "Nobody: the problem resolves itself.",
    } satisfies Record<Actor, (person: string) => string>,
    again: {
      automatic: "is safe. The bot has already tried several times; press Retry above in a few minutes.",
      "after-the-fix": "is safe, but will fail the same way until the problem is fixed.",
      "new-request": "with this number does not help. Submit a new request with the correct number.",
    } satisfies Record<RetryAdvice, string>,
  },

  decided: {
    approvedByYou: (when: string) => `You already approved this, ${when}. Nothing runs twice.`,
    approved: (person: string, when: string) => `${person} approved this before you, ${when}.`,
    rejectedByYou: (when: string) => `You already rejected this, ${when}. Nothing was changed.`,
    withdrawnByYou: (when: string) => `You already withdrew this, ${when}. Nothing was changed.`,
    rejected: (person: string, when: string) => `${person} rejected this, ${when}. Nothing was changed.`,
    withdrawn: (person: string, when: string) => `${person} withdrew this request, ${when}. Nothing was changed.`,
    expired: (when: string) =>
      `This request expired without a decision, ${when}. If you still need it, submit a new request.`,
    now: {
      working: (action: Action, number: string) => `Receipts for ${number} are ${words[action].being}.`,
      done: (action: Action, number: string) => `Receipts for ${number} are now ${words[action].state}.`,
      failed: (action: Action, number: string) =>
        `Receipts for ${number} were not ${words[action].past}; the thread gives the reason.`,
      uncertain: (action: Action, number: string) =>
        `It is not certain whether receipts for ${number} were ${words[action].past}; the thread gives the reason.`,
    },
    retriedAlready: "Someone pressed Retry before you; the message shows the progress.",
    /** A later request for the same sub-merchant blocks a Retry. */
    superseded: {
      undecided: (number: string, link: string | undefined) =>
        `A later request for ${number} is waiting for a decision${link ? ` (${link})` : ""}. Decide on that one.`,
      working: (number: string, link: string | undefined) =>
        `A later request for ${number} is being carried out${link ? ` (${link})` : ""}, so this one does not run again.`,
      /** The later request ended without effect at the moment of the press. */
      gone: (number: string) => `A later request for ${number} blocked this one and has just ended. Press again.`,
      ended: (number: string) =>
        `There is a later request for ${number}, so this one does not run again. If you still need it, submit a new request.`,
    },
    noRetry: "Retrying this request cannot help. Submit a new request with the correct number.",
    notFailed: "There is nothing to retry here; the message shows the current state.",
    unknown:
      "This request is not in the ledger; it may belong to another deployment of this bot. Submit a new request.",
  },
};

/** One type for every language: a missing text does not compile. */
export type Texts = typeof en;
