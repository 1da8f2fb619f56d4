/** The cost of an idle bot: the time until it listens, and its memory. */
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createWeChatPayIdentity } from "../../../src/playground/wechatpay/identity.ts";
import { botSettings, temporaryFolder } from "../bot-settings.ts";
import { figure, median, type Result } from "../figures.ts";
import { signingSecret } from "../load/commands.ts";
import { bareBoltScript, botScript, type ServerProcess, startServer } from "../server-process.ts";

const starts = 7;
const idleProcesses = 3;
const idleMs = 4_000;

export async function measureStartup(): Promise<Result[]> {
  await using folder = await temporaryFolder();
  const identity = createWeChatPayIdentity();
  // The bot does not call Slack until somebody types something.
  const slackApiUrl = "http://127.0.0.1:9/api/";
  let databases = 0;
  const startBot = () => {
    const databasePath = join(folder.path, `receipts-${databases++}.db`);
    return startServer(botScript, botSettings(databasePath, slackApiUrl, identity));
  };
  const startBare = () => startServer(bareBoltScript, { SLACK_SIGNING_SECRET: signingSecret });
  const startedInMs = async (start: () => Promise<ServerProcess>) => {
    await using server = await start();
    return server.startedInMs;
  };
  const idleMb = async (start: () => Promise<ServerProcess>) => {
    await using server = await start();
    await delay(idleMs);
    return server.rssMb();
  };

  await startedInMs(startBare); // loads the modules into the page cache for both
  await startedInMs(startBot);
  const times: { ours: number; bare: number }[] = [];
  for (let i = 0; i < starts; i++)
    times.push({ bare: await startedInMs(startBare), ours: await startedInMs(startBot) });
  const memory: { ours: number; bare: number }[] = [];
  for (let i = 0; i < idleProcesses; i++) {
    const [bare, ours] = await Promise.all([idleMb(startBare), idleMb(startBot)]);
    memory.push({ bare, ours });
  }
  const mid = (values: typeof times, who: "ours" | "bare") => median(values.map((value) => value[who]));
  return [
    {
      what: "idle memory (RSS) above bare Bolt",
      ours: `${figure(mid(memory, "ours"))} MB`,
      baseline: `${figure(mid(memory, "bare"))} MB`,
      figure: mid(memory, "ours") - mid(memory, "bare"),
      target: { max: 40 },
      unit: " MB",
      notes: [`Memory: medians of ${idleProcesses} processes each, ${idleMs / 1_000} s after the start.`],
    },
    {
      what: "time from process start to listening, above bare Bolt",
      ours: `${figure(mid(times, "ours"))} ms`,
      baseline: `${figure(mid(times, "bare"))} ms`,
      figure: mid(times, "ours") - mid(times, "bare"),
      target: { max: 300 },
      unit: " ms",
      notes: [
        `Start: medians of ${starts}, interleaved, after an uncounted one. The bot creates its database each time. Both use Node's compile cache.`,
      ],
    },
  ];
}
