/** Every text that people read, in English. Arguments are already markup: mentions, code, dates, links. */
import type { Action } from "../../domain/attempt-result.ts";
import type { Change, ScenedChange } from "../../domain/goldplan/change.ts";
import type { Actor, RetryAdvice } from "../../domain/guidance.ts";
import { figure } from "../figure.ts";
import { typedWords } from "../typed-words.ts";
import { answers } from "./answers.ts";
import { approvals, decisionForms, preferences, reminders } from "./approvals.ts";
import { bulk } from "./bulk.ts";
import { namesForm } from "./directory/form.ts";
import { directoryImport } from "./directory/import.ts";
import { directory } from "./directory/merchants.ts";
import { form } from "./form.ts";
import { afterwards, are, capital, does, done, notDone, past, state, subject, verb, were } from "./goldplan/change.ts";
import { goldplan } from "./goldplan/goldplan.ts";
import { guidance } from "./guidance.ts";
import { held } from "./held.ts";
import { help } from "./help.ts";
import { home } from "./home.ts";
import { manifest } from "./manifest.ts";
import { events, queries } from "./queries.ts";
import { backup, restore } from "./terminal/backup.ts";
import { audit, ledgerKey, move, output, proofreading } from "./terminal/cli.ts";
import { doctor } from "./terminal/doctor.ts";
import { names } from "./terminal/names.ts";
import { start } from "./terminal/start.ts";
import { connection, unverified } from "./unreachable.ts";

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
  goldplan,
  held,
  approvals,
  reminders,
  preferences,
  decisionForms,
  move,
  output,
  proofreading,
  names,
  directoryImport,
  namesForm,
  help,
  home,
  manifest,
  ...answers,
  ...queries,
  ...directory,

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
    approve: (change: ScenedChange, subMchid: string) => ({
      title: `${capital(does(change))} for ${subMchid}?`,
      text: goldplan.effect(change, 1),
      confirm: `Approve and ${verb(change)}`,
    }),
    withdraw: (change: Change, subMchid: string) => ({
      title: `Withdraw the request to ${does(change)} for ${subMchid}?`,
      text: `Nothing will be ${past(change)}. You can submit a new request at any time.`,
      confirm: "Withdraw",
    }),
  },

  request: {
    verb: { OPEN: verb({ action: "OPEN" }), CLOSE: verb({ action: "CLOSE" }) } satisfies Record<Action, string>,
    title: (change: Change, number: string) => `*${capital(does(change))} · ${number}*`,
    requestedBy: (person: string) => `Requested by ${person}`,
    openUntil: (when: string) => `decide by ${when}`,
    lastSet: (change: Change, when: string, link: string | undefined) =>
      `${capital(subject(change))} last set by this bot: ${state(change)}, ${when}${link ? ` (${link})` : ""}`,
    lastFailed: (outcome: string, when: string, link: string | undefined) =>
      `Last attempt failed, ${when}: ${outcome}${link ? ` (${link})` : ""}`,
    working: (by: string) => `_working_ · approved by ${by}`,
    calling: "Calling WeChat Pay…",
    tryingAgain: (why: string, when: string, attempt: number, max: number) =>
      `${why}; retrying at ${when} (attempt ${attempt} of ${figure(max)})`,
    done: (change: Change, number: string) => `✅ *${capital(done(change))} · ${number}*`,
    notDone: (change: Change, number: string, why: string) => `❌ *${capital(notDone(change))} · ${number}* · ${why}`,
    notCertain: (number: string, why: string) => `⚠️ *Not certain · ${number}* · ${why}`,
    rejected: (by: string, when: string) => `🚫 Rejected by ${by}, ${when}`,
    withdrawn: (by: string, when: string) => `↩️ Withdrawn by ${by}, ${when}`,
    expired: (when: string) => `⌛ Expired without a decision, ${when}`,
    /** The requester and the approver; the rest of a line, or a line of its own. */
    people: {
      requestedBy: (submitter: string) => `requested by ${submitter}`,
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
      pending: (change: Change, subMchid: string, person: string) =>
        `${person} submitted a request to ${does(change)} for ${subMchid}. It is waiting for an approver.`,
      working: (change: Change, subMchid: string) =>
        `${capital(subject(change))} for ${subMchid} ${are(change)} being ${past(change)}.`,
      done: (change: Change, subMchid: string) =>
        `${capital(subject(change))} for ${subMchid} ${are(change)} now ${state(change)}.`,
      failed: (change: Change, subMchid: string, why: string) =>
        `${capital(subject(change))} for ${subMchid} ${were(change)} not ${past(change)}: ${why}.`,
      uncertain: (change: Change, subMchid: string, why: string) =>
        `It is not certain whether ${subject(change)} for ${subMchid} ${were(change)} ${past(change)}: ${why}.`,
      rejected: (change: Change, subMchid: string) => `The request to ${does(change)} for ${subMchid} was rejected.`,
      withdrawn: (change: Change, subMchid: string) => `The request to ${does(change)} for ${subMchid} was withdrawn.`,
      expired: (change: Change, subMchid: string) =>
        `The request to ${does(change)} for ${subMchid} expired without a decision.`,
    },
  },

  thread: {
    succeeded: (change: Change, person: string, number: string) =>
      `${person} ${subject(change)} ${are(change)} ${state(change)} for ${number}. ${afterwards(change, "the merchant's")}`,
    failed: (change: Change, person: string, number: string) =>
      `${person} ${subject(change)} for ${number} ${were(change)} *not ${past(change)}*.`,
    uncertain: (change: Change, person: string, number: string) =>
      `${person} it is *not certain* whether ${subject(change)} for ${number} ${were(change)} ${past(change)}.`,
    rejected: (change: Change, person: string, number: string, by: string) =>
      `${person} your request to ${does(change)} for ${number} was rejected by ${by}. After you resolve the problem, submit a new request.`,
    expired: (change: Change, person: string, number: string) =>
      `${person} your request to ${does(change)} for ${number} expired because no decision was made in time. If you still need it, submit a new request.`,
    retriedBy: (by: string) => `Retried by ${by}.`,
    whatHappened: "What happened",
    whoActs: "Who acts",
    whatToDo: "What to do",
    tryingAgain: "Retrying",
    ticket: (ticket: string) => `Ticket: ${ticket}`,
    weChatPaySays: (message: string) => `WeChat Pay says: ${message}`,
    /** It may come from another server than WeChat Pay's. */
    answerSays: (message: string) => `The answer: ${message}`,
    requestId: "Request-ID",
    forSupport: "(for WeChat Pay's support)",
    mayHaveActedBefore: "An earlier attempt had no certain result, so the change may have been made.",
    clock: (minutes: number, direction: "ahead" | "behind") =>
      `The bot's clock is ${minutes} ${minutes === 1 ? "minute" : "minutes"} ${direction === "ahead" ? "ahead of" : "behind"} WeChat Pay's.`,
    /** @param until the earliest time of a retry, formatted */
    wait: (until: string) =>
      `WeChat Pay asks to wait until ${until}. After that time, press Retry on the request's message.`,
    actor: {
      requester: (person: string) => `The requester, ${person}.`,
      "service-provider": () => "The service provider (us): anyone with access to the partner platform.",
      "sub-merchant": () => "The sub-merchant.",
      "bot-operator": () => "The operator of this bot.",
      nobody: () => "Nobody: the problem resolves itself.",
      "nobody-yet": () => "Nobody for now: the limit ends 24 hours after closing.",
    } satisfies Record<Actor, (person: string) => string>,
    again: {
      automatic: "is safe. The bot's own attempts have ended; press Retry above in a few minutes.",
      "after-the-fix": "is safe, but will fail the same way until the problem is fixed.",
      "after-a-day": "is safe, but cannot succeed within 24 hours of closing.",
      "after-the-wait": "is safe, but WeChat Pay asks to wait until the time above.",
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
      working: (change: Change, number: string) =>
        `${capital(subject(change))} for ${number} ${are(change)} being ${past(change)}.`,
      done: (change: Change, number: string) =>
        `${capital(subject(change))} for ${number} ${are(change)} now ${state(change)}.`,
      failed: (change: Change, number: string) =>
        `${capital(subject(change))} for ${number} ${were(change)} not ${past(change)}; the thread gives the reason.`,
      uncertain: (change: Change, number: string) =>
        `It is not certain whether ${subject(change)} for ${number} ${were(change)} ${past(change)}; the thread gives the reason.`,
    },
    retried: (person: string, when: string) =>
      `${person} pressed Retry before you, ${when}; the message shows the progress.`,
    retriedByYou: (when: string) =>
      `You already pressed Retry, ${when}. Nothing runs twice; the message shows the progress.`,
    /** Another request for the same sub-merchant blocks a Retry. */
    superseded: {
      undecided: (number: string, link: string | undefined) =>
        `A later request for ${number} is waiting for a decision${link ? ` (${link})` : ""}. Decide on that one.`,
      working: (number: string, link: string | undefined) =>
        `A later request for ${number} is being carried out${link ? ` (${link})` : ""}, so this one does not run again.`,
      /** It does not supersede this one: it is for the other object, or an earlier one that is being retried. */
      open: (number: string, link: string | undefined) =>
        `Another request for ${number} is open${link ? ` (${link})` : ""}. Press Retry again when it has ended.`,
      /** It was open at the moment of the press, has ended since, and does not supersede this one. */
      gone: (number: string) => `Another request for ${number} was open a moment ago and has ended. Press Retry again.`,
      ended: (number: string) =>
        `There is a later request for ${number}, so this one does not run again. If you still need it, submit a new request.`,
    },
    noRetry: "Retrying this request cannot help. Submit a new request with the correct number.",
    notFailed: "There is nothing to retry here; the message shows the current state.",
    unknown:
      "This request is not in the ledger; it may belong to another deployment of this bot. Submit a new request.",
    /** Instead, if requests were ever pruned. */
    pruned: (days: number) =>
      `This request is no longer in the ledger: requests that ended more than ${figure(days)} days ago are removed. If you still need it, submit a new request.`,
  },
};

/** One type for every language: a missing text does not compile. */
export type Texts = typeof en;
