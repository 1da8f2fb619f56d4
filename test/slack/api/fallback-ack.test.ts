/** What Slack sends is acknowledged once, by a listener or for want of one. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { App, Receiver, ReceiverEvent } from "@slack/bolt";
import { pino } from "pino";
import { acknowledging } from "../../../src/slack/api/fallback-ack.ts";

/** Sends one payload through to an app that does this with it; resolves to what Slack was answered. */
async function answersOf(process: (event: ReceiverEvent) => Promise<void>): Promise<unknown[]> {
  const answers: unknown[] = [];
  let app: App | undefined;
  const receiver: Receiver = {
    init: (given) => {
      app = given;
    },
    start: async () => {},
    stop: async () => {},
  };
  acknowledging(receiver, pino({ level: "silent" })).init({ processEvent: process } as App);
  await app?.processEvent({ body: { type: "block_actions" }, ack: async (answer) => void answers.push(answer) });
  return answers;
}

test("what a listener acknowledges keeps the listener's answer, and gets no second one", async () => {
  assert.deepEqual(await answersOf(({ ack }) => ack({ text: "heard" })), [{ text: "heard" }]);
});

test("what nobody listens to is acknowledged all the same, and so is what cannot be read", async () => {
  assert.deepEqual(await answersOf(async () => {}), [undefined]);
  assert.deepEqual(await answersOf(() => Promise.reject(new TypeError("actions is not iterable"))), [undefined]);
});
