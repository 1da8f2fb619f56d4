import assert from "node:assert/strict";
import { createHash, sign } from "node:crypto";
import { test } from "node:test";
import {
  authorization,
  claimsSignature,
  requestMessage,
  responseMessage,
  signMessage,
  verifyMessage,
  verifyResponse,
} from "../../src/wechatpay/signature.ts";
import {
  goldenGoldPlanRequest,
  goldenRequest,
  merchantPrivateKey,
  merchantPublicKey,
  platformPrivateKey,
  platformPublicKey,
} from "./fixtures/fixtures.ts";

const now = goldenRequest.timestamp * 1000;
const body = Buffer.from('{"sub_mchid":"1900000109"}');
const keys = new Map([
  ["PUB_KEY_ID_0119000000012026112300000000", platformPublicKey],
  ["5157F09EFDC096DE15EBE81A47057A7232F1B8E1", platformPublicKey],
]);

function signedHeaders({ timestamp = String(goldenRequest.timestamp), over = body, key = platformPrivateKey } = {}) {
  const signature = sign("sha256", responseMessage(timestamp, goldenRequest.nonce, over), key).toString("base64");
  return {
    "wechatpay-timestamp": timestamp,
    "wechatpay-nonce": goldenRequest.nonce,
    "wechatpay-signature": signature,
    "wechatpay-serial": "PUB_KEY_ID_0119000000012026112300000000",
  };
}

test("the golden call's message matches the field notes", () => {
  const message = requestMessage(goldenRequest);
  assert.equal(message.byteLength, 146);
  assert.equal(
    createHash("sha256").update(message).digest("hex"),
    "86f6112f342415824f0ad67764c95e13d3ad14ddda092bd798428567300d7d42",
  );
  assert.equal(requestMessage({ ...goldenRequest, body: Buffer.alloc(0) }).byteLength, 96);
});

test("the golden call with the fixture's key gives the recorded header, byte for byte", async () => {
  const signature = await signMessage(requestMessage(goldenRequest), merchantPrivateKey);
  const signer = { mchid: "1900000001", serialNo: "3A5B", privateKey: merchantPrivateKey };
  assert.equal(
    authorization(signer, goldenRequest, signature),
    'WECHATPAY2-SHA256-RSA2048 mchid="1900000001",nonce_str="593BEC0C930BF1AFEB40B4A08C8FB242",signature="udcjr0UBtjkQ+wL6e95HkliNlxgzBBftRFL9JeFa84wIlm4J4i7Opldv5rkAxWuckiCZBjgwdsT8aGfmhxLGq3xqTeMZzmRIOvR0MLPohPBF2lAceqjN6wVWe/29kEmtN/PtI3pa+HJawjLZV2eTt4Iq0lXTvegByA/qfK/yTHGz/HaiOvzrgUAv6bbpYNT092uFQSlHsBU7rHHMt9Jl05T0bu05H9G/PlPDff/bxe2iKYhs5MuaUN4YI7o1kFtrZ4hNuHtXH7W+MQRXOkxJpBrTxJbARMAucR/0PLydsLUONFdOqJokLQ6y8tJBDQcjiYWS2W4SaStMEfZvzhB3PA==",timestamp="1554208460",serial_no="3A5B"',
  );
});

/** The signature comes from `openssl dgst -sha256 -sign merchant-key.pem` over these bytes. */
test("the golden call for 点金计划 has a body of 96 bytes, and its five lines give the recorded signature", async () => {
  const message = requestMessage(goldenGoldPlanRequest);
  assert.equal(goldenGoldPlanRequest.body.byteLength, 96);
  assert.equal(
    message.toString(),
    [
      "POST",
      "/v3/goldplan/merchants/changegoldplanstatus",
      "1554208460",
      "593BEC0C930BF1AFEB40B4A08C8FB242",
      '{"sub_mchid":"1900000109","operation_type":"OPEN","operation_pay_scene":"JSAPI_AND_MINIPROGRAM"}',
      "",
    ].join("\n"),
  );
  assert.equal(
    await signMessage(message, merchantPrivateKey),
    "k61pcL2boHhCsiKljIwE/dg+El6rJJneyxOkfqqW8K08YAU8EuWBQWnjgsy8LJ747McT3KtgcHURjBcINY95NAAzbLEsUe/Xfj7rkDiMtaej+fBrzmJvu4aB8R1Qt9+u1LqFcU8EeZEOEajmQfH8lnH3g16d6PHUlPs/VyQZ5BXPRMRZym4Hi09RJKNrxnLVAhVCHI24RRudhKE2dPf0pkyp4PTlDBkxaJ/vsOdCZbsWfnKupdT4FNpyufQsUfEMHNwjJxqW+XTdNXAlu3WUY5+uzmKyJkxUJFfytRNIIhFCbNo9ajBB/zTwU8QZvpoUJnkWF4Um8R4kVu3gcMySoQ==",
  );
});

test("an empty body keeps its line feed in both messages", () => {
  assert.match(requestMessage({ ...goldenRequest, body: Buffer.alloc(0) }).toString(), /FB242\n\n$/);
  assert.equal(responseMessage("1", "n", Buffer.alloc(0)).toString(), "1\nn\n\n");
});

test("a non-ASCII body is signed as the bytes that are sent", async () => {
  const message = requestMessage({ ...goldenRequest, body: Buffer.from('{"a":"点金"}') });
  assert.equal(await verifyMessage(message, await signMessage(message, merchantPrivateKey), merchantPublicKey), true);
});

const signature = signedHeaders()["wechatpay-signature"];
const rows: { name: string; headers: Record<string, string | string[] | undefined>; body?: Buffer; result: unknown }[] =
  [
    { name: "signed with the public key", headers: signedHeaders(), result: { ok: true } },
    {
      name: "signed with a platform certificate, serial number in lower case",
      headers: { ...signedHeaders(), "wechatpay-serial": "5157f09efdc096de15ebe81a47057a7232f1b8e1" },
      result: { ok: true },
    },
    {
      name: "signed with a platform certificate, serial number with a leading zero",
      headers: { ...signedHeaders(), "wechatpay-serial": "005157F09EFDC096DE15EBE81A47057A7232F1B8E1" },
      result: { ok: true },
    },
    {
      name: "header names in another case",
      headers: Object.fromEntries(Object.entries(signedHeaders()).map(([name, value]) => [name.toUpperCase(), value])),
      result: { ok: true },
    },
    {
      name: "204 with an empty body",
      headers: signedHeaders({ over: Buffer.alloc(0) }),
      body: Buffer.alloc(0),
      result: { ok: true },
    },
    ...["wechatpay-timestamp", "wechatpay-nonce", "wechatpay-signature", "wechatpay-serial"].flatMap((name) => [
      {
        name: `without ${name}`,
        headers: { ...signedHeaders(), [name]: undefined },
        result: { ok: false, why: "missing" },
      },
      { name: `empty ${name}`, headers: { ...signedHeaders(), [name]: "" }, result: { ok: false, why: "missing" } },
      {
        name: `two of ${name}`,
        headers: { ...signedHeaders(), [name]: ["a", "b"] },
        result: { ok: false, why: "missing" },
      },
    ]),
    {
      name: "a serial number that is not configured, though the key would match",
      headers: { ...signedHeaders(), "wechatpay-serial": "PUB_KEY_ID_02" },
      result: { ok: false, why: "unknown-serial" },
    },
    ...[
      { name: "300 s old", offset: -300, result: { ok: true } },
      { name: "300 s ahead", offset: 300, result: { ok: true } },
      { name: "301 s old", offset: -301, result: { ok: false, why: "stale" } },
      { name: "301 s ahead", offset: 301, result: { ok: false, why: "stale" } },
    ].map(({ name, offset, result }) => ({
      name,
      headers: signedHeaders({ timestamp: String(goldenRequest.timestamp + offset) }),
      result,
    })),
    {
      name: "a timestamp in milliseconds",
      headers: signedHeaders({ timestamp: String(now) }),
      result: { ok: false, why: "stale" },
    },
    {
      name: "a timestamp that is no number",
      headers: signedHeaders({ timestamp: `${goldenRequest.timestamp}.0` }),
      result: { ok: false, why: "stale" },
    },
    {
      name: "another body",
      headers: signedHeaders(),
      body: Buffer.from("{}"),
      result: { ok: false, why: "wrong-signature", probe: false },
    },
    {
      name: "the same body with another blank",
      headers: signedHeaders(),
      body: Buffer.from('{"sub_mchid": "1900000109"}'),
      result: { ok: false, why: "wrong-signature", probe: false },
    },
    {
      name: "our own key",
      headers: signedHeaders({ key: merchantPrivateKey }),
      result: { ok: false, why: "wrong-signature", probe: false },
    },
    {
      name: "another nonce",
      headers: { ...signedHeaders(), "wechatpay-nonce": "other" },
      result: { ok: false, why: "wrong-signature", probe: false },
    },
    ...[
      ["with blanks", `${signature.slice(0, 80)} ${signature.slice(80)}`],
      ["in base64url", signature.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")],
      ["without its padding", signature.replaceAll("=", "")],
      ["with a stray %", `${signature}%`],
      ["of no base64 at all", "签名"],
    ].map(([name, value]) => ({
      name: `a signature ${name}`,
      headers: { ...signedHeaders(), "wechatpay-signature": value },
      result: { ok: false, why: "wrong-signature", probe: false },
    })),
    {
      name: "WeChat Pay's probe",
      headers: { ...signedHeaders(), "wechatpay-signature": `WECHATPAY/SIGNTEST/${signature.slice(0, 336)}` },
      result: { ok: false, why: "wrong-signature", probe: true },
    },
  ];

test("an answer counts only if every part of its signature holds", async (t) => {
  for (const row of rows) {
    await t.test(row.name, async () => {
      assert.deepEqual(await verifyResponse({ headers: row.headers, body: row.body ?? body, keys, now }), row.result);
    });
  }
});

test("any of the four headers claims a signature", () => {
  assert.equal(claimsSignature({ "content-type": "application/json" }), false);
  assert.equal(claimsSignature({ "Wechatpay-Nonce": "n" }), true);
  assert.equal(claimsSignature({ "wechatpay-serial": ["s", "s"] }), true, "a header that came twice");
});
