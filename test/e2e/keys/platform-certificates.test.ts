/** A provider that has no public key of WeChat Pay: real processes, a real ledger, a WeChat Pay with certificates. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { createCertificateStore } from "../../../src/ledger/instances/certificate-store.ts";
import { type BotProcess, startBotProcess } from "../../../src/playground/bot-process.ts";
import { freePort } from "../../../src/playground/free-port.ts";
import {
  demoChannel as channel,
  type Playground,
  demoPeople as people,
  startPlayground,
} from "../../../src/playground/playground.ts";
import {
  createPlatformCertificate,
  type LocalCertificates,
  listCertificates,
} from "../../../src/playground/wechatpay/platform-certificates.ts";
import { openStore } from "../../../src/storage/open.ts";
import { readCertificateList } from "../../../src/wechatpay/certificates/certificate-list.ts";
import { scraped } from "../../metrics/scrape.ts";
import { platformPrivateKey } from "../../wechatpay/fixtures/fixtures.ts";
import { identity } from "../support/identity.ts";

describe("a bot with the APIv3 key alone", () => {
  const folder = mkdtempSync(join(tmpdir(), "receipt-certificates-"));
  const path = join(folder, "receipts.db");
  const apiV3Key = "a7cde1ZJB1kG2e7VfTs3jQzaWizur8Gb";
  const current = createPlatformCertificate({ privateKey: platformPrivateKey });
  const next = createPlatformCertificate();
  const planted = createPlatformCertificate({ privateKey: identity.merchantPrivateKey });
  const certificates: LocalCertificates = { apiV3Key, listed: [current], isSwitched: false };
  let opsPort: number;
  let playground: Playground;
  let bot: BotProcess;

  before(async () => {
    playground = await startPlayground({ identity, platformCertificates: certificates });
    opsPort = await freePort();
    writeFileSync(join(folder, "apiv3_key"), apiV3Key);
  });
  after(async () => {
    await bot?.end();
    await playground.close();
    rmSync(folder, { recursive: true });
  });

  async function start(): Promise<void> {
    await bot?.end();
    const { WECHATPAY_PUBLIC_KEY_ID: _, WECHATPAY_PUBLIC_KEY: __, ...environment } = playground.environment;
    const WECHATPAY_APIV3_KEY_FILE = join(folder, "apiv3_key");
    const own = { DATABASE_URL: `sqlite:${path}`, OPS_PORT: String(opsPort), WECHATPAY_APIV3_KEY_FILE };
    bot = startBotProcess({ ...environment, ...own });
    await bot.until("listening");
  }

  async function approve(number: string): Promise<void> {
    const { slack } = playground;
    await slack.type({ user: people.ann, channel, text: `/receipt open ${number}` });
    const { ts } = await slack.until(() => slack.messages(channel).find(({ text }) => text?.includes(number)));
    await slack.click({ user: people.bob, channel, ts, actionId: "approve" });
  }

  async function opens(number: string): Promise<void> {
    await approve(number);
    const { slack } = playground;
    await slack.until(() =>
      slack.messages(channel).some(({ text }) => text === `Receipts for ${number} are now open.`),
    );
  }

  test("fetches the certificates at its first start, and verifies WeChat Pay's answers with them", async () => {
    await start();
    for (const line of ["grant @ann requester", "grant @bob approver"])
      await playground.slack.type({ user: people.carol, channel, text: `/receipt ${line}` });
    await bot.until("a new platform certificate is accepted");
    const page = scraped(await (await fetch(`http://127.0.0.1:${opsPort}/metrics`)).text());
    const leftMs = (page.value("receipt_wechatpay_certificate_expiry_seconds") ?? 0) * 1_000;
    assert.ok(Math.abs(leftMs - (current.expiresAt - Date.now())) < 60_000, String(leftMs));
    await opens("1900000111");
  });

  test("verifies the very answer that is signed with a new certificate", async () => {
    Object.assign(certificates, { listed: [next, current], signsWith: next });
    await opens("1900000112");
    const calls = playground.weChatPay.calls.filter(({ subMchid }) => subMchid === "1900000112");
    assert.equal(calls.length, 1);
  });

  test("starts with the ledger's certificates while WeChat Pay returns none that it can use", async () => {
    certificates.lie = "wrong-tag";
    await start();
    await opens("1900000113");
    assert.ok(!bot.lines.join("\n").includes(apiV3Key));
    const bytes = readFileSync(path, "latin1");
    assert.ok(!bytes.includes(apiV3Key) && !bytes.includes("BEGIN CERTIFICATE"));
  });

  test("uses another APIv3 key without a restart once it decrypts WeChat Pay's certificates", async () => {
    const changed = randomBytes(16).toString("hex");
    writeFileSync(join(folder, "apiv3_key"), changed);
    bot.signal("SIGHUP");
    assert.match(await bot.until("the new keys of WeChat Pay are wrong"), /WECHATPAY_APIV3_KEY does not decrypt/);
    Object.assign(certificates, { apiV3Key: changed, lie: undefined });
    bot.signal("SIGHUP");
    await bot.until("the keys of WeChat Pay were changed");
    await opens("1900000114");
  });

  test("reports what to do if WeChat Pay has no certificates, and asks no more for now", async () => {
    Object.assign(certificates, { listed: [], signsWith: planted });
    // Its own certificates, under a key of its own.
    const reply = listCertificates({ apiV3Key: "b".repeat(32), listed: [planted], isSwitched: false });
    const body = "body" in reply ? JSON.stringify(reply.body) : "";
    await bot.end();
    const store = await openStore({ engine: "sqlite", path });
    const list = readCertificateList(Buffer.from(body)) ?? [];
    await createCertificateStore(store).write({ fetchedAt: Date.now(), certificates: list });
    await store.close();
    await start();
    assert.match(await bot.until("could not be fetched"), /Set WECHATPAY_PUBLIC_KEY_ID and WECHATPAY_PUBLIC_KEY/);
  });

  test("a planted certificate in the ledger verifies nothing", async () => {
    await approve("1900000115");
    await bot.until("no-verification-key");
    assert.ok(!playground.weChatPay.calls.some(({ subMchid }) => subMchid === "1900000115"));
  });
});
