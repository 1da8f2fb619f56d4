/** Operations in the ledger: claimed under a lease, attempted, concluded, and retried by a person. */
import type { Transaction } from "kysely";
import type { Action, AttemptResult } from "../../domain/attempt-result.ts";
import { guide } from "../../domain/guidance.ts";
import { callsAllowed, type RateLimit, rateWaitMs } from "../../domain/rate-limiter.ts";
import { type EndedAs, endedAs, type NextStep } from "../../domain/retry-policy.ts";
import type { Schema } from "../../storage/schema.ts";
import { type AuditEvent, record } from "../audit/audit-log.ts";
import { textHash } from "../audit/hash-chain.ts";
import { lastBeat } from "../holding/heartbeat.ts";
import { wasAway } from "../holding/staleness.ts";
import { type LedgerContext, theBot } from "../ledger-context.ts";
import { enqueueOutcome, markMessageStale, markProgressStale, progressMs } from "../outbox/enqueue.ts";
import { consume, lock, lowerRate, read } from "./shared-rate-limit.ts";
import {
  beginAttempt,
  countEnded,
  endAttempt,
  forgetAttempt,
  lease,
  putBack,
  release,
  selectAbandoned,
  selectQueued,
  storedResult,
} from "./statements.ts";

/** An attempt that has been recorded; until its lease ends, only this instance makes it. */
export interface ClaimedAttempt {
  id: string;
  operationId: string;
  requestId: string;
  subMchid: string;
  action: Action;
  round: number;
  /** Counts from 1 in each round; an attempt beyond `begunMax` is concluded without a call. */
  number: number;
  /** Which of the configured endpoints to call. */
  endpoint: number;
  /** It belongs to a bulk request. */
  isOneOfMany: boolean;
  /** The last decision that lets it be carried out, in milliseconds since the epoch; undefined in an older ledger. */
  confirmedAt: number | undefined;
}

export interface Claim {
  attempts: ClaimedAttempt[];
  /** When to claim again, in milliseconds from now, if more may be due. */
  moreInMs: number | undefined;
  /** No instance has worked for longer than STALE_AFTER: nothing is claimed before what is stale is held. */
  wasAway?: true;
}

export interface ClaimInput {
  limit: number;
  leaseMs: number;
  rateLimit: RateLimit;
  /** Whether operations whose lease has ended count as due; they do by default. */
  isTakingOver?: boolean;
  /** STALE_AFTER, in milliseconds; without it, no absence counts as long. */
  staleAfterMs?: number;
}

/** Claims up to `limit` due operations within the rate limit that all instances share, and records an attempt for each. */
export async function claimDue(
  context: LedgerContext,
  { limit, leaseMs, rateLimit, isTakingOver = true, staleAfterMs }: ClaimInput,
): Promise<Claim> {
  const { store, clock } = context;
  const { db, engine } = store;
  return db.transaction().execute(async (transaction) => {
    const now = clock.now();
    if (staleAfterMs !== undefined && wasAway(await lastBeat(transaction), { now, staleAfterMs }))
      return { attempts: [], moreInMs: undefined, wasAway: true };
    const seen = await read(transaction);
    const max = Math.min(limit, callsAllowed(seen, rateLimit, now));
    if (max === 0) return { attempts: [], moreInMs: rateWaitMs(seen, rateLimit, now) };
    // Operations that another instance abandoned have waited longest.
    const abandoned = isTakingOver ? (await selectAbandoned[engine](transaction, { now, max })).rows : [];
    const rest = max - abandoned.length;
    const queued = rest > 0 ? (await selectQueued[engine](transaction, { now, max: rest })).rows : [];
    const due = [...abandoned, ...queued];
    if (due.length === 0) return { attempts: [], moreInMs: undefined };
    const locked = await lock(transaction, engine);
    const claimed = due.slice(0, callsAllowed(locked, rateLimit, now));
    const after = await consume(transaction, locked, claimed.length, rateLimit, now);
    const attempts: ClaimedAttempt[] = [];
    for (const { id } of claimed) attempts.push(await begin(context, transaction, id, { now, until: now + leaseMs }));
    const isAll = due.length < max && claimed.length === due.length;
    return { attempts, moreInMs: isAll ? undefined : rateWaitMs(after, rateLimit, now) };
  });
}

/** Leases an operation whose row this transaction has locked, and records its attempt. */
async function begin(
  context: LedgerContext,
  transaction: Transaction<Schema>,
  operationId: string,
  { now, until }: { now: number; until: number },
): Promise<ClaimedAttempt> {
  const id = context.random.id();
  const [operation] = (await lease(transaction, { operationId, attemptId: id, until })).rows;
  if (!operation) throw new Error(`operation ${operationId} disappeared while its row was locked`);
  const { request_id: requestId, sub_mchid: subMchid, action, round, attempts: number, endpoint } = operation;
  const isOneOfMany = operation.queue_rank > 0;
  const confirmedAt = operation.confirmed_at ?? undefined;
  const attempt = { id, operationId, requestId, subMchid, action, round, number, endpoint, isOneOfMany, confirmedAt };
  await beginAttempt(transaction, { id, operationId, round, number, endpoint, now });
  await record(transaction, [attemptEvent(context, "attempt-started", attempt, now)]);
  return attempt;
}

/** Records how an attempt ended. `lost`: its lease went to another attempt, and only this attempt's own result is kept. */
export async function conclude(
  context: LedgerContext,
  attempt: ClaimedAttempt,
  result: AttemptResult,
  next: NextStep,
): Promise<"concluded" | "lost"> {
  return context.store.db.transaction().execute(async (transaction) => {
    const now = context.clock.now();
    const json = JSON.stringify(result);
    const ended = await endAttempt(transaction, { id: attempt.id, now, result: json });
    if (ended.numAffectedRows === 0n) {
      // An earlier call already committed this result, but its reply was lost; or the operation ended while it was held.
      const stored = await storedResult(transaction, { id: attempt.id });
      return stored.rows[0]?.result_json === json ? "concluded" : "lost";
    }
    const after = stateAfter(next, result, now);
    const detail = { result: result.kind, resultHash: textHash(json) };
    const released = await release(transaction, { operationId: attempt.operationId, attemptId: attempt.id, ...after });
    if (released.numAffectedRows === 0n) {
      await record(transaction, [attemptEvent(context, "attempt-overtaken", attempt, now, detail)]);
      return "lost";
    }
    await record(transaction, [attemptEvent(context, "attempt-ended", attempt, now, { ...detail, next: next.kind })]);
    if (next.kind === "again") await showRequeued(transaction, attempt, now);
    else await finish(context, transaction, attempt, { outcome: endedAs(result, next), topic: after.topic, now });
    return "concluded";
  });
}

/** The operation after an attempt: back in the queue for the next one, or ended. */
function stateAfter(next: NextStep, result: AttemptResult, now: number) {
  if (next.kind === "again")
    return { state: "queued", dueAt: next.dueAt, endpoint: next.endpoint, endedAt: null, topic: null } as const;
  const state = next.kind === "succeed" ? "succeeded" : "failed";
  const topic = result.kind === "accepted" ? null : guide(result).topic;
  return { state, dueAt: null, endpoint: 0, endedAt: now, topic } as const;
}

async function showRequeued(transaction: Transaction<Schema>, attempt: ClaimedAttempt, now: number): Promise<void> {
  if (attempt.isOneOfMany) await markProgressStale(transaction, [attempt.requestId], now + progressMs);
  else await markMessageStale(transaction, attempt.requestId, now);
}

/** Updates the request's counts. After the last operation the request is done, and its outcome is posted. */
async function finish(
  context: LedgerContext,
  transaction: Transaction<Schema>,
  attempt: ClaimedAttempt,
  { outcome, topic, now }: { outcome: EndedAs; topic: string | null; now: number },
): Promise<void> {
  const { requestId } = attempt;
  const isSuccess = outcome === "succeeded";
  const counts = {
    succeeded: isSuccess ? 1 : 0,
    failed: isSuccess ? 0 : 1,
    uncertain: outcome === "uncertain" ? 1 : 0,
  };
  const [request] = (await countEnded(transaction, { requestId, now, ...counts })).rows;
  if (!request) throw new Error(`an operation of request ${requestId} ended, but the request is not approved`);
  const events = [
    isSuccess
      ? attemptEvent(context, "operation-succeeded", attempt, now)
      : attemptEvent(context, "operation-failed", attempt, now, { outcome, topic }),
  ];
  if (request.state === "done") {
    const { channel_id: channelId, round, succeeded, failed, uncertain } = request;
    await markMessageStale(transaction, requestId, now);
    await enqueueOutcome(transaction, { requestId, channelId, round, now, isBulk: attempt.isOneOfMany });
    const { by: actor, origin } = theBot(context);
    const detail = { round, succeeded, failed, uncertain };
    events.push({ what: "request-done", at: now, actor, origin, requestId, detail });
    context.metrics?.requestMoved(attempt.action, "done");
  } else {
    await markProgressStale(transaction, [requestId], now + progressMs);
  }
  await record(transaction, events);
}

/** Lowers the rate of all instances for a while, after WeChat Pay reported too many calls. */
export async function slowDown({ store, clock }: LedgerContext, rateLimit: RateLimit): Promise<void> {
  await store.db.transaction().execute((transaction) => lowerRate(transaction, store.engine, rateLimit, clock.now()));
}

/**
 * Returns an attempt that was claimed and never made. Its operation is due at once, after those already waiting, and the
 * attempt does not count. If the lease has gone to another attempt, this one stays in the ledger as one without an end.
 */
export async function handBack(context: LedgerContext, attempt: ClaimedAttempt): Promise<void> {
  await context.store.db.transaction().execute(async (transaction) => {
    const now = context.clock.now();
    const { operationId, id: attemptId } = attempt;
    const released = await putBack(transaction, { operationId, attemptId, now });
    if (released.numAffectedRows === 0n) return;
    await forgetAttempt(transaction, { id: attemptId });
    await record(transaction, [attemptEvent(context, "attempt-handed-back", attempt, now)]);
  });
}

function attemptEvent(
  context: LedgerContext,
  what: AuditEvent["what"],
  attempt: ClaimedAttempt,
  at: number,
  detail?: Record<string, unknown>,
): AuditEvent {
  const { requestId, operationId, number, round } = attempt;
  const { by: actor, origin } = theBot(context);
  return { what, at, actor, origin, requestId, operationId, detail: { round, attempt: number, ...detail } };
}
