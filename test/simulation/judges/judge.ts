/** Judges from a history's records whether the bot kept its promises. Each broken one is a sentence. */
import type { FaultName } from "../world/faults.ts";
import { isAbout } from "../world/people.ts";
import { isDirect, type SlackMessage } from "../world/slack-in-memory.ts";
import type { Press } from "../world/user-actions.ts";
import { endingsOfMany, isRoundReport, isWithoutCancelled, judgeMany } from "./bulk-requests.ts";
import { isAboutForgery, judgeForgeries } from "./forgeries.ts";
import type { Judgement } from "./judgement.ts";
import { judgeCalls, judgeEdits, judgeResults, shortOf } from "./leases.ts";
import { isForMany, type LedgerRequest } from "./ledger-watch.ts";
import { judgeOutages } from "./outages.ts";
import { isDone } from "./private-replies.ts";
import type { AuditRow, Records } from "./records.ts";
import { isEscalation, judgeReminders } from "./reminders.ts";
import { detailOf, pathOf } from "./steps/event-paths.ts";
import { judgeSteps } from "./steps/steps.ts";
import { judgeStops } from "./stops.ts";
import { endingOfOne, reportOf } from "./wording.ts";

export function judge(records: Records): Judgement {
  const found: Judgement = {
    lost: [],
    doubled: [...records.ledgerProblems],
    overtaken: [],
    untrue: [...records.untrueAnswers, ...records.prunedProblems],
    operations: records.requests.filter(isApproved).reduce((sum, { operations }) => sum + operations.length, 0),
    doubledPosts: 0,
  };
  if (records.ran !== "over") found.lost.push(`it did not settle: ${records.ran}`);
  judgeErrors(records, found);
  for (const request of records.requests) {
    judgeDecision(request, records, found);
    judgeWords(request, records, found);
  }
  judgeCalls(records, found);
  judgeResults(records, found);
  judgeOutages(records, found);
  judgeEdits(records, found);
  judgeSteps(records, found);
  judgeAnswers(records, found);
  judgeDoubles(records, found);
  judgeForgeries(records, found);
  return found;
}

export function failuresOf({ lost, doubled, overtaken, untrue }: Judgement): string[] {
  return [
    ...lost.map((sentence) => `lost: ${sentence}`),
    ...doubled.map((sentence) => `doubled: ${sentence}`),
    ...overtaken.map((sentence) => `overtaken: ${sentence}`),
    ...untrue.map((sentence) => `untrue: ${sentence}`),
  ];
}

function isApproved({ state }: LedgerRequest): boolean {
  return state === "approved" || state === "done";
}

function nameOf({ id, reason, operations, action, object }: LedgerRequest): string {
  return `${reason} (request ${shortOf(id)}, ${action} ${object} ${operations.map(({ subMchid }) => subMchid).join(" ")})`;
}

/** While the ledger is available, the bot must not log any error. */
function judgeErrors(records: Records, found: Judgement): void {
  const { errors, struck, plan } = records;
  const isTroubled = ["ledger-away", "commit-fails", "commit-uncertain"].some((fault) =>
    struck.has(fault as FaultName),
  );
  // A process that pauses in the middle of a transaction blocks the other one until that gives up.
  const hasPauses = plan.machines.some(({ kind }) => kind === "pause");
  // An outcome that the operator has to act on is logged at this level, too.
  const unexpected = errors.filter(
    (line) =>
      !isAboutForgery(line, records) &&
      !line.includes('"result":{') &&
      (!(isTroubled || hasPauses) || !/ERR_SQLITE_ERROR|CommitUncertain|Connection terminated/.test(line)),
  );
  found.lost.push(...unexpected.map((line) => `an error was logged: ${line.slice(0, 400)}`));
}

/** The letters of events that are not about an attempt. */
const letters: Readonly<Record<string, string>> = {
  asked: "A",
  approved: "P",
  rejected: "J",
  withdrawn: "W",
  expired: "X",
  "request-done": "D",
  retried: "R",
  stopped: "T",
  "left-out": "L",
  // Holding moves nothing; ending a hold without carrying it out does.
  held: "",
  "carried-out": "",
  "cancelled-held": "K",
  "held-expired": "K",
  reminded: "N",
  escalated: "U",
  // People who act without the right cause these at any time; they change nothing.
  refused: "",
};

/**
 * For bulk requests, without the events of single operations: exclusions come before the decision, and each round is
 * completed, stopped, or both; or it ends on hold.
 */
const legalPathOfMany = /^A[LNU]*(?:[JWX]|P(?:(?:T?[DK]|T)(?:R(?:T?[DK]|T))*)?)?$/;

/**
 * Requested, perhaps reminded, decided once, and then rounds of attempts: each started, perhaps abandoned, and finally
 * concluded; or it ends on hold, as a failure if it had started.
 */
const legalPath = /^A[NU]*(?:[JWX]|P(?:(?:S+[EH])*(?:S+E(?:\+D$|-D(?:R|$))|S*E?-K(?:R|$)))*(?:(?:S+[EH])*S*K$)?)?$/;

function judgeDecision(request: LedgerRequest, { events, decisions }: Records, found: Judgement): void {
  const own = events.filter(({ requestId }) => requestId === request.id);
  const isMany = isForMany(request);
  const moves = isMany ? own.filter(({ operationId }) => operationId === null) : own;
  const isOnHold = request.heldAt !== null;
  // A hold may interrupt it at any point, like its end.
  const path = pathOf(moves, letters).replaceAll("C", "E") + (isOnHold ? "K" : "");
  if (!(isMany ? legalPathOfMany : legalPath).test(path))
    found.doubled.push(`${nameOf(request)}: its events are ${own.map(({ what }) => what).join(", ")}`);
  const decided = own.filter(({ what }) => /^(approved|rejected|withdrawn|expired)$/.test(what));
  const first = decisions.get(request.id);
  if (decided.length > 1) found.doubled.push(`${nameOf(request)}: decided ${decided.length} times`);
  if (first && decided[0] && (decided[0].actor !== first.by || request.decidedBy !== first.by))
    found.doubled.push(`${nameOf(request)}: decided by ${first.by}, but the audit trail names ${decided[0].actor}`);
  const isLate = request.decidedAt !== null && request.decidedAt >= request.expiresAt;
  if (first && (request.state === "expired") !== isLate)
    found.untrue.push(`${nameOf(request)}: ${request.state}, ${isLate ? "after" : "before"} its expiry`);
  if (decided.length === 0 && request.state !== "pending") found.lost.push(`${nameOf(request)}: nobody decided it`);
  const states = request.operations.map(({ operationState }) => operationState);
  const isOver = states.every(
    (state) => state === "succeeded" || state === "failed" || ((isMany || path.endsWith("K")) && state === "cancelled"),
  );
  // What nobody decided on after an outage stays on hold until it expires.
  const isHeld =
    request.heldAt !== null &&
    states.every((state) => state === "held" || state === "succeeded" || state === "failed" || state === "cancelled");
  if (isApproved(request) && !isHeld && !(request.state === "done" && isOver))
    found.lost.push(`${nameOf(request)}: approved but never ended: ${request.state}/${states}`);
}

function judgeWords(request: LedgerRequest, records: Records, found: Judgement): void {
  const { messages, projection } = records;
  const name = nameOf(request);
  const own = messages.filter(
    ({ channel, threadTs, versions }) => !threadTs && !isDirect(channel) && isAbout(versions[0], request.reason ?? ""),
  );
  const places = new Set(own.map(({ ts }) => ts));
  const below = messages.filter(({ threadTs }) => threadTs !== undefined && places.has(threadTs));
  const thread = below.filter((message) => !isEscalation(message));
  const state = `${request.state}/${request.operationState}`;
  const ending = isForMany(request) ? endingsOfMany[request.state] : endingOfOne(request);
  const shown = own.find(({ ts }) => ts === request.ts);
  if (!ending) return;
  if (!shown) found.lost.push(`${name}: it has no message`);
  else if (shown.isGone) found.lost.push(`${name}: its message is gone`);
  else {
    const blocks = shown.versions.at(-1)?.blocks ?? "";
    const isAsProjected = projection.get(request.id)?.includes(blocks) ?? true;
    if (!ending.test(blocks) || !isAsProjected)
      found.lost.push(`${name}: ${state}, but its message does not match the ledger: ${shown.versions.at(-1)?.text}`);
  }
  found.doubledPosts += Math.max(0, own.length - 1);
  judgeThread(request, records, thread, found);
  judgeReminders(request, records, { name, thread: below }, found);
  judgeStops(request, records, { name, own }, found);
  if (isForMany(request)) judgeMany(request, records, { name, own, thread }, found);
}

/** The thread reports each event that belongs there, and nothing that did not happen. */
function judgeThread(
  request: LedgerRequest,
  { events }: Records,
  thread: readonly SlackMessage[],
  found: Judgement,
): void {
  const name = nameOf(request);
  const expected = events.flatMap((event) => {
    const report = reportOf(event, request);
    return report && event.requestId === request.id && !isWithoutCancelled(event) ? [{ what: event.what, report }] : [];
  });
  for (const of of Map.groupBy(expected, ({ report }) => report.source).values()) {
    const reports = thread.filter(({ versions }) => of[0]?.report.test(versions[0]?.blocks ?? ""));
    if (reports.length < of.length)
      found.lost.push(`${name}: ${of[0]?.what} ${of.length} times, reported ${reports.length} times`);
    found.doubledPosts += Math.max(0, reports.length - of.length);
  }
  const isOther = ({ versions, file }: SlackMessage) => file !== undefined || isRoundReport(versions[0]?.blocks ?? "");
  const wrongReports = thread.filter(
    (message) =>
      !(isForMany(request) && isOther(message)) &&
      !expected.some(({ report }) => report.test(message.versions[0]?.blocks ?? "")),
  );
  if (wrongReports.length > 0)
    found.doubled.push(`${name}: its thread reports what did not happen: ${wrongReports[0]?.versions[0]?.text}`);
}

/** An answer that nothing was done is final, unless the person tried more than once. */
function judgeAnswers({ submissions, presses, requests, events }: Records, found: Judgement): void {
  const byReason = new Map(requests.map((request) => [request.reason, request]));
  for (const { name, by, deliveries } of submissions) {
    const [only, ...more] = deliveries;
    if (more.length === 0 && /Nothing was recorded/.test(only?.answer?.text ?? "") && byReason.has(name))
      found.untrue.push(`${by} learnt that nothing was recorded of ${name}, but then it was`);
    if (deliveries.length > 0 && requests.filter(({ reason }) => reason === name).length > 1)
      found.doubled.push(`${name} was recorded more than once`);
  }
  for (const press of presses) {
    const request = byReason.get(press.submission);
    const isRefused =
      press.deliveries.length > 0 &&
      press.deliveries.every(({ answer }) =>
        /Nothing was (changed|recorded); (try|press) again/.test(answer?.text ?? ""),
      );
    if (!request || !isRefused || !hasCounted(press, request, events)) continue;
    if (!presses.some((other) => other !== press && isSame(other, press)))
      found.untrue.push(`${press.by} learnt that ${press.button} of ${press.submission} changed nothing, but it did`);
  }
}

function hasCounted(press: Press, request: LedgerRequest, events: readonly AuditRow[]): boolean {
  const endOfHold = { "carry-out": "carried-out", "cancel-held": "cancelled-held" } as const;
  // Several people decide on a hold at once, and the request does not say whose click it was.
  if (press.button === "carry-out" || press.button === "cancel-held")
    return events.some(
      ({ what, actor, requestId }) =>
        what === endOfHold[press.button as keyof typeof endOfHold] && actor === press.by && requestId === request.id,
    );
  if (press.button !== "retry") return isDone(request, press);
  return events.some(
    (event) =>
      event.what === "retried" &&
      event.actor === press.by &&
      event.requestId === request.id &&
      detailOf(event).round === press.round + 1,
  );
}

function isSame(a: Press, b: Press): boolean {
  return a.submission === b.submission && a.button === b.button && a.by === b.by && a.round === b.round;
}

/** A message may be duplicated if the answer to its post was lost, or the instance that was to record it. */
function judgeDoubles({ crashes, unconfirmedPosts, struck, plan }: Records, found: Judgement): void {
  const gone = struck.get("post-gone") ?? 0;
  const ledger =
    (struck.get("ledger-away") ?? 0) + (struck.get("commit-fails") ?? 0) + (struck.get("commit-uncertain") ?? 0);
  const pauses = plan.machines.filter(({ kind }) => kind === "pause").length;
  // Maximum number of posts in progress in one instance.
  const sideBySide = 4;
  const allowed = unconfirmedPosts + gone + ledger * sideBySide + (crashes + pauses) * sideBySide;
  if (found.doubledPosts > allowed)
    found.doubled.push(`${found.doubledPosts} duplicate messages in Slack, but only ${allowed} are allowed`);
}
