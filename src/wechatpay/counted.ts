/** Counts the calls to WeChat Pay, by endpoint and by HTTP status. */
import type { CallResult, ChangeCustomPageStatus } from "../domain/attempt-result.ts";
import type { Clock } from "../domain/clock.ts";
import type { Metrics } from "../domain/telemetry/metrics.ts";

export interface CountingNeeds {
  metrics: Pick<Metrics, "attempted" | "rateLimited">;
  clock: Pick<Clock, "monotonic">;
}

export function counted(call: ChangeCustomPageStatus, { metrics, clock }: CountingNeeds): ChangeCustomPageStatus {
  return async (given) => {
    const from = clock.monotonic();
    const result = await call(given);
    metrics.attempted(given.endpoint, statusOf(result), clock.monotonic() - from);
    if (result.kind === "refused" && result.fault === "rate-limited") metrics.rateLimited("wechatpay");
    return result;
  };
}

function statusOf(result: CallResult): number | undefined {
  return result.kind === "unreachable" ? undefined : result.status;
}
