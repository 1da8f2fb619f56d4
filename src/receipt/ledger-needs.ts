/** What every part of the ledger is made of. */
import type { Store } from "../storage/schema.ts";
import type { Chance, Clock } from "./clock.ts";

export interface LedgerNeeds {
  store: Store;
  clock: Clock;
  chance: Chance;
  /** What this running bot is called in the audit, where it does something by itself. */
  instance: string;
}
