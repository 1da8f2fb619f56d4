/** The signer's server and its settings, in this process; test/e2e/keys/ runs it as a process of its own. */
import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { request, type Server } from "node:http";
import { createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text as textIn } from "node:stream/consumers";
import { after, test } from "node:test";
import { listen } from "../../src/signer/listen.ts";
import { createSigner } from "../../src/signer/server.ts";
import { readSignerSettings } from "../../src/signer/settings.ts";
import { requestMessage, verifyMessage } from "../../src/wechatpay/signature.ts";
import { merchantKeyPem, merchantPrivateKey, merchantPublicKey } from "../wechatpay/fixtures/fixtures.ts";

const folder = mkdtempSync(join(tmpdir(), "receipt-signer-"));
after(() => rmSync(folder, { recursive: true }));
const token = "t0k3n-".repeat(8);
const body = Buffer.from('{"sub_mchid":"1900000109","operation_type":"OPEN"}');
const nonce = "593BEC0C930BF1AFEB40B4A08C8FB242";
const messageFor = (path: string) =>
  requestMessage({ method: "POST", path, timestamp: Math.floor(Date.now() / 1_000), nonce, body });
const permitted = () => messageFor("/v3/goldplan/merchants/changecustompagestatus");

const signWithMerchantKey = async (message: Buffer) => sign("sha256", message, merchantPrivateKey);

let sockets = 0;
async function started(options: { token?: string; sign?: () => Promise<Buffer> } = {}) {
  const logged: object[] = [];
  const server = createSigner({
    sign: options.sign ?? signWithMerchantKey,
    token: options.token,
    pathPrefix: "",
    now: () => Date.now(),
    log: (msg, fields) => logged.push({ msg, ...fields }),
  });
  sockets += 1;
  const path = join(folder, `${sockets}.sock`);
  await listen(server, { kind: "socket", path });
  after(() => server.close());
  return { path, logged, server };
}

interface Asked {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
}

async function ask(socketPath: string, message: Buffer, { method = "POST", path = "/sign", headers = {} }: Asked = {}) {
  const asking = request({ socketPath, method, path, headers, agent: false });
  asking.end(message);
  const [response] = await once(asking, "response");
  return {
    status: response.statusCode as number,
    text: await textIn(response),
    type: response.headers["content-type"],
  };
}

test("a permitted message is signed, and the log says what was signed without the signature", async () => {
  const { path, logged } = await started();
  const message = permitted();
  const { status, text, type } = await ask(path, message);
  assert.deepEqual([status, type], [200, "text/plain"]);
  assert.equal(await verifyMessage(message, text, merchantPublicKey), true);
  assert.deepEqual(logged, [
    {
      msg: "signed",
      call: "POST /v3/goldplan/merchants/changecustompagestatus",
      body: body.toString(),
    },
  ]);
  const line = JSON.stringify(logged);
  assert.ok(!line.includes(text) && !line.includes(nonce));
});

test("a refund gets 403 and its reason, and no signature", async () => {
  const { path, logged } = await started();
  const { status, text } = await ask(path, messageFor("/v3/refund/domestic/refunds"));
  assert.deepEqual([status, text], [403, "this method and path are not permitted"]);
  assert.deepEqual(logged, [{ msg: "refused", status: 403, why: text, call: "POST /v3/refund/domestic/refunds" }]);
});

test("a wrong token gets 401 whatever is asked, and the right one is not logged", async () => {
  const { path, logged } = await started({ token });
  const bearer = (value: string) => ({ headers: { authorization: value } });
  for (const wrong of [
    {},
    bearer(""),
    bearer("Bearer "),
    bearer(token),
    bearer(`Bearer ${token.slice(1)}`),
    bearer(`Bearer ${token}x`),
    bearer(`Basic ${token}`),
    { ...bearer("Bearer x"), path: "/" },
  ])
    assert.equal((await ask(path, permitted(), wrong)).status, 401);
  assert.equal((await ask(path, permitted(), bearer(`Bearer ${token}`))).status, 200);
  assert.ok(!JSON.stringify(logged).includes(token));
});

test("a key that cannot be used is a 500 without details, which the log has", async () => {
  const { path, logged } = await started({ sign: () => Promise.reject(new Error("the token is locked")) });
  assert.deepEqual(await ask(path, permitted()), {
    status: 500,
    text: "the signer could not sign",
    type: "text/plain",
  });
  assert.deepEqual(logged, [{ msg: "failed", why: "the token is locked" }]);
});

test("there is nothing but POST /sign, and no message of more than 4 KB", async () => {
  const { path, logged } = await started();
  for (const other of [{ path: "/" }, { path: "/sign/" }, { path: "/sign?x" }, { path: "/key" }, { method: "PUT" }])
    assert.equal((await ask(path, permitted(), other)).status, 404);
  assert.equal((await ask(path, Buffer.alloc(4_097, "x"))).status, 413);
  assert.equal((await ask(path, Buffer.alloc(4_096, "x"))).status, 403);
  assert.equal(logged.length, 7);
});

test("only the signer's own user can use the socket, which disappears with the signer", async () => {
  const { path, server } = await started();
  assert.equal(statSync(path).mode & 0o7777, 0o600);
  const closed = once(server, "close");
  server.close();
  await closed;
  assert.throws(() => statSync(path), { code: "ENOENT" });
});

test("a socket in a folder that does not exist is refused with the name of the folder", async () => {
  const server = createSigner({ sign: signWithMerchantKey, token: undefined, pathPrefix: "", now: () => 0, log() {} });
  await assert.rejects(listen(server, { kind: "socket", path: join(folder, "nowhere/sign.sock") }), {
    message: `the folder ${join(folder, "nowhere")} of the socket in SIGNER_LISTEN does not exist`,
  });
});

test("a socket to which nobody listens is replaced; anything else in its place is left alone", async () => {
  const newServer = (): Server =>
    createSigner({ sign: signWithMerchantKey, token: undefined, pathPrefix: "", now: () => 0, log() {} });
  const { path } = await started();
  await assert.rejects(listen(newServer(), { kind: "socket", path }), /another process listens on/);
  assert.equal((await ask(path, permitted())).status, 200);
  const file = join(folder, "file");
  writeFileSync(file, "");
  await assert.rejects(listen(newServer(), { kind: "socket", path: file }), /is not a socket/);
  assert.ok(statSync(file).isFile());
});

const env = { WECHATPAY_PRIVATE_KEY: merchantKeyPem, SIGNER_LISTEN: "unix:/run/signer.sock" };
const pem = (bits: number) =>
  String(generateKeyPairSync("rsa", { modulusLength: bits }).privateKey.export({ type: "pkcs8", format: "pem" }));

test("its settings come from the environment, and each problem is a sentence", async (t) => {
  const keyFile = join(folder, "key.pem");
  writeFileSync(keyFile, merchantKeyPem);
  const read = readSignerSettings(
    {
      SIGNER_LISTEN: "http://[::1]:7070",
      SIGNER_TOKEN: token,
      WECHATPAY_PRIVATE_KEY_FILE: keyFile,
      SIGNER_PATH_PREFIX: "/a/b",
    },
    7,
  );
  assert.ok(read.ok);
  assert.deepEqual(
    [read.settings.listen, read.settings.token, read.settings.pathPrefix],
    [{ kind: "tcp", host: "::1", port: 7070 }, token, "/a/b"],
  );
  const inherited = readSignerSettings({ ...env, SIGNER_LISTEN: "", LISTEN_PID: "7", LISTEN_FDS: "1" }, 7);
  assert.deepEqual(inherited.ok && inherited.settings.listen, { kind: "inherited" });
  const rows: Record<string, [Record<string, string>, RegExp]> = {
    "no key": [{ WECHATPAY_PRIVATE_KEY: "" }, /WECHATPAY_PRIVATE_KEY or WECHATPAY_PRIVATE_KEY_FILE is required/],
    "a key that is none": [{ WECHATPAY_PRIVATE_KEY: "changeme" }, /must be an RSA key of 2048 bits/],
    "a longer key": [{ WECHATPAY_PRIVATE_KEY: pem(3_072) }, /must be an RSA key of 2048 bits/],
    "a key twice": [{ WECHATPAY_PRIVATE_KEY_FILE: keyFile }, /are both set/],
    "a file that is not there": [{ WECHATPAY_PRIVATE_KEY: "", WECHATPAY_PRIVATE_KEY_FILE: "/nowhere" }, /\(ENOENT\)/],
    "no address": [{ SIGNER_LISTEN: "" }, /SIGNER_LISTEN must be/],
    "an address of the network": [{ SIGNER_LISTEN: "http://0.0.0.0:7070" }, /SIGNER_LISTEN must be/],
    "a name": [{ SIGNER_LISTEN: "http://localhost:7070" }, /SIGNER_LISTEN must be/],
    "a port that is none": [{ SIGNER_LISTEN: "http://127.0.0.1:70700" }, /SIGNER_LISTEN must be/],
    "HTTP without a token": [{ SIGNER_LISTEN: "http://127.0.0.1:7070" }, /SIGNER_TOKEN is required over HTTP/],
    "a short token": [{ SIGNER_TOKEN: "short" }, /SIGNER_TOKEN must have/],
    "a prefix with a query": [{ SIGNER_PATH_PREFIX: "/a?b" }, /SIGNER_PATH_PREFIX must be/],
    "several sockets of systemd": [{ LISTEN_PID: "7", LISTEN_FDS: "2", SIGNER_LISTEN: "" }, /exactly one socket/],
    "an address beside systemd's": [{ LISTEN_PID: "7", LISTEN_FDS: "1" }, /must not be set/],
  };
  for (const [name, [changed, why]] of Object.entries(rows))
    await t.test(name, () => {
      const { ok, ...rest } = readSignerSettings({ ...env, ...changed }, 7);
      const problems = "problems" in rest ? rest.problems : [];
      assert.deepEqual([ok, problems.length], [false, 1]);
      assert.match(problems[0] ?? "", why);
      assert.doesNotMatch(problems[0] ?? "", /changeme|PRIVATE KEY-/);
    });
});

test("a port that is taken keeps it from starting", async () => {
  const other = createTcpServer();
  await once(other.listen(0, "127.0.0.1"), "listening");
  after(() => other.close());
  const { port } = other.address() as { port: number };
  const server = createSigner({ sign: signWithMerchantKey, token, pathPrefix: "", now: () => 0, log() {} });
  await assert.rejects(listen(server, { kind: "tcp", host: "127.0.0.1", port }), { code: "EADDRINUSE" });
});
