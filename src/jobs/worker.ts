/** A loop that looks for due work, has it done side by side, rests until there may be more, and can be woken or stopped. */
import type { Logger } from "pino";
import type { Clock } from "../domain/clock.ts";

export interface Worker {
  start(): void;
  /** Cuts the present rest short; while it looks, it looks once more before it rests. */
  wake(): void;
  /** Begins nothing more; resolves when everything that was begun has ended. */
  stop(): Promise<void>;
}

/** Those who do what a look finds. */
export interface TaskPool {
  /** How many more tasks may be begun just now; at least 1 during a look. */
  readonly free: number;
  /** Begins a task beside the others. The task answers for its own errors: it never rejects. */
  begin(task: () => Promise<void>): void;
}

export interface WorkerNeeds {
  name: string;
  clock: Clock;
  log: Logger;
  /** Tasks side by side. */
  concurrency: number;
  /** What happens within this time after a wake is found by one look, in milliseconds; 0 looks at once. */
  debounceMs: number;
  /** One look for work; resolves to how long to rest after it, in milliseconds. */
  poll(pool: TaskPool): Promise<number>;
}

/** After a look that threw (the database is away, say), in milliseconds. */
const restAfterErrorMs = 1_000;
/** With everybody at work, the end of a task wakes the loop long before this. */
const restWhileBusyMs = 60_000;

export function createWorker({ name, clock, log, concurrency, debounceMs, poll }: WorkerNeeds): Worker {
  const tasks = new Set<Promise<void>>();
  let isStopping = false;
  let isWoken = false;
  let rest = new AbortController();
  let ended: Promise<void> | undefined;

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
      const restMs = pool.free === 0 ? restWhileBusyMs : await pollOnce();
      if (isStopping || restMs <= 0) continue;
      if (!isWoken) {
        rest = new AbortController();
        await clock.sleep(restMs, rest.signal);
      }
      if (isWoken && debounceMs > 0) await clock.sleep(debounceMs);
    }
  }

  async function pollOnce(): Promise<number> {
    try {
      return await poll(pool);
    } catch (error) {
      log.error({ err: error, worker: name }, "a look for work failed; looking again soon");
      return restAfterErrorMs;
    }
  }

  function cutRestShort(): void {
    // With a reason of our own no error is made, stack and all, for each wake.
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
