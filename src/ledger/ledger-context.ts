/** What every part of the ledger is made of. */
import type { Clock, Random } from "../domain/clock.ts";
import type { Store } from "../storage/schema.ts";

export interface LedgerNeeds {
  store: Store;
  clock: Clock;
  random: Random;
  /** What this running bot is called in the audit, where it does something by itself. */
  instance: string;
}
