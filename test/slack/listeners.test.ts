/** What Slack is answered within its time limit, and what follows. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { App } from "@slack/bolt";
import { pino } from "pino";
import { silentMetrics } from "../../src/domain/telemetry/metrics.ts";
import { startPlayground } from "../../src/playground/playground.ts";
import { readSettings } from "../../src/settings.ts";
import { connect } from "../../src/slack/api/connection.ts";
import type { Answer } from "../../src/slack/blocks/elements.ts";
import type { Handlers } from "../../src/slack/dispatch.ts";
import { listen } from "../../src/slack/listeners.ts";
import { systemClock } from "../../src/system-clock.ts";
import { en } from "../../src/text/en/catalogue.ts";
import { zhCN } from "../../src/text/zh-CN/catalogue.ts";
import { identity } from "../e2e/support/identity.ts";
import { virtualClock } from "../ledger/builders.ts";

type Command = (payload: object) => Promise<void>;

/** Types a command whose handler answers when the test says so. */
function typing({ command = "/receipt", isAckLost = false } = {}) {
  const said: [by: string, text: string | undefined][] = [];
  const { promise, resolve } = Promise.withResolvers<Answer | undefined>();
  const clock = virtualClock();
  let typed: Command = () => assert.fail("no command is listened for");
  const nothing = () => {};
  const app = {
    use(listener: Command) {
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
    command: {},
    body: { command, user_id: "UANN" },
    async ack(answer?: { text: string }) {
      if (isAckLost) throw new Error("the connection has ended");
      said.push(["ack", answer?.text]);
    },
    respond: async ({ text }: { text: string }) => void said.push(["respond", text]),
  });
  return { said, clock, answer: resolve, ended };
}

test("a command is answered in its acknowledgement, also with the capital letter of a phone", async () => {
  const { said, answer, ended } = typing({ command: "/Receipt" });
  answer({ text: "Granted." } as Answer);
  await ended;
  assert.deepEqual(said, [["ack", "Granted."]]);
});

test("an answer that the acknowledgement could not bring follows", async () => {
  const { said, answer, ended } = typing({ isAckLost: true });
  answer({ text: "Granted." } as Answer);
  await ended;
  await nextTurn();
  assert.deepEqual(said, [["respond", "Granted."]]);
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

/** Clicks or submits what this version does not know, in a bot whose handlers must not hear of it. */
async function usingOtherVersion(body: object) {
  const said: string[] = [];
  const playground = await startPlayground({ identity });
  const read = readSettings(playground.environment);
  assert.ok(read.ok);
  const log = pino({ level: "silent" });
  const connection = connect(read.settings, log, { clock: systemClock, hello: () => {}, metrics: silentMetrics });
  const handlers = { home: async (_: unknown, told?: Answer) => void said.push(`home: ${told?.text}`) };
  const listener = listen(connection.app, handlers as unknown as Handlers, {
    settings: read.settings,
    async slack(method, { channel, text }) {
      if (method === "chat.postMessage") said.push(`to ${channel}: ${text}`);
      return { channel: { id: "D1" } };
    },
    languages: { channel: en, known: () => en, of: async () => zhCN, personal: () => en },
    clock: systemClock,
    log,
  });
  const slack = createServer(async (request, response) => {
    said.push(`respond: ${JSON.parse(await text(request)).text}`);
    response.end("ok");
  }).listen(0, "127.0.0.1");
  await once(slack, "listening");
  const response_url = `http://127.0.0.1:${(slack.address() as AddressInfo).port}/`;
  await connection.app.processEvent({
    body: { user: { id: "UANN" }, team: { id: "T1" }, response_url, ...body },
    ack: async (answer) => void said.push(`ack: ${answer === undefined ? "" : JSON.stringify(answer)}`),
  });
  await listener.settled();
  slack.close();
  await connection.close();
  await playground.close();
  return said;
}

const unknownButton = { type: "button", action_id: "approve-twice", block_id: "b", value: "1" };
const sentence = zhCN.answer.otherVersion;

test("a button of another version of the bot says so to the person who clicked, and does nothing", async () => {
  const clicked = await usingOtherVersion({ type: "block_actions", actions: [unknownButton] });
  assert.deepEqual(clicked, ["ack: ", `respond: ${sentence}`]);
});

test("such a button in the home says so there, and in a form it waits for the submission", async () => {
  const inHome = { type: "block_actions", actions: [unknownButton], view: { type: "home", id: "V1" } };
  assert.deepEqual(await usingOtherVersion(inHome), ["ack: ", `home: ${sentence}`]);
  const inForm = { type: "block_actions", actions: [unknownButton], view: { type: "modal", id: "V1" } };
  assert.deepEqual(await usingOtherVersion(inForm), ["ack: "]);
});

test("a shortcut that this version does not know says so where the person is, or in their direct message", async () => {
  const told = zhCN.answer.otherShortcut("/receipt");
  const used = { callback_id: "ask-twice", trigger_id: "1.2.3" };
  assert.deepEqual(await usingOtherVersion({ type: "shortcut", ...used }), ["ack: ", `to D1: ${told}`]);
  assert.deepEqual(await usingOtherVersion({ type: "message_action", ...used }), ["ack: ", `respond: ${told}`]);
});

test("a command that the settings do not name is answered with what has to be the same", async () => {
  const typed = { command: "/receipts", text: "open 1900000109", user_id: "UANN", channel_id: "C1", trigger_id: "1" };
  const [answer = "", ...others] = await usingOtherVersion(typed);
  assert.ok(answer.includes(zhCN.answer.otherCommand("/receipts", "/receipt")), answer);
  assert.match(answer, /"response_type":"ephemeral"/);
  assert.deepEqual(others, []);
});

test("a form of another version of the bot stays open, with a sentence on top", async () => {
  const view = { type: "modal", id: "V1", callback_id: "ask-twice", private_metadata: "", state: { values: {} } };
  const [answer = "", ...others] = await usingOtherVersion({ type: "view_submission", view });
  assert.match(answer, /"response_action":"push"/);
  assert.ok(answer.includes(sentence));
  assert.deepEqual(others, []);
});
