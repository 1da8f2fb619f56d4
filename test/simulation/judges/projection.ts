/** What Slack must finally show of each request: the bot's own reading and wording of the settled ledger. */
import type { DatabaseSync } from "node:sqlite";
import { Kysely } from "kysely";
import type { Clock, Random } from "../../../src/domain/clock.ts";
import { createLedger } from "../../../src/ledger/ledger.ts";
import { createWorkspace } from "../../../src/slack/api/workspace.ts";
import type { Surface } from "../../../src/slack/blocks/request/decision.ts";
import { requestContent } from "../../../src/slack/reporter/request-content.ts";
import type { Schema } from "../../../src/storage/schema.ts";
import { sqliteDialect } from "../../../src/storage/sqlite/dialect.ts";
import { textsOf } from "../../../src/text/texts.ts";
import { answerTo } from "../world/slack-in-memory.ts";

/**
 * The blocks of each request's message as JSON, by the request's id; none for pending requests.
 * @param place in its channel, or as a copy
 * @param needs.moments when the message may have been written, in milliseconds since the epoch: what it says of 点金计划
 * that was closed less than a day ago stays when the day is over
 */
export async function projectionOf(
  database: DatabaseSync,
  ids: Iterable<string>,
  place: Surface,
  needs: { clock: Clock; random: Random; moments: readonly number[] },
): Promise<Map<string, readonly string[]>> {
  const db = new Kysely<Schema>({ dialect: sqliteDialect(database) });
  const ledger = createLedger({
    ...needs,
    mchid: "1900000100",
    instance: "us",
    store: { db, engine: "sqlite", close: async () => {} },
  });
  const content = {
    ledger,
    workspace: createWorkspace({
      slack: async (method) => answerTo(method, {}),
      clock: needs.clock,
    }),
    texts: textsOf("en"),
    ticketUrl: () => undefined,
    clock: needs.clock,
    breakGlass: "off",
    goldplan: "on",
    escalation: undefined,
  } as const;
  const projection = new Map<string, readonly string[]>();
  for (const id of ids) {
    const request = await ledger.requests.find(id);
    // A pending request may link to another message if the instance that posted it knew its workspace by then.
    if (!request || request.state === "pending") continue;
    const shown: string[] = [];
    for (const moment of needs.moments) {
      const clock = { ...needs.clock, now: () => moment };
      const message = await requestContent({ ...content, clock }, request, place).then(
        ({ blocks }) => JSON.stringify(blocks),
        // A text that the bot cannot produce cannot be what Slack shows.
        (error: unknown) => `the bot could not render it: ${error}`,
      );
      shown.push(message);
    }
    projection.set(id, shown);
  }
  return projection;
}
