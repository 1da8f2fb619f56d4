/** The time that everybody who shares a ledger agrees on: the database server's, or this machine's for a file on it. */
import { sql } from "kysely";
import type { Clock } from "../domain/clock.ts";
import type { Store } from "./schema.ts";

export interface LedgerClock extends Clock {
  /** Asks the database anew, where that is due: after a minute, or once this machine's clock has jumped. */
  check(): Promise<void>;
  /** How far this machine's clock is ahead of the ledger's (negative: behind), in milliseconds. */
  machineAheadMs(): number;
}

/** How long a measured difference is trusted, in milliseconds. */
const trustedMs = 60_000;
/** A machine that slept, or whose clock was set, shows it by as much between its two clocks, in milliseconds. */
const jumpMs = 500;

/**
 * On PostgreSQL, leases and times due are read by instances on several machines, whose clocks may be minutes apart:
 * they all go by the server's. @throws when the database does not answer
 */
export async function createLedgerClock({ store, clock }: { store: Store; clock: Clock }): Promise<LedgerClock> {
  if (store.engine === "sqlite") return { ...clock, check: async () => {}, machineAheadMs: () => 0 };
  let measured = await measure(store, clock);
  return {
    now: () => Math.round(measured.base + clock.monotonic()),
    monotonic: clock.monotonic,
    sleep: clock.sleep,
    async check() {
      const isJumped = Math.abs(clock.now() - clock.monotonic() - measured.machine) > jumpMs;
      if (isJumped || clock.monotonic() - measured.at > trustedMs) measured = await measure(store, clock);
    },
    machineAheadMs: () => Math.round(measured.machine - measured.base),
  };
}

/** What has to be added to the monotonic clock for the server's time, and for this machine's. */
async function measure({ db }: Store, clock: Clock): Promise<{ base: number; machine: number; at: number }> {
  const asked = clock.monotonic();
  const { rows } = await sql<{ ms: number }>`
    select (extract(epoch from clock_timestamp()) * 1000)::double precision as ms`.execute(db);
  const answered = clock.monotonic();
  const [row] = rows;
  if (!row) throw new Error("the database server did not say what time it is");
  // A machine that slept while it asked knows little of the time, and asks again at its next look.
  return { base: row.ms - (asked + answered) / 2, machine: clock.now() - answered, at: asked };
}
