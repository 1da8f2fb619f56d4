/** An executor on virtual time: a WeChat Pay that answers as told, and time that moves once everybody rests. */
import type { TestContext } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { pino } from "pino";
import type { CallResult, ChangeCustomPageStatus } from "../../src/domain/attempt-result.ts";
import { createExecutor } from "../../src/jobs/executor.ts";
import type { Worker } from "../../src/jobs/worker.ts";
import type { Ledger } from "../../src/ledger/ledger.ts";
import { accepted, type Bench } from "../ledger/builders.ts";

/** The longest that a call takes here, and the lease that the executor takes for it, in milliseconds. */
export const callLimitMs = 6_000;
export const executorLeaseMs = callLimitMs + 4_000;

type Operations = Ledger["operations"];
type Call = Parameters<ChangeCustomPageStatus>[0];
export type Answer = (call: Call & { nth: number }) => CallResult | Promise<CallResult>;

export interface Scene {
  /** Every call, in its order, with when it was made: milliseconds since the scene began. */
  calls: (Call & { at: number })[];
  /** Calls that have not been answered yet, and the most that there were at once. */
  open: { now: number; max: number };
  /** How often Slack was said to have something to show. */
  changes: number;
  /** Starts an executor; `operations` may stand in for some of the ledger's. It is stopped after the test. */
  executor(needs?: { answer?: Answer; ratePerSecond?: number; operations?: Partial<Operations> }): Worker;
  /** Resolves once every executor rests or waits for an answer. */
  quiet(): Promise<void>;
  /** Lets this much time pass, stopping at each moment at which somebody wakes. */
  pass(ms: number): Promise<void>;
}

export function scene(bench: Bench, context: TestContext): Scene {
  const { clock, random } = bench;
  const began = clock.monotonic();
  const workers: Worker[] = [];
  let busy = 0;

  /** The ledger's operations, counted while they are under way. */
  function watched(operations: Operations): Operations {
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
    const { claimDue, conclude, slowDown, handBack, retry, resultOfRound, nextDue } = operations;
    return {
      claimDue: wrap(claimDue),
      conclude: wrap(conclude),
      slowDown: wrap(slowDown),
      handBack: wrap(handBack),
      retry: wrap(retry),
      resultOfRound: wrap(resultOfRound),
      nextDue: wrap(nextDue),
    };
  }

  async function quiet(): Promise<void> {
    do await nextTurn();
    while (busy > 0);
    // What the last of them set off begins within its turn.
    await nextTurn();
    if (busy > 0) await quiet();
  }

  const self: Scene = {
    calls: [],
    open: { now: 0, max: 0 },
    changes: 0,
    executor({ answer = () => accepted, ratePerSecond = 1_000, operations = {} } = {}) {
      const worker = createExecutor({
        operations: watched({ ...bench.operations, ...operations }),
        async call(call) {
          self.calls.push({ ...call, at: clock.monotonic() - began });
          self.open.now++;
          self.open.max = Math.max(self.open.max, self.open.now);
          try {
            return await answer({ ...call, nth: self.calls.length });
          } finally {
            self.open.now--;
          }
        },
        callLimitMs,
        ratePerSecond,
        clock,
        random,
        log: pino({ level: "silent" }),
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
    // A stop waits for what runs, and some calls here never return.
    for (const worker of workers) worker.stop();
    await quiet();
  });
  return self;
}

export const times = ({ calls }: Scene) => calls.map((call) => call.at);

/** An answer that comes when it is told to. */
export function heldBack(): { answer: () => Promise<CallResult>; release(result?: CallResult): void } {
  const { promise, resolve } = Promise.withResolvers<CallResult>();
  return { answer: () => promise, release: (result = accepted) => resolve(result) };
}
