/** What Slack is answered within its time limit, and what follows. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { App } from "@slack/bolt";
import { pino } from "pino";
import type { Answer } from "../../src/slack/blocks/elements.ts";
import type { Handlers } from "../../src/slack/dispatch.ts";
import { listen } from "../../src/slack/listeners.ts";
import { en } from "../../src/text/en/catalogue.ts";
import { virtualClock } from "../ledger/builders.ts";

type Command = (payload: object) => Promise<void>;

/** Types a command whose handler answers when the test says so. */
function typing() {
  const said: [by: string, text: string | undefined][] = [];
  const { promise, resolve } = Promise.withResolvers<Answer | undefined>();
  const clock = virtualClock();
  let typed: Command = () => assert.fail("no command is listened for");
  const nothing = () => {};
  const app = {
    command(_: string, listener: Command) {
      typed = listener;
    },
    ...{ view: nothing, action: nothing, event: nothing, shortcut: nothing, error: nothing },
  };
  listen(app as unknown as App, { command: () => promise } as unknown as Handlers, {
    settings: { SLACK_COMMAND: "/receipt" } as Parameters<typeof listen>[2]["settings"],
    slack: () => assert.fail("Slack is not called"),
    languages: { known: () => en } as unknown as Parameters<typeof listen>[2]["languages"],
    clock,
    log: pino({ level: "silent" }),
  });
  const ended = typed({
    body: { user_id: "UANN" },
    ack: async (answer?: { text: string }) => void said.push(["ack", answer?.text]),
    respond: async ({ text }: { text: string }) => void said.push(["respond", text]),
  });
  return { said, clock, answer: resolve, ended };
}

test("a command is answered in its acknowledgement", async () => {
  const { said, answer, ended } = typing();
  answer({ text: "Granted." } as Answer);
  await ended;
  assert.deepEqual(said, [["ack", "Granted."]]);
});

test("the answer to a slow command follows, whatever was recorded meanwhile", async () => {
  const { said, clock, answer, ended } = typing();
  clock.advance(2_500);
  await ended;
  assert.deepEqual(said, [["ack", en.answer.slow]]);
  answer({ text: "Granted." } as Answer);
  await nextTurn();
  assert.deepEqual(said.at(-1), ["respond", "Granted."]);
});

test("a slow command whose result the channel shows has no other answer", async () => {
  const { said, clock, answer, ended } = typing();
  clock.advance(2_500);
  await ended;
  answer(undefined);
  await nextTurn();
  assert.deepEqual(said, [["ack", en.answer.slow]]);
});
