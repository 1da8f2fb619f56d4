/** The first argument of every function of the ledger. */
import type { Clock, Random } from "../domain/clock.ts";
import type { LedgerMetrics } from "../domain/telemetry/metrics.ts";
import type { Store } from "../storage/schema.ts";
import type { Origin } from "./audit/audit-log.ts";

export interface LedgerContext {
  store: Store;
  clock: Clock;
  random: Random;
  /** The service provider that signs the calls: WECHATPAY_MCHID. */
  mchid: string;
  /** This instance's name in the audit trail, for the bot's own actions. */
  instance: string;
  /** Receives what was committed. */
  metrics?: LedgerMetrics;
}

/** Runs `work`, and reports what it did to the metrics once it has succeeded: once its transaction is committed. */
export async function onceCommitted<T>(
  context: LedgerContext,
  work: (context: LedgerContext) => Promise<T>,
): Promise<T> {
  const { metrics } = context;
  if (!metrics) return work(context);
  const committed: (() => void)[] = [];
  const result = await work({
    ...context,
    metrics: {
      requestMoved: (change, to) => committed.push(() => metrics.requestMoved(change, to)),
      operationEnded: (operation) => committed.push(() => metrics.operationEnded(operation)),
      operationsCancelled: (change, count) => committed.push(() => metrics.operationsCancelled(change, count)),
    },
  });
  for (const report of committed) report();
  return result;
}

/** The bot as the author of its own changes. */
export function theBot({ instance }: Pick<LedgerContext, "instance">): { by: "bot"; origin: Origin } {
  return { by: "bot", origin: { from: "instance", id: instance } };
}
