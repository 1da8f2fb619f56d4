/** Counts the calls that switch something at WeChat Pay, by what they switch, by endpoint and by HTTP status. */
import type { CallResult, StepCalls } from "../domain/attempt-result.ts";
import type { Clock } from "../domain/clock.ts";
import type { Step } from "../domain/goldplan/objects.ts";
import type { CallStatus, Metrics } from "../domain/telemetry/metrics.ts";

export interface CountingNeeds {
  metrics: Pick<Metrics, "attempted" | "rateLimited">;
  clock: Pick<Clock, "monotonic">;
}

export function counted(calls: StepCalls, { metrics, clock }: CountingNeeds): StepCalls {
  async function count(step: Step, endpoint: number, call: () => Promise<CallResult>): Promise<CallResult> {
    const from = clock.monotonic();
    const result = await call();
    metrics.attempted(step, endpoint, statusOf(result), clock.monotonic() - from);
    if (result.kind === "refused" && result.fault === "rate-limited") metrics.rateLimited("wechatpay");
    return result;
  }

  return {
    changeCustomPageStatus: (given) => count("receipt", given.endpoint, () => calls.changeCustomPageStatus(given)),
    changeGoldPlanStatus: (given) => count("goldplan", given.endpoint, () => calls.changeGoldPlanStatus(given)),
  };
}

function statusOf(result: CallResult): CallStatus {
  if (result.kind !== "unreachable") return result.status;
  return result.why.startsWith("signer-") ? "unsigned" : "none";
}
