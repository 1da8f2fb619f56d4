/** HTTP mode as a load balancer in front of it sees it: kept connections, one path, and nothing for strangers. */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import type { Socket } from "node:net";
import { text } from "node:stream/consumers";
import { type TestContext, test } from "node:test";
import type { App } from "@slack/bolt";
import { pino } from "pino";
import type { Clock } from "../../../../src/domain/clock.ts";
import { slackLogger } from "../../../../src/log.ts";
import { startBotProcess } from "../../../../src/playground/bot-process.ts";
import {
  demoChannel as channel,
  demoPeople as people,
  startPlayground,
} from "../../../../src/playground/playground.ts";
import { slackSignature } from "../../../../src/playground/slack/delivery/http.ts";
import { readSettings } from "../../../../src/settings.ts";
import { connectionLimits, createHttpMode } from "../../../../src/slack/api/http/http-mode.ts";
import { systemClock } from "../../../../src/system-clock.ts";
import { identity } from "../../../e2e/support/identity.ts";
import { virtualClock } from "../../../ledger/builders.ts";
import { openConnection } from "../../../network/silent-connection.ts";

/** Slack's own check of an address, which records nothing. */
const sslCheck = "ssl_check=1";
const helpCommand = "command=%2Freceipt&text=help";

/** The connections that have carried a request. Node's `reusedSocket` says nothing of a request that waited for one. */
const used = new WeakSet<Socket>();

/** Posts as a load balancer does, on the agent's one connection. `secret` signs. */
async function post(
  url: string,
  {
    agent,
    secret,
    method = "POST",
    body = sslCheck,
    type = "application/x-www-form-urlencoded",
    aheadS = 0,
  }: { agent: Agent; secret?: string | undefined; method?: string; body?: string; type?: string; aheadS?: number },
) {
  const timestamp = Math.floor(Date.now() / 1_000) + aheadS;
  const headers = {
    "content-type": type,
    "x-slack-request-timestamp": timestamp,
    ...(secret === undefined ? {} : { "x-slack-signature": slackSignature(secret, timestamp, body) }),
  };
  const sent = request(url, { method, agent, headers });
  sent.end(method === "POST" ? body : undefined);
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  const { socket } = response;
  const isReused = used.has(socket);
  used.add(socket);
  return {
    status: response.statusCode,
    body: await text(response),
    connection: response.headers.connection,
    keepAlive: response.headers["keep-alive"],
    isReused,
  };
}

function balancer(t: TestContext): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  return agent;
}

async function startBot(t: TestContext, environment: Record<string, string> = {}) {
  const playground = await startPlayground({ identity, environment });
  const bot = startBotProcess(playground.environment);
  t.after(async () => {
    await bot.end();
    await playground.close();
  });
  await bot.until('"listening"');
  return { playground, origin: `http://127.0.0.1:${playground.environment["PORT"]}` };
}

test("a connection is kept for 75 s, longer than a load balancer keeps it, and strangers get nothing on it", async (t) => {
  const { playground, origin } = await startBot(t);
  const agent = balancer(t);
  const { signingSecret: secret } = playground.slack.app;
  const own = await post(`${origin}/slack/events`, { agent, secret });
  assert.deepEqual(own, { status: 200, body: "", connection: "keep-alive", keepAlive: "timeout=75", isReused: false });
  const strangers: [
    what: string,
    path: string,
    secret: string | undefined,
    method: string,
    status: number,
    body?: string,
  ][] = [
    ["without a signature", "/slack/events", undefined, "POST", 401],
    ["signed with another secret", "/slack/events", "0".repeat(32), "POST", 401],
    ["signed, to another path", "/slack/event", secret, "POST", 404],
    ["signed, to a path below", "/slack/events/more", secret, "POST", 404],
    ["signed, to the root", "/", secret, "POST", 404],
    ["of another method", "/slack/events", secret, "GET", 404],
    ["to the operators' pages", "/healthz", undefined, "GET", 404],
    ["with 4.3 MB and no signature", "/slack/events", undefined, "POST", 413, "x".repeat(4_300_000)],
    ["without a signature, after it", "/slack/events", undefined, "POST", 401],
  ];
  for (const [what, path, by, method, status, body = helpCommand] of strangers)
    await t.test(`${what}: ${status}`, { timeout: 20_000 }, async () => {
      const answer = await post(`${origin}${path}`, { agent, secret: by, method, body });
      assert.deepEqual([answer.status, answer.body, answer.isReused], [status, "", true]);
    });
});

test("Slack's check of the address is answered with its challenge, and a stranger's is not", async (t) => {
  const { playground, origin } = await startBot(t);
  const [agent, secret] = [balancer(t), playground.slack.app.signingSecret];
  const given = {
    agent,
    type: "application/json",
    body: JSON.stringify({ type: "url_verification", token: "t", challenge: "3eZbrw1aBm2rZgRNFdxV2595E9CY" }),
  };
  const own = await post(`${origin}/slack/events`, { ...given, secret });
  assert.deepEqual([own.status, JSON.parse(own.body)], [200, { challenge: "3eZbrw1aBm2rZgRNFdxV2595E9CY" }]);
  const stranger = await post(`${origin}/slack/events`, { ...given, secret: "0".repeat(32) });
  assert.deepEqual([stranger.status, stranger.body], [401, ""]);
});

test("HTTP_PATH and HTTP_KEEP_ALIVE take effect: commands arrive at the path, and the old one is 404", async (t) => {
  const { playground, origin } = await startBot(t, {
    HTTP_PATH: "/receipts/slack/events",
    HTTP_KEEP_ALIVE: "620s",
  });
  const { slack } = playground;
  const [agent, secret] = [balancer(t), slack.app.signingSecret];
  const own = await post(`${origin}/receipts/slack/events`, { agent, secret });
  assert.deepEqual([own.status, own.keepAlive], [200, "timeout=620"]);
  assert.equal((await post(`${origin}/slack/events`, { agent, secret })).status, 404);
  slack.deliverTo(`${origin}/receipts/slack/events`);
  const result = await slack.type({ user: people.carol, channel, text: "/receipt roles" });
  assert.equal(result.acknowledged, true, result.errorText);
});

test("Node's limit for headers is longer than a kept connection, and its limit for a request no shorter", () => {
  for (const keepAliveMs of [1_000, 60_000, 75_000, 620_000, 3_600_000]) {
    const { keepAliveTimeout, headersTimeout, requestTimeout } = connectionLimits(keepAliveMs);
    assert.equal(keepAliveTimeout, keepAliveMs);
    assert.ok(headersTimeout > keepAliveTimeout && requestTimeout >= headersTimeout, String(keepAliveMs));
  }
});

/** HTTP mode in this process, which answers a command when the test says so. */
async function startMode(t: TestContext, { sleep }: Pick<Clock, "sleep">) {
  const playground = await startPlayground({ identity, environment: { HTTP_KEEP_ALIVE: "1h" } });
  t.after(() => playground.close());
  const read = readSettings(playground.environment);
  assert.ok(read.ok);
  const logged: string[] = [];
  const log = pino({ level: "warn" }, { write: (line: string) => void logged.push(JSON.parse(line).msg) });
  const counted = { unverified: 0, future: 0 };
  const metrics = {
    futureRequestRefused: () => void counted.future++,
    unverifiedRequestRefused: () => void counted.unverified++,
  };
  const http = createHttpMode(read.settings, slackLogger(log), { clock: { ...systemClock, sleep }, log, metrics });
  const [arrived, mayAnswer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let isRead = false;
  const processEvent: App["processEvent"] = async ({ ack }) => {
    isRead = true;
    arrived.resolve();
    await mayAnswer.promise;
    await ack("done");
  };
  http.init({ processEvent } as App);
  await http.start();
  const { PORT: port } = read.settings;
  const url = `http://127.0.0.1:${port}/slack/events`;
  const { signingSecret: secret } = playground.slack.app;
  return { http, port, url, secret, arrived, mayAnswer, counted, logged, isRead: () => isRead };
}

test("refused requests count by what is wrong; one without a signature says nothing about the settings", async (t) => {
  const { http, url, secret, counted, logged } = await startMode(t, systemClock);
  t.after(() => http.stop());
  const given = { agent: balancer(t), body: helpCommand };
  const other = "0".repeat(32);
  const refused: [what: string, by: string | undefined, aheadS: number, counts: Partial<typeof counted>][] = [
    ["unsigned", undefined, 0, {}],
    ["unsigned, from the future", undefined, 310, {}],
    ["signed with another secret", other, 0, { unverified: 1 }],
    ["signed with another secret, from the future", other, 310, { unverified: 2 }],
    ["signed, too old", secret, -310, { unverified: 3 }],
    ["signed, from the future", secret, 310, { unverified: 3, future: 1 }],
  ];
  for (const [what, by, aheadS, counts] of refused)
    await t.test(what, async () => {
      assert.equal((await post(url, { ...given, secret: by, aheadS })).status, 401);
      assert.deepEqual(counted, { unverified: 0, future: 0, ...counts });
    });
  assert.deepEqual(logged, [
    "a request was refused: its signature does not match SLACK_SIGNING_SECRET",
    "a request was refused: its timestamp is more than 300 seconds in the past",
    "a request was refused: its timestamp is in the future",
  ]);
});

test("Slack's unsigned check of a command's address is answered with 200, and nothing beside it is read", async (t) => {
  const { http, url, isRead } = await startMode(t, systemClock);
  t.after(() => http.stop());
  const agent = balancer(t);
  for (const body of [sslCheck, `${sslCheck}&payload=%7B%22type%22%3A%22shortcut%22%7D`, `${sslCheck}&${helpCommand}`])
    assert.deepEqual([(await post(url, { agent, body })).status, isRead()], [200, false], body);
});

test("Slack signs the bytes that it sends: a body that is not UTF-8 is verified as it is", async (t) => {
  const { port, http, secret, arrived, mayAnswer } = await startMode(t, systemClock);
  t.after(() => http.stop());
  mayAnswer.resolve();
  const body = Buffer.concat([Buffer.from(`${helpCommand}+`), Buffer.from([0xff, 0xfe])]);
  const timestamp = Math.floor(Date.now() / 1_000);
  const hash = createHmac("sha256", secret).update(`v0:${timestamp}:`).update(body).digest("hex");
  const sent = request({
    port,
    path: "/slack/events",
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "x-slack-request-timestamp": timestamp,
      "x-slack-signature": `v0=${hash}`,
    },
  });
  sent.end(body);
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  assert.equal(response.statusCode, 200);
  response.resume();
  await arrived.promise;
});

test("a stop answers the request under way and ends its connection, however long it would be kept", async (t) => {
  const { http, url, secret, arrived, mayAnswer } = await startMode(t, systemClock);
  const agent = balancer(t);
  assert.equal((await post(url, { agent, secret })).connection, "keep-alive");
  const answer = post(url, { agent, secret, body: helpCommand });
  await arrived.promise;
  const stopped = http.stop();
  mayAnswer.resolve();
  const { status, body, connection, isReused } = await answer;
  assert.deepEqual([status, body, connection, isReused], [200, "done", "close", true]);
  await stopped;
  await assert.rejects(post(url, { agent, secret }), { code: "ECONNREFUSED" });
});

const halfHeaders = "POST /slack/events HTTP/1.1\r\nHost: bot\r\n";

test("a stop does not wait for connections that have sent no request, and answers the one under way", {
  timeout: 20_000,
}, async (t) => {
  const { http, port, url, secret, arrived, mayAnswer } = await startMode(t, virtualClock());
  const idle = [await openConnection(t, port, ""), await openConnection(t, port, halfHeaders)];
  const answer = post(url, { agent: balancer(t), secret, body: helpCommand });
  await arrived.promise;
  const stopped = http.stop();
  await Promise.all(idle.map(({ closed }) => closed));
  mayAnswer.resolve();
  assert.deepEqual(await answer.then(({ status, body }) => [status, body]), [200, "done"]);
  await stopped;
});

test("a stop ends a request that is not complete after 3 s", { timeout: 20_000 }, async (t) => {
  const clock = virtualClock();
  const { http, port, url, secret } = await startMode(t, clock);
  const half = await openConnection(t, port, `${halfHeaders}Content-Length: 99\r\n\r\ncommand=`);
  // An answer on a later connection shows that the server has read the earlier one.
  await post(url, { agent: balancer(t), secret });
  const stopped = http.stop();
  clock.advance(3_000);
  await Promise.all([half.closed, stopped]);
});
