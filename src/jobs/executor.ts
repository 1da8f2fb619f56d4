/** The executor: carries out approved operations by calling WeChat Pay, in parallel, under leases and a rate limit. */
import type { Logger } from "pino";
import type { AttemptResult, CallResult, StepCalls } from "../domain/attempt-result.ts";
import { type Clock, elapsedMs, type Random, type Time, timeOf } from "../domain/clock.ts";
import { type PayScene, stepAfter } from "../domain/goldplan/objects.ts";
import { afterEarlier, guide } from "../domain/guidance.ts";
import type { RateLimit } from "../domain/rate-limiter.ts";
import { type EndedAs, endedAs, isBeyondLast, nextStep } from "../domain/retry-policy.ts";
import type { EndedOperation, Metrics } from "../domain/telemetry/metrics.ts";
import type { RecordStep, TracedStep } from "../domain/telemetry/tracing.ts";
import { beatEveryMs } from "../ledger/holding/staleness.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { ClaimedAttempt } from "../ledger/operations/operations.ts";
import { isPermanentlyRefused, reduced } from "../ledger/operations/reduced-result.ts";
import { watchForJumps } from "./clock-jumps.ts";
import { createWorker, type Worker } from "./worker.ts";

export interface ExecutorNeeds {
  operations: Ledger["operations"];
  holding: Pick<Ledger["holding"], "beat" | "followClock" | "holdStale">;
  /** After an outage longer than this, earlier decisions are held, in milliseconds: STALE_AFTER. */
  staleAfterMs: number;
  /** How long a hold waits for an approver, in milliseconds: REQUEST_TTL. */
  heldForMs: number;
  calls: StepCalls;
  /** The time limit of a whole call, in milliseconds. */
  callLimitMs: number;
  /** Calls per second: WECHATPAY_RATE. */
  ratePerSecond: number;
  clock: Clock;
  random: Random;
  log: Logger;
  /** Called after each change that Slack has to show. */
  changed(): void;
  /** The guidance if the operator has to act; undefined if someone else has to act, or nobody. */
  explain?(failure: Exclude<AttemptResult, { kind: "accepted" }>): string | undefined;
  metrics?: Pick<Metrics, "operationEnded" | "leaseLost">;
  trace?: RecordStep | undefined;
}

/** Attempts per claim. */
const claimMaxAtFirst = 128;
/**
 * Attempts in parallel per instance: enough to keep up the rate while calls take seconds, and two claims, so that calls
 * are made while the ledger records results and claims more.
 */
const concurrency = 2 * claimMaxAtFirst;
/** How much longer a lease is than a call, in milliseconds: for claiming, recording the result, and a busy machine. */
const leaseMarginMs = 4_000;
/** A claim that takes longer than this claims too many operations, in milliseconds. */
const slowClaimMs = leaseMarginMs / 4;
/** How soon to try again when the database does not accept a result, in milliseconds. */
const concludeAgainMs = 500;
/** How often to poll for operations that other instances queued, in milliseconds. */
const pollMs = 1_000;
/** How often to poll while there are places for less than a whole claim, in milliseconds. */
const pollEveryMs = 20;

export function createExecutor(needs: ExecutorNeeds): Worker {
  const { operations, holding, staleAfterMs, heldForMs, calls, callLimitMs, clock, random, log, changed } = needs;
  // A steady rate; at high rates, as many calls at once as fall due during one poll.
  const rateLimit: RateLimit = { perSecond: needs.ratePerSecond, burst: Math.max(1, needs.ratePerSecond / 20) };
  const leaseMs = callLimitMs + leaseMarginMs;
  /** Attempts per claim: fewer while the database is slow, so that each call is made in time. */
  let claimMax = claimMaxAtFirst;
  const steadiness = watchForJumps(clock, leaseMs);
  let beatenAt: number | undefined;

  const worker = createWorker({
    name: "executor",
    clock,
    log,
    concurrency,
    fewPlaces: { below: claimMaxAtFirst, pollEveryMs },
    async poll(pool) {
      const claimedAt = timeOf(clock);
      const isTakingOver = steadiness.isSteady();
      const limit = Math.min(pool.free, claimMax);
      await beat();
      const claim = await operations.claimDue({ limit, leaseMs, rateLimit, isTakingOver, staleAfterMs });
      if (claim.wasAway) return endOutage(isTakingOver);
      const { attempts, moreInMs } = claim;
      // Attempts that took too long to claim are returned and claimed again, fewer at a time, down to one. If even one
      // takes too long, the effect is the same as with an unavailable database: no call is made and no attempt is used
      // up until the database is fast again. Each poll then waits for half of the lease's margin, so that little is
      // written in the meantime.
      const isSlow = elapsedMs(claimedAt, timeOf(clock)) > slowClaimMs;
      if (isSlow) claimMax = Math.max(1, Math.floor(attempts.length / 2));
      else if (attempts.length === claimMax) claimMax = Math.min(claimMaxAtFirst, claimMax * 2);
      for (const attempt of attempts) pool.begin(() => runAttempt(attempt, claimedAt));
      if (moreInMs !== undefined) return Math.min(pollMs, moreInMs);
      const nextDue = await operations.nextDue();
      // A lease that only seems to have ended is no reason to poll at once.
      const soonestMs = isTakingOver ? 1 : pollMs;
      return Math.min(pollMs, Math.max(soonestMs, (nextDue ?? Number.POSITIVE_INFINITY) - clock.now()));
    },
  });

  async function beat(): Promise<void> {
    if (beatenAt !== undefined && clock.monotonic() - beatenAt < beatEveryMs) return;
    const setBack = await holding.followClock({ leaseMs, staleAfterMs });
    if (setBack) {
      log.warn(setBack, "the clock was set back: leases, retries and posts that it would have delayed are due in time");
      changed();
    }
    await holding.beat(staleAfterMs);
    beatenAt = clock.monotonic();
  }

  /**
   * Holds stale requests, after which claiming continues. After a jump of the clock, attempts of this instance may
   * still be running under leases that only seem to have ended, so this function waits for them first.
   */
  async function endOutage(isSteady: boolean): Promise<number> {
    if (!isSteady) return pollMs;
    const held = await holding.holdStale({ staleAfterMs, heldForMs });
    if (held && held.operations > 0) {
      log.warn(
        { ...held, staleAfterMs },
        "after an outage, earlier approvals are on hold until an approver confirms them",
      );
      changed();
    }
    return 0;
  }

  async function runAttempt(attempt: ClaimedAttempt, claimedAt: Time): Promise<void> {
    const { subMchid, action, step, endpoint, number, round } = attempt;
    const attemptLog = log.child({ request: attempt.requestId, operation: attempt.operationId, attempt: attempt.id });
    try {
      if (isBeyondLast({ number: attempt.tries })) {
        attemptLog.warn({ subMchid, action, step }, "the last attempt never ended; WeChat Pay is not called again");
        await conclude(attempt, { kind: "unfinished" }, claimedAt, attemptLog);
        return;
      }
      if (!(await operations.isApproved(attempt))) {
        attemptLog.error({ subMchid, action, step }, "the approval cannot be verified; WeChat Pay is not called");
        await conclude(attempt, { kind: "unapproved" }, claimedAt, attemptLog);
        return;
      }
      if (elapsedMs(claimedAt, timeOf(clock)) > leaseMarginMs / 2) {
        // The machine slept: the lease could end during the call, and another instance could make the same call.
        attemptLog.warn("the attempt was claimed too long ago; handing it back");
        await operations.handBack(attempt);
        return;
      }
      attemptLog.info({ subMchid, action, step, endpoint, number, round }, "calling WeChat Pay");
      const result = await make(attempt, calls);
      attemptLog.info({ result }, "WeChat Pay answered");
      await conclude(attempt, result, claimedAt, attemptLog);
      needs.trace?.(stepOf(attempt, result, { startedAt: claimedAt.wallMs, endedAt: clock.now() }));
      if (result.kind === "refused" && result.fault === "rate-limited") await operations.slowDown(rateLimit);
    } catch (error) {
      // After the lease ends, another attempt is made. The call sets an absolute state, so repeating it is safe.
      attemptLog.error(
        { err: error },
        "the attempt could not be recorded; another instance takes it over when its lease ends",
      );
    }
  }

  /** Tries to record the result until the lease ends: without it, the call would have to be repeated. */
  async function conclude(
    attempt: ClaimedAttempt,
    ended: AttemptResult,
    claimedAt: Time,
    attemptLog: Logger,
  ): Promise<void> {
    const result = afterEarlier(ended, attempt);
    const { tries, endpoint, step, object } = attempt;
    const own = { number: tries, endpoint, following: stepAfter(step, object) };
    const next = nextStep(result, own, { now: clock.now(), fraction: random.fraction() });
    // Uses one of the three counts that people see, so that log lines can be counted.
    const counted = endedAs(result, next);
    attemptLog.info({ next, outcome: counted }, "the attempt has ended");
    const advice = result.kind === "accepted" ? undefined : needs.explain?.(result);
    if (advice !== undefined)
      attemptLog[counted === undefined ? "warn" : "error"]({ subMchid: attempt.subMchid, result }, advice);
    let writable = result;
    let isReduced = false;
    for (;;) {
      try {
        const outcome = await operations.conclude(attempt, writable, next);
        if (outcome === "lost") {
          needs.metrics?.leaseLost();
          attemptLog.warn("another instance took over the lease; its attempt decides");
        } else if (counted) needs.metrics?.operationEnded(endedOperation(attempt, result, counted, clock.now()));
        changed();
        return;
      } catch (error) {
        if (isPermanentlyRefused(error) && !isReduced) {
          attemptLog.error(
            { err: error },
            "the ledger cannot take the result as it came; recording it in a reduced form",
          );
          writable = reduced(result);
          isReduced = true;
          continue;
        }
        if (elapsedMs(claimedAt, timeOf(clock)) + concludeAgainMs >= leaseMs) throw error;
        attemptLog.warn({ err: error }, "the result could not be recorded; trying again");
      }
      await clock.sleep(concludeAgainMs);
    }
  }

  return worker;
}

function make({ subMchid, action, step, scene, endpoint }: ClaimedAttempt, calls: StepCalls): Promise<CallResult> {
  const call = { subMchid, operationType: action, endpoint };
  if (step === "receipt") return calls.changeCustomPageStatus(call);
  return calls.changeGoldPlanStatus({ ...call, payScene: scene ?? defaultScene });
}

/** Every request that switches 点金计划 records its scene. */
const defaultScene: PayScene = "JSAPI";

function stepOf(
  { id, requestId, operationId, number, endpoint, step }: ClaimedAttempt,
  result: AttemptResult,
  times: Pick<TracedStep, "startedAt" | "endedAt">,
): TracedStep {
  const attributes = {
    "receipt.operation": operationId,
    "receipt.attempt": id,
    "receipt.number": number,
    "receipt.endpoint": endpoint,
    "receipt.step": step,
    "receipt.result": result.kind,
  };
  return { name: "attempt", requestId, ...times, attributes, isFailure: result.kind !== "accepted" };
}

function endedOperation(
  { action, object, confirmedAt }: ClaimedAttempt,
  result: AttemptResult,
  outcome: EndedAs,
  now: number,
): EndedOperation {
  const fault = result.kind === "accepted" ? undefined : guide(result).topic;
  return { action, object, outcome, fault, sinceApprovalMs: confirmedAt === undefined ? undefined : now - confirmedAt };
}
