/** Every word that a person reads, in English. What a function is given is markup already: mentions, code, dates, links. */
import type { Action } from "../../domain/attempt-result.ts";
import type { Actor, RetryAdvice } from "../../domain/guidance.ts";
import { typedWords } from "../typed-words.ts";
import { answers } from "./answers.ts";
import { approvals, decisionForms, preferences, reminders } from "./approvals.ts";
import { bulk } from "./bulk.ts";
import { audit, move } from "./cli.ts";
import { events } from "./events.ts";
import { form } from "./form.ts";
import { guidance } from "./guidance.ts";
import { home } from "./home.ts";
import { asking } from "./queries.ts";
import { start } from "./start.ts";

/** A word or two for each action, in the forms that the sentences need. */
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
  start,
  audit,
  events,
  bulk,
  form,
  approvals,
  reminders,
  preferences,
  decisionForms,
  move,
  home,
  ...answers,
  ...asking,

  /** The words of a command, as people of this language type them. */
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
          ? "The bot calls WeChat Pay at once. Customers of this merchant then see its own receipt page after paying."
          : "The bot calls WeChat Pay at once. Customers of this merchant then see WeChat Pay's own page after paying.",
      confirm: `Approve and ${words[action].verb}`,
    }),
    withdraw: (action: Action, subMchid: string) => ({
      title: `Withdraw the request to ${words[action].verb} receipts for ${subMchid}?`,
      text: `Receipts are then not ${words[action].past}. You can ask again at any time.`,
      confirm: "Withdraw",
    }),
  },

  request: {
    verb: { OPEN: words.OPEN.verb, CLOSE: words.CLOSE.verb } satisfies Record<Action, string>,
    title: (action: Action, number: string) => `*${words[action].title} · ${number}*`,
    askedBy: (person: string) => `Asked for by ${person}`,
    openUntil: (when: string) => `waits for a decision until ${when}`,
    lastSet: (action: Action, when: string, link: string | undefined) =>
      `Last set by this bot: ${words[action].state}, ${when}${link ? ` (${link})` : ""}`,
    lastFailed: (outcome: string, when: string, link: string | undefined) =>
      `The last try failed, ${when}: ${outcome}${link ? ` (${link})` : ""}`,
    working: (by: string) => `_working_ · approved by ${by}`,
    calling: "Calling WeChat Pay…",
    tryingAgain: (why: string, when: string, attempt: number, max: number) =>
      `${why}; trying again at ${when} (attempt ${attempt} of ${max})`,
    done: (action: Action, number: string) => `✅ *${words[action].done} · ${number}*`,
    notDone: (action: Action, number: string, why: string) => `❌ *${words[action].notDone} · ${number}* · ${why}`,
    notCertain: (number: string, why: string) => `⚠️ *Not certain · ${number}* · ${why}`,
    rejected: (by: string, when: string) => `🚫 Rejected by ${by}, ${when}`,
    withdrawn: (by: string, when: string) => `↩️ Withdrawn by ${by}, ${when}`,
    expired: (when: string) => `⌛ Expired undecided, ${when}`,
    /** Who asked, and who decided; the rest of a line, or one of its own. */
    people: {
      asked: (submitter: string) => `asked for by ${submitter}`,
      approved: (submitter: string, approver: string) => `asked for by ${submitter}, approved by ${approver}`,
      rejected: (submitter: string, by: string) => `asked for by ${submitter}, rejected by ${by}`,
      brokeGlass: approvals.alone,
    },
    peopleAndTime: (people: string, when: string) => `${people}, ${when}`,
    linkLabel: "message",
    /** Leads from elsewhere to the message in the channel. */
    inChannel: (link: string) => `In the channel: ${link}`,
    /** The whole message in a sentence, for notifications and screen readers. */
    sentence: {
      pending: (action: Action, subMchid: string, person: string) =>
        `${person} asks to ${words[action].verb} receipts for ${subMchid}. It waits for an approver's decision.`,
      working: (action: Action, subMchid: string) => `Receipts for ${subMchid} are ${words[action].being}.`,
      done: (action: Action, subMchid: string) => `Receipts for ${subMchid} are ${words[action].state} now.`,
      failed: (action: Action, subMchid: string, why: string) =>
        `Receipts for ${subMchid} were not ${words[action].past}: ${why}.`,
      uncertain: (subMchid: string, why: string) =>
        `It is not certain what became of receipts for ${subMchid}: ${why}.`,
      rejected: (action: Action, subMchid: string) =>
        `The request to ${words[action].verb} receipts for ${subMchid} was rejected.`,
      withdrawn: (action: Action, subMchid: string) =>
        `The request to ${words[action].verb} receipts for ${subMchid} was withdrawn.`,
      expired: (action: Action, subMchid: string) =>
        `The request to ${words[action].verb} receipts for ${subMchid} expired undecided.`,
    },
  },

  thread: {
    succeeded: (action: Action, person: string, number: string) =>
      action === "OPEN"
        ? `${person} receipts are open for ${number}. They show within about five minutes, where the merchant's 点金计划 is on too.`
        : `${person} receipts are closed for ${number}. WeChat Pay's own page is back within about five minutes.`,
    failed: (action: Action, person: string, number: string) =>
      `${person} receipts for ${number} were *not ${words[action].past}*.`,
    uncertain: (action: Action, person: string, number: string) =>
      `${person} it is *not certain* whether receipts for ${number} were ${words[action].past}.`,
    rejected: (action: Action, person: string, number: string) =>
      `${person} your request to ${words[action].verb} receipts for ${number} was rejected; the message above says by whom. Once what stands in the way is settled, ask again.`,
    expired: (action: Action, person: string, number: string) =>
      `${person} your request to ${words[action].verb} receipts for ${number} expired, because nobody decided on it in time. Ask again if it is still wanted.`,
    whatHappened: "What happened",
    whoActs: "Who acts",
    whatToDo: "What to do",
    tryingAgain: "Trying again",
    weChatPaySays: (message: string) => `WeChat Pay says: ${message}`,
    requestId: "Request-ID",
    forSupport: "(for WeChat Pay's support)",
    clock: (minutes: number, direction: "ahead" | "behind") =>
      `The bot's clock is ${minutes} ${minutes === 1 ? "minute" : "minutes"} ${direction === "ahead" ? "ahead of" : "behind"} WeChat Pay's.`,
    actor: {
      requester: (person: string) => `The requester, ${person}.`,
      "service-provider": () => "Us, the service provider: whoever has access to the partner platform.",
      "sub-merchant": () => "The sub-merchant.",
      "bot-operator": () => "Whoever operates this bot.",
      nobody: () => "Nobody: it passes by itself.",
    } satisfies Record<Actor, (person: string) => string>,
    again: {
      automatic: "is safe. The bot has tried several times; press Retry above a little later.",
      "after-the-fix": "is safe, and fails the same way until that is done.",
      "new-request": "with this number does not help. Ask again with the right one.",
    } satisfies Record<RetryAdvice, string>,
  },

  decided: {
    approvedByYou: (when: string) => `You approved this already, ${when}. Nothing was done twice.`,
    approved: (person: string, when: string) => `${person} approved this before you, ${when}.`,
    rejectedByYou: (when: string) => `You rejected this already, ${when}. Nothing was changed.`,
    withdrawnByYou: (when: string) => `You withdrew this already, ${when}. Nothing was changed.`,
    rejected: (person: string, when: string) => `${person} rejected this, ${when}. Nothing was changed.`,
    withdrawn: (person: string, when: string) => `${person} withdrew this request, ${when}. Nothing was changed.`,
    expired: (when: string) => `This request expired undecided, ${when}. Ask again if it is still wanted.`,
    now: {
      working: (action: Action, number: string) => `Receipts for ${number} are ${words[action].being}.`,
      done: (action: Action, number: string) => `Receipts for ${number} are ${words[action].state} now.`,
      failed: (action: Action, number: string) =>
        `Receipts for ${number} were not ${words[action].past}; its thread says why.`,
    },
    retriedAlready: "Somebody pressed Retry before you; this message shows how it goes.",
    /** A later request for the same sub-merchant stands in the way of a Retry. */
    superseded: {
      undecided: (number: string, link: string | undefined) =>
        `A later request for ${number} waits for a decision${link ? ` (${link})` : ""}. Decide on that one.`,
      working: (number: string, link: string | undefined) =>
        `A later request for ${number} is being carried out${link ? ` (${link})` : ""}, so this one is not carried out again.`,
      /** It came to nothing while somebody pressed. */
      gone: (number: string) =>
        `A later request for ${number} was in the way, and is not any more. Please press again.`,
      ended: (number: string) =>
        `There was a later request for ${number}, so this one is not carried out again. Ask again if you want it all the same.`,
    },
    noRetry: "Trying this again cannot help: ask again with the right number.",
    notFailed: "There is nothing to try again here; the message shows how things stand.",
    unknown: "The ledger does not know this request; it may be of another deployment of this bot. Ask again.",
  },
};

/** One type for every language: a text that is missing in one of them does not compile. */
export type Texts = typeof en;
