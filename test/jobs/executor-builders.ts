/**
 * An executor on virtual time, with a WeChat Pay that answers as the test says. Time moves while all executors are
 * idle.
 */
import type { TestContext } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { pino } from "pino";
import type { CallResult } from "../../src/domain/attempt-result.ts";
import { createExecutor, type ExecutorNeeds } from "../../src/jobs/executor.ts";
import type { Worker } from "../../src/jobs/worker.ts";
import type { Ledger } from "../../src/ledger/ledger.ts";
import { accepted, type Bench, hourMs } from "../ledger/builders.ts";
import { type StepCall, stepCalls } from "./step-calls.ts";

/** The time limit of a call, and the length of the executor's lease for it, in milliseconds. */
export const callLimitMs = 6_000;
export const executorLeaseMs = callLimitMs + 4_000;

type Operations = Ledger["operations"];
export type Answer = (call: StepCall & { nth: number }) => CallResult | Promise<CallResult>;

export interface Scene {
  /** Every call in order, with its time in milliseconds since the scene started. */
  calls: (StepCall & { at: number })[];
  /** The number of open calls, now and at most. */
  open: { now: number; max: number };
  /** How often `changed` was called. */
  changes: number;
  /** Starts an executor, which is stopped after the test. `operations` replaces some of the ledger's. */
  executor(
    needs?: { answer?: Answer; ratePerSecond?: number; operations?: Partial<Operations> } & Partial<
      Pick<ExecutorNeeds, "metrics" | "explain" | "log">
    >,
  ): Worker;
  /** Resolves when every executor is idle or waiting for an answer. */
  quiet(): Promise<void>;
  /** Lets this much time pass, stopping whenever a sleep ends. */
  pass(ms: number): Promise<void>;
}

export function scene(bench: Bench, context: TestContext): Scene {
  const { clock, random } = bench;
  const began = clock.monotonic();
  const workers: Worker[] = [];
  let busy = 0;

  /** Counted while it runs. */
  const wrap =
    <A extends unknown[], R>(act: (...given: A) => Promise<R>) =>
    async (...given: A): Promise<R> => {
      busy++;
      try {
        return await act(...given);
      } finally {
        busy--;
      }
    };

  /** The ledger's operations, counted while they run. */
  function watched(operations: Operations): Operations {
    const { claimDue, conclude, slowDown, handBack, retry, resultOfRound, nextDue, isApproved } = operations;
    return {
      claimDue: wrap(claimDue),
      conclude: wrap(conclude),
      slowDown: wrap(slowDown),
      handBack: wrap(handBack),
      retry: wrap(retry),
      resultOfRound: wrap(resultOfRound),
      nextDue: wrap(nextDue),
      isApproved: wrap(isApproved),
    };
  }

  async function quiet(): Promise<void> {
    do await nextTurn();
    while (busy > 0);
    // Whatever the last of them triggers starts within its turn.
    await nextTurn();
    if (busy > 0) await quiet();
  }

  const self: Scene = {
    calls: [],
    open: { now: 0, max: 0 },
    changes: 0,
    executor({ answer = () => accepted, ratePerSecond = 1_000, operations = {}, log, explain, metrics } = {}) {
      const worker = createExecutor({
        operations: watched({ ...bench.operations, ...operations }),
        calls: stepCalls(async (call) => {
          self.calls.push({ ...call, at: clock.monotonic() - began });
          self.open.now++;
          self.open.max = Math.max(self.open.max, self.open.now);
          try {
            return await answer({ ...call, nth: self.calls.length });
          } finally {
            self.open.now--;
          }
        }),
        holding: {
          beat: wrap(bench.holding.beat),
          followClock: wrap(bench.holding.followClock),
          holdStale: wrap(bench.holding.holdStale),
        },
        staleAfterMs: hourMs,
        heldForMs: hourMs,
        callLimitMs,
        ratePerSecond,
        clock,
        random,
        log: log ?? pino({ level: "silent" }),
        ...(explain ? { explain } : {}),
        ...(metrics ? { metrics } : {}),
        changed: () => {
          self.changes++;
        },
      });
      workers.push(worker);
      worker.start();
      return worker;
    },
    quiet,
    async pass(ms) {
      const until = clock.monotonic() + ms;
      await quiet();
      for (;;) {
        const wakes = clock.nextWake();
        if (wakes === undefined || wakes > until) break;
        clock.advance(wakes - clock.monotonic());
        await quiet();
      }
      clock.advance(until - clock.monotonic());
      await quiet();
    },
  };
  context.after(async () => {
    // Stopping waits for running calls, and some calls here never return.
    for (const worker of workers) worker.stop();
    await quiet();
  });
  return self;
}

export const times = ({ calls }: Scene) => calls.map((call) => call.at);

/** An answer that arrives when `release` is called. */
export function heldBack(): { answer: () => Promise<CallResult>; release(result?: CallResult): void } {
  const { promise, resolve } = Promise.withResolvers<CallResult>();
  return { answer: () => promise, release: (result = accepted) => resolve(result) };
}
