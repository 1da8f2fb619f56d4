/** What a request for many sub-merchants says, in English. */
import type { Action } from "../../domain/attempt-result.ts";

const verbs: Record<Action, string> = { OPEN: "open", CLOSE: "close" };
const titles: Record<Action, string> = { OPEN: "Open receipts", CLOSE: "Close receipts" };
const states: Record<Action, string> = { OPEN: "open", CLOSE: "closed" };
const dones: Record<Action, string> = { OPEN: "opened", CLOSE: "closed" };

const merchants = (count: number) => (count === 1 ? "1 sub-merchant" : `${count} sub-merchants`);
const all = (count: number) => (count === 1 ? "the 1 sub-merchant" : `all ${merchants(count)}`);
const customers = (count: number) => (count === 1 ? "Customers of this merchant" : "Customers of these merchants");
const times = (count: number) => (count === 1 ? "1 of them" : `${count} of them`);
const some = (numbers: string, more: number) => (more > 0 ? `${numbers} and ${more} more` : numbers);
const are = (count: number) => (count === 1 ? "is" : "are");

export const bulk = {
  title: (action: Action, count: number) => `*${titles[action]} · ${merchants(count)}*`,
  sample: (numbers: string, more: number) => (more > 0 ? `${numbers} and ${more} more (list in the thread)` : numbers),
  sampleElsewhere: some,
  inChannel: (link: string) => `In the channel, with the list in its thread: ${link}`,
  leftOut: (count: number, by: string) => `➖ *${count} left out* by ${by}`,
  leftOutWhich: (leftOut: string, numbers: string, more: number) => `${leftOut}: ${some(numbers, more)}`,
  knownSet: (count: number, action: Action, numbers: string, more: number) =>
    `${times(count)} ${are(count)} ${states[action]} already: ${some(numbers, more)}`,
  knownFailed: (count: number, action: Action, why: string, numbers: string, more: number) =>
    `${times(count)} could not be ${dones[action]} last time: ${why} · ${some(numbers, more)}`,
  knownMore: (count: number) => `An earlier result is known of ${count} more`,
  progress: (bar: string, percent: number, done: number, failed: number, left: number) =>
    `${bar} ${percent} % · ${done} done · ${failed} failed · ${left} left`,
  timeLeft: (seconds: number) => (seconds < 90 ? `about ${seconds} s` : `about ${Math.round(seconds / 60)} minutes`),
  stopping: (by: string) => `Stopped by ${by}; what has been started still ends.`,
  done: (action: Action, count: number) => `✅ *${count} ${dones[action]}*`,
  notDone: (action: Action, count: number) => `❌ *${count} not ${dones[action]}*`,
  notStarted: (count: number, by: string) => `⏹️ *${count} not started*, stopped by ${by}`,
  retry: (count: number) => `Retry ${count}`,
  stop: "Stop",
  confirmStop: (action: Action, left: number) => ({
    title: `Stop: ${titles[action].toLowerCase()}?`,
    text: `What has not been started yet is cancelled, ${left} at the most. What has been done stays, and what has been started still ends.`,
    confirm: "Stop",
  }),
  confirmApprove: (action: Action, count: number) => ({
    title: `${titles[action]} for ${merchants(count)}?`,
    text:
      action === "OPEN"
        ? `The bot begins to call WeChat Pay at once. ${customers(count)} then see the merchant's own receipt page after paying.`
        : `The bot begins to call WeChat Pay at once. ${customers(count)} then see WeChat Pay's own page after paying.`,
    confirm: `Approve and ${verbs[action]}`,
  }),
  confirmWithdraw: (action: Action, count: number) => ({
    title: `Withdraw: ${titles[action].toLowerCase()} for ${merchants(count)}?`,
    text: `Nothing is then ${dones[action]}. You can ask again at any time.`,
    confirm: "Withdraw",
  }),
  sentence: {
    pending: (action: Action, count: number, person: string) =>
      `${person} asks to ${verbs[action]} receipts for ${merchants(count)}. It waits for an approver's decision.`,
    working: (action: Action, done: number, count: number) =>
      `Receipts for ${merchants(count)} are being ${dones[action]}: ${done} of them have ended.`,
    ended: (action: Action, succeeded: number, count: number) =>
      `Receipts are ${states[action]} for ${succeeded} of ${merchants(count)}.`,
    undone: (action: Action, count: number) =>
      `The request to ${verbs[action]} receipts for ${merchants(count)} ended undone.`,
  },
  thread: {
    list: (action: Action, count: number) =>
      `The ${merchants(count)} whose receipts somebody asks to ${verbs[action]}.`,
    allDone: (action: Action, person: string, count: number) =>
      action === "OPEN"
        ? `${person} receipts are open for ${all(count)}. They show within about five minutes, where a merchant's 点金计划 is on too.`
        : `${person} receipts are closed for ${all(count)}. WeChat Pay's own page is back within about five minutes.`,
    someDone: (action: Action, person: string, succeeded: number, count: number) =>
      `${person} receipts are ${states[action]} for *${succeeded} of ${merchants(count)}*.`,
    remaining: (count: number, leftOut: number) =>
      `The ${merchants(count)} that are left after ${leftOut} ${leftOut === 1 ? "was" : "were"} left out. This list takes the place of the one before.`,
    leftOut: (count: number) => `➖ *${count} left out* before the decision; the message above says by whom.`,
    notStarted: (count: number) =>
      `⏹️ *${count} not started*, because this was stopped; the message above says by whom. If ${count === 1 ? "it is" : "they are"} still wanted, ask again with the file in this thread that has only ${count === 1 ? "this one" : "these"}.`,
    notStartedList: (count: number, command: string) =>
      `The ${merchants(count)} that this stop came before. To ask for ${count === 1 ? "it" : "them"} again, save this file, type \`${command}\` and choose it in the form.`,
    group: (count: number, why: string) => `*${count} × ${why}*`,
    rejected: (action: Action, person: string, count: number) =>
      `${person} your request to ${verbs[action]} receipts for ${merchants(count)} was rejected; the message above says by whom. Once what stands in the way is settled, ask again.`,
    expired: (action: Action, person: string, count: number) =>
      `${person} your request to ${verbs[action]} receipts for ${merchants(count)} expired, because nobody decided on it in time. Ask again if it is still wanted.`,
    results: "The whole result, one line for each sub-merchant.",
  },
  answer: {
    leftOut: (numbers: string, more: number) =>
      `Recorded without ${numbers}${more > 0 ? ` and ${more} more` : ""}: there is an open request for each of them already, which has to end first.`,
    allOpen: (count: number, link: string | undefined) =>
      `There is an open request for each of these ${count} sub-merchants already${link ? `, such as this one (${link})` : ""}. It has to end first: be decided, withdrawn or carried out. Nothing was recorded.`,
    nothingToStop: "There is nothing to stop any more; the message shows how things stand.",
    stopped: (when: string, person: string) => `${person} stopped this before you, ${when}.`,
    nothingToRetry:
      "There is nothing to try again here: what failed has a later request, or cannot succeed with this number. Ask again with the right numbers.",
  },
  file: {
    columns: [
      "sub-merchant",
      "action",
      "outcome",
      "why",
      "what to do",
      "WeChat Pay says",
      "Request-ID",
      "attempts",
      "ended (Beijing time)",
    ],
    outcomes: {
      waiting: "waits for a decision",
      queued: "waits to be carried out",
      running: "is being carried out",
      held: "held until an approver decides",
      succeeded: "done",
      failed: "failed",
      uncertain: "not certain",
      cancelled: "not carried out",
      leftOut: "left out",
    },
    excludedBy: (name: string | undefined) => `Left out by ${name ?? "an approver"} before the decision.`,
  },
};
