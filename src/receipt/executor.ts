/** Approved operations -> WeChat Pay -> outcome: attempts under a lease, side by side, paced, and retried. */
import type { Logger } from "pino";
import type { CallResult, ChangeCustomPageStatus } from "./call.ts";
import type { Chance, Clock } from "./clock.ts";
import type { ClaimedAttempt, Operations } from "./operations.ts";
import { createPace } from "./pace.ts";
import { nextStep } from "./retry.ts";
import { createWorker, type Worker } from "./worker.ts";

export interface ExecutorNeeds {
  operations: Operations;
  call: ChangeCustomPageStatus;
  /** The longest that a call takes, in milliseconds: its own limit on everything. */
  callLimitMs: number;
  /** Calls per second: WECHATPAY_RATE. */
  ratePerSecond: number;
  clock: Clock;
  chance: Chance;
  log: Logger;
  /** Called after every change that Slack has to show. */
  changed(): void;
}

/** Attempts that one instance makes side by side: enough to keep the pace while calls take seconds, or commits wait. */
const concurrency = 32;
/** What a lease has beyond the call itself: for claiming, writing the result down, and a busy machine. */
const leaseMarginMs = 4_000;
/** How often to look for what other instances queued, in milliseconds. */
const pollMs = 1_000;

export function createExecutor(needs: ExecutorNeeds): Worker {
  const { operations, call, callLimitMs, clock, chance, log, changed } = needs;
  // Even steps; at high rates, as many at once as fall due in the time that a look takes.
  const burst = Math.max(1, needs.ratePerSecond / 20);
  const pace = createPace({ perSecond: needs.ratePerSecond, burst, now: clock.monotonic });
  const leaseMs = callLimitMs + leaseMarginMs;

  const worker = createWorker({
    name: "executor",
    clock,
    log,
    concurrency,
    gatherMs: 0,
    async look(crew) {
      const allowed = Math.min(crew.free, pace.available());
      if (allowed === 0) return pace.waitMs();
      const claimedAt = clock.monotonic();
      const claimed = await operations.claimDue({ limit: allowed, leaseMs });
      pace.take(claimed.length);
      for (const attempt of claimed) crew.begin(() => make(attempt, claimedAt));
      if (claimed.length === allowed) return pace.waitMs();
      const nextDue = await operations.nextDue();
      return Math.min(pollMs, Math.max(1, (nextDue ?? Number.POSITIVE_INFINITY) - clock.now()));
    },
  });

  async function make(attempt: ClaimedAttempt, claimedAt: number): Promise<void> {
    const { subMchid, action, endpoint, number, round } = attempt;
    const attemptLog = log.child({ request: attempt.requestId, operation: attempt.operationId, attempt: attempt.id });
    try {
      if (clock.monotonic() - claimedAt > leaseMarginMs / 2) {
        // The machine slept: the lease might end during the call, and another instance begin one beside it.
        attemptLog.warn("the attempt was claimed too long ago to be made; handed back");
        await operations.handBack(attempt);
        return;
      }
      attemptLog.info({ subMchid, action, endpoint, number, round }, "calling WeChat Pay");
      const result = await call({ subMchid, operationType: action, endpoint });
      if (result.kind === "refused" && result.fault === "rate-limited") pace.slowDown();
      const next = nextStep(result, attempt, { now: clock.now(), fraction: chance.fraction() });
      attemptLog.info({ result, next }, "WeChat Pay answered");
      await conclude(attempt, result, next, attemptLog);
    } catch (error) {
      // The lease runs out and the attempt is made again; the call sets an absolute state, so repeating it is safe.
      attemptLog.error({ err: error }, "the attempt could not be written down; it will be made again");
    }
  }

  async function conclude(
    attempt: ClaimedAttempt,
    result: CallResult,
    next: ReturnType<typeof nextStep>,
    attemptLog: Logger,
  ): Promise<void> {
    const outcome = await operations.conclude(attempt, result, next);
    if (outcome === "lost") attemptLog.warn("the lease had gone to another instance; its attempt decides");
    changed();
  }

  return worker;
}
