/** Chooses the reply of a sub-merchant's scenario, attempt by attempt. */
import type { IncomingCall, Parameters } from "./parameters.ts";
import { type Reply, success } from "./reply.ts";
import { concerns } from "./scenario.ts";
import { scenarios } from "./scenarios.ts";

/** Returns the reply to each call, and success where no scenario concerns it. */
export function createScript(): (parameters: Parameters, call: IncomingCall) => Reply {
  const scenarioOf = new Map(scenarios.map((scenario) => [scenario.subMchid, scenario]));
  /** Attempts since the last success, so that "once, then success" starts over after it. */
  const tries = new Map<string, number>();

  return ({ step, subMchid }, call) => {
    const scenario = scenarioOf.get(subMchid);
    if (scenario === undefined || !concerns(scenario, step)) return success(subMchid);
    const key = `${step} ${subMchid}`;
    const n = (tries.get(key) ?? 0) + 1;
    const { replies } = scenario;
    const reply = replies[Math.min(n, replies.length) - 1] ?? replies[0];
    tries.set(key, reply === "success" ? 0 : n);
    if (reply === "success") return success(subMchid);
    return typeof reply === "function" ? reply(call) : reply;
  };
}
