/** RETAIN: prunes what ended longer ago, in batches with pauses, after the start and then every day. */
import type { Logger } from "pino";
import type { Clock } from "../domain/clock.ts";
import { dayMs } from "../domain/time/beijing-time.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { EndedPlace } from "../ledger/retention/prunable-requests.ts";
import type { EventPlace, Pruned } from "../ledger/retention/prune.ts";
import { pruningLeaseMs } from "../ledger/retention/pruning-lease.ts";
import { maintenanceTask } from "./maintenance.ts";
import type { Worker } from "./worker.ts";

/** Pause after a batch, so that others can write, in milliseconds. */
const batchPauseMs = 200;
/** How often everything is examined, in milliseconds. */
const runMs = dayMs;

export interface RetentionNeeds {
  ledger: Pick<Ledger, "retention">;
  /** RETAIN, in milliseconds. */
  retainMs: number;
  clock: Clock;
  log: Logger;
}

/** What a run has pruned so far, and where it goes on. */
interface Run {
  requests: number;
  operations: number;
  events: number;
  step: { of: "requests"; after: EndedPlace | undefined } | { of: "events"; after: EventPlace | undefined };
}

export function createRetention({ ledger: { retention }, retainMs, clock, log }: RetentionNeeds): Worker {
  const begin = (): Run => ({ requests: 0, operations: 0, events: 0, step: { of: "requests", after: undefined } });
  let run = begin();

  function count({ requests, operations, events }: Extract<Pruned<unknown>, { kind: "pruned" }>): void {
    run.requests += requests;
    run.operations += operations;
    run.events += events;
  }

  return maintenanceTask("retention", clock, log, async () => {
    const { step } = run;
    if (step.of === "requests") {
      const pruned = await retention.pruneRequests({ retainMs, after: step.after });
      if (pruned.kind === "elsewhere") return pruningLeaseMs;
      count(pruned);
      run.step = pruned.next ? { of: "requests", after: pruned.next } : { of: "events", after: undefined };
      return batchPauseMs;
    }
    const pruned = await retention.pruneEvents({ retainMs, after: step.after });
    if (pruned.kind === "elsewhere") return pruningLeaseMs;
    count(pruned);
    if (pruned.next) {
      run.step = { of: "events", after: pruned.next };
      return batchPauseMs;
    }
    const { requests, operations, events } = run;
    log.info({ requests, operations, events, retainMs }, "old requests were pruned");
    run = begin();
    return runMs;
  });
}
