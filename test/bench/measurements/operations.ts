/**
 * Complete operations a second (claim, call, verification, ledger, audit) on durable SQLite, compared with bare calls,
 * and on PostgreSQL, compared with SQLite.
 */
import type { Ledger } from "../../../src/ledger/ledger.ts";
import { createWeChatPayIdentity } from "../../../src/playground/wechatpay/identity.ts";
import type { Store } from "../../../src/storage/schema.ts";
import { type Engine, engines } from "../../storage/engines.ts";
import { bareClient, ourWeChatPay } from "../baselines/call-clients.ts";
import type { Signing } from "../baselines/wechatpay-stand-in.ts";
import { figure, median, type Result } from "../figures.ts";
import { approve, createBenchExecutor, createBenchLedger } from "../load/approved-work.ts";
import { startSideProcess } from "../side-process.ts";
import { concurrency, rateOf, subMchids } from "./calls.ts";

const rounds = 5;
/** A sub-merchant has one open operation at a time, so operations are prepared in waves of all sub-merchants. */
const wavesPerRound = 2;
const bareMs = 1_000;
/** Sub-merchants in a bulk request. */
const bulk = 250;

export async function measureOperations(): Promise<Result[]> {
  await using weChatPay = startSideProcess<Signing, string>("./baselines/wechatpay-stand-in.ts");
  const identity = createWeChatPayIdentity();
  const privateKeyPem = identity.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const url = await weChatPay.ask({ privateKeyPem, publicKeyId: identity.publicKeyId, subMchids });
  const bare = bareClient(identity, url);
  const client = ourWeChatPay(identity, url);
  const rigs = new Map<Engine["engine"], Rig>();
  for (const engine of engines)
    if (engine.skip === false) rigs.set(engine.engine, await startRig(await engine.open(), client));
  const sqlite = rigs.get("sqlite");
  if (!sqlite) throw new Error("SQLite is always there");
  const postgres = rigs.get("postgres");

  await rateOf(bare, bareMs);
  for (const rig of rigs.values()) await rateOfWaves(rig, bulk);
  await rateOfWaves(sqlite, 1);
  const measured: Record<"bare" | "single" | "bulk" | "postgres", number>[] = [];
  for (let round = 0; round < rounds; round++)
    measured.push({
      bare: await rateOf(bare, bareMs),
      single: await rateOfWaves(sqlite, 1),
      bulk: await rateOfWaves(sqlite, bulk),
      postgres: postgres ? await rateOfWaves(postgres, bulk) : Number.NaN,
    });
  const ended = (rounds + 1) * wavesPerRound * subMchids.length;
  await sqlite.stop(2 * ended);
  await postgres?.stop(ended);
  await client.close();
  await bare.close();

  const rate = (of: keyof (typeof measured)[number]) => `${figure(median(measured.map((round) => round[of])))}/s`;
  const notes = [
    `Operations are approved beforehand, in waves of ${subMchids.length}, and timed until the last is in the ledger. Everything is logged to a destination that discards it.`,
  ];
  const results: Result[] = [
    {
      what: `complete operations on SQLite (synchronous=FULL), ${concurrency} at a time, relative to the minimal client's calls`,
      ours: rate("single"),
      baseline: rate("bare"),
      figure: median(measured.map((round) => round.single / round.bare)),
      target: { least: 0.6 },
      unit: "x",
      notes,
    },
  ];
  if (!postgres) return results;
  return [
    ...results,
    {
      what: `complete operations on PostgreSQL, one instance, in requests of ${bulk}, relative to the same on SQLite`,
      ours: rate("postgres"),
      baseline: rate("bulk"),
      figure: median(measured.map((round) => round.postgres / round.bulk)),
      target: { least: 0.8 },
      unit: "x",
    },
  ];
}

/** An executor on a ledger of its own. */
interface Rig {
  /**
   * From the moment that one operation for every sub-merchant is approved until the last is concluded on disk.
   * @param each how many sub-merchants a request has
   */
  waveMs(each: number): Promise<number>;
  /** @throws Error if not exactly as many operations have succeeded */
  stop(expected: number): Promise<void>;
}

async function startRig(store: Store, client: ReturnType<typeof ourWeChatPay>): Promise<Rig> {
  const ledger = createBenchLedger(store);
  let left = 0;
  let waveEnded = () => {};
  const operations: Ledger["operations"] = {
    ...ledger.operations,
    async claimDue(input) {
      // While a wave is being approved, a poll would begin it before it is counted and timed.
      return left === 0 ? { attempts: [], moreInMs: undefined } : ledger.operations.claimDue(input);
    },
    async conclude(attempt, result, next) {
      const outcome = await ledger.operations.conclude(attempt, result, next);
      // An operation that will be retried has not ended.
      if (next.kind !== "again") left -= 1;
      if (left === 0) waveEnded();
      return outcome;
    },
  };
  const executor = await createBenchExecutor({ ...ledger, operations }, client);
  executor.start();
  return {
    async waveMs(each) {
      await approve(ledger, subMchids, each);
      const ended = new Promise<void>((resolve) => {
        waveEnded = resolve;
      });
      left = subMchids.length;
      const startAt = performance.now();
      executor.wake();
      await ended;
      return performance.now() - startAt;
    },
    async stop(expected) {
      await assertSucceeded(store, expected);
      await executor.stop();
      await store.close();
    },
  };
}

/** Operations a second. */
async function rateOfWaves(rig: Rig, each: number): Promise<number> {
  let tookMs = 0;
  for (let wave = 0; wave < wavesPerRound; wave++) tookMs += await rig.waveMs(each);
  return (wavesPerRound * subMchids.length * 1_000) / tookMs;
}

async function assertSucceeded({ db }: Store, expected: number): Promise<void> {
  const { n } = await db
    .selectFrom("operations")
    .where("state", "=", "succeeded")
    .select(({ fn }) => fn.countAll<number>().as("n"))
    .executeTakeFirstOrThrow();
  if (n !== expected) throw new Error(`${n} of ${expected} operations succeeded`);
}
