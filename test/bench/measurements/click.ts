/** From the click on Approve to the outcome in the thread, while Slack and WeChat Pay answer at once. */
import { engines } from "../../storage/engines.ts";
import { figure, quantile, type Result } from "../figures.ts";
import { startRunningBot } from "../running-bot.ts";

const clicks = 300;
const warmUps = 50;
const targetMs = 30;

export async function measureClick(): Promise<Result[]> {
  const results: Result[] = [];
  for (const { name, engine, skip } of engines) {
    if (skip !== false) continue;
    const took = await clickMs(engine);
    const [p50, p99] = [quantile(took, 0.5), quantile(took, 0.99)];
    results.push({
      what: `${name}: from the click on Approve to the outcome in the thread, p50`,
      ours: `p50 ${figure(p50)} ms, p99 ${figure(p99)} ms`,
      baseline: "",
      figure: p50,
      target: { max: targetMs },
      unit: " ms",
      notes: [
        `${name}: ${clicks} clicks, one after the other, each in a channel of its own, so that Slack's pace of a message a second does not count. Slack and WeChat Pay answer at once: the time is the bot's own, for the decision, the call, its result, the edited message and the post, and for the connections between the processes.`,
      ],
    });
  }
  return results;
}

async function clickMs(engine: "sqlite" | "postgres"): Promise<number[]> {
  const subMchids = Array.from({ length: warmUps + clicks }, (_, i) => String(2_100_000_000 + i));
  await using bot = await startRunningBot({ engine, subMchids, ratePerSecond: 500 });
  const took: number[] = [];
  for (const [i, subMchid] of subMchids.entries()) {
    const message = await bot.submit(`C0CLICK${String(i).padStart(4, "0")}`, [subMchid]);
    const ms = await bot.approve(message);
    if (i >= warmUps) took.push(ms);
  }
  return took;
}
