/** Approved operations, and the executor that carries them out as in production, without Slack. */
import { pino } from "pino";
import { createExecutor } from "../../../src/jobs/executor.ts";
import type { Worker } from "../../../src/jobs/worker.ts";
import { createLedger, type Ledger } from "../../../src/ledger/ledger.ts";
import { createLog } from "../../../src/log.ts";
import type { Store } from "../../../src/storage/schema.ts";
import { systemClock, systemRandom } from "../../../src/system-clock.ts";
import type { ourWeChatPay } from "../baselines/call-clients.ts";
import { benchChannel, people } from "./commands.ts";

export function createBenchLedger(store: Store): Ledger {
  const needs = { store, clock: systemClock, random: systemRandom };
  return createLedger({ ...needs, mchid: "1900000100", instance: systemRandom.id() });
}

/** Every step is logged, line by line as to standard output, to a destination that discards it. */
export async function createBenchExecutor(
  { operations, holding }: Pick<Ledger, "operations" | "holding">,
  calls: ReturnType<typeof ourWeChatPay>,
): Promise<Worker> {
  return createExecutor({
    operations,
    holding,
    staleAfterMs: 3_600_000,
    heldForMs: 86_400_000,
    calls,
    callLimitMs: 8_000,
    ratePerSecond: 100_000,
    clock: systemClock,
    random: systemRandom,
    log: createLog({ level: "info", secrets: [], destination: pino.destination({ dest: "/dev/null", sync: true }) }),
    changed() {},
  });
}

/** Approves requests for every sub-merchant, for `each` of them at a time. */
export async function approve(ledger: Ledger, subMchids: readonly string[], each: number): Promise<void> {
  const firsts = Array.from({ length: Math.ceil(subMchids.length / each) }, (_, nth) => nth * each);
  await Promise.all(firsts.map((first) => approveOne(ledger, subMchids.slice(first, first + each))));
}

async function approveOne({ requests }: Ledger, subMchids: readonly string[]): Promise<void> {
  const submitted = await requests.submit({
    sourceKey: systemRandom.id(),
    action: "OPEN",
    object: "receipt",
    scene: "JSAPI",
    subMchids: [...subMchids],
    reason: undefined,
    requestedBy: people.requester,
    channelId: benchChannel,
    origin: { from: "command", channelId: benchChannel },
    ttlMs: 3_600_000,
    remindAfterMs: 0,
    approvalRule: { needed: 1 },
  });
  if (submitted.kind !== "recorded") throw new Error(`a request was ${submitted.kind}`);
  await requests.decide({
    requestId: submitted.requestId,
    decision: "approve",
    by: people.approver,
    origin: { from: "click", channelId: benchChannel },
  });
}
