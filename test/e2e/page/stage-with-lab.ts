/** The demo as its page sees it: the two servers, the bot as a process, and what the page shows beside them. */
import { openLab, startObservedPlayground } from "../../../src/playground/lab/lab.ts";
import { type SupervisedBot, superviseBot } from "../../../src/playground/lab/supervised-bot.ts";
import type { Playground } from "../../../src/playground/playground.ts";
import { identity } from "../support/identity.ts";
import { people } from "../support/stage.ts";

export type LabStage = Playground & { bot: SupervisedBot };

export interface LabStageOptions {
  /** Added to the bot's. */
  environment?: Record<string, string>;
  /** Default: Ann is requester and Bob is approver. */
  grants?: readonly string[];
  /** The language of the page, of the bot and of the workspace's people. Default: English. */
  language?: "en" | "zh-CN";
  /** A PostgreSQL database for the ledger. The bot then has two instances, of which one is started. */
  database?: string;
}

const channel = "C0MERCHANT";
const notes = [{ title: "sub-merchant is penalised", text: "/receipt open 1900040005" }];

export async function openLabStage(options: LabStageOptions = {}): Promise<LabStage> {
  const { environment = {}, grants = ["@ann requester", "@bob approver"], language = "en", database } = options;
  const rates = { perMinute: { 1: 1_000, 2: 1_000, 3: 1_000, 4: 1_000, special: 1_000 } } as const;
  const observed = await startObservedPlayground({
    identity,
    ...(database !== undefined && { mode: "socket" }),
    environment: { LOCALE: language, ...environment, ...(database !== undefined && { DATABASE_URL: database }) },
    slack: { rateLimits: rates, notes, locale: language },
  });
  const { playground } = observed;
  const bot = superviseBot(playground.environment, database === undefined ? 1 : 2);
  const lab = openLab(observed, bot);
  await bot.ready;
  for (const grant of grants)
    await playground.slack.type({ user: people.carol, channel, text: `/receipt grant ${grant}` });
  return {
    ...playground,
    bot,
    async close() {
      await bot.end();
      await lab.close();
      await playground.close();
    },
  };
}
