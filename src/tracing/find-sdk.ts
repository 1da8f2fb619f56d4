/**
 * Looks for an OpenTelemetry SDK that the operator loaded before the bot; without one, OpenTelemetry is not loaded at
 * all.
 */
import type { RecordStep } from "../domain/telemetry/tracing.ts";

/** Where every copy of `@opentelemetry/api` 1.x keeps what an SDK registered. */
const registry = Symbol.for("opentelemetry.js.api.1");

/** Undefined if nobody collects spans. */
export async function findTracing(version: string): Promise<RecordStep | undefined> {
  const registered = (globalThis as { [registry]?: { trace?: unknown } })[registry];
  if (registered?.trace === undefined) return undefined;
  const { createTracing } = await import("./tracing.ts");
  return createTracing(version);
}
