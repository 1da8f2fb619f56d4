/** The memory of a bot that carries out one request for 10,000 sub-merchants. */
import { engines } from "../../storage/engines.ts";
import { figure, type Result } from "../figures.ts";
import { startRunningBot } from "../running-bot.ts";

const subMchids = Array.from({ length: 10_000 }, (_, i) => String(2_100_000_000 + i));
const ratePerSecond = 1_000;
const channelId = "C0MEMORY01";

export async function measureMemory(): Promise<Result[]> {
  const results: Result[] = [];
  for (const { name, engine, skip } of engines) {
    if (skip !== false) continue;
    await using bot = await startRunningBot({ engine, subMchids, ratePerSecond });
    const idleMb = bot.server.rssMb();
    await bot.approve(await bot.submit(channelId, subMchids));
    const [row] = await bot.rows("select count(*) as n from operations where state = 'succeeded'");
    if (Number(row?.["n"]) !== subMchids.length) throw new Error(`${row?.["n"]} operations succeeded`);
    const peakMb = bot.server.peakRssMb();
    results.push({
      what: `${name}: peak memory (RSS) of a bot during a request for ${subMchids.length.toLocaleString("en")} sub-merchants`,
      ours: `${figure(peakMb)} MB`,
      baseline: `${figure(idleMb)} MB before it`,
      figure: peakMb,
      target: { max: 160 },
      unit: " MB",
      notes: [
        `${name}: at most ${ratePerSecond.toLocaleString("en")} calls a second, from the command to the outcome in the thread.`,
      ],
    });
  }
  return results;
}
