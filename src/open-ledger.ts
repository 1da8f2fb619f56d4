/** Opens the ledger of DATABASE_URL with its clock, and keeps watch over the database from then on. */
import type { Logger } from "pino";
import { atMostEvery, type Clock } from "./domain/clock.ts";
import type { StoreMetrics } from "./domain/telemetry/metrics.ts";
import { createOutage, type Outage } from "./outage-log.ts";
import { createLedgerClock, type LedgerClock } from "./storage/ledger-clock.ts";
import { type DatabaseAddress, type OpenedStore, openStore, pathOf } from "./storage/open.ts";
import { asCannotOpen } from "./storage/open-problem.ts";
import { isDamaged, LedgerFileReplaced, whyOf } from "./storage/store-errors.ts";
import { writeProbe } from "./storage/write-probe.ts";

/** @throws CannotOpen */
export async function openLedger(
  address: DatabaseAddress,
  { clock, log, metrics }: { clock: Clock; log: Logger; metrics: StoreMetrics },
): Promise<{ store: OpenedStore; ledgerClock: LedgerClock; database: Outage }> {
  let database: Outage | undefined;
  const damage = createDamageLog(clock, log);
  let isReplacementLogged = false;

  function failed(error: unknown): void {
    if (isDamaged(error)) {
      damage(error);
      return;
    }
    // Apart from the outage, which may have begun for another reason: this one does not pass unless the operator acts.
    if (error instanceof LedgerFileReplaced && !isReplacementLogged) {
      isReplacementLogged = true;
      log.error({ path: pathOf(address) }, error.message);
    }
    database?.failed(error);
  }

  async function isBack(): Promise<void> {
    await writeProbe(store, clock.now());
    isReplacementLogged = false;
  }

  const store = await openStore(address, { failed, metrics, watchesLog: true });
  const ledgerClock = await createLedgerClock({ store, clock }).catch((error: unknown) => {
    throw asCannotOpen(error, pathOf(address));
  });
  database = createOutage({ name: "the database", isBack, clock, log });
  return { store, ledgerClock, database };
}

/** How often damage is logged, in milliseconds. */
const logMs = 60_000;

/** Damage is no outage: it does not end by itself, and what the bot reads elsewhere in the file still works. */
function createDamageLog(clock: Clock, log: Logger): (error: unknown) => void {
  const isTimeToLog = atMostEvery(logMs, clock);
  return (error) => {
    if (!isTimeToLog()) return;
    log.error({ why: whyOf(error) }, "the ledger is damaged: stop the bot, and restore a backup (npm run restore)");
  };
}
