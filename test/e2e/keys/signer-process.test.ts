/**
 * The reference signer as a real process: on a socket of its own, over HTTP, and on a socket that systemd passes on.
 */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { startOptions } from "../../../src/playground/bot-process.ts";
import { freePort } from "../../../src/playground/free-port.ts";
import { readSignerAddress } from "../../../src/settings/signer.ts";
import { newTimeLimit } from "../../../src/wechatpay/exchange.ts";
import { signRemotely } from "../../../src/wechatpay/remote-signer.ts";
import { requestMessage, type SignResult, verifyMessage } from "../../../src/wechatpay/signature.ts";
import { merchantKeyPem, merchantPublicKey } from "../../wechatpay/fixtures/fixtures.ts";
import { signerMain, startSignerProcess } from "./signer-process.ts";

const folder = mkdtempSync(join(tmpdir(), "receipt-signer-process-"));
after(() => rmSync(folder, { recursive: true }));
const token = "0123456789abcdef".repeat(4);
const key = { WECHATPAY_PRIVATE_KEY: merchantKeyPem };

const messageFor = (method: "GET" | "POST", path: string, body = "") =>
  requestMessage({
    method,
    path,
    timestamp: Math.floor(Date.now() / 1_000),
    nonce: "593BEC0C930BF1AFEB40B4A08C8FB242",
    body: Buffer.from(body),
  });
const certificates = () => messageFor("GET", "/v3/certificates");

async function askedOf(address: string, message: Buffer, bearer?: string): Promise<SignResult> {
  const read = readSignerAddress(address);
  assert.ok(read);
  return signRemotely(read, bearer)(message, newTimeLimit());
}

async function assertSigns(address: string, bearer?: string): Promise<void> {
  const message = certificates();
  const result = await askedOf(address, message, bearer);
  assert.equal(result.kind, "signed", JSON.stringify(result));
  assert.ok(result.kind === "signed" && (await verifyMessage(message, result.signature, merchantPublicKey)));
}

test("on a socket of mode 0600, it signs the bot's calls, refuses a refund, and ends cleanly at SIGTERM", async () => {
  const path = join(folder, "own.sock");
  const signer = startSignerProcess({ ...key, SIGNER_LISTEN: `unix:${path}` });
  await signer.until('"listening"');
  assert.equal(statSync(path).mode & 0o7777, 0o600);
  await assertSigns(`unix:${path}`);
  const refund = messageFor("POST", "/v3/refund/domestic/refunds", '{"out_refund_no":"1"}');
  assert.partialDeepStrictEqual(await askedOf(`unix:${path}`, refund), {
    why: "signer-refused",
    cause: { status: 403, reason: "this method and path are not permitted" },
  });
  assert.equal(await signer.end(), 0);
  assert.ok(!existsSync(path));
  const log = signer.lines.map((line) => JSON.parse(line) as { msg: string });
  assert.deepEqual(
    log.map(({ msg }) => msg),
    ["listening", "signed", "refused", "stopping", "stopped"],
  );
  for (const line of merchantKeyPem.split("\n").slice(1, -2)) assert.ok(!signer.lines.join().includes(line));
});

test("no other user of the machine can connect to the socket", {
  skip: process.getuid?.() !== 0 && "needs root",
}, async () => {
  chmodSync(folder, 0o755);
  const path = join(folder, "private.sock");
  const signer = startSignerProcess({ ...key, SIGNER_LISTEN: `unix:${path}` });
  await signer.until('"listening"');
  const connecting =
    "require('net').connect(process.argv[1]).on('error', (e) => console.log(e.code)).on('connect', () => console.log('in'))";
  const stranger = spawnSync(process.execPath, ["-e", connecting, path], { uid: 65_534, gid: 65_534, timeout: 20_000 });
  assert.equal(stranger.stdout.toString().trim(), "EACCES", stranger.stderr.toString());
  assert.equal(await signer.end(), 0);
});

test("a signer that was killed leaves its socket behind, and the next one replaces it", async () => {
  const path = join(folder, "killed.sock");
  const settings = { ...key, SIGNER_LISTEN: `unix:${path}` };
  const killed = startSignerProcess(settings);
  await killed.until('"listening"');
  assert.equal(await killed.end("SIGKILL"), "SIGKILL");
  assert.ok(existsSync(path));
  assert.partialDeepStrictEqual(await askedOf(`unix:${path}`, certificates()), {
    why: "signer-unreachable",
    cause: { code: "ECONNREFUSED" },
  });
  const next = startSignerProcess(settings);
  await next.until('"listening"');
  await assertSigns(`unix:${path}`);
  // A second one does not take it away.
  const second = startSignerProcess(settings);
  assert.equal(await second.ended, 1);
  assert.match(second.lines.join(), /another process listens on/);
  await assertSigns(`unix:${path}`);
  assert.equal(await next.end(), 0);
});

test("over HTTP, it signs only with the token, and does not start without one", async () => {
  const address = `http://127.0.0.1:${await freePort()}`;
  const settings = { ...key, SIGNER_LISTEN: address };
  const without = startSignerProcess(settings);
  assert.equal(await without.ended, 1);
  assert.match(without.lines.join(), /SIGNER_TOKEN is required over HTTP/);
  const signer = startSignerProcess({ ...settings, SIGNER_TOKEN: token });
  await signer.until('"listening"');
  await assertSigns(address, token);
  for (const wrong of [undefined, `${token}0`])
    assert.partialDeepStrictEqual(await askedOf(address, certificates(), wrong), {
      why: "signer-refused",
      cause: { status: 401 },
    });
  assert.equal(await signer.end(), 0);
  assert.ok(!signer.lines.join().includes(token));
});

const activate = "systemd-socket-activate";
const hasSystemd = spawnSync(activate, ["--version"]).status === 0 || process.env["REQUIRE_SYSTEMD"] === "1";

test("it takes over the socket that systemd opened, and leaves it there", {
  skip: !hasSystemd && `${activate} is not installed (Debian's package systemd)`,
}, async () => {
  const path = join(folder, "systemd.sock");
  const environment = Object.entries(key).map(([name, value]) => `--setenv=${name}=${value}`);
  const command = [process.execPath, ...startOptions, signerMain];
  const systemd = spawn(activate, [`--listen=${path}`, ...environment, ...command], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(systemd, "exit");
  try {
    let output = "";
    systemd.stdout.on("data", (chunk) => (output += chunk));
    while (!existsSync(path)) await delay(20);
    await assertSigns(`unix:${path}`);
    await assertSigns(`unix:${path}`);
    assert.match(output, /"on":\{"kind":"inherited"\}/);
  } finally {
    systemd.kill("SIGTERM");
  }
  assert.deepEqual(await ended, [0, null]);
  assert.ok(existsSync(path));
});
