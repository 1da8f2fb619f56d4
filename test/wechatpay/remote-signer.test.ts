/** The client with a signer in another process: whatever that one does, nothing is sent without its signature. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { CallResult } from "../../src/domain/attempt-result.ts";
import { startLocalWeChatPay } from "../../src/playground/wechatpay/server.ts";
import { counted } from "../../src/wechatpay/call-metrics.ts";
import { createWeChatPayClient } from "../../src/wechatpay/client.ts";
import { type SignerAddress, signRemotely } from "../../src/wechatpay/remote-signer.ts";
import { signMessage } from "../../src/wechatpay/signature.ts";
import { identity } from "../e2e/support/identity.ts";
import { stepCalls } from "../jobs/step-calls.ts";

const folder = mkdtempSync(join(tmpdir(), "receipt-remote-signer-"));
const weChatPay = await startLocalWeChatPay(identity);
after(async () => {
  await weChatPay.close();
  rmSync(folder, { recursive: true });
});

type Received = {
  method: string | undefined;
  path: string | undefined;
  headers: Record<string, unknown>;
  body: string;
};

const overTcp = (port: number): SignerAddress => ({
  name: `http://127.0.0.1:${port}`,
  origin: `http://127.0.0.1:${port}`,
  socketPath: undefined,
});
const overSocket = (socketPath: string): SignerAddress => ({
  name: `unix:${socketPath}`,
  origin: "http://localhost",
  socketPath,
});

async function listening(server: Server, socketPath?: string): Promise<SignerAddress> {
  if (socketPath === undefined) server.listen(0, "127.0.0.1");
  else server.listen(socketPath);
  await once(server, "listening");
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  return socketPath === undefined ? overTcp((server.address() as AddressInfo).port) : overSocket(socketPath);
}

/** Signs whatever comes, and records it. */
function signingServer(received: Received[] = []): Server {
  return createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const { method, url: path, headers } = request;
    received.push({ method, path, headers, body: body.toString() });
    response.end(`${await signMessage(body, identity.merchantPrivateKey)}\n`);
  });
}

function clientWith(
  address: SignerAddress,
  { token, totalTimeoutMs }: { token?: string; totalTimeoutMs?: number } = {},
) {
  const client = createWeChatPayClient({
    mchid: identity.mchid,
    serialNo: identity.serialNo,
    sign: signRemotely(address, token),
    publicKeyId: identity.publicKeyId,
    verificationKeys: new Map([[identity.publicKeyId, identity.publicKey]]),
    endpoints: [weChatPay.url],
    userAgent: "receipt-bot/test",
    ...(totalTimeoutMs !== undefined && { totalTimeoutMs }),
  });
  after(() => client.close());
  return client;
}

const open = (client: ReturnType<typeof clientWith>, subMchid: string) =>
  client.changeCustomPageStatus({ subMchid, operationType: "OPEN", endpoint: 0 });
const callsFor = (subMchid: string) => weChatPay.calls.filter((call) => call.subMchid === subMchid).length;

test("a signer on a Unix socket and one over HTTP sign the message that WeChat Pay checks", async () => {
  const received: Received[] = [];
  const socket = await listening(signingServer(received), join(folder, "signs.sock"));
  assert.equal((await open(clientWith(socket), "1900000301")).kind, "accepted");
  const http = await listening(signingServer(received));
  const token = "t".repeat(40);
  assert.equal((await open(clientWith(http, { token }), "1900000302")).kind, "accepted");
  assert.equal((await clientWith(http, { token }).checkSignature(0)).result.kind, "accepted");
  const [first, second] = received;
  assert.partialDeepStrictEqual(first, { method: "POST", path: "/sign" });
  assert.equal(first?.headers["authorization"], undefined);
  assert.equal(first?.headers["content-type"], "application/octet-stream");
  assert.match(
    first?.body ?? "",
    /^POST\n\/v3\/goldplan\/merchants\/changecustompagestatus\n\d{10}\n[0-9A-F]{32}\n\{"sub_mchid":"1900000301","operation_type":"OPEN"\}\n$/,
  );
  assert.equal(second?.headers["authorization"], `Bearer ${token}`);
});

const signature = randomBytes(256).toString("base64");
const answers: Record<string, [RequestListener, Partial<Extract<CallResult, { kind: "unreachable" }>>]> = {
  "a refusal with its reason": [
    (_, response) => response.writeHead(403).end("the timestamp\nis too old\u001b[31m\n"),
    { why: "signer-refused", cause: { status: 403, reason: "the timestamp is too old [31m" } },
  ],
  "a refusal without a word": [
    (_, response) => response.writeHead(500).end(),
    { why: "signer-refused", cause: { status: 500 } },
  ],
  "a long page instead of a reason": [
    (_, response) => response.writeHead(404).end("x".repeat(100_000)),
    { why: "signer-refused", cause: { status: 404, reason: "x".repeat(200) } },
  ],
  "another success": [
    (_, response) => response.writeHead(201).end(signature),
    { why: "signer-refused", cause: { status: 201, reason: signature.slice(0, 200) } },
  ],
  "a redirect": [
    (_, response) => response.writeHead(302, { location: "/other" }).end(),
    { why: "signer-refused", cause: { status: 302 } },
  ],
  "no base64": [(_, response) => response.end(`*${signature.slice(1)}`), { why: "signer-invalid" }],
  "a shorter key's signature": [
    (_, response) => response.end(randomBytes(128).toString("base64")),
    { why: "signer-invalid" },
  ],
  "a longer one": [(_, response) => response.end(randomBytes(384).toString("base64")), { why: "signer-invalid" }],
  "base64 in several lines": [
    (_, response) => response.end(signature.replace(/.{64}/g, "$&\n")),
    { why: "signer-invalid" },
  ],
  "a header in the signature": [(_, response) => response.end(`${signature}",serial_no="1`), { why: "signer-invalid" }],
  nothing: [(_, response) => response.end(), { why: "signer-invalid" }],
  "a connection that ends": [({ socket }) => socket.destroy(), { why: "signer-unreachable" }],
};

test("any other answer of the signer's means that nothing was sent, and names the reason", async (t) => {
  for (const [name, [listener, expected]] of Object.entries(answers))
    await t.test(name, async () => {
      const address = await listening(createServer(listener));
      const result = await open(clientWith(address), "1900000303");
      assert.partialDeepStrictEqual(result, { kind: "unreachable", mayHaveActed: false, ...expected });
      assert.ok(result.kind === "unreachable" && result.cause?.host === address.name);
    });
  assert.equal(callsFor("1900000303"), 0);
});

test("a server that echoes the token does not bring it into the result", async () => {
  const token = "t0k3n-".repeat(8);
  const echo = await listening(
    createServer(({ headers }, response) => response.writeHead(400).end(JSON.stringify(headers))),
  );
  const result = await open(clientWith(echo, { token }), "1900000307");
  assert.partialDeepStrictEqual(result, { why: "signer-refused", cause: { status: 400 } });
  assert.match(JSON.stringify(result), /Bearer \[redacted\]/);
  assert.ok(!JSON.stringify(result).includes(token));
});

test("a signer that is not there, or that may not be reached, is named with the system's code", async () => {
  const codeOf = async (address: SignerAddress) => {
    const result = await open(clientWith(address), "1900000304");
    assert.partialDeepStrictEqual(result, { kind: "unreachable", why: "signer-unreachable", mayHaveActed: false });
    return result.kind === "unreachable" ? result.cause?.code : undefined;
  };
  assert.equal(await codeOf(overSocket(join(folder, "none.sock"))), "ENOENT");
  assert.equal(await codeOf(overTcp(1)), "ECONNREFUSED");
  assert.equal(callsFor("1900000304"), 0);
});

test("the signer's time counts in the attempt: a slow one ends it, and nothing is sent afterwards", async () => {
  const held: Socket[] = [];
  const silent = createTcpServer((socket) => held.push(socket));
  await once(silent.listen(0, "127.0.0.1"), "listening");
  after(() => silent.close());
  const address = overTcp((silent.address() as AddressInfo).port);
  const result = await open(clientWith(address, { totalTimeoutMs: 100 }), "1900000305");
  assert.deepEqual(result, {
    kind: "unreachable",
    why: "signer-unreachable",
    mayHaveActed: false,
    cause: { host: address.name, code: "ETIMEDOUT" },
  });
  const [socket] = held;
  assert.ok(socket);
  // The bot has given up on it.
  if (!socket.closed) await once(socket.resume(), "close");
  assert.equal(callsFor("1900000305"), 0);
});

test("a slow WeChat Pay is not blamed on the signer", async () => {
  const address = await listening(signingServer());
  weChatPay.behave("1900000306", () => ({ silent: "after" }));
  const result = await open(clientWith(address, { totalTimeoutMs: 300 }), "1900000306");
  assert.partialDeepStrictEqual(result, { kind: "unreachable", why: "timeout", mayHaveActed: true });
});

test("an attempt that was not signed is counted as unsigned, one without an answer as none", async () => {
  const counts: unknown[] = [];
  const needs = {
    metrics: { attempted: (...[, , status]: unknown[]) => counts.push(status), rateLimited() {} },
    clock: { monotonic: () => 0 },
  };
  const results: CallResult[] = [
    { kind: "unreachable", why: "signer-refused", mayHaveActed: false },
    { kind: "unreachable", why: "timeout", mayHaveActed: true },
    { kind: "accepted", status: 200 },
  ];
  for (const result of results)
    await counted(
      stepCalls(async () => result),
      needs,
    ).changeCustomPageStatus({
      subMchid: "1",
      operationType: "OPEN",
      endpoint: 0,
    });
  assert.deepEqual(counts, ["unsigned", "none", 200]);
});
