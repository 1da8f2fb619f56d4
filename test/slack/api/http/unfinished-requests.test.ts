/** Requests of strangers that are large, slow or never complete: what they can hold, and for how long. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { type TestContext, test } from "node:test";
import { pino } from "pino";
import { slackSignature } from "../../../../src/playground/slack/delivery/http.ts";
import { onlyFromSlack } from "../../../../src/slack/api/http/request-check.ts";
import { systemClock } from "../../../../src/system-clock.ts";
import { eventually } from "../../../eventually.ts";
import { virtualClock } from "../../../ledger/builders.ts";

const signingSecret = "8f742231b10e8888abcd99e0f1a2b3c4";
const path = "/slack/events";
const kb = 1_024;
const mb = 1_024 * kb;
const timestamp = () => Math.floor(Date.now() / 1_000);

async function startServer(t: TestContext) {
  const steady = virtualClock();
  const logged: string[] = [];
  const log = pino({ level: "warn" }, { write: (line: string) => void logged.push(JSON.parse(line).msg) });
  const counted = { unverified: 0, future: 0 };
  const metrics = {
    futureRequestRefused: () => void counted.future++,
    unverifiedRequestRefused: () => void counted.unverified++,
  };
  const clock = { ...systemClock, monotonic: steady.monotonic, sleep: steady.sleep };
  const check = onlyFromSlack((_, response) => response.end("taken"), { path, signingSecret }, { clock, log, metrics });
  const server = createServer(check.listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    check.close();
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { server, port, steady, counted, logged };
}

/** Sends the headers of a request and a part of its body. The connection stays open. */
async function begin(
  t: TestContext,
  port: number,
  headers: Record<string, string | number>,
  body: string | Buffer = "",
) {
  const socket = connect(port, "127.0.0.1").on("error", () => {});
  t.after(() => socket.destroy());
  await once(socket, "connect");
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`POST ${path} HTTP/1.1\r\nHost: bot\r\n${lines.join("")}\r\n`);
  socket.write(body);
  return socket;
}

/** What anyone can send: the headers of one of Slack's requests, with a signature that nobody has compared yet. */
const plausible = (aheadS = 0) => ({
  "X-Slack-Request-Timestamp": timestamp() + aheadS,
  "X-Slack-Signature": `v0=${"a".repeat(64)}`,
});

async function statusOf(socket: Socket): Promise<number> {
  const [answer] = (await once(socket, "data")) as [Buffer];
  return Number(answer.toString().split(" ")[1]);
}

const whole = { timeout: 20_000 };

const early: [what: string, headers: Record<string, string | number>, counts: number][] = [
  ["without a signature", {}, 0],
  ["with an empty signature", { ...plausible(), "X-Slack-Signature": "" }, 0],
  ["with a signature of another form", { ...plausible(), "X-Slack-Signature": "v0=00" }, 1],
  ["without a timestamp", { "X-Slack-Signature": `v0=${"a".repeat(64)}` }, 1],
  ["with a timestamp that is no number", { ...plausible(), "X-Slack-Request-Timestamp": "now" }, 1],
  ["with a timestamp in the past", plausible(-900), 0],
  ["with a timestamp in the future", plausible(900), 0],
];
for (const [what, headers, counts] of early)
  test(`a large request ${what} is refused before its body comes`, whole, async (t) => {
    const { port, counted } = await startServer(t);
    assert.equal(await statusOf(await begin(t, port, { ...headers, "Content-Length": 4 * mb })), 401);
    assert.deepEqual(counted, { unverified: counts, future: 0 });
  });

test(
  "a request that says that it has more than 4 MB is refused before its body comes, signed or not",
  whole,
  async (t) => {
    const { port } = await startServer(t);
    for (const headers of [{}, plausible()])
      assert.equal(await statusOf(await begin(t, port, { ...headers, "Content-Length": 4 * mb + 1 })), 413);
  },
);

test("a request without a length is refused as soon as more came than its headers allow", whole, async (t) => {
  const { port } = await startServer(t);
  const chunk = `${(17 * kb).toString(16)}\r\n${"x".repeat(17 * kb)}\r\n`;
  assert.equal(await statusOf(await begin(t, port, { "Transfer-Encoding": "chunked" }, chunk)), 401);
});

test("a body that is not complete after 10 s is given up, and its connection ends", whole, async (t) => {
  const { port, steady } = await startServer(t);
  const slow = await begin(t, port, { ...plausible(), "Content-Length": 99 }, "command=");
  const closed = once(slow, "close");
  const refused = await begin(t, port, { "Content-Length": 4 * mb }, "x");
  assert.equal(await statusOf(refused), 401);
  steady.advance(9_999);
  const later = await begin(t, port, { "Content-Length": 4 * mb }, "x");
  assert.equal(await statusOf(later), 401);
  const answer = text(slow);
  steady.advance(1);
  assert.match(await answer, /^HTTP\/1\.1 408 .*\r\nConnection: close/s);
  await Promise.all([closed, refused.closed || once(refused, "close")]);
  assert.equal(later.destroyed, false);
});

test(
  "requests that never end hold 32 MB together: the oldest are given up, and Slack's are answered",
  whole,
  async (t) => {
    const { server, port, logged } = await startServer(t);
    const statuses: number[] = [];
    const sockets: Socket[] = [];
    for (let nth = 0; nth < 12; nth++) {
      const socket = await begin(t, port, { ...plausible(), "Content-Length": 4 * mb }, Buffer.alloc(4 * mb - 1, "a"));
      socket.once("data", (answer: Buffer) => {
        statuses[nth] = Number(answer.toString().split(" ")[1]);
      });
      sockets.push(socket);
    }
    await eventually(() => sockets.filter(({ readyState }) => readyState === "closed").length >= 5);
    assert.deepEqual(Object.values(statuses), [503, 503, 503, 503, 503]);
    assert.equal(await new Promise((resolve) => server.getConnections((_, count) => resolve(count))), 7);
    assert.match(logged.join("\n"), /held too much memory/);
    const body = `command=%2Freceipt&text=${"x".repeat(64 * kb)}`;
    const signed = {
      "X-Slack-Request-Timestamp": timestamp(),
      "X-Slack-Signature": slackSignature(signingSecret, timestamp(), body),
      "Content-Length": body.length,
    };
    assert.equal(await statusOf(await begin(t, port, signed, body)), 200);
  },
);

test("a body in many small pieces counts with what they take, not with its length alone", whole, async (t) => {
  const { port, logged } = await startServer(t);
  const pieces = Buffer.from("1\r\na\r\n".repeat(70_000));
  const socket = await begin(t, port, { ...plausible(), "Transfer-Encoding": "chunked" }, pieces);
  assert.equal(await statusOf(socket), 503);
  assert.equal(logged.length, 1);
});

test("what is complete holds nothing: any number of large requests can follow each other", whole, async (t) => {
  const { port, counted } = await startServer(t);
  for (let nth = 1; nth <= 10; nth++) {
    const socket = await begin(t, port, { ...plausible(), "Content-Length": 4 * mb }, Buffer.alloc(4 * mb, "a"));
    assert.equal(await statusOf(socket), 401);
    assert.equal(counted.unverified, nth);
    socket.destroy();
  }
});
