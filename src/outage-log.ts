/** What the log says of a system that the bot needs while it is away: when it goes, once a minute, and when it is back. */
import type { Logger } from "pino";
import type { Clock } from "./domain/clock.ts";
import { whyOf } from "./storage/store-errors.ts";

export interface Outage {
  /** Notes that the system failed. The first time it becomes a line, and the bot begins to ask whether it is back. */
  failed(error: unknown): void;
  /** Notes that the system did its work, without waiting for the next question. */
  worked(): void;
  /** Whether it has worked since the start. */
  hasWorked(): boolean;
  /** For how long it has been away, in milliseconds; undefined while it works. */
  awayMs(): number | undefined;
  /** Asks no more. */
  stop(): Promise<void>;
}

export interface OutageNeeds {
  /** Begins the sentences: "the database is away". */
  name: string;
  /** Resolves where the system works. */
  isBack(): Promise<unknown>;
  clock: Clock;
  log: Logger;
}

/** How often to ask whether the system is back, and how often to say that it is not, in milliseconds. */
const askMs = 1_000;
const sayMs = 60_000;

export function createOutage({ name, isBack, clock, log }: OutageNeeds): Outage {
  let hasWorked = false;
  let since: number | undefined;
  /** When the log last said that it is away, and whether it said so of this outage. */
  let saidAt = Number.NEGATIVE_INFINITY;
  let isTold = false;
  let why = "";
  let asking: Promise<void> = Promise.resolve();
  const isStopped = new AbortController();

  function awayMs(): number | undefined {
    return since === undefined ? undefined : Math.round(clock.monotonic() - since);
  }

  function worked(): void {
    hasWorked = true;
    const ms = awayMs();
    since = undefined;
    if (ms !== undefined && isTold) log.warn({ awayMs: ms }, `${name} is back`);
  }

  /** A system that fails again and again is logged once a minute, too. */
  function isTimeToSay(): boolean {
    const now = clock.monotonic();
    if (now - saidAt < sayMs) return false;
    saidAt = now;
    isTold = true;
    return true;
  }

  async function askUntilItIsBack(): Promise<void> {
    while (since !== undefined && !isStopped.signal.aborted) {
      await clock.sleep(askMs, isStopped.signal);
      const works = await isBack().then(
        () => true,
        (error: unknown) => {
          why = whyOf(error);
          return false;
        },
      );
      if (works && !isStopped.signal.aborted) worked();
      if (since !== undefined && isTimeToSay()) log.error({ awayMs: awayMs(), why }, `${name} is still away`);
    }
  }

  return {
    failed(error) {
      if (isStopped.signal.aborted) return;
      why = whyOf(error);
      if (since !== undefined) return;
      since = clock.monotonic();
      isTold = false;
      if (isTimeToSay()) log.warn({ why }, `${name} is unavailable; the bot continues when it is back`);
      asking = asking.then(askUntilItIsBack);
    },
    worked,
    hasWorked: () => hasWorked,
    awayMs,
    async stop() {
      isStopped.abort("stopped");
      await asking;
    },
  };
}
