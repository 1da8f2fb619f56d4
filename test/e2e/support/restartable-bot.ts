/** A bot as a process between the playground's two servers, which can be killed, restarted and inspected. */
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import type { TestContext } from "node:test";
import { type BotProcess, startBotProcess } from "../../../src/playground/bot-process.ts";
import {
  demoChannel as channel,
  type PlaygroundOptions,
  demoPeople as people,
  startPlayground,
} from "../../../src/playground/playground.ts";
import type { Message } from "../../../src/playground/slack/state.ts";
import type { ActionResult } from "../../../src/playground/slack/users/action-result.ts";
import { linesOf } from "../../../src/playground/transcript.ts";
import type { PlayedCall } from "../../../src/playground/wechatpay/server.ts";
import { identity } from "./identity.ts";
import { inTurn } from "./serialize.ts";

/** Longer than a dead instance's lease of an operation, 12 s. */
const takeoverWithinMs = 25_000;

const startWithinMs = 30_000;

export type LivingBot = Awaited<ReturnType<typeof openLivingBot>>;

const usualGrants = ["grant @ann requester", "grant @bob approver"];

/**
 * Started and listening. Everything ends with the test.
 * @param grants what @carol types first
 */
export async function openLivingBot(t: TestContext, options: PlaygroundOptions = {}, grants = usualGrants) {
  const playground = await startPlayground({ identity, ...options });
  const { slack, weChatPay, environment } = playground;
  const databasePath = (environment["DATABASE_URL"] ?? "").replace(/^sqlite:/, "");
  let bot: BotProcess | undefined;
  t.after(async () => {
    await bot?.end("SIGKILL");
    await playground.close();
  });
  await start();
  for (const words of grants) {
    const result = await type("carol", words);
    if (!result.ephemeral) throw new Error(`"${words}" was not answered: ${result.errorText ?? "nothing"}`);
  }

  function start(): Promise<string> {
    return inTurn(() => {
      bot = startBotProcess(environment);
      return bot.until('"listening"', startWithinMs);
    });
  }

  /** The current process. */
  function running(): BotProcess {
    if (!bot) throw new Error("the bot was never started");
    return bot;
  }

  function type(who: keyof typeof people, words: string): Promise<ActionResult> {
    return slack.type({ user: people[who], channel, text: `/receipt ${words}` });
  }

  function textOf(message: Pick<Message, "blocks" | "text">): string {
    return linesOf(message, slack.state).join("\n");
  }

  /** Every message of a request: more than one after a kill between Slack's answer and the ledger. */
  function messagesOf(number: string): Message[] {
    return slack.messages(channel).filter(({ blocks }) => JSON.stringify(blocks).includes(number));
  }

  /** Queries the ledger over a separate read-only connection. */
  function rows(sql: string, ...values: SQLInputValue[]): Record<string, unknown>[] {
    const database = new DatabaseSync(databasePath, { readOnly: true, timeout: 5_000 });
    try {
      return database.prepare(sql).all(...values);
    } finally {
      database.close();
    }
  }

  return {
    slack,
    weChatPay,
    environment,
    type,
    textOf,
    messagesOf,
    rows,

    running,

    /** Kills it without warning. */
    kill: (): Promise<number | string> => running().end("SIGKILL"),

    /** Restarts it after its end with the same environment. */
    restart: start,

    /** Changes the ledger as half a minute of downtime would: posts that the dead bot was sending become due again. */
    outlastPostLeases(): void {
      const database = new DatabaseSync(databasePath, { timeout: 5_000 });
      database.exec("update posts set lease_until = lease_until - 30000 where lease_until is not null");
      database.close();
    },

    /** Types `open 1900000109` and waits for the request's message in the channel. */
    async request(words: string): Promise<Message> {
      const number = /[0-9]+/.exec(words)?.[0] ?? "";
      const result = await type("ann", words);
      if (!result.acknowledged || result.ephemeral)
        throw new Error(`"${words}" was refused: ${result.errorText ?? result.ephemeral?.text}`);
      return slack.until(() => messagesOf(number)[0]);
    },

    /** Presses Approve. Resolves once the bot has acknowledged the click. */
    async approve({ ts }: Pick<Message, "ts">): Promise<void> {
      const result = await slack.click({ user: people.bob, channel, ts, actionId: "approve" });
      if (!result.acknowledged) throw new Error(`the click was not acknowledged: ${result.errorText}`);
    },

    /** The states of a sub-merchant's requests, oldest first, as `request/operation`. */
    statesOf(number: string): string[] {
      return rows(
        `select requests.state as request, operations.state as operation from requests
         join operations on operations.request_id = requests.id where sub_mchid = ? order by operations.seq`,
        number,
      ).map(({ request, operation }) => `${request}/${operation}`);
    },

    callsFor: (number: string): PlayedCall[] => weChatPay.calls.filter(({ subMchid }) => subMchid === number),

    /** Waits for a message of the request that contains `words`. */
    untilShown(number: string, words: string): Promise<Message> {
      return slack.until(() => messagesOf(number).find((message) => textOf(message).includes(words)), {
        timeoutMs: takeoverWithinMs,
      });
    },

    /** Waits until a thread of the request contains `words`. Resolves to all replies in its threads. */
    untilReply(number: string, words: string): Promise<string[]> {
      const replies = () =>
        messagesOf(number)
          .flatMap(({ ts }) => slack.thread(channel, ts))
          .map(textOf);
      return slack.until(() => replies().some((text) => text.includes(words)) && replies(), {
        timeoutMs: takeoverWithinMs,
      });
    },
  };
}

/** Pairs of calls for one sub-merchant, the second of which started before the first ended. */
export function overlapsOf(calls: readonly PlayedCall[]): [PlayedCall, PlayedCall][] {
  return calls.flatMap((earlier, index) =>
    calls
      .slice(index + 1)
      .filter(({ startedAtMs }) => startedAtMs < (earlier.endedAtMs ?? Number.POSITIVE_INFINITY))
      .map((later): [PlayedCall, PlayedCall] => [earlier, later]),
  );
}
