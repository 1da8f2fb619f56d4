/** Everything that `/metrics` shows, as one page in Prometheus' text format. */
import { Registry } from "@prometheus-io/client";
import type { Metrics } from "../domain/telemetry/metrics.ts";
import { createCounters, type MetricNames } from "./counters.ts";
import { createLedgerGauges, type LedgerGaugeNeeds } from "./ledger-gauges.ts";
import { createProcessGauges, type ProcessNeeds } from "./process-gauges.ts";

export interface MetricsRegistry {
  metrics: Metrics;
  /** Adds the gauges that need the assembled bot. */
  watch(needs: Omit<ProcessNeeds & LedgerGaugeNeeds, "registry">): void;
  /** The page. It contains this process's own figures even while the ledger is unavailable. */
  page(): Promise<{ contentType: string; body: string }>;
}

export function createMetrics(names: MetricNames): MetricsRegistry {
  const registry = new Registry();
  const metrics = createCounters(registry, names);
  let refresh = async (): Promise<void> => {};
  return {
    metrics,
    watch(needs) {
      createProcessGauges({ ...needs, registry });
      ({ refresh } = createLedgerGauges({ ...needs, registry }));
    },
    async page() {
      await refresh();
      return { contentType: registry.contentType, body: await registry.metrics() };
    },
  };
}
