/** One clock for all instances that share a ledger: the database server's, or this machine's for a local file. */
import { sql } from "kysely";
import type { Clock } from "../domain/clock.ts";
import type { Store } from "./schema.ts";

export interface LedgerClock extends Clock {
  /** Queries the database again if due: after a minute, or after this machine's clock has jumped. */
  check(): Promise<void>;
  /** How far this machine's clock is ahead of the ledger's, in milliseconds; negative if it is slow. */
  machineAheadMs(): number;
}

/** How long a measured difference is used, in milliseconds. */
const trustedMs = 60_000;
/** If a machine slept or its clock was set, its two clocks differ by more than this, in milliseconds. */
const jumpMs = 500;

/**
 * On PostgreSQL, instances on several machines read the same leases and due times, and their clocks may be minutes
 * apart. They all use the server's clock. @throws if the database does not answer
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

/** The offsets from the monotonic clock to the server's time (`base`) and to this machine's (`machine`). */
async function measure({ db }: Store, clock: Clock): Promise<{ base: number; machine: number; at: number }> {
  const askedAt = clock.monotonic();
  const { rows } = await sql<{ ms: number }>`
    select (extract(epoch from clock_timestamp()) * 1000)::double precision as ms`.execute(db);
  const answeredAt = clock.monotonic();
  const [row] = rows;
  if (!row) throw new Error("the database server did not say what time it is");
  // If the machine slept during the query, this is imprecise, and the next check queries again.
  return { base: row.ms - (askedAt + answeredAt) / 2, machine: clock.now() - answeredAt, at: askedAt };
}
