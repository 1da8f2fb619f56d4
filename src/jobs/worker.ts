/** A loop that polls for due work, runs it in parallel, waits for more, and can be woken or stopped. */
import type { Logger } from "pino";
import type { Clock } from "../domain/clock.ts";
import { fullRate, type RateLimit, rateAfter, rateWaitMs } from "../domain/rate-limiter.ts";

export interface Worker {
  start(): void;
  /** Ends the current wait. During a poll, another poll follows before the next wait. */
  wake(): void;
  /** Stops starting tasks; resolves when all running tasks have ended. */
  stop(): Promise<void>;
}

/** Runs the tasks a poll finds, up to `concurrency` at once. */
export interface TaskPool {
  /** How many more tasks can start now; at least 1 during a poll. */
  readonly free: number;
  /** Starts a task. The task handles its own errors: it never rejects. */
  begin(task: () => Promise<void>): void;
}

export interface WorkerNeeds {
  name: string;
  clock: Clock;
  log: Logger;
  /** Tasks in parallel. */
  concurrency: number;
  /** A poll for few tasks takes as long as one for many: while fewer can start, how often to poll at most. */
  fewPlaces?: { below: number; pollEveryMs: number };
  /** How often wakes may cause a poll: beyond the burst, one poll finds the work of several. Default: always. */
  wakeRate?: RateLimit;
  /** Looks for work once; returns how long to wait afterwards, in milliseconds. */
  poll(pool: TaskPool): Promise<number>;
}

/** Wait after a poll that threw (for example, because the database is down), in milliseconds. */
const restAfterErrorMs = 1_000;
/** Wait while no more tasks can start; the end of a task wakes the loop long before. */
const restWhileBusyMs = 60_000;

export function createWorker(needs: WorkerNeeds): Worker {
  const { name, clock, log, concurrency, fewPlaces = { below: 1, pollEveryMs: 0 }, wakeRate, poll } = needs;
  const tasks = new Set<Promise<void>>();
  let isStopping = false;
  let isWoken = false;
  let rest = new AbortController();
  let ended: Promise<void> | undefined;
  let wakes = fullRate;
  let polledAt = Number.NEGATIVE_INFINITY;

  const pool: TaskPool = {
    get free() {
      return concurrency - tasks.size;
    },
    begin(task) {
      const done = task().finally(() => {
        tasks.delete(done);
        wake();
      });
      tasks.add(done);
    },
  };

  async function run(): Promise<void> {
    while (!isStopping) {
      isWoken = false;
      const restMs = waitForPlacesMs() ?? (await pollOnce());
      if (isStopping || restMs <= 0) continue;
      if (!isWoken) {
        rest = new AbortController();
        await clock.sleep(restMs, rest.signal);
      }
      if (isWoken && wakeRate) await waitForTurn(wakeRate);
    }
  }

  /** How long to wait for the end of a task; undefined if enough tasks can start now. */
  function waitForPlacesMs(): number | undefined {
    if (pool.free === 0) return restWhileBusyMs;
    if (pool.free >= fewPlaces.below) return undefined;
    const waitMs = polledAt + fewPlaces.pollEveryMs - clock.monotonic();
    return waitMs > 0 ? waitMs : undefined;
  }

  async function waitForTurn(limit: RateLimit): Promise<void> {
    const waitMs = rateWaitMs(wakes, limit, clock.monotonic());
    if (waitMs > 0) await clock.sleep(waitMs);
    wakes = rateAfter(1, wakes, limit, clock.monotonic());
  }

  async function pollOnce(): Promise<number> {
    polledAt = clock.monotonic();
    try {
      return await poll(pool);
    } catch (error) {
      log.error({ err: error, worker: name }, "polling for work failed; trying again soon");
      return restAfterErrorMs;
    }
  }

  function cutRestShort(): void {
    // Passing a reason avoids creating an Error with a stack for each wake.
    rest.abort("woken");
  }

  function wake(): void {
    isWoken = true;
    cutRestShort();
  }

  return {
    start() {
      ended ??= run();
    },
    wake,
    async stop() {
      isStopping = true;
      cutRestShort();
      await ended;
      await Promise.all(tasks);
    },
  };
}
