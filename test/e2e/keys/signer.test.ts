/** The bot without the private key: real processes for the bot and the reference signer, and a strict WeChat Pay. */
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type BotProcess, startBotProcess } from "../../../src/playground/bot-process.ts";
import { demoChannel as channel, type Playground, startPlayground } from "../../../src/playground/playground.ts";
import { identity } from "../support/identity.ts";
import { answerFor, approveOpening, grantRoles } from "./opening.ts";
import { startSignerProcess } from "./signer-process.ts";

describe("the bot with a signer", () => {
  const folder = mkdtempSync(join(tmpdir(), "receipt-signer-"));
  const socketOf = (name: string) => `unix:${join(folder, `${name}.sock`)}`;
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  let playground: Playground;
  let bot: BotProcess;
  let signer: BotProcess;

  async function startSigner(name: string, pem: string): Promise<BotProcess> {
    const started = startSignerProcess({ WECHATPAY_PRIVATE_KEY: pem, SIGNER_LISTEN: socketOf(name) });
    await started.until('"listening"');
    return started;
  }

  before(async () => {
    playground = await startPlayground({ identity });
    signer = await startSigner("first", identity.merchantPrivateKeyPem);
    write("serial", identity.serialNo);
    write("signer", socketOf("first"));
    const { WECHATPAY_PRIVATE_KEY: _, WECHATPAY_SERIAL_NO: __, ...environment } = playground.environment;
    bot = startBotProcess({
      ...environment,
      DATABASE_URL: `sqlite:${join(folder, "receipts.db")}`,
      WECHATPAY_SERIAL_NO_FILE: join(folder, "serial"),
      WECHATPAY_SIGNER_FILE: join(folder, "signer"),
    });
    await bot.until('"listening"');
    await grantRoles(playground);
  });
  after(async () => {
    await Promise.all([bot.end(), signer.end()]);
    await playground.close();
    rmSync(folder, { recursive: true });
  });

  test("opens a receipt with the signer's signature, and nothing of the key is in its process", async () => {
    assert.partialDeepStrictEqual(JSON.parse(await bot.until('"starting"')), { signer: socketOf("first") });
    await approveOpening(playground, "1900000121");
    assert.equal(await answerFor(playground, "1900000121"), 200);
    await signer.until('"signed"');
    const [line = ""] = signer.lines.filter((each) => each.includes("1900000121"));
    assert.partialDeepStrictEqual(JSON.parse(line), {
      msg: "signed",
      call: "POST /v3/goldplan/merchants/changecustompagestatus",
      body: '{"sub_mchid":"1900000121","operation_type":"OPEN"}',
    });
    const written = [...bot.lines, readFileSync(join(folder, "receipts.db"), "latin1")].join();
    for (const part of identity.merchantPrivateKeyPem.split("\n").slice(1, -2)) assert.ok(!written.includes(part));
  });

  test("sends nothing while the signer is gone, and succeeds once it is back", async () => {
    const { slack, weChatPay } = playground;
    assert.equal(await signer.end("SIGKILL"), "SIGKILL");
    const ts = await approveOpening(playground, "1900000122");
    const failed = await bot.until('"why":"signer-unreachable"');
    assert.partialDeepStrictEqual(JSON.parse(failed), {
      result: { mayHaveActed: false, cause: { host: socketOf("first"), code: "ECONNREFUSED" } },
    });
    assert.deepEqual(
      weChatPay.calls.filter(({ subMchid }) => subMchid === "1900000122"),
      [],
    );
    signer = await startSigner("first", identity.merchantPrivateKeyPem);
    assert.equal(await answerFor(playground, "1900000122"), 200);
    await slack.until(() => slack.messages(channel).find((each) => each.ts === ts && each.text?.includes("now open")));
    assert.equal(weChatPay.calls.filter(({ subMchid }) => subMchid === "1900000122").length, 1);
  });

  test("changes the key without a pause: a second signer holds the new one until the first is no longer needed", async () => {
    const { certificates } = playground.weChatPay;
    const [serialNo, { privateKey, publicKey }] = [
      "5157F09EFDC096DE15EBE81A47057A7232F1B8E1",
      generateKeyPairSync("rsa", { modulusLength: 2048 }),
    ];
    const second = await startSigner("second", String(privateKey.export({ type: "pkcs8", format: "pem" })));
    write("signer", socketOf("second"));
    write("serial", serialNo);
    bot.signal("SIGHUP");
    // WeChat Pay does not know the new certificate yet.
    await bot.until("the new keys of WeChat Pay are wrong");
    await approveOpening(playground, "1900000123");
    assert.equal(await answerFor(playground, "1900000123"), 200);
    certificates.set(serialNo, publicKey);
    bot.signal("SIGHUP");
    await bot.until("the keys of WeChat Pay were changed");
    assert.equal(await signer.end(), 0);
    signer = second;
    certificates.delete(identity.serialNo.toUpperCase());
    await approveOpening(playground, "1900000124");
    assert.equal(await answerFor(playground, "1900000124"), 200);
  });
});
