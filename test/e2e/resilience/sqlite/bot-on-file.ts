/** A bot process whose ledger is a SQLite file, beside a local Slack and WeChat Pay, with its pages for operators. */
import type { TestContext } from "node:test";
import { type BotProcess, startBotProcess } from "../../../../src/playground/bot-process.ts";
import { freePort } from "../../../../src/playground/free-port.ts";
import {
  demoChannel as channel,
  demoPeople as people,
  startPlayground,
} from "../../../../src/playground/playground.ts";
import { identity } from "../../support/identity.ts";

/** Everything ends with the test. @param path of the file */
export async function openBotOn(t: TestContext, path: string) {
  const playground = await startPlayground({ identity });
  t.after(() => playground.close());
  const opsPort = await freePort();
  const type = (user: string, text: string) => playground.slack.type({ user, channel, text: `/receipt ${text}` });

  /** Also after the bot has ended. */
  async function start(): Promise<BotProcess> {
    const bot = startBotProcess({
      ...playground.environment,
      DATABASE_URL: `sqlite:${path}`,
      OPS_PORT: String(opsPort),
    });
    t.after(() => bot.end());
    await bot.until('"listening"');
    return bot;
  }

  return {
    ...playground,
    bot: await start(),
    start,
    type,
    /** Ann may submit requests, and Bob may approve them. */
    async grantRoles(): Promise<void> {
      for (const line of ["grant @ann requester", "grant @bob approver"]) await type(people.carol, line);
    },
    /** Asks for a page such as `/readyz`. */
    async ask(page: string): Promise<{ status: number; body: string }> {
      const response = await fetch(`http://127.0.0.1:${opsPort}${page}`);
      return { status: response.status, body: await response.text() };
    },
  };
}
