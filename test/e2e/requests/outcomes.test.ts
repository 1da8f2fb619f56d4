import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { WebClient } from "@slack/web-api";
import type { CallResult, StepCalls } from "../../../src/domain/attempt-result.ts";
import type { Clock } from "../../../src/domain/clock.ts";
import type { Step } from "../../../src/domain/goldplan/objects.ts";
import type { Topic, UnreachableTopic } from "../../../src/domain/guidance.ts";
import { attemptsMax, begunMax } from "../../../src/domain/retry-policy.ts";
import { createExecutor } from "../../../src/jobs/executor.ts";
import { createLedger } from "../../../src/ledger/ledger.ts";
import { createRoles } from "../../../src/ledger/roles.ts";
import { createLog, slackLogger } from "../../../src/log.ts";
import { type ProxyAddress, readProxy } from "../../../src/network/proxy.ts";
import { freePort } from "../../../src/playground/free-port.ts";
import { startConnectProxy } from "../../../src/playground/network/connect-proxy.ts";
import { startTlsFront } from "../../../src/playground/network/tls-front.ts";
import { startLocalSlack } from "../../../src/playground/slack/server.ts";
import type { Message } from "../../../src/playground/slack/state.ts";
import { linesOf } from "../../../src/playground/transcript.ts";
import type { ExpectedResult, Scenario } from "../../../src/playground/wechatpay/scenario.ts";
import { scenarios } from "../../../src/playground/wechatpay/scenarios.ts";
import { startLocalWeChatPay } from "../../../src/playground/wechatpay/server.ts";
import { readSignerAddress } from "../../../src/settings/signer.ts";
import { createPeople } from "../../../src/slack/api/people.ts";
import { createLanguages } from "../../../src/slack/api/users/languages.ts";
import { createWorkspace } from "../../../src/slack/api/workspace.ts";
import { createReporter } from "../../../src/slack/reporter/reporter.ts";
import { openStore } from "../../../src/storage/open.ts";
import { systemClock, systemRandom } from "../../../src/system-clock.ts";
import { createWeChatPayClient, type WeChatPayClientOptions } from "../../../src/wechatpay/client.ts";
import { signRemotely } from "../../../src/wechatpay/remote-signer.ts";
import { type Sign, signWithKey } from "../../../src/wechatpay/signature.ts";
import { stepCalls } from "../../jobs/step-calls.ts";
import { certificates, serverKeyPem, trustTestRoot } from "../../network/fixtures/fixtures.ts";
import { identity } from "../support/identity.ts";

/**
 * A minute of backing off takes fifteen seconds here, for the bot and for both servers. Both clocks run at this pace:
 * if they differed, a busy machine would look like one whose clock jumps ahead.
 */
const speed = 4;
const startedAt = Date.now();
const realStart = performance.now();
const clock: Clock = {
  now: () => startedAt + Math.floor((performance.now() - realStart) * speed),
  monotonic: () => performance.now() * speed,
  sleep: (ms, signal) => systemClock.sleep(ms / speed, signal),
};
/**
 * Time limits of a call, in real milliseconds: where WeChat Pay never answers, and everywhere else, so that only an
 * answer that does not come ends a call, and not a pause of the machine.
 */
const silentLimitRealMs = 2_000;
const answeredLimitRealMs = 30_000;
const endsWithinMs = 90_000;

/** A row of the outcome table, as people see it. */
interface Row {
  /** The message's text after the number. */
  short: RegExp;
  who: "requester" | "service-provider" | "sub-merchant" | "bot-operator" | "nobody" | "nobody-yet";
  todo: RegExp;
  /**
   * `automatic`: the bot retries up to `attemptsMax` times; after that, or if a fix is needed, the message offers
   * Retry.
   */
  retry: "automatic" | "after-the-fix" | "after-a-day" | "new-request";
  /** WeChat Pay may have acted nevertheless. */
  isUncertain?: true;
}

const provider = { who: "service-provider", retry: "after-the-fix" } as const;
const operator = { who: "bot-operator", retry: "after-the-fix" } as const;
const passing = { who: "nobody", retry: "automatic" } as const;
const unsent = { who: "bot-operator", retry: "automatic" } as const;
const unproven = { who: "bot-operator", retry: "automatic", isUncertain: true } as const;

const rows: Record<Topic, Row> = {
  // It needs someone who writes to the database, and is played in test/ledger/audit/forgeries.test.ts.
  unapproved: { ...operator, short: /approval cannot be verified/, todo: /npm run audit/ },
  unfinished: { ...operator, short: /did not finish its call/, todo: /bot's log/, isUncertain: true },
  "param-error": { short: /does not accept the number/, who: "requester", todo: /correct/, retry: "new-request" },
  "param-other": { ...operator, short: /does not accept the bot's request/, todo: /WECHATPAY_PUBLIC_KEY_ID/ },
  "sub-merchant-unknown": { short: /not one of ours/, who: "requester", todo: /correct/, retry: "new-request" },
  "provider-goldplan-off": { ...provider, short: /点金计划 is not enabled/, todo: /Enable 点金计划/ },
  "provider-link-missing": { ...provider, short: /no receipt link/, todo: /receipt link/ },
  "provider-penalised": { ...provider, short: /service provider is under penalty/, todo: /Settle the penalty/ },
  "sub-merchant-penalised": {
    short: /the sub-merchant is under penalty/,
    who: "sub-merchant",
    todo: /merchant platform/,
    retry: "after-the-fix",
  },
  "reopened-too-soon": {
    short: /点金计划 was closed less than 24 hours ago/,
    who: "nobody-yet",
    todo: /24 hours after closing/,
    retry: "after-a-day",
  },
  "try-later": { ...passing, short: /could not complete the operation/, todo: /Wait a few minutes/ },
  "rate-limited": { ...passing, short: /WeChat Pay is busy/, todo: /WECHATPAY_RATE/ },
  "caller-not-allowed": { ...provider, short: /our type of service provider/, todo: /merchant number/ },
  "invalid-request": { ...operator, short: /refused the request/, todo: /WeChat Pay's message/ },
  "sign-header": { ...operator, short: /signature header is wrong/, todo: /prox(y|ies)/ },
  "sign-serial": { ...operator, short: /serial number is wrong/, todo: /WECHATPAY_SERIAL_NO/ },
  "sign-certificate-expired": { ...operator, short: /certificate has expired/, todo: /new API certificate/ },
  "sign-certificate-revoked": { ...operator, short: /certificate was revoked/, todo: /who revoked it/ },
  "sign-certificate-replaced": { ...operator, short: /certificate was replaced/, todo: /colleague who replaced it/ },
  "sign-certificate-missing": { ...operator, short: /API security is not set up/, todo: /Set both up/ },
  "sign-clock": { who: "bot-operator", retry: "automatic", short: /clock is off/, todo: /NTP/ },
  "sign-body": { ...operator, short: /signed request body was changed/, todo: /proxy or gateway/ },
  "sign-url": { ...operator, short: /signed request address was changed/, todo: /WECHATPAY_ENDPOINTS/ },
  "sign-key": { ...operator, short: /private key is wrong/, todo: /WECHATPAY_PRIVATE_KEY/ },
  "sign-mismatch": { ...operator, short: /signature does not match/, todo: /belong together/ },
  "sign-other": { ...operator, short: /did not accept the bot's signature/, todo: /WeChat Pay's message/ },
  "no-auth": { ...provider, short: /have no permission for this sub-merchant/, todo: /authorized us/ },
  "server-error": { ...passing, short: /internal error/, todo: /Wait a few minutes/, isUncertain: true },
  unknown: { ...operator, short: /no known error code/, todo: /proxy or firewall/ },
  unreachable: { ...unproven, short: /could not be reached/, todo: /firewall/ },
  "unreachable-tls": { ...unsent, short: /no secure connection/, todo: /WECHATPAY_ENDPOINTS/ },
  "unreachable-certificate-expired": { ...unsent, short: /certificate has expired/, todo: /NTP/ },
  "unreachable-certificate-early": { ...unsent, short: /not valid yet/, todo: /NTP/ },
  "unreachable-certificate-untrusted": { ...unsent, short: /is not trusted/, todo: /NODE_EXTRA_CA_CERTS/ },
  "unreachable-certificate-host": { ...unsent, short: /for another host/, todo: /WECHATPAY_ENDPOINTS/ },
  "unreachable-proxy": { ...unsent, short: /proxy did not let the bot through/, todo: /HTTPS_PROXY/ },
  "unreachable-proxy-credentials": { ...unsent, short: /proxy asks for credentials/, todo: /USER:PASSWORD/ },
  "unreachable-local-limit": { ...unsent, short: /out of connections/, todo: /ulimit/ },
  "unreachable-no-key": { ...unsent, short: /no WeChat Pay platform certificate/, todo: /npm run doctor/ },
  "unreachable-signer": { ...unsent, short: /signer did not answer/, todo: /npm run doctor/ },
  "unreachable-signer-refused": { ...unsent, short: /signer did not sign/, todo: /SIGNER_PATH_PREFIX/ },
  unverified: { ...unproven, short: /could not be verified/, todo: /WECHATPAY_PUBLIC_KEY/ },
  "unverified-clock": { ...unproven, short: /clock is off/, todo: /NTP/ },
  "wrong-body": { ...unproven, short: /not as documented/, todo: /support/ },
};

const actors: Record<Row["who"], RegExp> = {
  requester: /Who acts The requester, @ann/,
  "service-provider": /Who acts The service provider \(us\)/,
  "sub-merchant": /Who acts The sub-merchant/,
  "bot-operator": /Who acts The operator of this bot/,
  nobody: /Who acts Nobody: the problem resolves itself/,
  "nobody-yet": /Who acts Nobody for now/,
};

const people = { ann: "U0ANN00001", bob: "U0BOB00001" } as const;
const generous = { 1: 1e6, 2: 1e6, 3: 1e6, 4: 1e6, special: 1e6 } as const;

const weChatPay = await startLocalWeChatPay({ ...identity, clock });
const slack = await startLocalSlack({
  clock,
  rateLimits: { perMinute: generous, postsPerSecond: 1e3, postBurst: 1e3, workspacePostsPerMinute: 1e6 },
});
const folder = mkdtempSync(join(tmpdir(), "receipt-outcomes-"));
const logged: string[] = [];
const log = createLog({
  level: "warn",
  secrets: [],
  destination: { write: (line) => void logged.push(line) },
});
trustTestRoot();
const plainPort = Number(new URL(weChatPay.url).port);
const api = "api.mch.weixin.qq.com";

/** A server with one of the tests' certificates, as an endpoint. */
async function served(certificate: keyof typeof certificates): Promise<string> {
  const front = await startTlsFront({ key: serverKeyPem, cert: certificates[certificate], port: () => plainPort });
  after(() => front.close());
  return front.url;
}

async function proxied(instead: number): Promise<ProxyAddress | undefined> {
  const proxy = await startConnectProxy({ instead });
  after(() => proxy.close());
  const read = readProxy({ HTTPS_PROXY: proxy.url });
  return read.ok ? read.proxy : undefined;
}

function signerAt(text: string): Sign {
  const address = readSignerAddress(text);
  assert.ok(address);
  return signRemotely(address, undefined);
}

async function refusingSigner(): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(403).end("this path is not\npermitted\n"));
  await once(server.listen(0, "127.0.0.1"), "listening");
  after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const outOfFiles = stepCalls(async () => {
  const cause = { host: api, code: "EMFILE" };
  return { kind: "unreachable", why: "local-limit", mayHaveActed: false, cause };
});

/** Ways not to reach WeChat Pay, and what the thread then says of the last attempt. */
const unreached: readonly { topic: UnreachableTopic; said: RegExp; options: StageOptions; endpoint: string }[] = [
  {
    topic: "unreachable-tls",
    said: /The TLS handshake with 127\.0\.0\.1:\d+ failed/,
    options: {},
    endpoint: `https://127.0.0.1:${plainPort}`,
  },
  {
    topic: "unreachable-certificate-expired",
    said: /The certificate of localhost:\d+ expired on 2021-01-02 \(CERT_HAS_EXPIRED\)\./,
    options: {},
    endpoint: await served("expired"),
  },
  {
    topic: "unreachable-certificate-early",
    said: /The certificate of localhost:\d+ is not valid before 2100-01-01/,
    options: {},
    endpoint: await served("early"),
  },
  {
    topic: "unreachable-certificate-untrusted",
    said: /The certificate of localhost:\d+ is self-signed/,
    options: {},
    endpoint: await served("selfSigned"),
  },
  {
    topic: "unreachable-certificate-host",
    said: /The certificate is not for localhost:\d+/,
    options: {},
    endpoint: await served("wrongHost"),
  },
  {
    topic: "unreachable-proxy",
    said: /The proxy 127\.0\.0\.1:\d+ refused the connection to api\.mch\.weixin\.qq\.com \(403\)\./,
    options: { proxy: await proxied(403) },
    endpoint: `https://${api}`,
  },
  {
    topic: "unreachable-proxy-credentials",
    said: /The proxy 127\.0\.0\.1:\d+ asks for credentials \(407\)\./,
    options: { proxy: await proxied(407) },
    endpoint: `https://${api}`,
  },
  {
    topic: "unreachable-local-limit",
    said: /The system refused to open a connection \(EMFILE\)\./,
    options: { calls: outOfFiles },
    endpoint: `https://${api}`,
  },
  {
    topic: "unreachable-no-key",
    said: /The bot has no platform certificate that can verify answers from api\.mch\.weixin\.qq\.com\./,
    options: { verificationKeys: new Map() },
    endpoint: `https://${api}`,
  },
  {
    topic: "unreachable-signer",
    said: /The signer unix:\/nowhere\/signer\.sock did not answer \(ENOENT\)\./,
    options: { sign: signerAt("unix:/nowhere/signer.sock") },
    endpoint: weChatPay.url,
  },
  {
    topic: "unreachable-signer-refused",
    said: /The signer http:\/\/127\.0\.0\.1:\d+ refused to sign \(403\): this path is not permitted\./,
    options: { sign: signerAt(await refusingSigner()) },
    endpoint: weChatPay.url,
  },
];

const nobodyThere = `http://127.0.0.1:${await freePort()}`;
const stages = {
  usual: await openStage("usual", [weChatPay.url]),
  goldplan: await openStage("goldplan", [weChatPay.url], { step: "goldplan" }),
  silent: await openStage("silent", [weChatPay.url], { limitRealMs: silentLimitRealMs }),
  silentGoldplan: await openStage("silent-goldplan", [weChatPay.url], {
    step: "goldplan",
    limitRealMs: silentLimitRealMs,
  }),
  primaryAway: await openStage("primary-away", [nobodyThere, weChatPay.url]),
  allAway: await openStage("all-away", [nobodyThere]),
  dying: await openStage("dying", [weChatPay.url], { starts: "later" }),
  badPrimary: await openStage("bad-primary", [await served("incompleteChain"), weChatPay.url]),
};
const unreachedStages = await Promise.all(
  unreached.map(({ topic, options, endpoint }) => openStage(topic, [endpoint], options)),
);
after(async () => {
  await Promise.all([...Object.values(stages), ...unreachedStages].map((stage) => stage.close()));
  await Promise.all([weChatPay.close(), slack.close()]);
  rmSync(folder, { recursive: true });
});

interface StageOptions {
  starts?: "later";
  proxy?: ProxyAddress | undefined;
  /** Default: the provider's key. */
  sign?: Sign;
  /** In place of the client's. */
  calls?: StepCalls;
  /** What the requests switch. Default: the receipt. */
  step?: Step;
  verificationKeys?: WeChatPayClientOptions["verificationKeys"];
  /** Default: `answeredLimitRealMs`. */
  limitRealMs?: number;
}

/** Ledger, executor and reporter as the app composes them, on the fast clock. */
async function openStage(
  name: string,
  endpoints: string[],
  {
    starts,
    proxy,
    sign,
    calls,
    verificationKeys,
    step = "receipt",
    limitRealMs = answeredLimitRealMs,
  }: StageOptions = {},
) {
  const store = await openStore({ engine: "sqlite", path: join(folder, `${name}.db`) });
  const ledger = createLedger({ store, clock, random: systemRandom, mchid: "1900000100", instance: "test" });
  const client = createWeChatPayClient({
    mchid: identity.mchid,
    serialNo: identity.serialNo,
    sign: sign ?? signWithKey(identity.merchantPrivateKey),
    publicKeyId: identity.publicKeyId,
    verificationKeys: verificationKeys ?? new Map([[identity.publicKeyId, identity.publicKey]]),
    endpoints,
    userAgent: "receipt-bot (test)",
    connectTimeoutMs: limitRealMs,
    totalTimeoutMs: limitRealMs,
    clock,
    proxy,
  });
  const web = new WebClient(slack.app.botToken, {
    slackApiUrl: slack.apiUrl,
    logger: slackLogger(log),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
  });
  const api = (method: string, args: Record<string, unknown>) => web.apiCall(method, args);
  const workspace = createWorkspace({ slack: api, clock });
  const roles = createRoles({ db: store.db, clock, instance: systemRandom.id(), admins: [] });
  const reporter = createReporter({
    ledger,
    slack: api,
    uploading: api,
    workspace,
    people: createPeople({ workspace, roles }),
    languages: createLanguages({ settings: { LOCALE: "en", PERSONAL_LOCALE: "on" }, workspace, clock }),
    ticketUrl: () => undefined,
    clock,
    log,
    breakGlass: "off",
    goldplan: step === "goldplan" ? "on" : "off",
    escalation: undefined,
    command: "/receipt",
    instance: systemRandom.id(),
  });
  const executor = createExecutor({
    operations: ledger.operations,
    holding: ledger.holding,
    staleAfterMs: 3_600_000,
    heldForMs: 86_400_000,
    calls: calls ?? client,
    callLimitMs: limitRealMs * speed,
    ratePerSecond: 1_000,
    clock,
    random: systemRandom,
    log,
    changed: reporter.wake,
  });
  if (starts !== "later") executor.start();
  reporter.start();

  return {
    /** Lets this many instances in a row die as soon as each has begun an attempt for everything that is due. */
    async die(times: number): Promise<void> {
      for (let nth = 0; nth < times; nth++) {
        const { attempts } = await ledger.operations.claimDue({
          limit: 9,
          leaseMs: 0,
          rateLimit: { perSecond: 1e6, burst: 9 },
        });
        assert.ok(attempts.length > 0);
      }
    },
    start: executor.start,

    /**
     * Submits and approves without Slack, in a separate channel, so that Slack's rate limit delays no other request.
     */
    async decide(subMchid: string, ...more: string[]) {
      const channelId = `C0${name.toUpperCase().replaceAll("-", "")}${subMchid}`;
      const members = new Set([...Object.values(people), slack.app.botUserId]);
      slack.state.conversations.set(channelId, {
        id: channelId,
        name: subMchid,
        kind: "public",
        isArchived: false,
        members,
      });
      const submitted = await ledger.requests.submit({
        sourceKey: `${name} ${subMchid}`,
        action: "OPEN",
        object: step,
        scene: "JSAPI_AND_MINIPROGRAM",
        subMchids: [subMchid, ...more],
        reason: undefined,
        requestedBy: people.ann,
        channelId,
        origin: { from: "command", channelId },
        ttlMs: 86_400_000,
        remindAfterMs: 0,
        approvalRule: { needed: 1 },
      });
      if (submitted.kind !== "recorded") throw new Error(`not recorded: ${submitted.kind}`);
      const { requestId } = submitted;
      await ledger.requests.decide({
        requestId,
        decision: "approve",
        by: people.bob,
        origin: { from: "click", channelId },
      });
      executor.wake();
      return { requestId, channelId };
    },

    /** The outcome in the ledger, in the channel and in the thread. */
    async outcomeOf({ requestId, channelId }: { requestId: string; channelId: string }) {
      const end = performance.now() + endsWithinMs;
      for (;;) {
        const request = await ledger.requests.find(requestId);
        const due = await store.db
          .selectFrom("posts")
          .select("id")
          .where("request_id", "=", requestId)
          .whereRef("shown", "<", "wanted")
          .execute();
        if (request?.state === "done" && due.length === 0) {
          const [message, ...others] = slack.messages(channelId);
          assert.ok(message && others.length === 0, "the request has one message");
          const thread = slack.thread(channelId, message.ts).map(textOf);
          const attempts = await store.db
            .selectFrom("attempts")
            .select("result_json")
            .where("operation_id", "=", request.operation.id)
            .orderBy("number")
            .execute();
          const results = attempts.map(({ result_json: json }) => JSON.parse(json ?? "null") as CallResult);
          return { request, message, text: textOf(message), thread, results };
        }
        if (performance.now() > end) throw new Error(`never done: ${JSON.stringify(request)}\n${logged.slice(-5)}`);
        await delay(20);
      }
    },

    async close(): Promise<void> {
      await Promise.all([executor.stop(), reporter.stop()]);
      await client.close();
      await store.close();
    },
  };
}

type Outcome = Awaited<ReturnType<(typeof stages)["usual"]["outcomeOf"]>>;

function textOf(message: Message): string {
  return linesOf(message, slack.state).join("\n");
}

function topicOf(expected: ExpectedResult): Topic {
  if (expected.kind === "refused") return expected.fault;
  if (expected.kind === "unreachable") return "unreachable";
  if (expected.why === "stale") return "unverified-clock";
  return expected.why === "wrong-body" ? "wrong-body" : "unverified";
}

const decidedWithPrimaryAway = await stages.primaryAway.decide("1900000201");
const decidedWithBadPrimary = await stages.badPrimary.decide("1900000207");
const decidedUnreached = await Promise.all(
  unreachedStages.map((stage, index) => stage.decide(String(1_900_000_210 + index))),
);
const decidedWithAllAway = await stages.allAway.decide("1900000202");
const dead = {
  one: await stages.dying.decide("1900000203"),
  many: await stages.dying.decide("1900000204", "1900000205"),
};
await stages.dying.die(1);
const later = await stages.dying.decide("1900000206");
await stages.dying.die(begunMax - 1);
stages.dying.start();
const played: { scenario: Scenario; decided: Awaited<ReturnType<(typeof stages)["usual"]["decide"]>> }[] = [];
function stageOf({ step, replies }: Scenario) {
  const isSilent = replies.some((reply) => typeof reply === "object" && "silent" in reply);
  if (isSilent) return step === "goldplan" ? stages.silentGoldplan : stages.silent;
  return step === "goldplan" ? stages.goldplan : stages.usual;
}
for (const scenario of scenarios) played.push({ scenario, decided: await stageOf(scenario).decide(scenario.subMchid) });

for (const { scenario, decided } of played) {
  const { subMchid, title, expect, replies } = scenario;
  test(`${subMchid}, ${title}`, async () => {
    const outcome = await stageOf(scenario).outcomeOf(decided);
    const row = rows[topicOf(expect)];
    const calls = weChatPay.calls.filter((call) => call.subMchid === subMchid);
    for (const { operationType } of calls) assert.equal(operationType, "OPEN");
    assert.equal(outcome.results.length, calls.length, "an attempt for each call");
    assert.equal(outcome.request.operation.attempts, calls.length);
    const [first] = outcome.results;
    assert.deepEqual(first && onlyOf(first, Object.keys(expect)), expect);

    if (replies.at(-1) === "success") {
      assert.equal(calls.length, replies.length);
      checkSuccess(outcome, subMchid, scenario.step);
      return;
    }
    assert.equal(calls.length, row.retry === "automatic" ? attemptsMax : 1);
    checkFailure(outcome, { subMchid, row });
    checkTheirWords(outcome, scenario);
    if (expect.kind === "unverified" && expect.why === "unknown-serial")
      assert.match(outcome.thread[0] ?? "", /the platform certificate 7D1E4C0AF2B94E66A5D8130C9B27E45F61A80D3C/);
  });
}

test("a number that is in order succeeds on the first call", async () => {
  const outcome = await stages.usual.outcomeOf(await stages.usual.decide("1900000109"));
  assert.deepEqual(
    outcome.results.map(({ kind }) => kind),
    ["accepted"],
  );
  checkSuccess(outcome, "1900000109");
});

test("when the primary endpoint is down, the backup is called at once", async () => {
  const outcome = await stages.primaryAway.outcomeOf(decidedWithPrimaryAway);
  const [first, second, ...others] = outcome.results;
  assert.partialDeepStrictEqual(first, { kind: "unreachable", why: "refused", mayHaveActed: false });
  assert.equal(second?.kind, "accepted");
  assert.deepEqual(others, []);
  checkSuccess(outcome, "1900000201");
});

test("when every endpoint is down, the result is certain: nothing was done", async () => {
  const outcome = await stages.allAway.outcomeOf(decidedWithAllAway);
  assert.equal(outcome.results.length, attemptsMax);
  for (const result of outcome.results)
    assert.partialDeepStrictEqual(result, { kind: "unreachable", why: "refused", mayHaveActed: false });
  const { isUncertain: _, ...row } = rows.unreachable;
  checkFailure(outcome, { subMchid: "1900000202", row });
});

test("a primary endpoint whose certificate chain is incomplete is left at once for the other one", async () => {
  const outcome = await stages.badPrimary.outcomeOf(decidedWithBadPrimary);
  const [first, second, ...others] = outcome.results;
  assert.partialDeepStrictEqual(first, { why: "certificate-unknown-issuer", mayHaveActed: false });
  assert.equal(second?.kind, "accepted");
  assert.deepEqual(others, []);
  checkSuccess(outcome, "1900000207");
});

for (const [index, { topic, said }] of unreached.entries()) {
  test(`${topic}: the thread says what it is, and that nothing was sent`, async () => {
    const [stage, decided] = [unreachedStages[index], decidedUnreached[index]];
    assert.ok(stage && decided);
    const outcome = await stage.outcomeOf(decided);
    assert.equal(outcome.results.length, attemptsMax);
    checkFailure(outcome, { subMchid: String(1_900_000_210 + index), row: rows[topic] });
    assert.match(outcome.thread[0] ?? "", said);
  });
}

test("a call that kills the bot each time is given up, and its outcome is not certain", async () => {
  const outcome = await stages.dying.outcomeOf(dead.one);
  checkFailure(outcome, { subMchid: "1900000203", row: rows.unfinished });
  assert.deepEqual(outcome.request.operation.result, { kind: "unfinished" });
  for (const { subMchid } of weChatPay.calls) assert.notEqual(subMchid, "1900000203");
});

test("each operation of a bulk request is abandoned in the same way, and the file shows it", async () => {
  const { message, text, thread } = await stages.dying.outcomeOf(dead.many);
  assert.match(text, /⚠️ 2 not certain(.|\n)*\[ Retry 2 \]/);
  assert.match(thread.join("\n"), /2 × the bot did not finish its call/);
  const posted = slack.thread(dead.many.channelId, message.ts).flatMap(({ files }) => files);
  const results = slack.files.get(posted.at(-1) ?? "")?.content?.toString("utf8");
  assert.match(
    results ?? "",
    new RegExp(`^"\`1900000204","","","open","not certain",.*It is unknown whether.*,"${begunMax}",`, "m"),
  );
});

test("with one crash fewer, the call is made once more", async () => {
  checkSuccess(await stages.dying.outcomeOf(later), "1900000206");
});

test("every row of the table is played", () => {
  const topics = new Set<Topic>([
    "unfinished",
    "unapproved",
    ...unreached.map(({ topic }) => topic),
    ...scenarios.map(({ expect }) => topicOf(expect)),
  ]);
  assert.deepEqual([...topics].toSorted(), Object.keys(rows).toSorted());
});

test("the bot logged no error in the meantime", () => {
  const failures = logged.filter((line) => (JSON.parse(line) as { level: number }).level >= 50);
  assert.deepEqual(failures, []);
  assert.deepEqual(slack.warnings, []);
});

const subjects: Record<Step, string> = { receipt: "Receipts", goldplan: "点金计划" };

function checkSuccess({ request, message, text, thread, results }: Outcome, subMchid: string, step: Step = "receipt") {
  assert.equal(request.operation.state, "succeeded");
  assert.equal(results.at(-1)?.kind, "accepted");
  assert.equal(weChatPay.switchesOf(subMchid)[step], "OPEN");
  assert.match(
    text,
    new RegExp(`✅ ${subjects[step]} opened · ${subMchid} · #\\d+ · requested by @ann, approved by @bob`),
  );
  assert.doesNotMatch(text, /\[ /, "no button remains");
  assert.match(message.text, new RegExp(`${subjects[step]} for ${subMchid} (are|is) now open`));
  assert.equal(thread.length, 1);
  assert.match(
    thread[0] ?? "",
    new RegExp(`@ann ${subjects[step].toLowerCase()} (are|is) open for ${subMchid}\\. .*within about five minutes`),
  );
  assert.match(thread[0] ?? "", /点金计划/, "a success says what it does not promise");
}

function checkFailure({ request, text, message, thread }: Outcome, { subMchid, row }: { subMchid: string; row: Row }) {
  assert.equal(request.operation.state, "failed");
  const title = row.isUncertain ? "⚠️ Not certain" : "❌ (Receipts|点金计划) not opened";
  assert.match(text, new RegExp(`^${title} · ${subMchid} · .*${row.short.source}`));
  assert.match(message.text, row.short, "read out with the reason");
  assert.equal(text.includes("[ Retry ]"), row.retry !== "new-request");
  assert.equal(thread.length, 1, "one message in the thread");
  const [reply = ""] = thread;
  assert.match(
    reply,
    row.isUncertain ? /^@ann it is not certain whether/ : /^@ann (receipts .* were|点金计划 .* was) not opened/,
  );
  assert.match(reply, actors[row.who]);
  assert.match(reply.split("What to do ")[1] ?? "", row.todo);
  const again = {
    automatic: /own attempts have ended/,
    "after-the-fix": /until the problem is fixed/,
    "after-a-day": /cannot succeed within 24 hours/,
    "new-request": /does not help/,
  };
  assert.match(reply.split("Retrying ")[1] ?? "", again[row.retry]);
}

/** WeChat Pay's own message as played, and the Request-ID if its answer had one. */
function checkTheirWords({ results, thread }: Outcome, { replies }: Scenario): void {
  const [text = ""] = thread;
  const [reply] = replies;
  if (typeof reply === "object" && "status" in reply && typeof reply.body === "object" && "message" in reply.body) {
    const last = results.at(-1);
    if (last?.kind === "refused") assert.ok(text.includes(`WeChat Pay says: ${String(reply.body.message)}`), text);
  }
  const last = results.at(-1);
  if (last?.kind === "refused" || last?.kind === "unverified") {
    assert.ok(text.includes(String(last.status)), "the HTTP status is shown");
    if (last.requestId) assert.ok(text.includes(`Request-ID ${last.requestId} (for WeChat Pay's support)`), text);
    const hasBody = typeof reply === "function" || (typeof reply === "object" && "body" in reply && reply.body !== "");
    assert.equal(last.requestId !== undefined, hasBody, "every answer with a body had a Request-ID");
    if (last.kind === "refused" && last.message) assert.ok(text.includes(last.message), text);
  }
}

function onlyOf(result: CallResult, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(result).filter(([key]) => keys.includes(key)));
}
