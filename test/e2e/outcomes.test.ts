/** The outcome table, row by row: what is sent and how often, what the ledger holds, what the message and the thread say. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { WebClient } from "@slack/web-api";
import { pino } from "pino";
import { demoPeople } from "../../src/playground/playground.ts";
import { startLocalSlack } from "../../src/playground/slack/local-slack.ts";
import { demoWorkspace } from "../../src/playground/slack/workspace.ts";
import { linesOf } from "../../src/playground/transcript.ts";
import { createWeChatPayIdentity } from "../../src/playground/wechatpay/identity.ts";
import type { Scenario } from "../../src/playground/wechatpay/scenario.ts";
import { scenarios } from "../../src/playground/wechatpay/scenarios.ts";
import { startLocalWeChatPay } from "../../src/playground/wechatpay/server.ts";
import { actions, type CallResult, faults } from "../../src/receipt/call.ts";
import type { Clock } from "../../src/receipt/clock.ts";
import { createExecutor } from "../../src/receipt/executor.ts";
import { guide } from "../../src/receipt/guidance.ts";
import { createLedger } from "../../src/receipt/ledger.ts";
import { attemptsMax } from "../../src/receipt/retry.ts";
import { createReporter } from "../../src/slack/reporter.ts";
import { createWorkspace } from "../../src/slack/workspace.ts";
import { openStore } from "../../src/storage/open.ts";
import { systemChance, systemClock } from "../../src/system.ts";
import { en } from "../../src/text/en.ts";
import { createWeChatPayClient } from "../../src/wechatpay/client.ts";

/** Everybody in this file lives this many times faster: the waits between attempts are real, and short. */
const speed = 20;
const startedAt = Date.now();
const clock: Clock = {
  now: () => startedAt + (Date.now() - startedAt) * speed,
  monotonic: () => performance.now() * speed,
  sleep: (ms, signal) => systemClock.sleep(ms / speed, signal),
};
/** Of the machine's own milliseconds: the client's timers are not the clock's. */
const callLimitRealMs = 700;

/** One channel would take one message a second. */
const channels = Array.from({ length: 10 }, (_, i) => `C0TABLE00${i}`);

async function openScene() {
  const folder = mkdtempSync(join(tmpdir(), "receipt-outcomes-"));
  const slack = await startLocalSlack({
    clock,
    // In fast time a minute's calls come in three seconds; how the limits are kept is another test's matter.
    rateLimits: {
      perMinute: { 1: 10_000, 2: 10_000, 3: 10_000, 4: 10_000, special: 10_000 },
      workspacePostsPerMinute: 10_000,
    },
    workspace: {
      ...demoWorkspace,
      channels: channels.map((id) => ({
        id,
        name: id.toLowerCase(),
        members: Object.values(demoPeople),
        botIsMember: true,
      })),
    },
  });
  const identity = createWeChatPayIdentity();
  const weChatPay = await startLocalWeChatPay({ ...identity, clock });
  const store = await openStore({ engine: "sqlite", path: join(folder, "receipts.db") });
  const ledger = createLedger({ store, clock, chance: systemChance });
  const web = new WebClient(slack.app.botToken, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
  });
  const client = createWeChatPayClient({
    mchid: identity.mchid,
    serialNo: identity.serialNo,
    privateKey: identity.merchantPrivateKey,
    publicKeyId: identity.publicKeyId,
    verificationKeys: new Map([[identity.publicKeyId, identity.publicKey]]),
    endpoints: [weChatPay.url],
    userAgent: "outcomes test",
    totalTimeoutMs: callLimitRealMs,
    clock,
  });
  const log = pino({ level: "silent" });
  const workspace = createWorkspace({ client: web, clock });
  const reporter = createReporter({ ledger, client: web, workspace, texts: en, clock, log, instance: "us" });
  const executor = createExecutor({
    operations: ledger.operations,
    call: client.changeCustomPageStatus,
    callLimitMs: callLimitRealMs * speed,
    ratePerSecond: 1_000,
    clock,
    chance: systemChance,
    log,
    changed: reporter.wake,
  });
  reporter.start();
  executor.start();
  return {
    slack,
    weChatPay,
    ledger,
    wake: executor.wake,
    async close() {
      await executor.stop();
      await reporter.stop();
      await client.close();
      await store.close();
      await slack.close();
      await weChatPay.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** How often a scenario is called, and whether it succeeds in the end. */
function course({ replies, expect }: Scenario): { calls: number; succeeds: boolean } {
  const success = replies.indexOf("success");
  const isRepeated = guide(expect as Exclude<CallResult, { kind: "accepted" }>).retry === "automatic";
  if (!isRepeated) return { calls: 1, succeeds: false };
  return success < 0 ? { calls: attemptsMax, succeeds: false } : { calls: success + 1, succeeds: true };
}

describe("each outcome of the table", { concurrency: true }, () => {
  let scene: Awaited<ReturnType<typeof openScene>>;
  before(async () => {
    scene = await openScene();
  });
  after(() => scene.close());

  for (const [i, scenario] of scenarios.entries()) {
    test(`${scenario.subMchid}: ${scenario.title}`, async () => {
      const { slack, weChatPay, ledger } = scene;
      const { subMchid, expect } = scenario;
      const action = actions[i % 2] ?? "OPEN";
      const channelId = channels[i % channels.length] ?? "";
      const requestedBy = demoPeople.ann;
      const ask = {
        sourceKey: subMchid,
        action,
        subMchid,
        reason: undefined,
        requestedBy,
        channelId,
        ttlMs: 3_600_000,
      };
      const asked = await ledger.requests.ask(ask);
      assert.equal(asked.kind, "recorded");
      const { requestId } = asked as Extract<typeof asked, { kind: "recorded" }>;
      await ledger.requests.decide({ requestId, decision: "approve", by: demoPeople.bob });
      scene.wake();

      const told = await slack.until(
        () => {
          const message = slack.messages(channelId).find(({ blocks }) => JSON.stringify(blocks).includes(subMchid));
          return message && slack.thread(channelId, message.ts)[0];
        },
        { timeoutMs: 40_000 },
      );
      const { calls, succeeds } = course(scenario);

      const sent = weChatPay.calls.filter((call) => call.subMchid === subMchid);
      assert.equal(sent.length, calls);
      assert.ok(sent.every((call) => call.operationType === action && call.verified));

      const request = await ledger.requests.find(requestId);
      assert.equal(request?.state, "done");
      assert.equal(request?.operation.state, succeeds ? "succeeded" : "failed");
      assert.equal(request?.operation.attempts, calls);
      const result = request?.operation.result;
      assert.ok(result);

      const message = slack.messages(channelId).find(({ ts }) => ts === told.threadTs);
      assert.ok(message);
      const shown = linesOf(message, slack.state).join("\n");
      const thread = linesOf(told, slack.state).join("\n");
      assert.deepEqual([...new Set(told.pings.map(({ id }) => id))], [requestedBy]);
      if (result.kind === "accepted") {
        assert.ok(succeeds);
        assert.match(shown, action === "OPEN" ? /Receipts opened/ : /Receipts closed/);
        assert.match(thread, /within about five minutes/);
        return;
      }
      for (const [field, value] of Object.entries(expect))
        assert.equal((result as unknown as Record<string, unknown>)[field], value, field);
      const { topic, actor, retry, isCertain } = guide(result);
      assert.match(shown, isCertain ? /Not (opened|closed)/ : /Not certain/);
      assert.ok(shown.includes(en.guidance[topic].short), shown);
      assert.equal(shown.includes("[ Retry ]"), retry !== "new-request");
      assert.ok(thread.includes(en.guidance[topic].happened), thread);
      assert.ok(thread.includes(en.guidance[topic].todo), thread);
      assert.ok(thread.includes(en.thread.actor[actor]("@ann")), thread);
      if (result.kind === "unreachable") return;
      if (result.requestId) assert.ok(thread.includes(result.requestId), thread);
      if (result.kind === "refused" && result.message) assert.ok(thread.includes(result.message), thread);
      if (result.kind === "refused" && result.code)
        assert.ok(thread.includes(`${result.status} ${result.code}`), thread);
    });
  }

  test("between them they show every fault that there is", () => {
    const shown = new Set(scenarios.map(({ expect }) => ("fault" in expect ? expect.fault : undefined)));
    assert.deepEqual(
      faults.filter((fault) => !shown.has(fault)),
      [],
    );
  });
});
