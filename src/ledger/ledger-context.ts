/** What every function of the ledger takes as its first argument. */
import type { Clock, Random } from "../domain/clock.ts";
import type { Store } from "../storage/schema.ts";
import type { Origin } from "./audit/audit-log.ts";

export interface LedgerContext {
  store: Store;
  clock: Clock;
  random: Random;
  /** The service provider that signs the calls: WECHATPAY_MCHID. */
  mchid: string;
  /** This instance's name in the audit log, for what the bot does by itself. */
  instance: string;
}

/** The bot as the author of a change that no person made. */
export function theBot({ instance }: Pick<LedgerContext, "instance">): { by: "bot"; origin: Origin } {
  return { by: "bot", origin: { from: "instance", id: instance } };
}
