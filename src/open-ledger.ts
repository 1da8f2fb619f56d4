/** Opens the ledger of DATABASE_URL with its clock, and keeps watch over the database from then on. */
import type { Logger } from "pino";
import type { Clock } from "./domain/clock.ts";
import type { StoreMetrics } from "./domain/telemetry/metrics.ts";
import { createOutage, type Outage } from "./outage-log.ts";
import { createLedgerClock, type LedgerClock } from "./storage/ledger-clock.ts";
import { type DatabaseAddress, type OpenedStore, openStore } from "./storage/open.ts";
import { asCannotOpen } from "./storage/open-problem.ts";
import { writeProbe } from "./storage/write-probe.ts";

/** @throws CannotOpen */
export async function openLedger(
  address: DatabaseAddress,
  { clock, log, metrics }: { clock: Clock; log: Logger; metrics: StoreMetrics },
): Promise<{ store: OpenedStore; ledgerClock: LedgerClock; database: Outage }> {
  let database: Outage | undefined;
  const store = await openStore(address, { failed: (error) => database?.failed(error), metrics });
  const ledgerClock = await createLedgerClock({ store, clock }).catch((error: unknown) => {
    throw asCannotOpen(error);
  });
  database = createOutage({ name: "the database", isBack: () => writeProbe(store, clock.now()), clock, log });
  return { store, ledgerClock, database };
}
