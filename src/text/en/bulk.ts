/** Texts of a bulk request, in English. */
import type { Change, ScenedChange } from "../../domain/goldplan/change.ts";
import type { PayScene } from "../../domain/goldplan/objects.ts";
import { ownHeaders } from "../../parsing/column-headers.ts";
import { figure } from "../figure.ts";
import { afterwards, are, capital, does, past, state, subject, verb } from "./goldplan/change.ts";
import { goldplan } from "./goldplan/goldplan.ts";
import { merchants, some } from "./phrases.ts";

const all = (count: number) => (count === 1 ? "the 1 sub-merchant" : `all ${merchants(count)}`);
const times = (count: number) => (count === 1 ? "1 of them" : `${figure(count)} of them`);
/** The counts of failed and uncertain operations, if there are any. @param mark is put around each part */
const rest = (change: Change, failed: number, uncertain: number, first: string, mark: string) => {
  const parts = [
    ...(failed > 0 ? [`${mark}${figure(failed)} not ${past(change)}${mark}`] : []),
    ...(uncertain > 0 ? [`${mark}${figure(uncertain)} not certain${mark}`] : []),
  ];
  return parts.length === 0 ? "" : `${first}${parts.join(", ")}`;
};

export const bulk = {
  title: (change: Change, count: number) => `*${capital(does(change))} · ${merchants(count)}*`,
  sample: (numbers: string, more: number) =>
    more > 0 ? `${numbers} and ${figure(more)} more (list in the thread)` : numbers,
  sampleElsewhere: some,
  unusual: (numbers: string, more: number) => `⚠️ Unusual: most numbers have 10 digits · ${some(numbers, more)}`,
  inChannel: (link: string) => `In the channel, with the list in its thread: ${link}`,
  leftOut: (count: number, by: string) => `➖ *${figure(count)} left out* by ${by}`,
  leftOutWhich: (leftOut: string, numbers: string, more: number) => `${leftOut}: ${some(numbers, more)}`,
  knownSet: (count: number, change: Change, numbers: string, more: number) =>
    `${times(count)}: ${subject(change)} already ${state(change)} · ${some(numbers, more)}`,
  knownFailed: (count: number, change: Change, why: string, numbers: string, more: number) =>
    `${times(count)}: ${subject(change)} not ${past(change)} last time (${why}) · ${some(numbers, more)}`,
  knownMore: (count: number) => `${figure(count)} more ${count === 1 ? "has" : "have"} an earlier result`,
  progress: (bar: string, percent: number, done: number, failed: number, uncertain: number, left: number) =>
    `${bar} ${percent} % · ${figure(done)} done · ${figure(failed)} failed · ${uncertain > 0 ? `${figure(uncertain)} not certain · ` : ""}${figure(left)} left`,
  progressInChannel: "The message in the channel shows the progress.",
  timeLeft: (seconds: number) => (seconds < 90 ? `about ${seconds} s` : `about ${Math.round(seconds / 60)} minutes`),
  /** While only retries are left: the sub-merchants concerned, and when the last retry is due. */
  onlyRetries: (numbers: string, more: number, next: string, until: string) =>
    `Only retries are left: ${some(numbers, more)}; next attempt at ${next}, the last one at about ${until}`,
  stopping: (by: string) => `Stopped by ${by}; calls already started will finish.`,
  done: (change: Change, count: number) => `✅ *${figure(count)} ${past(change)}*`,
  notDone: (change: Change, count: number) => `❌ *${figure(count)} not ${past(change)}*`,
  notCertain: (count: number) => `⚠️ *${figure(count)} not certain*`,
  notStarted: (count: number, by: string) => `⏹️ *${figure(count)} not started*, stopped by ${by}`,
  /** By several people, or because a hold expired, too. */
  notStartedInAll: (count: number) => `⏹️ *${figure(count)} not started*`,
  retry: (count: number) => `Retry ${figure(count)}`,
  resubmit: (count: number) => `Resubmit ${figure(count)}`,
  resubmittedAs: (link: string, person: string) => `Resubmitted as ${link} by ${person}`,
  confirmResubmit: (change: Change, count: number) => ({
    title: `Resubmit the request to ${does(change)} for ${merchants(count)}?`,
    text: `This submits a new request in your name for exactly ${count === 1 ? "the sub-merchant that was" : "the sub-merchants that were"} not started. An approver decides on it.`,
    confirm: "Resubmit",
  }),
  stop: "Stop",
  confirmStop: (change: Change, left: number) => ({
    title: `Stop the request to ${does(change)}?`,
    text: `Sub-merchants that have not been processed yet (up to ${figure(left)}) are cancelled. Completed ones stay as they are, and calls in progress will finish.`,
    confirm: "Stop",
  }),
  confirmApprove: (change: ScenedChange, count: number) => ({
    title: `${capital(does(change))} for ${merchants(count)}?`,
    text: goldplan.effect(change, count),
    confirm: `Approve and ${verb(change)}`,
  }),
  confirmWithdraw: (change: Change, count: number) => ({
    title: `Withdraw the request to ${does(change)} for ${merchants(count)}?`,
    text: `Nothing will be ${past(change)}. You can submit a new request at any time.`,
    confirm: "Withdraw",
  }),
  sentence: {
    pending: (change: Change, count: number, person: string) =>
      `${person} submitted a request to ${does(change)} for ${merchants(count)}. It is waiting for an approver.`,
    /** @param done undefined where the count would soon be wrong */
    working: (change: Change, done: number | undefined, count: number) =>
      `${capital(subject(change))} for ${merchants(count)} ${are(change)} being ${past(change)}${done === undefined ? "" : `: ${figure(done)} finished`}.`,
    ended: (change: Change, succeeded: number, count: number, failed: number, uncertain: number) =>
      `${capital(subject(change))} ${are(change)} now ${state(change)} for ${figure(succeeded)} of ${merchants(count)}${rest(change, failed, uncertain, "; ", "")}.`,
    undone: (change: Change, count: number) =>
      `The request to ${does(change)} for ${merchants(count)} ended without being carried out.`,
  },
  thread: {
    list: (change: Change, count: number) => `The ${merchants(count)} in this request to ${does(change)}.`,
    allDone: (change: Change, person: string, count: number) =>
      `${person} ${subject(change)} ${are(change)} ${state(change)} for ${all(count)}. ${afterwards(change, count === 1 ? "the merchant's" : "each merchant's")}`,
    someDone: (change: Change, person: string, succeeded: number, count: number, failed: number, uncertain: number) =>
      `${person} ${subject(change)} ${are(change)} ${state(change)} for *${figure(succeeded)} of ${merchants(count)}*${rest(change, failed, uncertain, "; ", "*")}.`,
    remaining: (count: number, leftOut: number) =>
      `The ${merchants(count)} remaining after ${figure(leftOut)} ${leftOut === 1 ? "was" : "were"} left out. This list replaces the previous one.`,
    leftOut: (count: number, people: string) => `➖ *${figure(count)} left out* by ${people} before the decision.`,
    notStarted: (count: number, by: string) =>
      `⏹️ *${figure(count)} not started*, because ${by} stopped the request. If you still need ${count === 1 ? "it" : "them"}, press *Resubmit ${figure(count)}* in the message above; a file in this thread lists only ${count === 1 ? "this one" : "these"}.`,
    notStartedBefore: (count: number, by: string) =>
      `⏹️ *${figure(count)} not started*, because ${by} stopped the request.`,
    /** After both a stop and the end of a hold; the button and the file contain what either left undone. */
    stillNeeded: (count: number) =>
      `If you still need these ${figure(count)}, press *Resubmit ${figure(count)}* in the message above; a file in this thread lists only these.`,
    notStartedList: (count: number, command: string) =>
      `The ${merchants(count)} not started before the stop. To request ${count === 1 ? "it" : "them"} again, save this file, type \`${command}\` and upload the file in the form.`,
    group: (count: number, why: string) => `*${figure(count)} × ${why}*`,
    /** Details of one failure of several. */
    example: (details: string) => `For example: ${details}`,
    groupNumbers: (numbers: string, more: number) =>
      more > 0 ? `${numbers} and ${figure(more)} more in the file` : numbers,
    resubmitted: (by: string, link: string, count: number) =>
      `${by} submitted a new request for ${merchants(count)} that ${count === 1 ? "was" : "were"} not started: ${link}.`,
    noFiles: (code: string) =>
      `Slack does not accept files from this bot here (\`${code}\`), so the lists in this thread follow as text. An admin of the workspace or the operator of this bot can allow files.`,
    numbersThatFit: (shown: number, count: number, example: string) =>
      `The first ${figure(shown)} of ${merchants(count)}. To see all: \`${example}\``,
    rejected: (change: Change, person: string, count: number, by: string) =>
      `${person} your request to ${does(change)} for ${merchants(count)} was rejected by ${by}. After you resolve the problem, submit a new request.`,
    expired: (change: Change, person: string, count: number) =>
      `${person} your request to ${does(change)} for ${merchants(count)} expired because no decision was made in time. If you still need it, submit a new request.`,
    results: "The complete result, one line per sub-merchant.",
    /** The request was retried before its result could be shown. */
    resultsSoFar: (count: number) =>
      `The result so far, one line per sub-merchant: ${merchants(count)} ${count === 1 ? "has" : "have"} been retried since and ${count === 1 ? "is" : "are"} not finished.`,
    unfinished: (count: number) =>
      `⏳ *${figure(count)} not finished*, because the request has been retried since. The next result follows in this thread.`,
  },
  answer: {
    leftOut: (count: number, numbers: string, more: number) =>
      `Recorded without ${some(numbers, more)}: ${count === 1 ? "it" : "each"} already has an open request, which must be decided, withdrawn or completed first.`,
    allOpen: (count: number, link: string | undefined) =>
      `Each of these ${figure(count)} sub-merchants already has an open request${link ? `, such as this one (${link})` : ""}. These requests must be decided, withdrawn or completed first. Nothing was recorded.`,
    nothingToResubmit: "There is nothing left to resubmit; the message shows the current state. Nothing was recorded.",
    resubmittedBefore: (link: string, person: string) => `${person} resubmitted these before you: ${link}.`,
    nothingToStop: "There is nothing left to stop; the message shows the current state.",
    stopped: (when: string, person: string) => `${person} stopped this before you, ${when}.`,
    stoppedByYou: (when: string) => `You already stopped this, ${when}.`,
    nothingToRetry:
      "There is nothing to retry here: each failed sub-merchant has a later request or one that is open, or its number is wrong. Submit a new request with the correct numbers.",
  },
  file: {
    columns: ownHeaders.en,
    scenes: {
      JSAPI: "JSAPI",
      MINIPROGRAM: "mini program",
      JSAPI_AND_MINIPROGRAM: "JSAPI and mini program",
    } satisfies Record<PayScene, string>,
    outcomes: {
      waiting: "waiting for a decision",
      queued: "queued",
      running: "in progress",
      held: "on hold until an approver decides",
      succeeded: "done",
      failed: "failed",
      uncertain: "not certain",
      cancelled: "not carried out",
      leftOut: "left out",
    },
    excludedBy: (name: string | undefined) => `Left out by ${name ?? "an approver"} before the decision.`,
  },
};
