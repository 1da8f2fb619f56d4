/** The provider changes its API certificate while the bot runs: real processes, real files, a strict WeChat Pay. */
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type BotProcess, startBotProcess } from "../../../src/playground/bot-process.ts";
import { type Playground, startPlayground } from "../../../src/playground/playground.ts";
import { identity } from "../support/identity.ts";
import { answerFor, approveOpening, grantRoles } from "./opening.ts";

describe("the keys of WeChat Pay", () => {
  const folder = mkdtempSync(join(tmpdir(), "receipt-keys-"));
  let playground: Playground;
  let bot: BotProcess;
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  const newKey = () => generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pem = (key: ReturnType<typeof newKey>["privateKey"]) => String(key.export({ type: "pkcs8", format: "pem" }));

  before(async () => {
    playground = await startPlayground({ identity });
    write("serial", identity.serialNo);
    write("key.pem", identity.merchantPrivateKeyPem);
    write("public-key.pem", identity.publicKeyPem);
    const environment = { ...playground.environment };
    for (const name of ["SERIAL_NO", "PRIVATE_KEY", "PUBLIC_KEY"]) delete environment[`WECHATPAY_${name}`];
    bot = startBotProcess({
      ...environment,
      DATABASE_URL: `sqlite:${join(folder, "receipts.db")}`,
      WECHATPAY_SERIAL_NO_FILE: join(folder, "serial"),
      WECHATPAY_PRIVATE_KEY_FILE: join(folder, "key.pem"),
      WECHATPAY_PUBLIC_KEY_FILE: join(folder, "public-key.pem"),
    });
    await bot.until("listening");
    await grantRoles(playground);
  });
  after(async () => {
    await bot.end();
    await playground.close();
    rmSync(folder, { recursive: true });
  });

  async function opened(number: string): Promise<number | string> {
    await approveOpening(playground, number);
    return answerFor(playground, number);
  }

  test("change together at a SIGHUP once WeChat Pay accepts them, and not at all before", async () => {
    const { certificates } = playground.weChatPay;
    assert.equal(await opened("1900000111"), 200);
    const [serialNo, key] = ["5157F09EFDC096DE15EBE81A47057A7232F1B8E1", newKey()];
    // Half a change: the new key under the old serial number.
    write("key.pem", pem(key.privateKey));
    bot.signal("SIGHUP");
    const half = JSON.parse(await bot.until("the new keys of WeChat Pay are wrong"));
    assert.equal(half.result.fault, "sign-key");
    // No request waits for this call, so its advice does not begin as a request's does.
    assert.match(half.explanation, /^A signed call that changes nothing failed: the bot's private key is wrong\. /);
    assert.equal(await opened("1900000112"), 200);
    // The whole change, before WeChat Pay knows the certificate.
    write("serial", serialNo);
    bot.signal("SIGHUP");
    await bot.until("sign-serial");
    assert.equal(await opened("1900000113"), 200);
    // WeChat Pay knows the new one, and soon only that.
    certificates.set(serialNo, key.publicKey);
    bot.signal("SIGHUP");
    await bot.until("the keys of WeChat Pay were changed");
    certificates.delete(identity.serialNo.toUpperCase());
    assert.equal(await opened("1900000114"), 200);
    // A key of which WeChat Pay's answer cannot be verified: nothing was to be changed, so nothing is uncertain.
    write("public-key.pem", String(newKey().publicKey.export({ type: "spki", format: "pem" })));
    bot.signal("SIGHUP");
    const unverified = JSON.parse(await bot.until('"kind":"unverified"'));
    assert.doesNotMatch(unverified.explanation, /unknown whether/);
    write("public-key.pem", identity.publicKeyPem);
    // A file that is no key.
    write("key.pem", "not a key");
    bot.signal("SIGHUP");
    await bot.until("WECHATPAY_PRIVATE_KEY");
    assert.equal(await opened("1900000115"), 200);
    const log = bot.lines.join("\n");
    for (const line of pem(key.privateKey).split("\n").slice(1, -2)) assert.ok(!log.includes(line));
  });
});
