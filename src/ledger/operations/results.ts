/**
 * Results of attempts. Those that arrive while a transaction is on its way share the next one; each counts only if its own
 * lease still holds, and one that the ledger refuses is tried again alone, so that it does not take the others down.
 */
import type { Transaction } from "kysely";
import type { AttemptResult } from "../../domain/attempt-result.ts";
import type { Change } from "../../domain/goldplan/change.ts";
import { guide } from "../../domain/guidance.ts";
import { endedAs, type NextStep } from "../../domain/retry-policy.ts";
import type { Schema } from "../../storage/schema.ts";
import { CommitUncertain, StoreAway } from "../../storage/store-errors.ts";
import { type AuditEvent, record } from "../audit/audit-log.ts";
import { textHash } from "../audit/hash-chain.ts";
import { type LedgerContext, theBot } from "../ledger-context.ts";
import { enqueueOutcomes, markMessagesStale, markProgressStale, progressMs, settleMs } from "../outbox/enqueue.ts";
import { endedAbout } from "../queries/goldplan/closings.ts";
import { attemptEvent, type ClaimedAttempt } from "./operations.ts";
import { countEnded, endAttempts, release, storedResults } from "./statements.ts";

/** `lost`: the attempt's lease went to another attempt, and only its own result is kept. */
export type Concluded = "concluded" | "lost";

/** Records how an attempt ended. @throws what the database threw for this attempt */
export type Conclude = (attempt: ClaimedAttempt, result: AttemptResult, next: NextStep) => Promise<Concluded>;

interface Ended {
  attempt: ClaimedAttempt;
  result: AttemptResult;
  /** The result as it is stored. */
  json: string;
  next: NextStep;
}

/** Results in one transaction, as many as an executor makes attempts at once. */
const resultsMax = 32;
/** Results do not wait longer than this for the transaction before theirs, in milliseconds. */
const waitMaxMs = 250;

export function createConclude(context: LedgerContext): Conclude {
  interface Waiting extends Ended, PromiseWithResolvers<Concluded> {}
  let waiting: Waiting[] = [];
  let underWay = 0;
  let patience: AbortController | undefined;

  /** One result of each operation: whether a second one counts depends on the first. */
  function nextSet(): Waiting[] {
    const set = new Map<string, Waiting>();
    for (const each of waiting) {
      if (set.size === resultsMax) break;
      const { operationId } = each.attempt;
      if (!set.has(operationId)) set.set(operationId, each);
    }
    const chosen = new Set(set.values());
    waiting = waiting.filter((each) => !chosen.has(each));
    return [...chosen];
  }

  async function begin(): Promise<void> {
    patience?.abort("begun");
    patience = undefined;
    const set = nextSet();
    if (set.length === 0) return;
    underWay += 1;
    await concludeSet(set);
    underWay -= 1;
    if (waiting.length > 0) void begin();
  }

  async function concludeSet(set: readonly Waiting[]): Promise<void> {
    try {
      const { concluded, finished } = await write(context, set);
      for (const change of finished) context.metrics?.requestMoved(change, "done");
      for (const [i, { resolve }] of set.entries()) resolve(concluded[i] ?? "concluded");
    } catch (error) {
      // Without a connection, each would fail in the same way; the caller tries again.
      const isAway = error instanceof StoreAway || error instanceof CommitUncertain;
      if (set.length === 1 || isAway) for (const { reject } of set) reject(error);
      else await Promise.all(set.map((each) => concludeSet([each])));
    }
  }

  async function beginBeforeLong(): Promise<void> {
    const own = new AbortController();
    patience = own;
    await context.clock.sleep(waitMaxMs, own.signal);
    if (!own.signal.aborted) await begin();
  }

  return (attempt, result, next) => {
    const one: Waiting = { attempt, result, json: JSON.stringify(result), next, ...Promise.withResolvers<Concluded>() };
    waiting.push(one);
    if (underWay === 0) void begin();
    else if (!patience) void beginBeforeLong();
    return one.promise;
  };
}

interface Written {
  concluded: Concluded[];
  /** What the requests did whose last operation has ended. */
  finished: Change[];
}

/** Records results of different operations in one transaction. */
async function write(context: LedgerContext, set: readonly Ended[]): Promise<Written> {
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

/** An earlier call already committed these results, but its reply was lost; or their operation ended while it was held. */
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
