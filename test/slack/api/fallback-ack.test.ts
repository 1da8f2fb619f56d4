/** Every payload is acknowledged once, by a listener or by the fallback. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { App, Receiver, ReceiverEvent } from "@slack/bolt";
import { pino } from "pino";
import { type Metrics, silentMetrics } from "../../../src/domain/telemetry/metrics.ts";
import { acknowledging } from "../../../src/slack/api/fallback-ack.ts";
import { systemClock } from "../../../src/system-clock.ts";

/** Sends one payload to an app that processes it as given; resolves to the answers that Slack gets. */
async function answersOf(
  process: (event: ReceiverEvent) => Promise<void>,
  metrics: Pick<Metrics, "acknowledged"> = silentMetrics,
  body: ReceiverEvent["body"] = { type: "block_actions" },
): Promise<unknown[]> {
  const answers: unknown[] = [];
  let app: App | undefined;
  const receiver: Receiver = {
    init: (given) => {
      app = given;
    },
    start: async () => {},
    stop: async () => {},
  };
  acknowledging(receiver, { log: pino({ level: "silent" }), clock: systemClock, metrics }).init({
    processEvent: process,
  } as App);
  await app?.processEvent({ body, ack: async (answer) => void answers.push(answer) });
  return answers;
}

test("a listener's acknowledgement keeps its answer, and no second one is sent", async () => {
  assert.deepEqual(await answersOf(({ ack }) => ack({ text: "heard" })), [{ text: "heard" }]);
});

test("a payload without a listener is acknowledged, and so is one that cannot be read", async () => {
  assert.deepEqual(await answersOf(async () => {}), [undefined]);
  assert.deepEqual(await answersOf(() => Promise.reject(new TypeError("actions is not iterable"))), [undefined]);
});

test("a payload whose type is no word, or a word that every object has, is acknowledged and counts as other", async () => {
  for (const type of [{ toString: 1 }, { toString: null }, null, ["block_actions"], "__proto__", "constructor"]) {
    const counted: string[] = [];
    const metrics = { acknowledged: (payloadType: string) => void counted.push(payloadType) };
    assert.deepEqual(await answersOf(async () => {}, metrics, { type }), [undefined]);
    assert.deepEqual(counted, ["other"], JSON.stringify(type));
  }
});
