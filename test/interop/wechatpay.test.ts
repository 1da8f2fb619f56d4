import assert from "node:assert/strict";
import { createSecretKey } from "node:crypto";
import { createRequire } from "node:module";
import { after, test } from "node:test";
import { createWeChatPayIdentity } from "../../src/playground/wechatpay/identity.ts";
import { createPlatformCertificate, listCertificates } from "../../src/playground/wechatpay/platform-certificates.ts";
import { startLocalWeChatPay } from "../../src/playground/wechatpay/server.ts";
import { readCertificateList } from "../../src/wechatpay/certificates/certificate-list.ts";
import { decrypt } from "../../src/wechatpay/certificates/decrypt.ts";
import {
  authorization,
  requestMessage,
  responseMessage,
  signMessage,
  verifyMessage,
} from "../../src/wechatpay/signature.ts";
import {
  goldenRequest,
  merchantPrivateKey,
  merchantPublicKey,
  platformPrivateKey,
  platformPublicKey,
} from "../wechatpay/fixtures/fixtures.ts";

/** The parts of wechatpay-axios-plugin used here; its own declarations are incomplete. */
type Plugin = {
  Rsa: {
    sign(message: string, privateKey: unknown): string;
    verify(message: string, signature: string, publicKey: unknown): boolean;
  };
  Aes: { AesGcm: { decrypt(ciphertext: string, key: string, iv: string, aad: string): string } };
  Formatter: {
    request(method: string, uri: string, timestamp: number, nonce: string, body: string): string;
    response(timestamp: string, nonce: string, body: string): string;
    authorization(mchid: string, nonce: string, signature: string, timestamp: number, serial: string): string;
  };
  Wechatpay: new (
    config: Record<string, unknown>,
  ) => {
    chain(path: string): {
      post(body: unknown, config?: unknown): Promise<{ status: number; data: { sub_mchid?: string } }>;
    };
  };
};
const { Aes, Rsa, Formatter, Wechatpay }: Plugin = createRequire(import.meta.url)("wechatpay-axios-plugin");

const { method, path, timestamp, nonce } = goldenRequest;
const body = goldenRequest.body.toString();

test("both implementations build the same message and the same signature", async () => {
  const message = Formatter.request(method, path, timestamp, nonce, body);
  assert.equal(requestMessage(goldenRequest).toString(), message);
  const signature = await signMessage(requestMessage(goldenRequest), merchantPrivateKey);
  assert.equal(signature, Rsa.sign(message, merchantPrivateKey));
  assert.equal(Rsa.verify(message, signature, merchantPublicKey), true);
  const ours = authorization({ mchid: "1900000001", serialNo: "AB" }, goldenRequest, signature);
  assert.deepEqual(fieldsOf(ours), fieldsOf(Formatter.authorization("1900000001", nonce, signature, timestamp, "AB")));
});

test("our client verifies the other implementation's signatures", async () => {
  for (const text of ['{"sub_mchid":"1900000109"}', "", '{"message":"点金计划"}']) {
    const message = Formatter.response(String(timestamp), nonce, text);
    assert.equal(responseMessage(String(timestamp), nonce, Buffer.from(text)).toString(), message);
    const signature = Rsa.sign(message, platformPrivateKey);
    assert.equal(await verifyMessage(Buffer.from(message), signature, platformPublicKey), true);
    assert.equal(await verifyMessage(Buffer.from(`${message} `), signature, platformPublicKey), false);
  }
});

test("both implementations decrypt the local WeChat Pay's platform certificates to the same text", () => {
  const apiV3Key = "a7cde1ZJB1kG2e7VfTs3jQzaWizur8Gb";
  const certificate = createPlatformCertificate({ privateKey: platformPrivateKey });
  const reply = listCertificates({ apiV3Key, listed: [certificate], isSwitched: false });
  const [encrypted] = readCertificateList(Buffer.from(JSON.stringify("body" in reply ? reply.body : ""))) ?? [];
  assert.ok(encrypted);
  const { ciphertext, nonce, associatedData } = encrypted;
  const ours = decrypt(encrypted, createSecretKey(Buffer.from(apiV3Key)))?.toString();
  assert.deepEqual([ours, Aes.AesGcm.decrypt(ciphertext, apiV3Key, nonce, associatedData)], [certificate.pem, ours]);
});

test("the other implementation calls the local WeChat Pay and verifies its answer", async () => {
  const identity = createWeChatPayIdentity();
  const local = await startLocalWeChatPay(identity);
  after(() => local.close());
  const other = new Wechatpay({
    mchid: identity.mchid,
    serial: identity.serialNo,
    privateKey: identity.merchantPrivateKeyPem,
    certs: { [identity.publicKeyId]: identity.publicKeyPem },
    baseURL: local.url,
    headers: { "Wechatpay-Serial": identity.publicKeyId },
    proxy: false,
  });
  const post = (path: string, body: Record<string, string>) =>
    other
      .chain(`v3/goldplan/merchants/${path}`)
      .post({ ...body, operation_type: "OPEN" }, { headers: { "Wechatpay-Serial": identity.publicKeyId } });
  const call = (subMchid: string) => post("changecustompagestatus", { sub_mchid: subMchid });
  const { status, data } = await call("1900000109");
  assert.deepEqual([status, data], [200, { sub_mchid: "1900000109" }]);
  assert.equal(local.states.get("1900000109"), "OPEN");
  await post("changegoldplanstatus", { sub_mchid: "1900000109", operation_pay_scene: "MINIPROGRAM" });
  assert.deepEqual(local.switchesOf("1900000109"), { receipt: "OPEN", goldplan: "OPEN", scene: "MINIPROGRAM" });
  for (const spoilt of ["1900020001", "1900020002", "1900020003", "1900020004", "1900020005"])
    await assert.rejects(call(spoilt));
});

function fieldsOf(header: string): string[] {
  const [scheme = "", fields = ""] = header.split(" ");
  return [scheme, ...fields.split(",").sort()];
}
