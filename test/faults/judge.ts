/** Judges from a campaign's records whether the bot kept its promises. Each broken one is a sentence. */
import type { Action } from "../../src/domain/attempt-result.ts";
import { type Step, type SwitchObject, steps, stepsOf } from "../../src/domain/goldplan/objects.ts";
import type { PlayedCall } from "../../src/playground/wechatpay/server.ts";
import { overlapsOf } from "../e2e/support/restartable-bot.ts";
import type { LedgerRequest, Records, Shown, Submission } from "./records.ts";

/** Kinds of findings, each with sentences that name the sub-merchant. */
export interface Findings {
  /** Promised, approved or ended, but not recorded, not run, not shown or not announced. */
  lost: string[];
  /** Decided more than once, run without a decision, or run by two overlapping attempts. */
  doubled: string[];
  /** A call of an earlier decision after a later request, or a sub-merchant whose state is not the last decision's. */
  overtaken: string[];
}

export interface Judgement extends Findings {
  /** Approved requests, which had to run. */
  operations: number;
  /** Duplicate messages in Slack. They break no promise, but may puzzle people. */
  doubledPosts: number;
}

/** Everything about one sub-merchant. Each list is oldest first. */
interface Case {
  subMchid: string;
  submissions: readonly Submission[];
  requests: readonly LedgerRequest[];
  calls: readonly PlayedCall[];
  /** Its switch at WeChat Pay. */
  stateOf(step: Step): Action | undefined;
}

export function judge(records: Records): Judgement {
  const all = casesOf(records).map(judgeCase);
  const byChannel = Map.groupBy(records.shown, ({ channel }) => channel);
  const posts = records.requests.map((request) => judgePosts(request, byChannel.get(request.channel) ?? []));
  return {
    lost: [...all.flatMap(({ lost }) => lost), ...posts.flatMap(({ missing }) => missing)],
    doubled: all.flatMap(({ doubled }) => doubled),
    overtaken: all.flatMap(({ overtaken }) => overtaken),
    operations: records.requests.filter(isApproved).length,
    doubledPosts: posts.reduce((sum, { extra }) => sum + extra, 0),
  };
}

function casesOf({ submissions, requests, calls, stateOf }: Records): Case[] {
  const submissionsOf = Map.groupBy(submissions, ({ subMchid }) => subMchid);
  const requestsOf = Map.groupBy(requests, ({ subMchid }) => subMchid);
  const callsOf = Map.groupBy(calls, ({ subMchid }) => subMchid ?? "(an unreadable call)");
  return [...new Set([...submissionsOf.keys(), ...requestsOf.keys(), ...callsOf.keys()])].map((subMchid) => ({
    subMchid,
    submissions: submissionsOf.get(subMchid) ?? [],
    requests: requestsOf.get(subMchid) ?? [],
    calls: callsOf.get(subMchid) ?? [],
    stateOf: (step) => stateOf(subMchid, step),
  }));
}

function judgeCase(given: Case): Findings {
  const { subMchid, submissions, requests, calls } = given;
  const found: Findings = { lost: [], doubled: [], overtaken: [] };
  if (submissions.filter(({ isPromised }) => isPromised).length > requests.length)
    found.lost.push(`${subMchid}: a command was acknowledged but not recorded`);
  if (requests.length > submissions.length)
    found.doubled.push(`${subMchid}: submitted ${submissions.length} times, recorded ${requests.length} times`);
  for (const [earlier, later] of overlapsOf(calls))
    found.doubled.push(`${subMchid}: ${nameOf(earlier)} and ${nameOf(later)} overlapped`);
  for (const [index, request] of requests.entries()) {
    // People submit again for a sub-merchant only after its last request has ended, so every call until then belongs to
    // it.
    const from = submissions[index]?.submittedAtMs ?? Number.POSITIVE_INFINITY;
    const until = submissions[index + 1]?.submittedAtMs ?? Number.POSITIVE_INFINITY;
    const own = calls.filter(({ startedAtMs }) => startedAtMs >= from && startedAtMs < until);
    judgeRequest(request, own, found);
  }
  for (const step of steps) found.overtaken.push(...wrongInTheEnd(given, step));
  return found;
}

/** Events that a decided request has exactly once. */
const decisions: readonly string[] = ["approved", "rejected", "withdrawn", "expired"];

function judgeRequest(request: LedgerRequest, calls: readonly PlayedCall[], found: Findings): void {
  const name = `${request.subMchid} (request ${request.id})`;
  const decided = request.events.filter((what) => decisions.includes(what));
  const isUndecided = request.state === "pending";
  if (decided.length > 1) found.doubled.push(`${name}: decided ${decided.length} times: ${decided.join(", ")}`);
  if (decided.length === 0 && !isUndecided) found.lost.push(`${name}: ${request.state}, but nobody decided`);
  if (isUndecided) found.lost.push(`${name}: still undecided, although people decided`);
  if (isApproved(request) && (request.state !== "done" || !["succeeded", "failed"].includes(request.operationState)))
    found.lost.push(`${name}: approved but never ended: ${request.state}/${request.operationState}`);
  const own = stepsOf(request.object);
  for (const step of own.filter((step) => isSwitched(request, step)))
    if (!calls.some((call) => call.acted && call.step === step))
      found.lost.push(`${name}: ${step} succeeded, but the call is unknown to WeChat Pay`);
  for (const [index, call] of calls.entries()) {
    if (call.step && !own.includes(call.step)) found.doubled.push(`${name}: ${nameOf(call)} switched ${call.step}`);
    const isFirst = own.indexOf(call.step ?? "receipt") <= 0;
    const before = calls.slice(0, index);
    if (!isFirst && !before.some(({ step, acted, answered }) => step === "receipt" && acted && answered === 200))
      found.doubled.push(`${name}: ${nameOf(call)} came before its receipt was switched`);
    if (!isApproved(request)) found.doubled.push(`${name}: ${nameOf(call)}, although it was ${request.state}`);
    else if (call.operationType !== request.action)
      found.overtaken.push(`${name}: ${nameOf(call)} came after this request`);
  }
}

/** The state is that of the last success, or of a later failure that WeChat Pay carried out nevertheless. */
function wrongInTheEnd({ subMchid, requests, calls, stateOf }: Case, step: Step): string[] {
  const concerned = requests.filter(({ object }) => stepsOf(object).includes(step));
  const state = stateOf(step);
  const last = concerned.findLastIndex((request) => isSwitched(request, step));
  const expected = concerned[last]?.action;
  const made = calls.filter((call) => call.acted && call.step === step);
  const acted = new Set(made.map(({ operationType }) => operationType));
  const later = concerned.slice(last + 1).filter((request) => isApproved(request) && acted.has(request.action));
  if (state === expected || later.some(({ action }) => action === state)) return [];
  return [`${subMchid}: ${step} ${state ?? "untouched"} in the end, but the last successful decision was ${expected}`];
}

/** Whether a request has made a step, by the ledger: all of its steps, or all before the one that it has reached. */
function isSwitched({ object, step: reached, operationState }: LedgerRequest, step: Step): boolean {
  const own = stepsOf(object);
  return operationState === "succeeded" || own.indexOf(step) < own.indexOf(reached);
}

const subjects: Readonly<Record<SwitchObject, string>> = {
  receipt: "receipts",
  goldplan: "点金计划",
  both: "receipts and 点金计划",
};

/** What the message and the thread of an ended request must contain. */
function endingOf({ state, operationState, object }: LedgerRequest): Ending | undefined {
  const subject = subjects[object];
  if (`${state}/${operationState}` !== "done/succeeded") return endings[`${state}/${operationState}`];
  return {
    shown: new RegExp(`${subject} (opened|closed)`, "i"),
    reply: new RegExp(`${subject} (is|are) (open|closed) for`),
  };
}

interface Ending {
  shown: RegExp;
  reply: RegExp | undefined;
}

const endings: Readonly<Record<string, Ending>> = {
  "done/failed": {
    shown: /Not (opened|closed|certain)/i,
    reply: /(was|were) not (opened|closed)|is not certain whether/,
  },
  "rejected/cancelled": { shown: /Rejected by/, reply: /was rejected/ },
  "withdrawn/cancelled": { shown: /Withdrawn by/, reply: undefined },
  "expired/cancelled": { shown: /Expired without a decision/, reply: /expired/ },
};

function judgePosts(request: LedgerRequest, channel: readonly Shown[]): { missing: string[]; extra: number } {
  const name = `${request.subMchid} (request ${request.id})`;
  const ending = endingOf(request);
  const messages = channel.filter(
    ({ ts, threadTs, requestIds }) => threadTs === undefined && (ts === request.ts || requestIds.includes(request.id)),
  );
  const places = new Set(messages.map(({ ts }) => ts));
  const replies = channel.filter(({ threadTs }) => threadTs !== undefined && places.has(threadTs));
  const missing: string[] = [];
  if (messages.length === 0) missing.push(`${name}: it has no message`);
  if (!ending) return { missing, extra: Math.max(0, messages.length - 1) };
  if (!messages.some(({ text }) => ending.shown.test(text) && text.includes(request.subMchid)))
    missing.push(`${name}: ${request.state}/${request.operationState}, but its message does not show it`);
  const last = replies.findLast(({ text }) => ending.reply?.test(text) && text.includes(request.subMchid));
  if (ending.reply && !last)
    missing.push(`${name}: ${request.state}/${request.operationState}, but its thread does not show it`);
  const rounds = ending.reply ? Math.max(1, request.state === "done" ? request.round : 1) : 0;
  if (replies.length < rounds) missing.push(`${name}: ${rounds} rounds, but the thread reports ${replies.length}`);
  return { missing, extra: Math.max(0, messages.length - 1) + Math.max(0, replies.length - rounds) };
}

function isApproved({ events }: LedgerRequest): boolean {
  return events.includes("approved");
}

function nameOf({ operationType, attempt, answered }: PlayedCall): string {
  return `call ${attempt} (${operationType}, ${answered ?? "unanswered"})`;
}
