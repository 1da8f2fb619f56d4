/** Operations in the ledger: claimed under a lease, attempted, concluded, and tried again when a person says so. */
import type { Transaction } from "kysely";
import type { Action, AttemptResult } from "../../domain/attempt-result.ts";
import { guide } from "../../domain/guidance.ts";
import { callsAllowed, type RateLimit, rateWaitMs } from "../../domain/rate-limiter.ts";
import type { NextStep } from "../../domain/retry-policy.ts";
import type { Database, Schema } from "../../storage/schema.ts";
import { isUniqueViolation } from "../../storage/store-errors.ts";
import { type AuditEvent, type Origin, record } from "../audit/audit-log.ts";
import type { LedgerNeeds } from "../ledger-context.ts";
import { enqueueOutcome, markMessageStale, markProgressStale, progressMs, settleMs } from "../outbox/enqueue.ts";
import { findRequest, type RequestView, resultOfRound } from "../queries/request-view.ts";
import { createSharedRateLimit } from "./shared-rate-limit.ts";
import {
  beginAttempt,
  countEnded,
  dueStatements,
  endAttempt,
  failedAgain,
  forgetAttempt,
  lease,
  nextDue,
  putBack,
  release,
} from "./statements.ts";

/** An attempt that has been written down and may now be made, by nobody else, until its lease ends. */
export interface ClaimedAttempt {
  id: string;
  operationId: string;
  requestId: string;
  subMchid: string;
  action: Action;
  round: number;
  /** Counts from 1 in each round; one beyond `begunMax` is concluded without a call. */
  number: number;
  /** Which of the configured endpoints to call. */
  endpoint: number;
  /** Its request is for more than one sub-merchant. */
  isOneOfMany: boolean;
}

export interface Claim {
  attempts: ClaimedAttempt[];
  /** In how many milliseconds more may be claimed, where there may be more that is due. */
  moreInMs: number | undefined;
}

export type RetryResult =
  | { kind: "retried"; request: RequestView }
  /** The round has been retried already, or a later request took its place; the request says how things stand. */
  | { kind: "too-late"; request: RequestView }
  | { kind: "unknown" };

export interface Operations {
  /**
   * Takes up to `limit` operations that are due, as many as the pace of all instances together allows, and writes down
   * an attempt for each. With `isTakingOver`, the default, those whose lease has run out count as due.
   */
  claimDue(claim: { limit: number; leaseMs: number; rateLimit: RateLimit; isTakingOver?: boolean }): Promise<Claim>;
  /** Writes down how an attempt ended; `lost` when its lease went to another, and then nothing but the attempt's record. */
  conclude(attempt: ClaimedAttempt, result: AttemptResult, next: NextStep): Promise<"concluded" | "lost">;
  /** Lowers the pace of all instances for a while: WeChat Pay says that calls come too fast. */
  slowDown(rateLimit: RateLimit): Promise<void>;
  /**
   * Gives an attempt back that was claimed and never made; its operation is due at once, behind what waits already, and
   * the attempt is none of those that it has. Where the lease has gone to another, it stays one that never ended.
   */
  handBack(attempt: ClaimedAttempt): Promise<void>;
  /** A person's Retry of a failed round, once. */
  retry(retry: { requestId: string; round: number; by: string; origin: Origin }): Promise<RetryResult>;
  /** How a round ended, the present one or an earlier: the thread tells each, also when it is posted late. */
  resultOfRound(operationId: string, round: number): Promise<AttemptResult | undefined>;
  /** When something is next to be claimed, in milliseconds since the epoch. */
  nextDue(): Promise<number | undefined>;
}

/** Leaves a transaction without keeping it; never leaves this file. */
class NothingToRetry extends Error {}

export function createOperations({ store: { db, engine }, clock, random, instance }: LedgerNeeds): Operations {
  const due = dueStatements(engine);
  const sharedRateLimit = createSharedRateLimit(engine);
  const origin = { from: "instance", id: instance } as const;
  const event = eventsFrom(origin);

  /** Leases an operation whose row this transaction holds, and writes its attempt down. */
  async function begin(
    transaction: Transaction<Schema>,
    operationId: string,
    { now, until }: { now: number; until: number },
  ): Promise<ClaimedAttempt> {
    const attemptId = random.id();
    const [operation] = (await lease(transaction, { operationId, attemptId, until })).rows;
    if (!operation) throw new Error(`operation ${operationId} went while its row was held`);
    const { request_id: requestId, sub_mchid: subMchid, action, round, attempts: number, endpoint } = operation;
    const isOneOfMany = operation.queue_rank > 0;
    const attempt = { id: attemptId, operationId, requestId, subMchid, action, round, number, endpoint, isOneOfMany };
    await beginAttempt(transaction, { id: attemptId, operationId, round, number, endpoint, now });
    await record(transaction, [event("attempt-started", attempt, now)]);
    return attempt;
  }

  return {
    async claimDue({ limit, leaseMs, rateLimit, isTakingOver = true }) {
      return db.transaction().execute(async (transaction) => {
        const now = clock.now();
        const seen = await sharedRateLimit.read(transaction);
        const max = Math.min(limit, callsAllowed(seen, rateLimit, now));
        if (max === 0) return { attempts: [], moreInMs: rateWaitMs(seen, rateLimit, now) };
        // What another instance left behind has waited longest.
        const left = isTakingOver ? (await due.abandoned(transaction, { now, max })).rows : [];
        const queued = left.length < max ? (await due.queued(transaction, { now, max: max - left.length })).rows : [];
        const found = [...left, ...queued];
        if (found.length === 0) return { attempts: [], moreInMs: undefined };
        const held = await sharedRateLimit.lock(transaction);
        const taken = found.slice(0, callsAllowed(held, rateLimit, now));
        const after = await sharedRateLimit.consume(transaction, held, taken.length, rateLimit, now);
        const attempts: ClaimedAttempt[] = [];
        for (const { id } of taken) attempts.push(await begin(transaction, id, { now, until: now + leaseMs }));
        const isAll = found.length < max && taken.length === found.length;
        return { attempts, moreInMs: isAll ? undefined : rateWaitMs(after, rateLimit, now) };
      });
    },

    async conclude(attempt, result, next) {
      return db.transaction().execute(async (transaction) => {
        const now = clock.now();
        const ended = await endAttempt(transaction, { id: attempt.id, now, result: JSON.stringify(result) });
        // Its commit had gone through, and only the word of it was lost.
        if (ended.numAffectedRows === 0n) return "concluded";
        const held = await release(transaction, {
          operationId: attempt.operationId,
          attemptId: attempt.id,
          ...(next.kind === "again"
            ? { state: "queued", dueAt: next.dueAt, endpoint: next.endpoint, endedAt: null, topic: null }
            : {
                state: next.kind === "succeed" ? "succeeded" : "failed",
                dueAt: null,
                endpoint: 0,
                endedAt: now,
                topic: result.kind === "accepted" ? null : guide(result).topic,
              }),
        });
        if (held.numAffectedRows === 0n) {
          await record(transaction, [event("attempt-overtaken", attempt, now, { result: result.kind })]);
          return "lost";
        }
        const events = [event("attempt-ended", attempt, now, { result: result.kind, next: next.kind })];
        const { requestId } = attempt;
        if (next.kind === "again") {
          if (attempt.isOneOfMany) await markProgressStale(transaction, requestId, now + progressMs);
          else await markMessageStale(transaction, requestId, now);
        } else {
          const isSuccess = next.kind === "succeed";
          events.push(event(isSuccess ? "operation-succeeded" : "operation-failed", attempt, now));
          const counted = { requestId, now, succeeded: isSuccess ? 1 : 0, failed: isSuccess ? 0 : 1 };
          const [request] = (await countEnded(transaction, counted)).rows;
          if (!request) throw new Error(`an operation of request ${requestId} ended that is not being carried out`);
          const { channel_id: channelId, round, state } = request;
          if (state !== "done") await markProgressStale(transaction, requestId, now + progressMs);
          else {
            await markMessageStale(transaction, requestId, now);
            await enqueueOutcome(transaction, { requestId, channelId, round, now, isBulk: attempt.isOneOfMany });
            events.push({ what: "request-done", at: now, actor: "bot", origin, requestId });
          }
        }
        await record(transaction, events);
        return "concluded";
      });
    },

    async slowDown(rateLimit) {
      await db.transaction().execute((transaction) => sharedRateLimit.slowDown(transaction, rateLimit, clock.now()));
    },

    async handBack(attempt) {
      await db.transaction().execute(async (transaction) => {
        const now = clock.now();
        const { operationId, id: attemptId } = attempt;
        const held = await putBack(transaction, { operationId, attemptId, now });
        if (held.numAffectedRows === 0n) return;
        await forgetAttempt(transaction, { id: attemptId });
        await record(transaction, [event("attempt-handed-back", attempt, now)]);
      });
    },

    async retry({ requestId, round, by, origin }) {
      const found = async (on: Database, kind: "retried" | "too-late"): Promise<RetryResult> => {
        const request = await findRequest(on, requestId);
        return request ? { kind, request } : { kind: "unknown" };
      };
      const retried = db.transaction().execute(async (transaction) => {
        const now = clock.now();
        // Whoever moves the round on has won, and the others wait here until that is settled.
        const request = await transaction
          .updateTable("requests")
          .set({ round: round + 1 })
          .where("id", "=", requestId)
          .where("state", "=", "done")
          .where("round", "=", round)
          .returning("total")
          .executeTakeFirst();
        if (!request) return found(transaction, "too-late");
        const again = await failedAgain(transaction, { requestId, now });
        if (again === 0) throw new NothingToRetry();
        await transaction
          .updateTable("requests")
          .set((row) => ({ state: "approved", ended_at: null, open: again, failed: row("failed", "-", again) }))
          .where("id", "=", requestId)
          .execute();
        await markMessageStale(transaction, requestId, now + settleMs);
        const detail = { round: round + 1, operations: again };
        await record(transaction, [{ what: "retried", at: now, actor: by, origin, requestId, detail }]);
        // As with a decision: what was done is not told as a failure because a look after the commit failed.
        return found(transaction, "retried");
      });
      // An ask for the same sub-merchant that is being committed just now cannot be seen, but its index entry can.
      return retried.catch((error: unknown) => {
        if (error instanceof NothingToRetry || isUniqueViolation(error)) return found(db, "too-late");
        throw error;
      });
    },

    resultOfRound: (operationId, round) => resultOfRound(db, operationId, round),

    nextDue: () => nextDue(db),
  };
}

/** Events of attempts, which the bot makes by itself. */
function eventsFrom(origin: Origin) {
  return (
    what: AuditEvent["what"],
    attempt: ClaimedAttempt,
    at: number,
    detail?: Record<string, unknown>,
  ): AuditEvent => {
    const { requestId, operationId, number, round } = attempt;
    return { what, at, actor: "bot", origin, requestId, operationId, detail: { round, attempt: number, ...detail } };
  };
}
