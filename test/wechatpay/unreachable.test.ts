/**
 * Why WeChat Pay cannot be reached: bad certificates, and proxies that do not let the bot through. Nothing is sent
 * then.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { after, test } from "node:test";
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from "node:tls";
import type { CallResult, UnreachableReason } from "../../src/domain/attempt-result.ts";
import { readProxy } from "../../src/network/proxy.ts";
import { freePort } from "../../src/playground/free-port.ts";
import { startConnectProxy } from "../../src/playground/network/connect-proxy.ts";
import { startTlsFront } from "../../src/playground/network/tls-front.ts";
import { startLocalWeChatPay } from "../../src/playground/wechatpay/server.ts";
import { createWeChatPayClient } from "../../src/wechatpay/client.ts";
import { signWithKey } from "../../src/wechatpay/signature.ts";
import { identity } from "../e2e/support/identity.ts";
import { certificates, serverKeyPem, trustTestRoot } from "../network/fixtures/fixtures.ts";

trustTestRoot();
const local = await startLocalWeChatPay(identity);
after(() => local.close());
const host = "api.mch.weixin.qq.com";

async function call(endpoint: string, env: Record<string, string> = {}): Promise<CallResult> {
  const read = readProxy(env);
  assert.ok(read.ok);
  const client = createWeChatPayClient({
    mchid: identity.mchid,
    serialNo: identity.serialNo,
    sign: signWithKey(identity.merchantPrivateKey),
    publicKeyId: identity.publicKeyId,
    verificationKeys: new Map([[identity.publicKeyId, identity.publicKey]]),
    endpoints: [endpoint],
    userAgent: "receipt-bot/test",
    proxy: read.proxy,
    connectTimeoutMs: 1_000,
    totalTimeoutMs: 2_500,
  });
  after(() => client.close());
  return client.changeCustomPageStatus({ subMchid: "1900000109", operationType: "OPEN", endpoint: 0 });
}

async function tlsFront(certificate: keyof typeof certificates) {
  const front = await startTlsFront({
    key: serverKeyPem,
    cert: certificates[certificate],
    port: () => Number(new URL(local.url).port),
  });
  after(() => front.close());
  return front;
}

async function proxy(options: Parameters<typeof startConnectProxy>[0]) {
  const started = await startConnectProxy(options);
  after(() => started.close());
  return started;
}

const badCertificates: [keyof typeof certificates, UnreachableReason, code: string, at?: number][] = [
  ["expired", "certificate-expired", "CERT_HAS_EXPIRED", Date.UTC(2021, 0, 2, 12)],
  ["early", "certificate-not-yet-valid", "CERT_NOT_YET_VALID", Date.UTC(2100, 0, 1)],
  ["selfSigned", "certificate-self-signed", "DEPTH_ZERO_SELF_SIGNED_CERT"],
  ["incompleteChain", "certificate-unknown-issuer", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
  ["wrongHost", "certificate-wrong-host", "ERR_TLS_CERT_ALTNAME_INVALID"],
];

for (const [certificate, why, code, at] of badCertificates) {
  test(`a certificate that is ${certificate}: ${why}, directly and through a proxy`, async () => {
    const front = await tlsFront(certificate);
    assert.deepEqual(await call(front.url), {
      kind: "unreachable",
      why,
      mayHaveActed: false,
      cause: { host: `localhost:${front.port}`, code, ...(at !== undefined && { at }) },
    });
    const { url, port } = await proxy({ routes: { [`${host}:443`]: front.port } });
    assert.deepEqual(await call(`https://${host}`, { HTTPS_PROXY: url }), {
      kind: "unreachable",
      why,
      mayHaveActed: false,
      cause: { host, proxy: `127.0.0.1:${port}`, code, ...(at !== undefined && { at }) },
    });
  });
}

for (const [what, options] of [
  ["no cipher that the bot knows", { ciphers: "ECDHE-RSA-AES128-GCM-SHA256", maxVersion: "TLSv1.2" }],
  ["a certificate of the bot's", { requestCert: true, maxVersion: "TLSv1.2" }],
  ["an old protocol alone", { minVersion: "TLSv1", maxVersion: "TLSv1.1" }],
  ["HTTP/2 alone", { ALPNProtocols: ["h2"] }],
] as const satisfies [string, TlsOptions][])
  test(`a server that wants ${what} has refused the handshake: tls, with OpenSSL's code`, async () => {
    const server = createTlsServer({ key: serverKeyPem, cert: certificates.valid, ...options }).listen(0);
    await once(server, "listening");
    after(() => server.close());
    const result = await call(`https://localhost:${(server.address() as AddressInfo).port}`);
    assert.partialDeepStrictEqual(result, { why: "tls", mayHaveActed: false });
    assert.match(String(result.kind === "unreachable" && result.cause?.code), /^ERR_SSL_\S*ALERT_[A-Z_]+$/);
  });

const badProxies: [what: string, instead: number | "close", UnreachableReason, cause: object][] = [
  ["asks for credentials", 407, "proxy-credentials", { status: 407 }],
  ["answers 403", 403, "proxy-refused", { status: 403 }],
  ["answers 502", 502, "proxy-refused", { status: 502 }],
  ["closes the connection", "close", "proxy-closed", { code: "ECONNRESET" }],
];

for (const [what, instead, why, cause] of badProxies) {
  test(`a proxy that ${what}: ${why}`, async () => {
    const { url, port } = await proxy({ instead });
    assert.deepEqual(await call(`https://${host}`, { HTTPS_PROXY: url }), {
      kind: "unreachable",
      why,
      mayHaveActed: false,
      cause: { host, proxy: `127.0.0.1:${port}`, ...cause },
    });
  });
}

test("a proxy that is down, or whose name does not exist, could not be reached", async () => {
  const port = await freePort();
  for (const [address, code] of [
    [`127.0.0.1:${port}`, "ECONNREFUSED"],
    ["proxy.invalid:3128", "ENOTFOUND"],
  ] as const)
    assert.deepEqual(await call(`https://${host}`, { HTTPS_PROXY: address }), {
      kind: "unreachable",
      why: "proxy-unreachable",
      mayHaveActed: false,
      cause: { host, proxy: address, code },
    });
});

test("a proxy may speak TLS itself; if its own certificate is bad, the proxy is named", async () => {
  const front = await tlsFront("valid");
  const plain = await proxy({ routes: { [`${host}:443`]: front.port } });
  for (const certificate of ["valid", "expired"] as const) {
    const secure = await startTlsFront({ key: serverKeyPem, cert: certificates[certificate], port: () => plain.port });
    after(() => secure.close());
    const result = await call(`https://${host}`, { HTTPS_PROXY: secure.url });
    if (certificate === "valid") assert.equal(result.kind, "accepted");
    else
      assert.partialDeepStrictEqual(result, {
        why: "proxy-unreachable",
        mayHaveActed: false,
        cause: { proxy: `localhost:${secure.port}`, code: "CERT_HAS_EXPIRED" },
      });
  }
});

test("a proxy that never answers is given up in time, with nothing sent", async () => {
  const mute = createServer(() => {}).listen(0, "127.0.0.1");
  await once(mute, "listening");
  after(() => mute.close());
  const { port } = mute.address() as AddressInfo;
  assert.partialDeepStrictEqual(await call(`https://${host}`, { HTTPS_PROXY: `127.0.0.1:${port}` }), {
    why: "timeout",
    mayHaveActed: false,
    cause: { host, proxy: `127.0.0.1:${port}` },
  });
});

for (const [what, act, why, code] of [
  ["does not answer", () => {}, "timeout", undefined],
  [
    "ends without an answer",
    (socket: TLSSocket) => void socket.once("data", () => socket.end()),
    "reset",
    "UND_ERR_SOCKET",
  ],
] as const)
  test(`a server that ${what} behind a proxy is named with the proxy`, async () => {
    const server = createTlsServer({ key: serverKeyPem, cert: certificates.valid }, (socket) => {
      socket.on("error", () => {});
      after(() => socket.destroy());
      act(socket);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    after(() => server.close());
    const { url, port } = await proxy({ routes: { [`${host}:443`]: (server.address() as AddressInfo).port } });
    assert.deepEqual(await call(`https://${host}`, { HTTPS_PROXY: url }), {
      kind: "unreachable",
      why,
      mayHaveActed: true,
      cause: { host, proxy: `127.0.0.1:${port}`, ...(code && { code }) },
    });
  });

test("a call goes through a proxy with credentials; NO_PROXY and loopback addresses bypass it", async () => {
  const front = await tlsFront("valid");
  const { url, tunnels, refusals } = await proxy({
    routes: { [`${host}:443`]: front.port },
    credentials: "bot:p@ss/w#rd",
  });
  const env = { HTTPS_PROXY: url };
  assert.equal((await call(`https://${host}`, env)).kind, "accepted");
  assert.deepEqual(tunnels, [`${host}:443`]);
  assert.equal((await call(front.url, env)).kind, "accepted");
  assert.partialDeepStrictEqual(await call("https://api.mch.invalid", { ...env, NO_PROXY: ".mch.invalid" }), {
    why: "dns",
    cause: { host: "api.mch.invalid" },
  });
  assert.deepEqual([tunnels.length, refusals.length], [1, 0]);
});
