/** Complete operations a second of three instances on one PostgreSQL ledger, compared with one instance. */
import { availableParallelism } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import type { Ledger } from "../../../src/ledger/ledger.ts";
import { botOptions } from "../../../src/playground/bot-process.ts";
import { createWeChatPayIdentity } from "../../../src/playground/wechatpay/identity.ts";
import { engines, type TestStore } from "../../storage/engines.ts";
import type { Signing } from "../baselines/wechatpay-stand-in.ts";
import { figure, median, type Result } from "../figures.ts";
import { approve, createBenchLedger } from "../load/approved-work.ts";
import type { ExecutorQuestion } from "../load/executor-process.ts";
import { type SideProcess, startSideProcess } from "../side-process.ts";

type Instance = SideProcess<ExecutorQuestion, string>;

const instances = 3;
const rounds = 3;
const wavesPerRound = 3;
/** Sub-merchants in a bulk request. */
const bulk = 250;
const subMchids = Array.from({ length: 1_000 }, (_, i) => String(1_900_000_000 + i));
/** Three instances, PostgreSQL, WeChat Pay and the kernel need as many cores to be faster than one. */
const coresNeeded = 6;
const lookMs = 5;

export async function measureInstances(): Promise<Result[]> {
  const postgres = engines.find(({ engine }) => engine === "postgres");
  if (postgres?.skip !== false) return [];
  await using parts = new AsyncDisposableStack();
  const weChatPay = parts.use(startSideProcess<Signing, string>("./baselines/wechatpay-stand-in.ts"));
  const identity = createWeChatPayIdentity();
  const privateKeyPem = identity.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const weChatPayUrl = await weChatPay.ask({ privateKeyPem, publicKeyId: identity.publicKeyId, subMchids });
  const store = parts.adopt(await postgres.open(), (one) => one.close());
  const { mchid, serialNo, merchantPrivateKeyPem, publicKeyId, publicKeyPem } = identity;
  const provider = { mchid, serialNo, merchantPrivateKeyPem, publicKeyId, publicKeyPem };
  const all: Instance[] = [];
  while (all.length < instances) {
    const instance = parts.use(startSideProcess<ExecutorQuestion, string>("./load/executor-process.ts", botOptions));
    await instance.ask({ kind: "open", address: store.address, provider, weChatPayUrl });
    all.push(instance);
  }
  const ledger = createBenchLedger(store);
  const rate = (some: readonly Instance[]) => rateOfWaves(store, ledger, some);

  await rate(all);
  const measured: { one: number; three: number }[] = [];
  for (let round = 0; round < rounds; round++)
    measured.push({ one: await rate(all.slice(0, 1)), three: await rate(all) });
  for (const instance of all) await instance.ask({ kind: "close" });
  const cores = availableParallelism();
  const mid = (of: "one" | "three") => `${figure(median(measured.map((round) => round[of])))}/s`;
  return [
    {
      what: `complete operations on PostgreSQL, ${instances} instances relative to one`,
      ours: mid("three"),
      baseline: mid("one"),
      figure: median(measured.map(({ one, three }) => three / one)),
      target: { least: cores >= coresNeeded ? 1.5 : 1 },
      unit: "x",
      notes: [
        `Each instance is a process, and so are PostgreSQL and WeChat Pay, on ${cores} cores; with ${coresNeeded} or more, the target is 1.5.`,
      ],
    },
  ];
}

/** Operations a second, from the moment that the instances start until no operation is open. */
async function rateOfWaves(store: TestStore, ledger: Ledger, some: readonly Instance[]): Promise<number> {
  let tookMs = 0;
  for (let wave = 0; wave < wavesPerRound; wave++) {
    await approve(ledger, subMchids, bulk);
    const startAt = performance.now();
    await Promise.all(some.map((instance) => instance.ask({ kind: "run" })));
    while ((await countOpen(store)) > 0) await delay(lookMs);
    tookMs += performance.now() - startAt;
    await Promise.all(some.map((instance) => instance.ask({ kind: "pause" })));
  }
  return (wavesPerRound * subMchids.length * 1_000) / tookMs;
}

async function countOpen({ db }: TestStore): Promise<number> {
  const { open } = await db
    .selectFrom("requests")
    .where("state", "=", "approved")
    .select(({ fn }) => fn.countAll<number>().as("open"))
    .executeTakeFirstOrThrow();
  return open;
}
