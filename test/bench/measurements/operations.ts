/**
 * Complete operations a second (claim, call, verification, ledger, audit) on durable SQLite, compared with bare calls.
 */
import { join } from "node:path";
import { pino } from "pino";
import { createExecutor } from "../../../src/jobs/executor.ts";
import { createLedger, type Ledger } from "../../../src/ledger/ledger.ts";
import { createLog } from "../../../src/log.ts";
import { createWeChatPayIdentity } from "../../../src/playground/wechatpay/identity.ts";
import { openStore } from "../../../src/storage/open.ts";
import type { Store } from "../../../src/storage/schema.ts";
import { systemClock, systemRandom } from "../../../src/system-clock.ts";
import { bareClient, ourWeChatPay } from "../baselines/call-clients.ts";
import type { Signing } from "../baselines/wechatpay-stand-in.ts";
import { temporaryFolder } from "../bot-settings.ts";
import { figure, median, type Result } from "../figures.ts";
import { startSideProcess } from "../side-process.ts";
import { concurrency, rateOf, subMchids } from "./calls.ts";

const rounds = 5;
/** A sub-merchant has one open operation at a time, so operations are prepared in waves of all sub-merchants. */
const wavesPerRound = 2;
const bareMs = 1_000;
const channelId = "C0BENCH001";

export async function measureOperations(): Promise<Result[]> {
  await using folder = await temporaryFolder();
  await using weChatPay = startSideProcess<Signing, string>("./baselines/wechatpay-stand-in.ts");
  const identity = createWeChatPayIdentity();
  const privateKeyPem = identity.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const url = await weChatPay.ask({ privateKeyPem, publicKeyId: identity.publicKeyId, subMchids });
  const bare = bareClient(identity, url);
  const client = ourWeChatPay(identity, url);
  const store = await openStore({ engine: "sqlite", path: join(folder.path, "receipts.db") });
  const ledger = createLedger({
    store,
    clock: systemClock,
    random: systemRandom,
    mchid: "1900000100",
    instance: "bench",
  });
  // Every step is logged as in production, to a destination that discards it.
  const log = await createLog({ level: "info", secrets: [], destination: pino.destination("/dev/null") });
  let left = 0;
  let waveEnded = () => {};
  const operations: Ledger["operations"] = {
    ...ledger.operations,
    async conclude(attempt, result, next) {
      const outcome = await ledger.operations.conclude(attempt, result, next);
      // An operation that will be retried has not ended.
      if (next.kind !== "again") left -= 1;
      if (left === 0) waveEnded();
      return outcome;
    },
  };
  const executor = createExecutor({
    operations,
    holding: ledger.holding,
    staleAfterMs: 3_600_000,
    heldForMs: 86_400_000,
    call: client.changeCustomPageStatus,
    callLimitMs: 8_000,
    ratePerSecond: 100_000,
    clock: systemClock,
    random: systemRandom,
    log,
    changed() {},
  });
  executor.start();

  /** From the moment all are approved until the last is concluded on disk. */
  async function waveMs(): Promise<number> {
    await approve(ledger);
    const ended = new Promise<void>((resolve) => {
      waveEnded = resolve;
    });
    left = subMchids.length;
    const startAt = performance.now();
    executor.wake();
    await ended;
    return performance.now() - startAt;
  }

  await rateOf(bare, bareMs);
  await waveMs();
  const measured: { ours: number; bare: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    const bareRate = await rateOf(bare, bareMs);
    let tookMs = 0;
    for (let wave = 0; wave < wavesPerRound; wave++) tookMs += await waveMs();
    measured.push({ ours: (wavesPerRound * subMchids.length * 1_000) / tookMs, bare: bareRate });
  }
  await assertSucceeded(store, (rounds * wavesPerRound + 1) * subMchids.length);
  await executor.stop();
  await client.close();
  await bare.close();
  await store.close();
  return [
    {
      what: `complete operations on SQLite (synchronous=FULL), ${concurrency} at a time, relative to the minimal client's calls`,
      ours: `${figure(median(measured.map((round) => round.ours)))}/s`,
      baseline: `${figure(median(measured.map((round) => round.bare)))}/s`,
      figure: median(measured.map((round) => round.ours / round.bare)),
      target: { least: 0.5 },
      unit: "x",
      notes: [
        `Operations are approved beforehand, in waves of ${subMchids.length}, and timed until the last is in the ledger. Everything is logged to a destination that discards it.`,
      ],
    },
  ];
}

/** Approves one request for every sub-merchant. */
async function approve({ requests }: Ledger): Promise<void> {
  await Promise.all(
    subMchids.map(async (subMchid) => {
      const submitted = await requests.submit({
        sourceKey: systemRandom.id(),
        action: "OPEN",
        subMchids: [subMchid],
        reason: undefined,
        requestedBy: "U0ASKER001",
        channelId,
        origin: { from: "command", channelId },
        ttlMs: 3_600_000,
        remindAfterMs: 0,
        approvalRule: { needed: 1 },
      });
      if (submitted.kind !== "recorded") throw new Error(`${subMchid} was ${submitted.kind}`);
      await requests.decide({
        requestId: submitted.requestId,
        decision: "approve",
        by: "U0DECIDER1",
        origin: { from: "click", channelId },
      });
    }),
  );
}

async function assertSucceeded({ db }: Store, expected: number): Promise<void> {
  const { n } = await db
    .selectFrom("operations")
    .where("state", "=", "succeeded")
    .select(({ fn }) => fn.countAll<number>().as("n"))
    .executeTakeFirstOrThrow();
  if (n !== expected) throw new Error(`${n} of ${expected} operations succeeded`);
}
