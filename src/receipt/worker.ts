/** A loop that looks for due work, rests until there may be more, and can be woken or stopped at any moment. */
import type { Logger } from "pino";
import type { Clock } from "./clock.ts";

export interface Worker {
  start(): void;
  /** Cuts the present rest short; while it works, it looks once more before it rests. */
  wake(): void;
  /** Resolves when the look that is under way has ended; no other begins. */
  stop(): Promise<void>;
}

export interface WorkerNeeds {
  name: string;
  clock: Clock;
  log: Logger;
  /** One look for work; resolves to how long to rest after it, in milliseconds. */
  look(): Promise<number>;
}

/** After a look that threw (the database is away, say), in milliseconds. */
const restAfterErrorMs = 1_000;

export function createWorker({ name, clock, log, look }: WorkerNeeds): Worker {
  let isStopping = false;
  let isWoken = false;
  let rest = new AbortController();
  let ended: Promise<void> | undefined;

  async function run(): Promise<void> {
    while (!isStopping) {
      isWoken = false;
      const restMs = await look().catch((error: unknown) => {
        log.error({ err: error, worker: name }, "a look for work failed; looking again soon");
        return restAfterErrorMs;
      });
      if (isWoken || isStopping || restMs <= 0) continue;
      rest = new AbortController();
      await clock.sleep(restMs, rest.signal);
    }
  }

  return {
    start() {
      ended ??= run();
    },
    wake() {
      isWoken = true;
      rest.abort();
    },
    async stop() {
      isStopping = true;
      rest.abort();
      await ended;
    },
  };
}
