/** The demo as its page sees it: the two servers, the bot as a process, and what the page shows beside them. */
import { openLab, startObservedPlayground } from "../../../src/playground/lab/lab.ts";
import { type SupervisedBot, superviseBot } from "../../../src/playground/lab/supervised-bot.ts";
import type { Playground } from "../../../src/playground/playground.ts";
import { identity } from "../support/identity.ts";
import { people } from "../support/stage.ts";

export type LabStage = Playground & { bot: SupervisedBot };

const channel = "C0MERCHANT";
const notes = [{ title: "sub-merchant is penalised", text: "/receipt open 1900040005" }];

/**
 * @param environment added to the bot's
 * @param grants default: Ann is requester and Bob is approver
 */
export async function openLabStage(
  environment: Record<string, string> = {},
  grants: readonly string[] = ["@ann requester", "@bob approver"],
): Promise<LabStage> {
  const rates = { perMinute: { 1: 1_000, 2: 1_000, 3: 1_000, 4: 1_000, special: 1_000 } } as const;
  const observed = await startObservedPlayground({ identity, environment, slack: { rateLimits: rates, notes } });
  const { playground } = observed;
  const bot = superviseBot(playground.environment);
  const lab = openLab(observed, bot);
  await bot.until('"listening"');
  for (const grant of grants)
    await playground.slack.type({ user: people.carol, channel, text: `/receipt grant ${grant}` });
  return {
    ...playground,
    bot,
    async close() {
      await bot.end();
      lab.close();
      await playground.close();
    },
  };
}
