/**
 * A proxy that asks for credentials is the only way out: everything that the bot does still works, and through it
 * alone.
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { pino } from "pino";
import { silentMetrics } from "../../../src/domain/telemetry/metrics.ts";
import { startBotProcess } from "../../../src/playground/bot-process.ts";
import { freePort } from "../../../src/playground/free-port.ts";
import { type ConnectProxy, startConnectProxy } from "../../../src/playground/network/connect-proxy.ts";
import { startTlsFront } from "../../../src/playground/network/tls-front.ts";
import { startPlayground } from "../../../src/playground/playground.ts";
import { type Environment, readSettings } from "../../../src/settings.ts";
import { connect } from "../../../src/slack/api/connection.ts";
import { systemClock } from "../../../src/system-clock.ts";
import { eventually } from "../../eventually.ts";
import { certificates, serverKeyPem, trustTestRoot } from "../../network/fixtures/fixtures.ts";
import { identity } from "../support/identity.ts";
import { freshNumber, openStage } from "../support/stage.ts";

const unwatched = { clock: systemClock, hello: () => {}, metrics: silentMetrics };

trustTestRoot();

/** Slack and WeChat Pay under their own names, which only the proxy knows. */
async function openStageBehindProxy(socket: "wss" | "ws") {
  const ports = { slack: 0, weChatPay: 0 };
  const front = (port: () => number) => startTlsFront({ key: serverKeyPem, cert: certificates.valid, port });
  const [slackFront, weChatPayFront] = [await front(() => ports.slack), await front(() => ports.weChatPay)];
  const routes: Record<string, number> = {
    "slack.com:443": slackFront.port,
    "wss-primary.slack.com:443": slackFront.port,
    "api.mch.weixin.qq.com:443": weChatPayFront.port,
  };
  const proxy = await startConnectProxy({ credentials: "bot:p@ss/w#rd", routes });
  const stage = await openStage({
    mode: "socket",
    slack: { addresses: { web: "https://slack.com/", socket: `${socket}://wss-primary.slack.com/` } },
    environment: ({ slack, weChatPay }) => {
      ports.slack = slack.port;
      ports.weChatPay = Number(new URL(weChatPay.url).port);
      routes["wss-primary.slack.com:80"] = slack.port;
      return { HTTPS_PROXY: proxy.url, WECHATPAY_ENDPOINTS: "https://api.mch.weixin.qq.com" };
    },
  });
  after(async () => {
    await stage.close();
    await Promise.all([proxy.close(), slackFront.close(), weChatPayFront.close()]);
  });
  return { stage, proxy };
}

function hosts({ tunnels }: ConnectProxy): string[] {
  return [...new Set(tunnels)].toSorted();
}

for (const socket of ["wss", "ws"] as const) {
  test(`commands, posts, files, the ${socket}: socket and WeChat Pay all go through the proxy`, async () => {
    const { stage, proxy } = await openStageBehindProxy(socket);
    const [one, other] = [freshNumber(), freshNumber()];
    const request = await stage.request("ann", `open ${one} ${other}`);
    await stage.press("bob", request, "Approve");
    await stage.untilShown(request, "2 opened");
    assert.deepEqual(stage.callsFor(one), ["OPEN 200"]);
    const files = await stage.slack.until(() => {
      const { channel, ts } = request;
      const sent = stage.slack.thread(channel, ts).flatMap((message) => message.files);
      return sent.length > 0 ? sent : undefined;
    });
    assert.ok(stage.slack.files.get(files[0] ?? "")?.content?.includes(one), "the CSV file has arrived whole");
    assert.deepEqual(hosts(proxy), [
      "api.mch.weixin.qq.com:443",
      "slack.com:443",
      `wss-primary.slack.com:${socket === "ws" ? 80 : 443}`,
    ]);
    assert.deepEqual(proxy.refusals, []);
    assert.doesNotMatch(stage.logged.join(""), /p@ss|p%40ss/);
  });
}

test("files that people upload are downloaded through the proxy, and NO_PROXY bypasses it", async () => {
  const { stage, proxy } = await openStageBehindProxy("wss");
  const file = stage.slack.files.inForm(
    stage.slack.files.choose("U0ANN00001", "list.csv", Buffer.from("1900000109\n")),
  );
  const connectionOf = (changes: Environment) => {
    const read = readSettings({ ...stage.environment, ...changes });
    assert.ok(read.ok);
    const connection = connect(read.settings, pino({ level: "silent" }), unwatched);
    after(() => connection.stop());
    return connection;
  };
  const before = proxy.tunnels.length;
  const downloaded = await connectionOf({}).download(String(file["url_private"]), 1_000);
  assert.equal(downloaded.kind === "read" && Buffer.from(downloaded.bytes).toString(), "1900000109\n");
  assert.deepEqual(proxy.tunnels.slice(before), ["slack.com:443"]);
  const around = connectionOf({ NO_PROXY: "slack.invalid", SLACK_API_URL: "https://slack.invalid/api/" });
  await assert.rejects(around.interactive("auth.test", {}), { code: "slack_webapi_request_error" });
  assert.deepEqual([proxy.tunnels.length, proxy.refusals.length], [before + 1, 0]);
});

test("a proxy that refuses the socket is named in the log with its reason, and waits stay short", async () => {
  const proxy = await startConnectProxy({ instead: 407 });
  after(() => proxy.close());
  const lines: Record<string, unknown>[] = [];
  const log = pino({ level: "info" }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const { stage } = await openStageBehindProxy("wss");
  const read = readSettings({ ...stage.environment, HTTPS_PROXY: `http://bot:hunter22@127.0.0.1:${proxy.port}` });
  assert.ok(read.ok);
  const connection = connect(read.settings, log, unwatched);
  const started = connection.start();
  await eventually(() => lines.filter(({ nextMs }) => nextMs !== undefined)[1]);
  await connection.stop();
  await started;
  const [first, second] = lines.filter(({ nextMs }) => nextMs !== undefined);
  const why = `no connection to slack.com: proxy-credentials (proxy 127.0.0.1:${proxy.port}, status 407)`;
  assert.partialDeepStrictEqual(first, { why, nextMs: 500, msg: "no Socket Mode connection to Slack" });
  assert.partialDeepStrictEqual(second, { why, nextMs: 1_000 });
  assert.doesNotMatch(JSON.stringify(lines), /hunter22/);
});

test("in HTTP mode too, the log shows why Slack cannot be reached, without the proxy's password", async () => {
  const playground = await startPlayground({ identity, mode: "http" });
  after(() => playground.close());
  const proxy = `127.0.0.1:${await freePort()}`;
  const bot = startBotProcess({
    ...playground.environment,
    SLACK_API_URL: "https://slack.com/api/",
    HTTPS_PROXY: `http://bot:hunter22@${proxy}`,
  });
  const line = await bot.until("Slack is unavailable");
  assert.match(JSON.parse(line).why, new RegExp(`^no connection to slack\\.com.*proxy.*${proxy}, ECONNREFUSED`));
  await bot.end();
  assert.doesNotMatch([...bot.lines, ...bot.errors].join("\n"), /hunter22/);
});
