/** The client with platform certificates: which lists it believes, and which answers it accepts with them. */
import assert from "node:assert/strict";
import { createSecretKey } from "node:crypto";
import { after, test } from "node:test";
import {
  createPlatformCertificate,
  type LocalCertificates,
  type PlatformCertificate,
} from "../../../src/playground/wechatpay/platform-certificates.ts";
import { type Exchange, startLocalWeChatPay } from "../../../src/playground/wechatpay/server.ts";
import { keysInForce } from "../../../src/wechatpay/certificates/open-certificate.ts";
import { createWeChatPayClient, type WeChatPayClientOptions } from "../../../src/wechatpay/client.ts";
import { signWithKey } from "../../../src/wechatpay/signature.ts";
import { identity } from "../../e2e/support/identity.ts";
import { platformPrivateKey } from "../fixtures/fixtures.ts";

const apiV3Key = "a7cde1ZJB1kG2e7VfTs3jQzaWizur8Gb";
const exchanges: Exchange[] = [];
const local = await startLocalWeChatPay({ ...identity, observe: (exchange) => exchanges.push(exchange) });
after(() => local.close());

const dayMs = 86_400_000;
const current = createPlatformCertificate({ privateKey: platformPrivateKey, serialNo: identity.serialNo });
const next = createPlatformCertificate();
const expired = createPlatformCertificate({ ...keyOf(next), expiresAt: wholeSeconds(Date.now() - dayMs) });
const early = createPlatformCertificate({ ...keyOf(next), validFrom: wholeSeconds(Date.now() + dayMs) });

function keyOf({ privateKey }: PlatformCertificate) {
  return { privateKey, validFrom: wholeSeconds(Date.now() - 9 * dayMs) };
}
function wholeSeconds(at: number): number {
  return Math.floor(at / 1_000) * 1_000;
}

/** What WeChat Pay has from now on. */
function weChatPayHas(certificates: Partial<LocalCertificates>): void {
  local.platformCertificates = { apiV3Key, listed: [current], isSwitched: false, ...certificates };
}

function clientOf(options: Partial<WeChatPayClientOptions> = {}) {
  const client = createWeChatPayClient({
    mchid: identity.mchid,
    serialNo: identity.serialNo,
    sign: signWithKey(identity.merchantPrivateKey),
    publicKeyId: undefined,
    verificationKeys: new Map(),
    apiV3Key: createSecretKey(Buffer.from(apiV3Key)),
    endpoints: [local.url],
    userAgent: "receipt-bot/test",
    ...options,
  });
  after(() => client.close());
  return client;
}
const bothKinds = {
  publicKeyId: identity.publicKeyId,
  verificationKeys: new Map([[identity.publicKeyId, identity.publicKey]]),
};
const open = (client: ReturnType<typeof clientOf>, subMchid = "1900000109") =>
  client.changeCustomPageStatus({ subMchid, operationType: "OPEN", endpoint: 0 });

test("the first list is believed because the APIv3 key authenticates it and one of its certificates signed it", async () => {
  weChatPayHas({ listed: [next, current], signsWith: current });
  const { result, certificates } = await clientOf().checkSignature(0);
  assert.equal(result.kind, "accepted");
  assert.deepEqual(
    certificates.map(({ serialNo, validFrom, expiresAt }) => ({ serialNo, validFrom, expiresAt })),
    [next, current].map(({ serialNo, validFrom, expiresAt }) => ({ serialNo, validFrom, expiresAt })),
  );
});

test("a list is not believed if anything about it is wrong", async (t) => {
  const stranger = createPlatformCertificate({ privateKey: identity.merchantPrivateKey });
  const lies: Record<string, [Partial<LocalCertificates>, object]> = {
    "a tag that does not match": [{ lie: "wrong-tag" }, { kind: "certificates", why: "wrong-key" }],
    "another APIv3 key": [{ apiV3Key: "b".repeat(32) }, { kind: "certificates", why: "wrong-key" }],
    "a serial number that is not the certificate's": [
      { lie: "other-serial" },
      { kind: "certificates", why: "unusable" },
    ],
    "a certificate that has expired": [{ listed: [expired] }, { kind: "certificates", why: "unusable" }],
    "a certificate that is not valid yet": [{ listed: [early] }, { kind: "certificates", why: "unusable" }],
    "a wrong signature": [{ lie: "wrong-signature" }, { kind: "unverified", why: "wrong-signature" }],
    "a signature under a certificate that it does not contain": [
      { signsWith: stranger },
      { kind: "unverified", why: "unknown-serial", serial: stranger.serialNo },
    ],
    "a signature under one of its certificates that has expired": [
      { listed: [current, expired], signsWith: expired },
      { kind: "unverified", why: "unknown-serial" },
    ],
  };
  for (const [name, [certificates, expected]] of Object.entries(lies))
    await t.test(name, async () => {
      weChatPayHas(certificates);
      const { result, certificates: believed } = await clientOf().checkSignature(0);
      assert.partialDeepStrictEqual(result, expected);
      assert.deepEqual(believed, []);
    });
});

test("the answer that WeChat Pay has no platform certificates is recognized with and without its public key", async () => {
  weChatPayHas({ listed: [], isSwitched: true });
  const { result: alone } = await clientOf().checkSignature(0);
  assert.deepEqual(alone, { kind: "certificates", why: "none" });
  const { result: verified, certificates } = await clientOf(bothKinds).checkSignature(0);
  assert.deepEqual([verified.kind, certificates], ["accepted", []]);
});

test("without a key that could verify the answer, no change is requested", async () => {
  const before = local.calls.length;
  assert.partialDeepStrictEqual(await open(clientOf()), {
    kind: "unreachable",
    why: "no-verification-key",
    mayHaveActed: false,
  });
  assert.equal(local.calls.length, before);
});

test("during a switch-over, answers count under the public key and under a platform certificate", async () => {
  weChatPayHas({});
  const client = clientOf(bothKinds);
  const { certificates } = await client.checkSignature(0);
  const verificationKeys = new Map([...bothKinds.verificationKeys, ...keysInForce(certificates, Date.now())]);
  const both = clientOf({ ...bothKinds, verificationKeys });
  for (const isSwitched of [false, true, false]) {
    weChatPayHas({ isSwitched });
    assert.equal((await open(both)).kind, "accepted");
    const signedUnder = exchanges.at(-1)?.sent?.headers["Wechatpay-Serial"];
    assert.equal(signedUnder, isSwitched ? identity.publicKeyId : current.serialNo);
  }
});

test("without a public key, requests name no key, which WeChat Pay answers with its certificate", async () => {
  weChatPayHas({ isSwitched: true });
  const client = clientOf({ verificationKeys: new Map([[current.serialNo, identity.publicKey]]) });
  assert.equal((await open(client)).kind, "accepted");
  assert.equal("wechatpay-serial" in (exchanges.at(-1)?.call.headers ?? {}), false);
});

test("an answer under an unknown serial number is verified again, byte for byte, once its key is known", async () => {
  weChatPayHas({ listed: [next, current], signsWith: next });
  const wanted: string[] = [];
  const keys = optionsWith(current);
  const client = clientOf({
    ...keys,
    renewKeys: async (serialNo) => {
      wanted.push(serialNo);
      const { certificates } = await client.checkSignature(0);
      client.useKeys({ ...keys, verificationKeys: keysInForce(certificates, Date.now()) });
    },
  });
  const changes = () => local.calls.filter(({ subMchid }) => subMchid === "1900000777").length;
  assert.equal((await open(client, "1900000777")).kind, "accepted");
  assert.deepEqual([wanted, changes()], [[next.serialNo], 1]);
});

test("an answer whose key is not found in time is reported as unverified, not as a time-out", async () => {
  weChatPayHas({ signsWith: next });
  const renewKeys = () => new Promise<void>(() => {});
  const result = await open(clientOf({ ...optionsWith(current), renewKeys, totalTimeoutMs: 300 }));
  assert.partialDeepStrictEqual(result, { kind: "unverified", why: "unknown-serial", serial: next.serialNo });
});

function optionsWith({ serialNo }: PlatformCertificate) {
  return {
    serialNo: identity.serialNo,
    sign: signWithKey(identity.merchantPrivateKey),
    publicKeyId: undefined,
    apiV3Key: createSecretKey(Buffer.from(apiV3Key)),
    verificationKeys: new Map([[serialNo, identity.publicKey]]),
  };
}
