/** Logs outages of a system that the bot needs: at the start, once a minute, and on recovery. */
import type { Logger } from "pino";
import { atMostEvery, type Clock } from "./domain/clock.ts";
import { whyOf } from "./storage/store-errors.ts";

export interface Outage {
  /** Records that the system failed. The first failure is logged, and the bot starts checking for recovery. */
  failed(error: unknown): void;
  /** Records that the system worked, without waiting for the next check. */
  worked(): void;
  /** Whether it has worked since the start. */
  hasWorked(): boolean;
  /** How long the outage has lasted, in milliseconds; undefined while the system works. */
  awayMs(): number | undefined;
  /** Stops checking. */
  stop(): Promise<void>;
}

export interface OutageNeeds {
  /** Begins the log messages: "the database is unavailable". */
  name: string;
  /** Says in one line why the system failed; by default, the error's own message. */
  describe?(error: unknown): string;
  /** Resolves if the system works. */
  isBack(): Promise<unknown>;
  clock: Clock;
  log: Logger;
}

/** How often to check for recovery, and how often to log that the outage continues, in milliseconds. */
const checkMs = 1_000;
const logMs = 60_000;

export function createOutage({ name, describe = whyOf, isBack, clock, log }: OutageNeeds): Outage {
  let hasWorked = false;
  let since: number | undefined;
  /** Whether the current outage was logged. */
  let isLogged = false;
  let why = "";
  let checking: Promise<void> = Promise.resolve();
  const isStopped = new AbortController();

  function awayMs(): number | undefined {
    return since === undefined ? undefined : Math.round(clock.monotonic() - since);
  }

  function worked(): void {
    hasWorked = true;
    const ms = awayMs();
    since = undefined;
    if (ms !== undefined && isLogged) log.warn({ awayMs: ms }, `${name} is available again`);
  }

  const isDue = atMostEvery(logMs, clock);

  /** A system that fails repeatedly is also logged once a minute. */
  function isTimeToLog(): boolean {
    if (!isDue()) return false;
    isLogged = true;
    return true;
  }

  async function checkUntilItIsBack(): Promise<void> {
    while (since !== undefined && !isStopped.signal.aborted) {
      await clock.sleep(checkMs, isStopped.signal);
      const works = await isBack().then(
        () => true,
        (error: unknown) => {
          why = describe(error);
          return false;
        },
      );
      if (works && !isStopped.signal.aborted) worked();
      if (since !== undefined && isTimeToLog()) log.error({ awayMs: awayMs(), why }, `${name} is still unavailable`);
    }
  }

  return {
    failed(error) {
      if (isStopped.signal.aborted) return;
      why = describe(error);
      if (since !== undefined) return;
      since = clock.monotonic();
      isLogged = false;
      if (isTimeToLog()) log.warn({ why }, `${name} is unavailable; the bot continues once it is available again`);
      checking = checking.then(checkUntilItIsBack);
    },
    worked,
    hasWorked: () => hasWorked,
    awayMs,
    async stop() {
      isStopped.abort("stopped");
      await checking;
    },
  };
}
