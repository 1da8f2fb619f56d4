import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer as createTcpServer, type Server, type Socket } from "node:net";
import { after, test } from "node:test";
import { inspect } from "node:util";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import type { Action, CallResult } from "../../src/domain/attempt-result.ts";
import { steps } from "../../src/domain/goldplan/objects.ts";
import { createWeChatPayIdentity } from "../../src/playground/wechatpay/identity.ts";
import { signatureHeaders } from "../../src/playground/wechatpay/reply.ts";
import { concerns } from "../../src/playground/wechatpay/scenario.ts";
import { scenarios } from "../../src/playground/wechatpay/scenarios.ts";
import { startLocalWeChatPay } from "../../src/playground/wechatpay/server.ts";
import { createWeChatPayClient, type WeChatPayClientOptions } from "../../src/wechatpay/client.ts";
import { signWithKey } from "../../src/wechatpay/signature.ts";
import { identity } from "../e2e/support/identity.ts";

const local = await startLocalWeChatPay(identity);
after(() => local.close());

function clientOf(options: Partial<WeChatPayClientOptions> = {}) {
  const client = createWeChatPayClient({
    mchid: identity.mchid,
    serialNo: identity.serialNo,
    sign: signWithKey(identity.merchantPrivateKey),
    publicKeyId: identity.publicKeyId,
    verificationKeys: new Map([[identity.publicKeyId, identity.publicKey]]),
    endpoints: [local.url],
    userAgent: "receipt-bot/test",
    ...options,
  });
  after(() => client.close());
  return client;
}

const client = clientOf();
const open = (subMchid: string, by = client, endpoint = 0) =>
  by.changeCustomPageStatus({ subMchid, operationType: "OPEN", endpoint });
type Given = { subMchid: string; operationType?: Action; by?: typeof client };
/** The call of each step. */
const calls = {
  receipt: ({ subMchid, operationType = "OPEN", by = client }: Given) =>
    by.changeCustomPageStatus({ subMchid, operationType, endpoint: 0 }),
  goldplan: ({ subMchid, operationType = "OPEN", by = client }: Given) =>
    by.changeGoldPlanStatus({ subMchid, operationType, payScene: "JSAPI_AND_MINIPROGRAM", endpoint: 0 }),
};

test("a success is accepted, with its Request-ID", async () => {
  const result = await client.changeCustomPageStatus({ subMchid: "1900000109", operationType: "CLOSE", endpoint: 0 });
  assert.equal(result.kind, "accepted");
  assert.match(result.kind === "accepted" ? (result.requestId ?? "") : "", /-0$/);
  assert.equal(local.states.get("1900000109"), "CLOSE");
});

for (const step of steps)
  test(`every scenario of the local WeChat Pay ends as its row says for ${step}, and so does its retry`, async (t) => {
    const impatient = clientOf({ totalTimeoutMs: 300 });
    const call = (subMchid: string, by = client) => calls[step]({ subMchid, by });
    for (const scenario of scenarios) {
      const { subMchid, title, replies, expect } = scenario;
      await t.test(`${subMchid}: ${title}`, async () => {
        if (!concerns(scenario, step)) {
          assert.equal((await call(subMchid)).kind, "accepted");
          return;
        }
        const isSilent = expect.kind === "unreachable" && expect.why === "timeout";
        assert.partialDeepStrictEqual(await call(subMchid, isSilent ? impatient : client), expect);
        const end = replies.at(-1);
        if (replies.length === 1) return;
        for (let attempt = 2; attempt < replies.length; attempt += 1) {
          assert.partialDeepStrictEqual(await call(subMchid), expect);
        }
        assert.equal(end, "success");
        assert.equal((await call(subMchid)).kind, "accepted");
      });
    }
  });

test("opening 点金计划 within 24 hours of closing it is refused, and accepted afterwards", async () => {
  const subMchid = "1900000306";
  assert.equal((await calls.goldplan({ subMchid, operationType: "CLOSE" })).kind, "accepted");
  assert.partialDeepStrictEqual(await calls.goldplan({ subMchid }), { kind: "refused", fault: "reopened-too-soon" });
  assert.equal((await open(subMchid)).kind, "accepted", "the receipt has no such rule");
  local.letClosingsAge(24 * 3_600_000);
  assert.equal((await calls.goldplan({ subMchid })).kind, "accepted");
  assert.deepEqual(local.switchesOf(subMchid), { receipt: "OPEN", goldplan: "OPEN", scene: "JSAPI_AND_MINIPROGRAM" });
});

test("the local WeChat Pay records what it did, whatever it answered", () => {
  for (const step of steps) {
    for (const acted of ["1900020002", "1900050005", "1900099902", "1900099904"])
      assert.equal(local.switchesOf(acted)[step], "OPEN");
    for (const idle of ["1900040015", "1900050001", "1900099901", "1900099903"])
      assert.equal(local.switchesOf(idle)[step], undefined);
  }
});

test("a result carries WeChat Pay's own words, Request-ID, Retry-After and the mark of a probe", async () => {
  const blank = await open("1900050002");
  assert.partialDeepStrictEqual(blank, { code: "SYSTEM ERROR", message: "系统异常，请稍后重试" });
  assert.partialDeepStrictEqual(await open("1900042901"), { retryAfterMs: 2_000 });
  assert.partialDeepStrictEqual(await open("1900020006"), { kind: "unverified", probe: true });
  const { requestId } = (await open("1900040001")) as Extract<CallResult, { kind: "refused" }>;
  assert.match(requestId ?? "", /-268435461$/);
});

test("a clock ten minutes ahead is reported, in milliseconds", async () => {
  const result = await open("1900000109", clientOf({ clock: { now: () => Date.now() + 600_000 } }));
  assert.equal(result.kind === "refused" && result.fault, "sign-clock");
  const ahead = result.kind === "refused" ? (result.clockAheadMs ?? 0) : 0;
  assert.ok(ahead >= 599_000 && ahead < 605_000, String(ahead));
});

test("an answer signed under an unknown serial number names that number", async () => {
  assert.partialDeepStrictEqual(await open("1900020004"), {
    why: "unknown-serial",
    serial: "7D1E4C0AF2B94E66A5D8130C9B27E45F61A80D3C",
  });
});

test("an answer that was compressed on the way names its encoding", async () => {
  const body = gzipSync('{"sub_mchid":"1900000401"}');
  local.behave("1900000401", () => ({
    status: 200,
    body,
    headers: { "Content-Encoding": "gzip" },
    sign: "other-body",
  }));
  assert.partialDeepStrictEqual(await open("1900000401"), { why: "wrong-signature", contentEncoding: "gzip" });
});

test("the bytes that WeChat Pay wrote are verified and read, whatever encoded them on the way", async () => {
  const encoders = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync } as const;
  const key = { serialNo: identity.publicKeyId, privateKey: identity.privateKey };
  const answer = async (
    status: number,
    text: string,
    isSigned: boolean,
    encoding: keyof typeof encoders,
    { named = encoding as string, isEncoded = true } = {},
  ) => {
    const body = Buffer.from(text);
    const signing = isSigned ? "right" : "none";
    const headers = await signatureHeaders(body, signing, key, Math.floor(Date.now() / 1000));
    const sent = isEncoded ? encoders[encoding](body) : body;
    const url = await httpServer((_request, response) =>
      response.writeHead(status, { ...headers, "Content-Encoding": named }).end(sent),
    );
    return open("1900000109", clientOf({ endpoints: [url] }));
  };
  const page = "<html>blocked</html>";
  for (const encoding of ["gzip", "deflate", "br"] as const) {
    const good = await answer(200, '{"sub_mchid":"1900000109"}', true, encoding);
    assert.partialDeepStrictEqual(good, { kind: "accepted", contentEncoding: encoding });
    const other = await answer(200, '{"sub_mchid":"1900000999"}', true, encoding);
    assert.partialDeepStrictEqual(other, { why: "wrong-body", contentEncoding: encoding });
    assert.partialDeepStrictEqual(await answer(403, page, false, encoding), { fault: "unknown", message: page });
  }
  // A small answer that is too long once it is decoded, and an encoding that nobody can read.
  const bomb = await answer(403, "0".repeat(10_000_000), false, "gzip");
  for (const result of [bomb, await answer(403, page, false, "gzip", { named: "odd" })]) {
    assert.partialDeepStrictEqual(result, { kind: "refused", fault: "unknown", status: 403 });
    assert.equal("message" in result, false);
  }
  // Something in between has decoded the body, or names a charset as its encoding.
  for (const named of ["gzip", "UTF-8"]) {
    const plain = { named, isEncoded: false };
    const good = await answer(200, '{"sub_mchid":"1900000109"}', true, "gzip", plain);
    assert.partialDeepStrictEqual(good, { kind: "accepted", contentEncoding: named });
    assert.partialDeepStrictEqual(await answer(403, page, false, "gzip", plain), { fault: "unknown", message: page });
  }
});

test("a byte order mark before a signed answer does not hide it", async () => {
  local.behave("1900000402", () => ({ status: 200, body: '\uFEFF{"sub_mchid":"1900000402"}', sign: "right" }));
  assert.equal((await open("1900000402")).kind, "accepted");
});

test("mismatched keys, numbers and ids are reported as different problems", async () => {
  const stranger = createWeChatPayIdentity();
  const faultOf = async (options: Partial<WeChatPayClientOptions>) => {
    const result = await open("1900000109", clientOf(options));
    return result.kind === "refused" ? result.fault : result.kind === "unverified" ? result.why : result.kind;
  };
  assert.equal(await faultOf({ sign: signWithKey(stranger.merchantPrivateKey) }), "sign-key");
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

test("the signature is checked with a call that changes nothing", async () => {
  const before = new Map(local.states);
  const { result, clockAheadMs } = await client.checkSignature(0);
  assert.partialDeepStrictEqual(result, { kind: "accepted", status: 404 });
  assert.ok(Math.abs(clockAheadMs ?? Number.NaN) < 5_000);
  assert.deepEqual(local.states, before);
  const stranger = createWeChatPayIdentity();
  const resultOf = async (options: Partial<WeChatPayClientOptions>) =>
    (await clientOf(options).checkSignature(0)).result;
  const rows: [Partial<WeChatPayClientOptions>, object][] = [
    [{ sign: signWithKey(stranger.merchantPrivateKey) }, { kind: "refused", fault: "sign-key" }],
    [{ serialNo: "AB12" }, { kind: "refused", fault: "sign-serial" }],
    [{ publicKeyId: "PUB_KEY_ID_00" }, { kind: "unverified", why: "unknown-serial" }],
    [
      { verificationKeys: new Map([[identity.publicKeyId, stranger.publicKey]]) },
      { kind: "unverified", why: "wrong-signature" },
    ],
    [{ clock: { now: () => Date.now() - 600_000 } }, { kind: "refused", fault: "sign-clock" }],
    [{ endpoints: ["http://127.0.0.1:1"] }, { kind: "unreachable", why: "refused" }],
  ];
  for (const [options, expected] of rows) assert.partialDeepStrictEqual(await resultOf(options), expected);
});

test("only a verified answer accepts the signature: certificates, or that there are none", async () => {
  const none = '{"code":"RESOURCE_NOT_EXISTS","message":"证书不存在"}';
  const rows: [status: number, body: string, isSigned: boolean, expected: object][] = [
    [200, '{"data":[]}', true, { kind: "accepted", status: 200 }],
    [404, none, true, { kind: "accepted", status: 404 }],
    [200, '{"data":[]}', false, { kind: "unverified", why: "missing" }],
    [404, none, false, { kind: "unverified", why: "missing" }],
    [200, "{}", true, { kind: "unverified", why: "wrong-body" }],
    [404, "", false, { kind: "refused", fault: "unknown" }],
    [404, '{"code":"NO_SUCH_API","message":"x"}', true, { kind: "refused", fault: "unknown" }],
    [500, '{"code":"SYSTEM_ERROR","message":"系统繁忙"}', false, { kind: "refused", fault: "server-error" }],
  ];
  for (const [status, body, isSigned, expected] of rows) {
    const signing = isSigned ? "right" : "none";
    const key = { serialNo: identity.publicKeyId, privateKey: identity.privateKey };
    const headers = await signatureHeaders(Buffer.from(body), signing, key, Math.floor(Date.now() / 1000));
    const url = await httpServer((request, response) => {
      assert.equal(`${request.method} ${request.url}`, "GET /v3/certificates");
      response.writeHead(status, headers).end(body);
    });
    const { result } = await clientOf({ endpoints: [url] }).checkSignature(0);
    assert.partialDeepStrictEqual(result, expected, `${status} ${body} ${isSigned}`);
  }
});

test("a refusal whose signature headers all came twice is not trusted", async () => {
  const body = '{"code":"PARAM_ERROR","message":"参数错误"}';
  const key = { serialNo: identity.publicKeyId, privateKey: identity.privateKey };
  const once = await signatureHeaders(Buffer.from(body), "wrong", key, Math.floor(Date.now() / 1000));
  const headers = Object.fromEntries(Object.entries(once).map(([name, value]) => [name, [value, value]]));
  const url = await httpServer((_request, response) => response.writeHead(400, headers).end(body));
  const result = await open("1900000109", clientOf({ endpoints: [url] }));
  assert.partialDeepStrictEqual(result, { kind: "unverified", why: "missing", status: 400 });
});

test("an answer too long to be read whole is judged by the headers of its signature", async () => {
  const body = Buffer.alloc(100_000, "<p>blocked</p>");
  const key = { serialNo: identity.publicKeyId, privateKey: identity.privateKey };
  const rows = [
    ["none", "missing"],
    ["other-serial", "unknown-serial"],
    ["stale", "stale"],
    ["right", "wrong-body"],
  ] as const;
  for (const [signing, why] of rows) {
    const headers = await signatureHeaders(body, signing, key, Math.floor(Date.now() / 1000));
    const url = await httpServer((_request, response) => response.writeHead(200, headers).end(body));
    const by = clientOf({ endpoints: [url] });
    const expected = { kind: "unverified", why, status: 200 };
    assert.partialDeepStrictEqual(await open("1900000109", by), expected, signing);
    assert.partialDeepStrictEqual((await by.checkSignature(0)).result, expected, signing);
  }
});

test("fifty simultaneous calls use fifty nonces, and all succeed", async () => {
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

const documented = [
  {
    step: "receipt",
    path: "/v3/goldplan/merchants/changecustompagestatus",
    body: '{"sub_mchid":"1900000109","operation_type":"OPEN"}',
  },
  {
    step: "goldplan",
    path: "/v3/goldplan/merchants/changegoldplanstatus",
    body: '{"sub_mchid":"1900000109","operation_type":"OPEN","operation_pay_scene":"JSAPI_AND_MINIPROGRAM"}',
  },
] as const;

for (const { step, path, body } of documented)
  test(`the request for ${step} has exactly the documented headers and bytes`, async () => {
    let seen: { url: string | undefined; headers: Record<string, unknown>; body: string } | undefined;
    const url = await httpServer(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += chunk;
      seen = { url: request.url, headers: request.headers, body };
      response.statusCode = 503;
      response.end();
    });
    await calls[step]({ subMchid: "1900000109", by: clientOf({ endpoints: [`${url}/prefix/`], serialNo: "ab12" }) });
    const { authorization, host, connection, ...headers } = seen?.headers ?? {};
    assert.deepEqual(headers, {
      accept: "application/json",
      "accept-encoding": "identity",
      "accept-language": "zh-CN",
      "content-type": "application/json",
      "content-length": String(body.length),
      "user-agent": "receipt-bot/test",
      "wechatpay-serial": identity.publicKeyId,
    });
    assert.match(
      String(authorization),
      /^WECHATPAY2-SHA256-RSA2048 mchid="1900000001",nonce_str="[0-9A-F]{32}",signature="[A-Za-z0-9+/]{342}==",timestamp="\d{10}",serial_no="AB12"$/,
    );
    assert.equal(seen?.url, `/prefix${path}`);
    assert.equal(seen?.body, body);
    assert.ok(host && connection);
  });

test("endpoint numbers start at 0 and wrap around", async () => {
  const dead = await closedPort();
  const two = clientOf({ endpoints: [local.url, dead] });
  const kinds = [];
  for (const endpoint of [0, 1, 2, 3]) kinds.push((await open("1900000109", two, endpoint)).kind);
  assert.deepEqual(kinds, ["accepted", "unreachable", "accepted", "unreachable"]);
});

test("a redirect counts as a refusal and is never followed", async () => {
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

test("a large error is read up to the limit and judged by its status", async () => {
  const url = await httpServer((_request, response) => {
    response.statusCode = 500;
    response.end(Buffer.alloc(10_000_000, "x"));
  });
  const result = await open("1900000109", clientOf({ endpoints: [url] }));
  assert.partialDeepStrictEqual(result, { kind: "refused", fault: "server-error", message: "x".repeat(200) });
});

test("a server that is down cannot have acted", async () => {
  const result = await open("1900000109", clientOf({ endpoints: [await closedPort()] }));
  assert.partialDeepStrictEqual(result, { why: "refused", mayHaveActed: false, cause: { code: "ECONNREFUSED" } });
});

test("a host name that does not exist is reported as a DNS failure", async () => {
  const result = await open("1900000109", clientOf({ endpoints: ["http://nonexistent.invalid"] }));
  assert.partialDeepStrictEqual(result, {
    why: "dns",
    mayHaveActed: false,
    cause: { host: "nonexistent.invalid:80", code: "ENOTFOUND" },
  });
});

test("TLS to a plain-text port is reported as a TLS failure", async () => {
  const result = await open("1900000109", clientOf({ endpoints: [local.url.replace("http:", "https:")] }));
  assert.partialDeepStrictEqual(result, { kind: "unreachable", why: "tls", mayHaveActed: false });
});

test("after bytes that are not HTTP, or a connection closed without any, WeChat Pay may have acted", async () => {
  const garbage = await tcpServer(
    (socket) => void socket.once("data", () => socket.end("\x15\x03\x01 not HTTP\r\n\r\n")),
  );
  const closing = await tcpServer((socket) => void socket.once("data", () => socket.end()));
  for (const url of [garbage, closing]) {
    const result = await open("1900000109", clientOf({ endpoints: [url] }));
    assert.partialDeepStrictEqual(result, { kind: "unreachable", why: "reset", mayHaveActed: true });
  }
});

test("the time limit also ends an answer that never finishes", async () => {
  const url = await httpServer((_request, response) => {
    response.writeHead(200, { "Content-Length": "1000" });
    response.write("{");
  });
  const result = await open("1900000109", clientOf({ endpoints: [url], totalTimeoutMs: 200 }));
  const cause = { host: new URL(url).host };
  assert.deepEqual(result, { kind: "unreachable", why: "timeout", mayHaveActed: true, cause });
});

test("a handshake that never ends times out, with nothing sent", async () => {
  const mute = await tcpServer(() => {});
  const patient = clientOf({
    endpoints: [mute.replace("http:", "https:")],
    connectTimeoutMs: 100,
    totalTimeoutMs: 60_000,
  });
  assert.partialDeepStrictEqual(await open("1900000109", patient), { why: "timeout", mayHaveActed: false });
});

test("a 101 answer counts as a reset, and the next call gets a new connection", async () => {
  let answers = 0;
  const switching = await tcpServer((socket) => {
    socket.on("data", () => {
      answers += 1;
      socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n");
    });
  });
  const asking = clientOf({ endpoints: [switching] });
  for (let n = 1; n <= 2; n++) {
    assert.partialDeepStrictEqual(await open("1900000109", asking), { why: "reset", mayHaveActed: true });
    assert.equal(answers, n);
  }
});

test("a call that runs out of time while connecting never sends anything", async () => {
  const mute = await tcpServer(() => {});
  const hurried = clientOf({
    endpoints: [mute.replace("http:", "https:")],
    connectTimeoutMs: 60_000,
    totalTimeoutMs: 50,
  });
  const cause = { host: new URL(mute).host };
  assert.partialDeepStrictEqual(await open("1900000109", hurried), { why: "timeout", mayHaveActed: false, cause });
});

test("a call that comes back after its time, because the machine was suspended, is never sent", async () => {
  let aheadMs = 0;
  const sign = signWithKey(identity.merchantPrivateKey);
  const suspended = clientOf({
    clock: { now: () => Date.now() + aheadMs },
    async sign(message, limit) {
      const signed = await sign(message, limit);
      aheadMs = 60_000;
      return signed;
    },
  });
  assert.deepEqual(await open("1900000777", suspended), {
    kind: "unreachable",
    why: "timeout",
    mayHaveActed: false,
  });
  assert.deepEqual(
    local.calls.filter(({ subMchid }) => subMchid === "1900000777"),
    [],
  );
});

test("closing waits for calls in progress, and for nothing else", async () => {
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

test("no result and no error contains the private key", async () => {
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
  const { mchid, serialNo, merchantPrivateKey, publicKeyId, publicKey } = identity;
  const verificationKeys = new Map([[publicKeyId, publicKey]]);
  const sign = signWithKey(merchantPrivateKey);
  return { mchid, serialNo, sign, publicKeyId, verificationKeys, endpoints: [], userAgent: "test" };
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
