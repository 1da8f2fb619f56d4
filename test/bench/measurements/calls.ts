/** Signed and verified calls a second, compared with a widely used plugin and with a minimal client. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { createWeChatPayIdentity } from "../../../src/playground/wechatpay/identity.ts";
import { bareClient, type CallClient, ourClient, pluginClient } from "../baselines/call-clients.ts";
import type { Signing } from "../baselines/wechatpay-stand-in.ts";
import { figure, median, type Result } from "../figures.ts";
import { startSideProcess } from "../side-process.ts";

const rounds = 7;
const roundMs = 1_500;
const delayResolutionMs = 1;
export const concurrency = 8;
export const subMchids = Array.from({ length: 500 }, (_, i) => String(1_900_000_000 + i));

export async function measureCalls(): Promise<Result[]> {
  await using weChatPay = startSideProcess<Signing, string>("./baselines/wechatpay-stand-in.ts");
  const identity = createWeChatPayIdentity();
  const privateKeyPem = identity.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const url = await weChatPay.ask({ privateKeyPem, publicKeyId: identity.publicKeyId, subMchids });
  const clients = {
    ours: ourClient(identity, url),
    plugin: pluginClient(identity, url),
    bare: bareClient(identity, url),
  };
  for (const client of Object.values(clients)) await rateOf(client, roundMs / 2);

  const rates: Record<keyof typeof clients, number>[] = [];
  const delays: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const plugin = await rateOf(clients.plugin, roundMs);
    const bare = await rateOf(clients.bare, roundMs);
    const delay = monitorEventLoopDelay({ resolution: delayResolutionMs });
    delay.enable();
    const ours = await rateOf(clients.ours, roundMs);
    delay.disable();
    delays.push(delay.percentile(99) / 1e6 - delayResolutionMs);
    rates.push({ ours, plugin, bare });
  }
  for (const client of Object.values(clients)) await client.close();

  const mid = (who: keyof typeof clients) => `${figure(median(rates.map((round) => round[who])))}/s`;
  const ratio = (to: "plugin" | "bare") => median(rates.map((round) => round.ours / round[to]));
  return [
    {
      what: `signed and verified calls, ${concurrency} at a time, relative to wechatpay-axios-plugin`,
      ours: mid("ours"),
      baseline: mid("plugin"),
      figure: ratio("plugin"),
      target: { least: 2 },
      unit: "x",
      notes: [
        "The server is a separate process, and its answers are signed before the rounds, so that signing takes no core away from the clients.",
      ],
    },
    {
      what: "the same, relative to a minimal client (undici, signature and verification on the thread pool)",
      ours: mid("ours"),
      baseline: mid("bare"),
      figure: ratio("bare"),
      target: { least: 0.75 },
      unit: "x",
    },
    {
      what: "event loop delay during the calls, p99",
      ours: `${figure(median(delays))} ms`,
      baseline: "",
      figure: median(delays),
      target: { max: 5 },
      unit: " ms",
      notes: [`\`monitorEventLoopDelay\` includes its own timer of ${delayResolutionMs} ms, which is subtracted.`],
    },
  ];
}

/** Calls a second, a fixed number at a time, cycling through the sub-merchants. */
export async function rateOf({ call }: CallClient, forMs: number): Promise<number> {
  const startAt = performance.now();
  let made = 0;
  async function callOn(): Promise<void> {
    while (performance.now() - startAt < forMs) await call(subMchids[made++ % subMchids.length] ?? "");
  }
  await Promise.all(Array.from({ length: concurrency }, callOn));
  return (made * 1_000) / (performance.now() - startAt);
}
