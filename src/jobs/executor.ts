/** Approved operations -> WeChat Pay -> outcome: attempts under a lease, side by side, paced, and retried. */
import type { Logger } from "pino";
import type { AttemptResult, ChangeCustomPageStatus } from "../domain/attempt-result.ts";
import { type Clock, elapsedMs, type Random, type Time, timeOf } from "../domain/clock.ts";
import type { RateLimit } from "../domain/rate-limiter.ts";
import { isBeyondLast, nextStep } from "../domain/retry-policy.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { ClaimedAttempt } from "../ledger/operations/operations.ts";
import { createWorker, type Worker } from "./worker.ts";

export interface ExecutorNeeds {
  operations: Ledger["operations"];
  call: ChangeCustomPageStatus;
  /** The longest that a call takes, in milliseconds: its own limit on everything. */
  callLimitMs: number;
  /** Calls per second: WECHATPAY_RATE. */
  ratePerSecond: number;
  clock: Clock;
  random: Random;
  log: Logger;
  /** Called after every change that Slack has to show. */
  changed(): void;
}

/** Attempts that one instance makes side by side: enough to keep the pace while calls take seconds, or commits wait. */
const concurrency = 32;
/** What a lease has beyond the call itself: for claiming, writing the result down, and a busy machine. */
const leaseMarginMs = 4_000;
/** A claim that takes longer is one of too many, in milliseconds. */
const slowClaimMs = leaseMarginMs / 4;
/** How soon a result is written down again that the database did not take, in milliseconds. */
const concludeAgainMs = 500;
/** What a clock may be set ahead between two looks without any harm to a lease, in milliseconds. */
const jumpMs = 1_000;
/** How often to look for what other instances queued, in milliseconds. */
const pollMs = 1_000;

export function createExecutor(needs: ExecutorNeeds): Worker {
  const { operations, call, callLimitMs, clock, random, log, changed } = needs;
  // Even steps; at high rates, as many at once as fall due in the time that a look takes.
  const rateLimit: RateLimit = { perSecond: needs.ratePerSecond, burst: Math.max(1, needs.ratePerSecond / 20) };
  const leaseMs = callLimitMs + leaseMarginMs;
  /** Attempts claimed at once: fewer while the database is slow, so that each is made in time. */
  let claimMax = concurrency;
  const steadiness = watchForJumps(clock, leaseMs);

  const worker = createWorker({
    name: "executor",
    clock,
    log,
    concurrency,
    debounceMs: 0,
    async poll(pool) {
      const claimedAt = timeOf(clock);
      const isTakingOver = steadiness.isSteady();
      const limit = Math.min(pool.free, claimMax);
      const { attempts, moreInMs } = await operations.claimDue({ limit, leaseMs, rateLimit, isTakingOver });
      // What takes long to claim is handed back and claimed again. With fewer at once it takes less and less, down to one;
      // where that is too slow as well, it is as with a database that is away: nothing is called and no attempt is used up
      // until it is fast again, and each turn takes half of the lease's margin, so that little is written meanwhile.
      const isSlow = elapsedMs(claimedAt, timeOf(clock)) > slowClaimMs;
      if (isSlow) claimMax = Math.max(1, Math.floor(attempts.length / 2));
      else if (attempts.length === claimMax) claimMax = Math.min(concurrency, claimMax * 2);
      for (const attempt of attempts) pool.begin(() => runAttempt(attempt, claimedAt));
      if (moreInMs !== undefined) return Math.min(pollMs, moreInMs);
      const nextDue = await operations.nextDue();
      // A lease that only seems to have run out is no reason to look at once.
      const soonestMs = isTakingOver ? 1 : pollMs;
      return Math.min(pollMs, Math.max(soonestMs, (nextDue ?? Number.POSITIVE_INFINITY) - clock.now()));
    },
  });

  async function runAttempt(attempt: ClaimedAttempt, claimedAt: Time): Promise<void> {
    const { subMchid, action, endpoint, number, round } = attempt;
    const attemptLog = log.child({ request: attempt.requestId, operation: attempt.operationId, attempt: attempt.id });
    try {
      if (isBeyondLast(attempt)) {
        attemptLog.warn(
          { subMchid, action },
          "the last attempt was begun and never ended; WeChat Pay is not called again",
        );
        await conclude(attempt, { kind: "unfinished" }, claimedAt, attemptLog);
        return;
      }
      if (elapsedMs(claimedAt, timeOf(clock)) > leaseMarginMs / 2) {
        // The machine slept: the lease might end during the call, and another instance begin one beside it.
        attemptLog.warn("the attempt was claimed too long ago to be made; handed back");
        await operations.handBack(attempt);
        return;
      }
      attemptLog.info({ subMchid, action, endpoint, number, round }, "calling WeChat Pay");
      const result = await call({ subMchid, operationType: action, endpoint });
      attemptLog.info({ result }, "WeChat Pay answered");
      await conclude(attempt, result, claimedAt, attemptLog);
      if (result.kind === "refused" && result.fault === "rate-limited") await operations.slowDown(rateLimit);
    } catch (error) {
      // The lease runs out and another attempt is begun; the call sets an absolute state, so repeating it is safe.
      attemptLog.error({ err: error }, "the attempt could not be written down; it is taken over when its lease ends");
    }
  }

  /** While the lease lasts, a result is worth another try: else the call would have to be made again to have one. */
  async function conclude(
    attempt: ClaimedAttempt,
    result: AttemptResult,
    claimedAt: Time,
    attemptLog: Logger,
  ): Promise<void> {
    const next = nextStep(result, attempt, { now: clock.now(), fraction: random.fraction() });
    attemptLog.info({ next }, "the attempt has ended");
    for (;;) {
      try {
        const outcome = await operations.conclude(attempt, result, next);
        if (outcome === "lost") attemptLog.warn("the lease had gone to another instance; its attempt decides");
        changed();
        return;
      } catch (error) {
        if (elapsedMs(claimedAt, timeOf(clock)) + concludeAgainMs >= leaseMs) throw error;
        attemptLog.warn({ err: error }, "the result could not be written down; trying again");
      }
      await clock.sleep(concludeAgainMs);
    }
  }

  return worker;
}

/**
 * When the wall clock jumps ahead, leases seem to run out while their attempts are still being made: then nothing is
 * taken over for as long as a lease lasts.
 */
function watchForJumps(clock: Clock, leaseMs: number) {
  let last = timeOf(clock);
  let steadyFrom = last.steadyMs;
  return {
    isSteady(): boolean {
      const now = timeOf(clock);
      const aheadMs = now.wallMs - last.wallMs - (now.steadyMs - last.steadyMs);
      if (aheadMs > jumpMs) steadyFrom = now.steadyMs + leaseMs;
      last = now;
      return now.steadyMs >= steadyFrom;
    },
  };
}
