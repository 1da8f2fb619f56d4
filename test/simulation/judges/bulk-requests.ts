/** Judges a bulk request: each operation like a single one, and its counts, rounds and files. */
import type { RequestState } from "../../../src/storage/schema.ts";
import { textsOf } from "../../../src/text/texts.ts";
import type { SlackMessage } from "../world/slack-in-memory.ts";
import type { Judgement } from "./judgement.ts";
import { countsOf, isBetween, isInDoubt, type LedgerOperation, type LedgerRequest, stillIn } from "./ledger-watch.ts";
import type { AuditRow, Records } from "./records.ts";
import { detailOf, pathOf } from "./steps/event-paths.ts";

/** A request's messages in Slack. */
export interface Shown {
  name: string;
  /** Its message, and any that replaced it. */
  own: readonly SlackMessage[];
  /** The replies in its thread. */
  thread: readonly SlackMessage[];
}

/**
 * Rounds of attempts, each started, perhaps abandoned, and finally concluded; none after a success. An operation that
 * was handed back each time has not been started, and can be stopped; so can one between its steps.
 */
const legalPath = /^(?:(?:S+[EHC])*S+E-)*(?:(?:S+[EHC])*S+(?:E\+|C(?:SH)*)|(?:SH)+)?$/;

/** The same, but a stop may have failed it without a call, because of what an earlier round may have done. */
const legalPathStopped = /^(?:(?:S+[EHC])*S+E-(?:(?:SH)*-)*)*(?:(?:S+[EHC])*S+(?:E\+|C(?:SH)*)|(?:SH)+)?$/;

/** The same, or interrupted by a hold that nobody carried out; what had started in its round ends as a failure. */
const legalPathOnHold = /^(?:(?:S+[EHC])*(?:S+E-|S*E?-))*(?:(?:S+[EHC])*(?:S+E\+|S*))?$/;
const holdEnds = { "cancelled-held": true, "held-expired": true };

const { outcomes } = textsOf("en").bulk.file;
const ended = /[✅❌⏹⌛]|⚠️ \*\d+ not certain\*/u;
const leftOut = /\*(\d+) left out\*/;

/** Whether a message in its thread reports the end of a round. */
export function isRoundReport(blocks: string): boolean {
  return /(?:receipts|点金计划) (?:is|are) (?:open|closed) for (?:(?:all|the) \d|\*\d)/.test(blocks);
}

/** The final text of its message. */
export const endingsOfMany: Readonly<Record<RequestState, RegExp>> = {
  pending: /decide by/,
  approved: /_working_|On hold/,
  done: ended,
  rejected: /Rejected by/,
  withdrawn: /Withdrawn by/,
  expired: /Expired without a decision/,
};

export function judgeMany(request: LedgerRequest, records: Records, shown: Shown, found: Judgement): void {
  for (const operation of request.operations) judgeOperation(operation, request, records, shown.name, found);
  judgeCounts(request, records, shown, found);
  judgeRounds(request, shown, found);
  judgeFiles(request, records, shown, found);
}

function judgeOperation(
  operation: LedgerOperation,
  request: LedgerRequest,
  { events, calls }: Records,
  nameOfRequest: string,
  found: Judgement,
): void {
  const { operationId, subMchid, seq, operationState: state, operationRound: round, excludedBy } = operation;
  const name = `${nameOfRequest}, ${subMchid}`;
  const own = events.filter((event) => event.operationId === operationId);
  const path = pathOf(own);
  if (excludedBy !== null) {
    if (path !== "" || operation.attempts > 0 || calls.some((call) => call.seq === seq))
      found.doubled.push(`${name}: it was excluded but called`);
    if (state !== "cancelled") found.lost.push(`${name}: it was excluded but is ${state}`);
    return;
  }
  // A hold that was cancelled or expired may have interrupted it at any point.
  const isEndedOnHold =
    request.heldAt !== null || events.some(({ requestId, what }) => requestId === request.id && what in holdEnds);
  const wasStopped = events.some(({ requestId, what }) => requestId === request.id && what === "stopped");
  const legal = wasStopped ? legalPathStopped : legalPath;
  if (!(isEndedOnHold ? legalPathOnHold : legal).test(path))
    found.doubled.push(`${name}: its events are ${own.map(({ what }) => what).join(", ")}`);
  // An operation that was stopped in a round had not started in it.
  const ends = path.replace(/[^+-]/g, "");
  const isStopped = (request.stoppedBy !== null || isEndedOnHold) && ends.length === round - 1 && !ends.endsWith("+");
  if (request.state === "done" && ends.length !== round && !isStopped)
    found.doubled.push(`${name}: it ended ${ends.length} times in ${round} rounds`);
  const last = ends.endsWith("+") ? "succeeded" : "failed";
  const claimed = isStopped ? "cancelled" : last;
  if (request.state === "done" && state !== claimed) found.lost.push(`${name}: it is ${state}, but had ${claimed}`);
  const isCalled = calls.some((call) => call.seq === seq && call.step === operation.step);
  if (state === "cancelled" && round === 1 && !isEndedOnHold && isCalled)
    found.doubled.push(`${name}: it was stopped but called`);
}

/**
 * Each version of the message matches the ledger's counts at some moment, and the last one names the number of
 * exclusions.
 */
function judgeCounts(request: LedgerRequest, { counted }: Records, { name, own }: Shown, found: Judgement): void {
  for (const { text, blocks } of own.flatMap(({ versions }) => versions)) {
    const claimed = progressIn(blocks) ?? endIn(blocks);
    if (claimed && !wasTrue(claimed, [...(counted.get(request.id) ?? [])]))
      found.untrue.push(`${name}: its message showed ${countsOf(claimed)}, which was never true: ${text}`);
  }
  const claimed = Number(
    leftOut.exec(own.find(({ ts }) => ts === request.ts)?.versions.at(-1)?.blocks ?? "")?.[1] ?? 0,
  );
  if (claimed !== request.leftOut)
    found.untrue.push(`${name}: its message finally shows ${claimed} exclusions, but there were ${request.leftOut}`);
}

type Claim = Parameters<typeof countsOf>[0];

/** A message may be read between two changes that share a commit, so each count is between theirs. */
function wasTrue(claimed: Claim, committed: readonly string[]): boolean {
  const counts = numbersOf(countsOf(claimed));
  return committed.some((one, index) => {
    const [from, to] = [numbersOf(one), numbersOf(committed[index + 1] ?? one)];
    return counts.every((count, nth) => isBetween(count, from[nth] ?? count, to[nth] ?? count));
  });
}

function numbersOf(counts: string): number[] {
  return counts.split(/\D+/).filter(Boolean).map(Number);
}

function progressIn(blocks: string): Claim | undefined {
  const [, succeeded, failed, uncertain = 0, open] =
    /(\d+) done · (\d+) failed · (?:(\d+) not certain · )?(\d+) left/.exec(blocks) ?? [];
  return open === undefined ? undefined : claimOf([succeeded, failed, uncertain, open].map(Number));
}

function endIn(blocks: string): Claim | undefined {
  if (!ended.test(blocks)) return undefined;
  const count = (pattern: RegExp) => Number(pattern.exec(blocks)?.[1] ?? 0);
  const [succeeded, failed] = [count(/\*(\d+) (?:opened|closed)\*/), count(/\*(\d+) not (?:opened|closed)\*/)];
  return claimOf([succeeded, failed, count(/\*(\d+) not certain\*/), 0]);
}

/** The ledger's `failed` includes what is not certain; people read the two apart. */
function claimOf([succeeded = 0, failed = 0, uncertain = 0, open = 0]: readonly number[]): Claim {
  return { succeeded, failed: failed + uncertain, uncertain, open };
}

/**
 * The thread reports the end of each round, with a file for each. At least one report of each matches the final result.
 */
function judgeRounds(request: LedgerRequest, { name, thread }: Shown, found: Judgement): void {
  const rounds = roundsEnded(request);
  const reports = thread.filter(({ versions }) => isRoundReport(versions[0]?.blocks ?? ""));
  if (reports.length < rounds) found.lost.push(`${name}: ${rounds} rounds ended, reported ${reports.length} times`);
  if (rounds === 0 && reports.length > 0) found.doubled.push(`${name}: its thread reports an end that never came`);
  found.doubledPosts += Math.max(0, reports.length - rounds);
  // What is on hold in a later round has changed since the last report.
  if (request.state !== "done") return;
  const { succeeded } = request;
  const total = stillIn(request);
  const all = total === 1 ? "for the 1 sub" : `for all ${total} sub`;
  const last = succeeded === total ? all : `for *${succeeded} of ${total} sub`;
  if (!reports.some(({ versions }) => versions[0]?.blocks.includes(last)))
    found.untrue.push(`${name}: ${succeeded} of ${total} are done, but its thread does not show it`);
}

function roundsEnded({ state, round, decidedBy }: LedgerRequest): number {
  if (state === "done") return round;
  return state === "approved" && decidedBy !== null ? round - 1 : 0;
}

const cancellations = ["stopped", "cancelled-held", "held-expired"];

/** A stop, or the end of a hold, that cancelled nothing: whatever failed has an event of its own. */
export function isWithoutCancelled(event: AuditRow): boolean {
  return cancellations.includes(event.what) && detailOf(event).cancelled === 0;
}

/** The list that a decision covers, again after each exclusion; what each stop prevented; and each round's results. */
function judgeFiles(
  request: LedgerRequest,
  { events }: Records,
  { name, thread }: Pick<Shown, "name" | "thread">,
  found: Judgement,
): void {
  const filesOf = (kind: RegExp) => thread.flatMap(({ file }) => (file && kind.test(file.name) ? [file.content] : []));
  const [lists, stops, results] = [filesOf(/^(requested|remaining)-/), filesOf(/^not-started-/), filesOf(/^results-/)];
  const times = (event: string) =>
    events.filter((each) => each.requestId === request.id && each.what === event && !isWithoutCancelled(each)).length;
  const stopped = times("stopped") + times("cancelled-held") + times("held-expired");
  const rounds = roundsEnded(request);
  if (stops.length < stopped) found.lost.push(`${name}: stopped ${stopped} times, listed ${stops.length} times`);
  if (stopped === 0 && stops.length > 0)
    found.doubled.push(`${name}: its thread lists sub-merchants that no stop prevented`);
  if (results.length < rounds)
    found.lost.push(`${name}: ${rounds} rounds ended, but there are ${results.length} results`);
  // Of several lists that wait to be posted, the newest is enough.
  found.doubledPosts += Math.max(0, lists.length - 1 - times("left-out"));
  found.doubledPosts += Math.max(0, stops.length - stopped) + Math.max(0, results.length - rounds);
  const numbersOf = (operations: readonly LedgerOperation[]) =>
    operations.map(({ subMchid }) => `\`${subMchid}`).join();
  const remaining = request.operations.filter(({ excludedBy }) => excludedBy === null);
  const notStarted = remaining.filter(({ operationState }) => operationState === "cancelled");
  const has = (files: readonly string[], operations: readonly LedgerOperation[]) =>
    files.some((content) => column(content, 0).join() === numbersOf(operations));
  if (!has(lists, remaining)) found.lost.push(`${name}: its thread has no list of what a decision covers`);
  if (stopped > 0 && !has(stops, notStarted)) found.lost.push(`${name}: its thread does not list what was not started`);
  const requested = new Set(request.operations.map(({ subMchid }) => `\`${subMchid}`));
  for (const content of [...lists, ...stops])
    if (column(content, 0).some((number) => !requested.has(number ?? "")))
      found.untrue.push(`${name}: a list in its thread does not match the request`);
  for (const content of results)
    if (column(content, 0).join() !== numbersOf(request.operations))
      found.untrue.push(`${name}: a result in its thread does not match the request`);
  const isLast = (content: string) =>
    column(content, outcomeColumn(content)).every((word, nth) => describes(word, request.operations[nth]));
  if (request.state === "done" && !results.some(isLast))
    found.untrue.push(`${name}: no result in its thread matches the ledger`);
}

function outcomeColumn(content: string): number {
  const header = content.split("\r\n", 1)[0] ?? "";
  return header.slice(1, -1).split('","').indexOf("outcome");
}

/** One column of a file, without the header. */
function column(content: string, nth: number): (string | undefined)[] {
  const lines = content.split("\r\n").slice(1, -1);
  return lines.map((line) => line.slice(1, -1).split('","')[nth]);
}

function describes(word: string | undefined, operation: LedgerOperation | undefined): boolean {
  if (!operation) return false;
  const state = operation.operationState;
  if (operation.excludedBy) return word === outcomes.leftOut;
  return word === (isInDoubt(operation) ? outcomes.uncertain : outcomes[state]);
}
