import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import type { PlaygroundOptions } from "../../../src/playground/playground.ts";
import type { Reply } from "../../../src/playground/wechatpay/reply.ts";
import { eventually } from "../../eventually.ts";
import { type LivingBot, openLivingBot, overlapsOf } from "../support/restartable-bot.ts";

const number = "1900000109";
const never = new Promise<never>(() => {});
/** Waits for a moment that soon passes. */
const caught = <T>(what: () => T | undefined | false) => eventually(what, { everyMs: 1 });

/** The expected end of a case, whichever moment the kill hits. */
interface Ending {
  decided: "OPEN" | "CLOSE";
  ended: "done/succeeded" | "done/failed";
  shown: string;
  reply: string;
  /** How often WeChat Pay may have been called. */
  calls: readonly [least: number, max: number];
  /** In the channel. Default: 1. */
  messages?: number;
}

const opened: Ending = {
  decided: "OPEN",
  ended: "done/succeeded",
  shown: "Receipts opened",
  reply: "receipts are open for",
  calls: [1, 1],
};

interface Case {
  name: string;
  playground?: PlaygroundOptions;
  /** Brings operations to their moment and kills the bot there. */
  killed(stage: LivingBot): Promise<void>;
  /** While the bot is dead. */
  meanwhile?(stage: LivingBot): void;
  /** After the restart, before it all ends. */
  afterwards?(stage: LivingBot): Promise<void>;
  /** By sub-merchant. */
  endings: Readonly<Record<string, Ending>>;
}

/** The fate of a first call that is running when the bot is killed; later calls succeed. */
const underWay = {
  comesToNothing: "1900000111",
  isCarriedOut: "1900000112",
  wasCarriedOut: "1900000113",
  isRefusedLater: "1900000114",
} as const;
const undecided = "1900000115";

const cases: Case[] = [
  {
    name: "right after the click is acknowledged",
    async killed(stage) {
      await stage.approve(await stage.request(`open ${number}`));
      await stage.kill();
    },
    async afterwards(stage) {
      // The ledger says whether the click counted. If it did not, the message still waits for one that does.
      if (stage.statesOf(number)[0] !== "pending/waiting") return;
      assert.deepEqual(stage.callsFor(number), [], "nothing runs undecided");
      const [message] = stage.messagesOf(number);
      assert.ok(message && stage.textOf(message).includes("[ Approve ]"));
      await stage.approve(message);
    },
    endings: { [number]: { ...opened, calls: [1, 2] } },
  },
  {
    name: "approved but not yet claimed",
    playground: { environment: { WECHATPAY_RATE: "0.2" } },
    async killed(stage) {
      // The only call that the rate limit allows now goes to another number.
      await stage.approve(await stage.request("open 1900000110"));
      await stage.untilReply("1900000110", opened.reply);
      await stage.approve(await stage.request(`open ${number}`));
      await caught(() => stage.statesOf(number)[0] === "approved/queued");
      await stage.kill();
      assert.deepEqual(stage.callsFor(number), []);
    },
    endings: { [number]: opened },
  },
  {
    name: "during calls, which WeChat Pay may still carry out",
    async killed(stage) {
      const hold = Promise.withResolvers<void>();
      const penalty = { status: 400, body: { code: "INVALID_REQUEST", message: "特约商户被处罚中" } };
      const first = (reply: Reply, later?: Reply) => (_call: unknown, n: number) => (n === 1 ? reply : later);
      stage.weChatPay.behave(underWay.comesToNothing, first({ hold: never }));
      stage.weChatPay.behave(underWay.isCarriedOut, first({ hold: hold.promise }));
      stage.weChatPay.behave(underWay.wasCarriedOut, first({ silent: "after" }));
      stage.weChatPay.behave(underWay.isRefusedLater, first({ hold: never }, penalty));
      await stage.request(`open ${undecided}`);
      for (const number of Object.values(underWay)) {
        const action = number === underWay.isRefusedLater ? "close" : "open";
        await stage.approve(await stage.request(`${action} ${number}`));
      }
      for (const number of Object.values(underWay)) await caught(() => stage.callsFor(number).length === 1);
      await stage.kill();
      hold.resolve();
      await caught(() => stage.weChatPay.states.get(underWay.isCarriedOut) === "OPEN");
    },
    endings: {
      [underWay.comesToNothing]: { ...opened, calls: [2, 2] },
      [underWay.isCarriedOut]: { ...opened, calls: [2, 2] },
      [underWay.wasCarriedOut]: { ...opened, calls: [2, 2] },
      [underWay.isRefusedLater]: {
        decided: "CLOSE",
        ended: "done/failed",
        // The refusal says nothing about the first call, whose answer died with the bot.
        shown: "Not certain",
        reply: "WeChat Pay says: 特约商户被处罚中",
        calls: [2, 2],
      },
    },
  },
  {
    name: "right after the answer arrives, before or while it is recorded",
    async killed(stage) {
      await stage.approve(await stage.request(`open ${number}`));
      await caught(() => stage.callsFor(number)[0]?.answered === 200);
      await stage.kill();
    },
    endings: { [number]: { ...opened, calls: [1, 2] } },
  },
  {
    name: "after a refusal is recorded, before the next attempt",
    async killed(stage) {
      stage.weChatPay.behave(number, (_call, n) =>
        n === 1 ? { status: 500, body: { code: "SYSTEM_ERROR", message: "系统繁忙" } } : undefined,
      );
      await stage.approve(await stage.request(`open ${number}`));
      await caught(() => stage.rows("select 1 from attempts where result_json is not null").length > 0);
      await stage.kill();
      assert.deepEqual(stage.statesOf(number), ["approved/queued"]);
    },
    endings: { [number]: { ...opened, calls: [2, 2] } },
  },
  {
    name: "with an outcome in the ledger that Slack refuses",
    async killed(stage) {
      const message = await stage.request(`open ${number}`);
      for (const method of ["chat.update", "chat.postMessage"]) stage.slack.fail(method, { status: 500 });
      await stage.approve(message);
      await caught(() => stage.statesOf(number)[0] === "done/succeeded");
      await stage.kill();
    },
    meanwhile: ({ slack }) => slack.restore(),
    endings: { [number]: opened },
  },
  {
    name: "while Slack does not answer the outcome's posts",
    async killed(stage) {
      const message = await stage.request(`open ${number}`);
      for (const method of ["chat.update", "chat.postMessage"]) stage.slack.fail(method, { hang: true });
      await stage.approve(message);
      await stage.slack.until(() => stage.slack.log.some(({ outcome }) => outcome.kind === "fault"));
      await caught(() => stage.statesOf(number)[0] === "done/succeeded");
      await stage.kill();
    },
    meanwhile(stage) {
      stage.slack.restore();
      stage.outlastPostLeases();
    },
    endings: { [number]: opened },
  },
  {
    name: "after Slack accepts the thread's message, before its answer arrives",
    async killed(stage) {
      const message = await stage.request(`open ${number}`);
      stage.slack.fail("chat.postMessage", { dropAfterActing: true });
      await stage.approve(message);
      await stage.untilReply(number, opened.reply);
      await stage.kill();
    },
    meanwhile(stage) {
      stage.slack.restore();
      stage.outlastPostLeases();
    },
    endings: { [number]: opened },
  },
  {
    name: "after Slack accepts the request's message, before its answer arrives",
    async killed(stage) {
      stage.slack.fail("chat.postMessage", { dropAfterActing: true });
      await stage.request(`open ${number}`);
      await stage.kill();
    },
    meanwhile(stage) {
      stage.slack.restore();
      stage.outlastPostLeases();
    },
    async afterwards(stage) {
      // The message is there twice, and its buttons work in both: the older copy is pressed.
      await stage.slack.until(() => stage.messagesOf(number).length === 2);
      await stage.approve(stage.messagesOf(number)[0] ?? assert.fail());
    },
    endings: { [number]: { ...opened, messages: 2 } },
  },
];

describe("a killed bot resumes where it stopped, and never runs two calls for one operation at once", {
  concurrency: true,
}, () => {
  for (const one of cases) test(one.name, (t) => play(t, one));
  test("while a command is being recorded", killedDuringTheCommand);
});

async function play(t: TestContext, { playground, killed, meanwhile, afterwards, endings }: Case): Promise<void> {
  const stage = await openLivingBot(t, playground);
  await killed(stage);
  meanwhile?.(stage);
  await stage.restart();
  const restartedAt = performance.now();
  await afterwards?.(stage);
  for (const [number, ending] of Object.entries(endings)) {
    await stage.untilShown(number, ending.shown);
    await stage.untilReply(number, ending.reply);
    await eventually(() => stage.rows("select 1 from posts where shown < wanted").length === 0);
    const reply = await stage.untilReply(number, ending.reply);
    const seconds = ((performance.now() - restartedAt) / 1_000).toFixed(1);

    const calls = stage.callsFor(number);
    assert.deepEqual(overlapsOf(calls), [], "two calls for one operation overlapped");
    assert.ok(calls.length >= ending.calls[0] && calls.length <= ending.calls[1], `${calls.length} calls`);
    for (const { operationType } of calls) assert.equal(operationType, ending.decided);
    assert.equal(stage.weChatPay.states.get(number), ending.ended === "done/succeeded" ? ending.decided : undefined);
    assert.deepEqual(stage.statesOf(number), [ending.ended]);
    // Killed after Slack accepts a message and before the ledger records it, the bot posts it again.
    const messages = stage.messagesOf(number).length;
    assert.ok(messages >= (ending.messages ?? 1) && messages <= (ending.messages ?? 1) + 1, `${messages} messages`);
    assert.ok(reply.length <= 2, `the thread reports it ${reply.length} times`);
    t.diagnostic(`over ${seconds} s after the restart; calls ${calls.length}, reported ${reply.length} times`);
  }
  assert.deepEqual(stage.callsFor(undecided), [], "nothing runs without a decision");
}

/** Moments of a command at which the bot is killed. */
const momentsOfCommand: { name: string; reached(stage: LivingBot, subMchid: string): Promise<unknown> }[] = [
  { name: "at once", reached: async () => {} },
  {
    name: "while the bot looks up the channel",
    reached: (stage) => stage.slack.until(() => stage.slack.log.some(({ method }) => method === "conversations.info")),
  },
  {
    name: "right after the ledger records it",
    reached: (stage, subMchid) => caught(() => stage.statesOf(subMchid).length > 0),
  },
  {
    name: "right after Slack shows it",
    reached: (stage, subMchid) => stage.slack.until(() => stage.messagesOf(subMchid).length > 0),
  },
];

async function killedDuringTheCommand(t: TestContext): Promise<void> {
  const stage = await openLivingBot(t);
  for (const [index, { name, reached }] of momentsOfCommand.entries()) {
    const subMchid = `190000020${index}`;
    const typed = stage.type("ann", `open ${subMchid}`);
    await reached(stage, subMchid);
    await stage.kill();
    const { acknowledged } = await typed;
    const isRecorded = stage.statesOf(subMchid).length > 0;
    assert.ok(isRecorded || !acknowledged, `${name}: acknowledged and not recorded`);
    await stage.restart();
    if (!isRecorded) {
      assert.deepEqual(stage.messagesOf(subMchid), [], `${name}: posted and not recorded`);
      await stage.request(`open ${subMchid}`);
    }
    const shown = await stage.untilShown(subMchid, "[ Approve ]");
    assert.equal(stage.textOf(shown).includes("Open receipts"), true);
    assert.deepEqual(stage.statesOf(subMchid), ["pending/waiting"]);
    t.diagnostic(`${name}: ${isRecorded ? "recorded" : "not recorded"}, ${stage.messagesOf(subMchid).length} messages`);
  }
  assert.deepEqual(stage.weChatPay.calls, [], "nothing runs without a decision");
}
