import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer as createTcpServer, type Server, type Socket } from "node:net";
import { after, test } from "node:test";
import { inspect } from "node:util";
import type { CallResult } from "../../src/domain/attempt-result.ts";
import { createWeChatPayIdentity } from "../../src/playground/wechatpay/identity.ts";
import { scenarios } from "../../src/playground/wechatpay/scenarios.ts";
import { startLocalWeChatPay } from "../../src/playground/wechatpay/server.ts";
import { createWeChatPayClient, type WeChatPayClientOptions } from "../../src/wechatpay/client.ts";
import { identity } from "../e2e/support/identity.ts";

const local = await startLocalWeChatPay(identity);
after(() => local.close());

function clientOf(options: Partial<WeChatPayClientOptions> = {}) {
  const client = createWeChatPayClient({
    mchid: identity.mchid,
    serialNo: identity.serialNo,
    privateKey: identity.merchantPrivateKey,
    publicKeyId: identity.publicKeyId,
    verificationKeys: new Map([[identity.publicKeyId, identity.publicKey]]),
    endpoints: [local.url],
    userAgent: "receipt-bot/test",
    env: {},
    ...options,
  });
  after(() => client.close());
  return client;
}

const client = clientOf();
const open = (subMchid: string, by = client, endpoint = 0) =>
  by.changeCustomPageStatus({ subMchid, operationType: "OPEN", endpoint });

test("a success is accepted, with its Request-ID", async () => {
  const result = await client.changeCustomPageStatus({ subMchid: "1900000109", operationType: "CLOSE", endpoint: 0 });
  assert.equal(result.kind, "accepted");
  assert.match(result.kind === "accepted" ? (result.requestId ?? "") : "", /-0$/);
  assert.equal(local.states.get("1900000109"), "CLOSE");
});

test("every scenario of the local WeChat Pay ends as its row says, and its repeat too", async (t) => {
  const impatient = clientOf({ totalTimeoutMs: 300 });
  for (const { subMchid, title, replies, expect } of scenarios) {
    await t.test(`${subMchid}: ${title}`, async () => {
      const isSilent = expect.kind === "unreachable" && expect.why === "timeout";
      assert.partialDeepStrictEqual(await open(subMchid, isSilent ? impatient : client), expect);
      const end = replies.at(-1);
      if (replies.length === 1) return;
      for (let attempt = 2; attempt < replies.length; attempt += 1) {
        assert.partialDeepStrictEqual(await open(subMchid), expect);
      }
      assert.equal(end, "success");
      assert.equal((await open(subMchid)).kind, "accepted");
    });
  }
});

test("what WeChat Pay did is in its record, whatever its answer was", () => {
  for (const acted of ["1900020002", "1900050005", "1900099902", "1900099904"])
    assert.equal(local.states.get(acted), "OPEN");
  for (const idle of ["1900040015", "1900050001", "1900099901", "1900099903"])
    assert.equal(local.states.has(idle), false);
});

test("raw words, Request-ID, Retry-After and the probe's mark come with the result", async () => {
  const blank = await open("1900050002");
  assert.partialDeepStrictEqual(blank, { code: "SYSTEM ERROR", message: "系统异常，请稍后重试" });
  assert.partialDeepStrictEqual(await open("1900042901"), { retryAfterMs: 2_000 });
  assert.partialDeepStrictEqual(await open("1900020006"), { kind: "unverified", probe: true });
  const { requestId } = (await open("1900040001")) as Extract<CallResult, { kind: "refused" }>;
  assert.match(requestId ?? "", /-268435461$/);
});

test("a clock ten minutes ahead is told as such, in milliseconds", async () => {
  const result = await open("1900000109", clientOf({ clock: { now: () => Date.now() + 600_000 } }));
  assert.equal(result.kind === "refused" && result.fault, "sign-clock");
  const ahead = result.kind === "refused" ? (result.clockAheadMs ?? 0) : 0;
  assert.ok(ahead >= 599_000 && ahead < 605_000, String(ahead));
});

test("keys, numbers and ids that do not belong together are told apart", async () => {
  const stranger = createWeChatPayIdentity();
  const faultOf = async (options: Partial<WeChatPayClientOptions>) => {
    const result = await open("1900000109", clientOf(options));
    return result.kind === "refused" ? result.fault : result.kind === "unverified" ? result.why : result.kind;
  };
  assert.equal(await faultOf({ privateKey: stranger.merchantPrivateKey }), "sign-key");
  assert.equal(await faultOf({ serialNo: "AB12" }), "sign-serial");
  assert.equal(await faultOf({ mchid: "1900000002" }), "sign-serial");
  assert.equal(await faultOf({ publicKeyId: "PUB_KEY_ID_00" }), "unknown-serial");
  assert.equal(
    await faultOf({ verificationKeys: new Map([[identity.publicKeyId, stranger.publicKey]]) }),
    "wrong-signature",
  );
  assert.equal(await faultOf({ userAgent: "" }), "invalid-request");
  assert.equal(await faultOf({ serialNo: identity.serialNo.toLowerCase() }), "accepted");
});

test("fifty calls at once have fifty nonces, and all succeed", async () => {
  const nonces = new Set<string>();
  const seen = await httpServer((request, response) => {
    nonces.add(/nonce_str="([^"]+)"/.exec(request.headers.authorization ?? "")?.[1] ?? "");
    response.statusCode = 503;
    response.end();
  });
  const calls = Array.from({ length: 50 }, (_, index) =>
    open(String(1_900_000_300 + index), clientOf({ endpoints: [seen] })),
  );
  await Promise.all(calls);
  assert.equal(nonces.size, 50);
  for (const nonce of nonces) assert.equal(nonce.length, 32);
  const results = await Promise.all(Array.from({ length: 50 }, (_, index) => open(String(1_900_000_300 + index))));
  assert.ok(results.every(({ kind }) => kind === "accepted"));
});

test("the request carries exactly the headers and bytes that were agreed", async () => {
  let seen: { url: string | undefined; headers: Record<string, unknown>; body: string } | undefined;
  const url = await httpServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    seen = { url: request.url, headers: request.headers, body };
    response.statusCode = 503;
    response.end();
  });
  await open("1900000109", clientOf({ endpoints: [`${url}/prefix/`], serialNo: "ab12" }));
  const { authorization, host, connection, ...headers } = seen?.headers ?? {};
  assert.deepEqual(headers, {
    accept: "application/json",
    "accept-language": "zh-CN",
    "content-type": "application/json",
    "content-length": "50",
    "user-agent": "receipt-bot/test",
    "wechatpay-serial": identity.publicKeyId,
  });
  assert.match(
    String(authorization),
    /^WECHATPAY2-SHA256-RSA2048 mchid="1900000001",nonce_str="[0-9A-F]{32}",signature="[A-Za-z0-9+/]{342}==",timestamp="\d{10}",serial_no="AB12"$/,
  );
  assert.equal(seen?.url, "/prefix/v3/goldplan/merchants/changecustompagestatus");
  assert.equal(seen?.body, '{"sub_mchid":"1900000109","operation_type":"OPEN"}');
  assert.ok(host && connection);
});

test("endpoints are counted from 0 and wrapped around", async () => {
  const dead = await closedPort();
  const two = clientOf({ endpoints: [local.url, dead] });
  const kinds = [];
  for (const endpoint of [0, 1, 2, 3]) kinds.push((await open("1900000109", two, endpoint)).kind);
  assert.deepEqual(kinds, ["accepted", "unreachable", "accepted", "unreachable"]);
});

test("a redirect is refused, and never followed", async () => {
  let followed = 0;
  const target = await httpServer((_request, response) => {
    followed += 1;
    response.end();
  });
  for (const status of [301, 302, 303, 307, 308]) {
    const source = await httpServer((_request, response) => {
      response.writeHead(status, { Location: target });
      response.end();
    });
    assert.partialDeepStrictEqual(await open("1900000109", clientOf({ endpoints: [source] })), {
      kind: "refused",
      fault: "unknown",
      status,
    });
  }
  assert.equal(followed, 0);
});

test("a large error is read to its limit, and judged by its status", async () => {
  const url = await httpServer((_request, response) => {
    response.statusCode = 500;
    response.end(Buffer.alloc(10_000_000, "x"));
  });
  const result = await open("1900000109", clientOf({ endpoints: [url] }));
  assert.partialDeepStrictEqual(result, { kind: "refused", fault: "server-error", message: "x".repeat(200) });
});

test("a server that is down was not reached, and cannot have acted", async () => {
  const result = await open("1900000109", clientOf({ endpoints: [await closedPort()] }));
  assert.deepEqual(result, { kind: "unreachable", why: "refused", mayHaveActed: false });
});

test("a name that does not exist is a matter of DNS", async () => {
  const result = await open("1900000109", clientOf({ endpoints: ["http://nonexistent.invalid"] }));
  assert.deepEqual(result, { kind: "unreachable", why: "dns", mayHaveActed: false });
});

test("TLS to a plain port is a matter of TLS", async () => {
  const result = await open("1900000109", clientOf({ endpoints: [local.url.replace("http:", "https:")] }));
  assert.deepEqual(result, { kind: "unreachable", why: "tls", mayHaveActed: false });
});

test("bytes that are not HTTP, and a connection closed without any, leave open whether it acted", async () => {
  const garbage = await tcpServer(
    (socket) => void socket.once("data", () => socket.end("\x15\x03\x01 not HTTP\r\n\r\n")),
  );
  const closing = await tcpServer((socket) => void socket.once("data", () => socket.end()));
  for (const url of [garbage, closing]) {
    const result = await open("1900000109", clientOf({ endpoints: [url] }));
    assert.deepEqual(result, { kind: "unreachable", why: "reset", mayHaveActed: true });
  }
});

test("the time limit also ends an answer that arrives byte by byte", async () => {
  const url = await httpServer((_request, response) => {
    response.writeHead(200, { "Content-Length": "1000" });
    response.write("{");
  });
  const result = await open("1900000109", clientOf({ endpoints: [url], totalTimeoutMs: 200 }));
  assert.deepEqual(result, { kind: "unreachable", why: "timeout", mayHaveActed: true });
});

test("a handshake that never ends is given up after the connect timeout, with nothing sent", async () => {
  const mute = await tcpServer(() => {});
  const patient = clientOf({
    endpoints: [mute.replace("http:", "https:")],
    connectTimeoutMs: 100,
    totalTimeoutMs: 60_000,
  });
  assert.deepEqual(await open("1900000109", patient), { kind: "unreachable", why: "timeout", mayHaveActed: false });
});

test("an answer that would switch protocols is none, and the next call gets a connection", async () => {
  let answers = 0;
  const switching = await tcpServer((socket) => {
    socket.on("data", () => {
      answers += 1;
      socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n");
    });
  });
  const asking = clientOf({ endpoints: [switching] });
  for (let n = 1; n <= 2; n++) {
    assert.deepEqual(await open("1900000109", asking), { kind: "unreachable", why: "reset", mayHaveActed: true });
    assert.equal(answers, n);
  }
});

test("a call whose time is over while it connects sends nothing, and never will", async () => {
  const mute = await tcpServer(() => {});
  const hurried = clientOf({
    endpoints: [mute.replace("http:", "https:")],
    connectTimeoutMs: 60_000,
    totalTimeoutMs: 50,
  });
  assert.deepEqual(await open("1900000109", hurried), { kind: "unreachable", why: "timeout", mayHaveActed: false });
});

test("a proxy is used for https only where the environment names one, and loopback never goes through it", async () => {
  let connects = 0;
  const proxy = createHttpServer();
  proxy.on("connect", (_request, socket: Socket) => {
    connects += 1;
    socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
  });
  const url = await listening(proxy);
  const env = { HTTPS_PROXY: url };
  const through = await open("1900000109", clientOf({ endpoints: ["https://api.mch.invalid"], env }));
  assert.deepEqual(through, { kind: "unreachable", why: "refused", mayHaveActed: false });
  assert.equal(connects, 1);
  const around = { ...env, NO_PROXY: ".mch.invalid" };
  assert.partialDeepStrictEqual(
    await open("1900000109", clientOf({ endpoints: ["https://api.mch.invalid"], env: around })),
    { why: "dns" },
  );
  assert.equal((await open("1900000109", clientOf({ env }))).kind, "accepted");
  assert.equal(connects, 1);
});

test("closing waits for the calls under way, and not for a connection that nobody waits for", async () => {
  const { promise: hold, resolve: release } = Promise.withResolvers<void>();
  local.behave("1900000400", () => ({ hold }));
  const closing = clientOf();
  const call = open("1900000400", closing);
  while (!local.calls.some(({ subMchid }) => subMchid === "1900000400"))
    await new Promise((resolve) => setImmediate(resolve));
  const closed = closing.close();
  release();
  assert.equal((await call).kind, "accepted");
  await closed;
});

test("the private key is in no result and in no error", async () => {
  const closed = createWeChatPayClient({ ...optionsOf(), endpoints: [local.url] });
  await closed.close();
  const error = await open("1900000109", closed).then(
    () => assert.fail("a closed client is a bug of the caller's"),
    (error: unknown) => error,
  );
  const results = await Promise.all(["1900000109", "1900040111", "1900099901"].map((number) => open(number)));
  const shown = inspect([error, results, client], { depth: 20, showHidden: true });
  const secret = identity.merchantPrivateKeyPem.split("\n")[5] ?? "";
  assert.ok(secret.length === 64 && !shown.includes(secret));
  assert.doesNotMatch(shown, /signature="|PRIVATE KEY/);
});

function optionsOf(): WeChatPayClientOptions {
  const { mchid, serialNo, merchantPrivateKey: privateKey, publicKeyId, publicKey } = identity;
  const verificationKeys = new Map([[publicKeyId, publicKey]]);
  return { mchid, serialNo, privateKey, publicKeyId, verificationKeys, endpoints: [], userAgent: "test", env: {} };
}

function httpServer(listener: RequestListener): Promise<string> {
  return listening(createHttpServer(listener));
}

function tcpServer(onConnection: (socket: Socket) => void): Promise<string> {
  return listening(
    createTcpServer((socket) => {
      socket.on("error", () => {});
      after(() => socket.destroy());
      onConnection(socket);
    }),
  );
}

async function listening(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  after(() => {
    server.close();
    if ("closeAllConnections" in server && typeof server.closeAllConnections === "function")
      server.closeAllConnections();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
}

async function closedPort(): Promise<string> {
  const server = createTcpServer();
  const url = await listening(server);
  server.close();
  await once(server, "close");
  return url;
}
