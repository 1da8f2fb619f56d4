/**
 * Regular maintenance: expires requests and grants, seals the audit trail, deletes old directories, and checks the
 * clock.
 */
import type { Logger } from "pino";
import type { Clock } from "../domain/clock.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Roles } from "../ledger/roles.ts";
import type { LedgerClock } from "../storage/ledger-clock.ts";
import { createWorker, type Worker } from "./worker.ts";

/** How often to poll for expired requests and grants, and how many to end per poll. */
const expiryPollMs = 2_000;
const expiriesPerPoll = 100;
/** How often to poll for unsealed events, and how many to seal per poll. */
const sealPollMs = 3_000;
const sealsPerPoll = 50;
/** How often the newest hash is logged, in milliseconds. */
const anchorMs = 3_600_000;
/** Pause after a full poll, so that others can write, in milliseconds. */
const pauseMs = 50;
/** How often to poll for directories of merchants that are not in use any more, in milliseconds. */
const directoryPollMs = 600_000;
/** How often to check for clock jumps, and which difference to log, in milliseconds. */
const clockPollMs = 1_000;
const clockOffMs = 60_000;

export interface MaintenanceNeeds {
  ledger: Ledger;
  roles: Roles;
  clock: Clock;
  log: Logger;
  /** Called after each change that Slack has to show. */
  changed(): void;
}

export function createMaintenance({ ledger, roles, clock, log, changed }: MaintenanceNeeds) {
  return {
    expiry: maintenanceTask("expiry", clock, log, async () => {
      const undecided = await ledger.requests.expireDue(expiriesPerPoll);
      const held = await ledger.holding.expireDue(expiriesPerPoll);
      if (undecided + held > 0) changed();
      return Math.max(undecided, held) === expiriesPerPoll ? 0 : expiryPollMs;
    }),

    grantEnds: maintenanceTask("grant ends", clock, log, async () => {
      const ended = await roles.endDue(expiriesPerPoll);
      for (const { holder, role, until } of ended) log.info({ holder: holder.id, role, until }, "a grant has ended");
      if (ended.length > 0) changed();
      return ended.length === expiriesPerPoll ? 0 : expiryPollMs;
    }),

    sealer: maintenanceTask("sealer", clock, log, async () =>
      (await ledger.sealing.sealNext(sealsPerPoll)) === sealsPerPoll ? pauseMs : sealPollMs,
    ),

    directories: maintenanceTask("directories", clock, log, async () =>
      (await ledger.directory.prune()) > 0 ? pauseMs : directoryPollMs,
    ),

    anchor: maintenanceTask("anchor", clock, log, async () => {
      await logAnchor(ledger, log);
      return anchorMs;
    }),
  };
}

/**
 * Logs the newest hash of the audit trail and the number of the newest event, so that a log archive contains them
 * outside the database, where its owner cannot change them. The field names are documented in docs/audit.md.
 */
export async function logAnchor({ sealing }: Pick<Ledger, "sealing">, log: Logger): Promise<void> {
  const { position: auditPosition, hash: auditHash } = await sealing.newest();
  log.info(
    { auditPosition, auditHash, auditEvent: (await sealing.newestEvent()) ?? 0 },
    "the audit trail's newest hash",
  );
}

/**
 * Keeps the ledger's clock correct and warns if this machine's is not: WeChat Pay refuses calls that are 5 minutes off.
 */
export function createTimekeeper(clock: LedgerClock, log: Logger): Worker {
  let isLogged = false;
  return maintenanceTask("timekeeper", clock, log, async () => {
    await clock.check();
    const machineAheadMs = clock.machineAheadMs();
    const isOff = Math.abs(machineAheadMs) > clockOffMs;
    if (isOff && !isLogged) log.warn({ machineAheadMs }, "this machine's clock differs from the database server's");
    isLogged = isOff;
    return clockPollMs;
  });
}

/** A worker that polls regularly. @param poll does the work and returns how long to wait, in milliseconds */
export function maintenanceTask(name: string, clock: Clock, log: Logger, poll: () => Promise<number>): Worker {
  return createWorker({ name, clock, log: log.child({ part: name }), concurrency: 1, poll });
}
