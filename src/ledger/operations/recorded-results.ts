/**
 * Records results of attempts in one transaction: their operations, their requests, what Slack has to show, and events.
 */
import type { Transaction } from "kysely";
import type { AttemptResult } from "../../domain/attempt-result.ts";
import type { Change } from "../../domain/goldplan/change.ts";
import { guide } from "../../domain/guidance.ts";
import { endedAs, type NextStep } from "../../domain/retry-policy.ts";
import type { Schema } from "../../storage/schema.ts";
import { type AuditEvent, record } from "../audit/audit-log.ts";
import { textHash } from "../audit/hash-chain.ts";
import { type LedgerContext, theBot } from "../ledger-context.ts";
import { enqueueOutcomes, markMessagesStale, markProgressStale, progressMs, settleMs } from "../outbox/enqueue.ts";
import { endedAbout } from "../queries/goldplan/closings.ts";
import { attemptEvent, type ClaimedAttempt } from "./operations.ts";
import { countEnded, endAttempts, release, storedResults } from "./statements.ts";

/** `lost`: the attempt's lease went to another attempt, and only its own result is kept. */
export type Concluded = "concluded" | "lost";

/** An attempt that has ended, and what follows for its operation. */
export interface Ended {
  attempt: ClaimedAttempt;
  result: AttemptResult;
  /** The result as it is stored. */
  json: string;
  next: NextStep;
}

export interface RecordedResults {
  concluded: Concluded[];
  /** What the requests did whose last operation has ended. */
  finished: Change[];
}

/** Records results of different operations in one transaction. */
export async function recordResults(context: LedgerContext, set: readonly Ended[]): Promise<RecordedResults> {
  return context.store.db.transaction().execute(async (transaction) => {
    const now = context.clock.now();
    const results = set.map(({ attempt, json }) => ({ attempt_id: attempt.id, result: json }));
    const newlyEnded = idsOf(await endAttempts(transaction, results, { now }));
    const fresh = set.filter(({ attempt }) => newlyEnded.has(attempt.id));
    const earlier = await endedBefore(
      transaction,
      set.filter(({ attempt }) => !newlyEnded.has(attempt.id)),
    );
    const leases = fresh.map((ended) => leaseEnd(ended, now));
    const released = idsOf(await release(transaction, leases, { now }));
    const held = fresh.filter(({ attempt }) => released.has(attempt.operationId));
    const lost = fresh.filter(({ attempt }) => !released.has(attempt.operationId));
    const done = await count(transaction, held, now);
    await showSet(transaction, held, done, now);
    await record(transaction, [
      ...lost.map((ended) => attemptEvent(context, "attempt-overtaken", ended.attempt, now, resultDetail(ended))),
      ...held.flatMap((ended) => endEvents(context, ended, now)),
      ...done.map((request) => doneEvent(context, request, now)),
    ]);
    const isLost = new Set([...lost, ...earlier.lost]);
    const finished = done.map(({ id }) => held.find(({ attempt }) => attempt.requestId === id)?.attempt);
    return {
      concluded: set.map((ended) => (isLost.has(ended) ? "lost" : "concluded")),
      finished: finished.filter((change) => change !== undefined),
    };
  });
}

/**
 * An earlier call already committed these results, but its reply was lost; or their operation ended while it was held.
 */
async function endedBefore(transaction: Transaction<Schema>, set: readonly Ended[]): Promise<{ lost: Ended[] }> {
  const stored = await storedResults(
    transaction,
    set.map(({ attempt }) => ({ id: attempt.id })),
    {},
  );
  const results = new Map(stored.map(({ id, result_json }) => [id, result_json]));
  return { lost: set.filter(({ attempt, json }) => results.get(attempt.id) !== json) };
}

function resultDetail({ result, json }: Ended) {
  return { result: result.kind, resultHash: textHash(json) };
}

function idsOf(rows: readonly { id: string }[]): Set<string> {
  return new Set(rows.map(({ id }) => id));
}

/** The operation after an attempt: back in the queue, for the same step or the next one, or ended. */
function leaseEnd({ attempt, result, next }: Ended, now: number) {
  const lease = { operation_id: attempt.operationId, attempt_id: attempt.id };
  const queued = { next_state: "queued", next_ended_at: null, next_topic: null } as const;
  if (next.kind === "again")
    return { ...lease, ...queued, next_due_at: next.dueAt, next_endpoint: next.endpoint, next_step: null };
  if (next.kind === "continue")
    return { ...lease, ...queued, next_due_at: now, next_endpoint: 0, next_step: next.step };
  const state = next.kind === "succeed" ? "succeeded" : "failed";
  const ended = {
    next_due_at: null,
    next_endpoint: 0,
    next_ended_at: now,
    next_topic: topicOf(result),
    next_step: null,
  };
  return { ...lease, ...ended, next_state: state } as const;
}

function topicOf(result: AttemptResult): string | null {
  return result.kind === "accepted" ? null : guide(result).topic;
}

type Counts = Record<"ended" | "more_succeeded" | "more_failed" | "more_uncertain", number>;
type DoneRequest = Awaited<ReturnType<typeof countEnded>>[number];

/** Updates the counts of the requests, and returns those whose last operation has ended. */
async function count(transaction: Transaction<Schema>, held: readonly Ended[], now: number): Promise<DoneRequest[]> {
  const counts = new Map<string, Counts>();
  for (const { attempt, result, next } of held) {
    const outcome = endedAs(result, next);
    if (outcome === undefined) continue;
    const counted = counts.get(attempt.requestId) ?? { ended: 0, more_succeeded: 0, more_failed: 0, more_uncertain: 0 };
    counts.set(attempt.requestId, counted);
    counted.ended += 1;
    counted[outcome === "succeeded" ? "more_succeeded" : "more_failed"] += 1;
    if (outcome === "uncertain") counted.more_uncertain += 1;
  }
  const rows = [...counts].map(([request_id, counted]) => ({ request_id, ...counted }));
  const requests = await countEnded(transaction, rows, { now });
  if (requests.length < rows.length) {
    const approved = idsOf(requests);
    const other = rows.find(({ request_id }) => !approved.has(request_id));
    throw new Error(`an operation of request ${other?.request_id} ended, but the request is not approved`);
  }
  return requests.filter(({ state }) => state === "done");
}

/** Enqueues the posts for Slack: the outcome of a request that is done, and the progress of the others. */
async function showSet(
  transaction: Transaction<Schema>,
  held: readonly Ended[],
  done: readonly DoneRequest[],
  now: number,
): Promise<void> {
  const isDone = idsOf(done);
  const others = held.map(({ attempt }) => attempt).filter(({ requestId }) => !isDone.has(requestId));
  const bulk = new Set(held.filter(({ attempt }) => attempt.isOneOfMany).map(({ attempt }) => attempt.requestId));
  const single = others.filter(({ isOneOfMany }) => !isOneOfMany).map(({ requestId }) => requestId);
  await markMessagesStale(transaction, [...isDone, ...single], now);
  await markProgressStale(
    transaction,
    [...bulk].filter((id) => !isDone.has(id)),
    now + progressMs,
  );
  const outcomes = done.map(({ id: requestId, channel_id: channelId, round }) => ({
    requestId,
    channelId,
    round,
    now,
    isBulk: bulk.has(requestId),
  }));
  await enqueueOutcomes(transaction, outcomes);
  const switched = held.filter(({ attempt, next }) => attempt.step === "goldplan" && next.kind === "succeed");
  const telling = await endedAbout(
    transaction,
    switched.map(({ attempt }) => attempt.subMchid),
  );
  await markMessagesStale(
    transaction,
    telling.filter((id) => !isDone.has(id)),
    now + settleMs,
  );
}

function endEvents(context: LedgerContext, one: Ended, now: number): AuditEvent[] {
  const { attempt, result, next } = one;
  const ended = attemptEvent(context, "attempt-ended", attempt, now, { ...resultDetail(one), next: next.kind });
  const outcome = endedAs(result, next);
  if (outcome === undefined) return [ended];
  if (outcome === "succeeded") return [ended, attemptEvent(context, "operation-succeeded", attempt, now)];
  return [ended, attemptEvent(context, "operation-failed", attempt, now, { outcome, topic: topicOf(result) })];
}

function doneEvent(context: LedgerContext, request: DoneRequest, now: number): AuditEvent {
  const { id: requestId, round, succeeded, failed, uncertain } = request;
  const { by: actor, origin } = theBot(context);
  return { what: "request-done", at: now, actor, origin, requestId, detail: { round, succeeded, failed, uncertain } };
}
