/** What the bot does by itself now and again: it ends what expires, seals the audit, and keeps its clock right. */
import type { Logger } from "pino";
import type { Clock } from "../domain/clock.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Roles } from "../ledger/roles.ts";
import type { LedgerClock } from "../storage/ledger-clock.ts";
import { createWorker, type Worker } from "./worker.ts";

/** How often to look for requests and grants whose time has run out, and how many to end in one look. */
const expiryLookMs = 2_000;
const expiriesAtOnce = 100;
/** How often to look for events that are not sealed, and how many to seal in one look. */
const sealLookMs = 3_000;
const sealsAtOnce = 50;
/** After a full look, how long to let others write. */
const sealPauseMs = 50;
/** How often to look whether a clock has jumped, and from which difference on to tell the operators, in milliseconds. */
const clockLookMs = 1_000;
const clockOffMs = 60_000;

export interface MaintenanceNeeds {
  ledger: Ledger;
  roles: Roles;
  clock: Clock;
  log: Logger;
  /** Called after every change that Slack has to show. */
  changed(): void;
}

export function createMaintenance({ ledger, roles, clock, log, changed }: MaintenanceNeeds) {
  return {
    expiry: maintenanceTask("expiry", clock, log, async () => {
      const ended = await ledger.requests.expireDue(expiriesAtOnce);
      if (ended > 0) changed();
      return ended === expiriesAtOnce ? 0 : expiryLookMs;
    }),

    grantEnds: maintenanceTask("grant ends", clock, log, async () => {
      const ended = await roles.endDue(expiriesAtOnce);
      for (const { holder, role, until } of ended) log.info({ holder: holder.id, role, until }, "a grant has ended");
      if (ended.length > 0) changed();
      return ended.length === expiriesAtOnce ? 0 : expiryLookMs;
    }),

    sealer: maintenanceTask("sealer", clock, log, async () =>
      (await ledger.sealing.sealNext(sealsAtOnce)) === sealsAtOnce ? sealPauseMs : sealLookMs,
    ),
  };
}

/** Keeps the ledger's clock right, and says when this machine's is not: WeChat Pay refuses calls that are 5 minutes off. */
export function createTimekeeper(clock: LedgerClock, log: Logger): Worker {
  let isTold = false;
  return maintenanceTask("timekeeper", clock, log, async () => {
    await clock.check();
    const machineAheadMs = clock.machineAheadMs();
    const isOff = Math.abs(machineAheadMs) > clockOffMs;
    if (isOff && !isTold) log.warn({ machineAheadMs }, "this machine's clock and the database server's differ");
    isTold = isOff;
    return clockLookMs;
  });
}

/** A worker that looks now and again. @param poll does what there is to do; resolves to how long to rest, in milliseconds */
export function maintenanceTask(name: string, clock: Clock, log: Logger, poll: () => Promise<number>): Worker {
  return createWorker({ name, clock, log: log.child({ part: name }), concurrency: 1, debounceMs: 0, poll });
}
