/** Certificates under the APIv3 key: decrypted only if every part of them is WeChat Pay's. */
import assert from "node:assert/strict";
import { createCipheriv, createSecretKey, X509Certificate } from "node:crypto";
import { test } from "node:test";
import type { EncryptedCertificate } from "../../../src/domain/platform-certificates/platform-certificates.ts";
import {
  createPlatformCertificate,
  listCertificates,
  type PlatformCertificate,
} from "../../../src/playground/wechatpay/platform-certificates.ts";
import { readCertificateList } from "../../../src/wechatpay/certificates/certificate-list.ts";
import { decrypt } from "../../../src/wechatpay/certificates/decrypt.ts";
import { openCertificate } from "../../../src/wechatpay/certificates/open-certificate.ts";
import { platformPrivateKey } from "../fixtures/fixtures.ts";

const apiV3Key = "a7cde1ZJB1kG2e7VfTs3jQzaWizur8Gb";
const key = createSecretKey(Buffer.from(apiV3Key));
const otherKey = createSecretKey(Buffer.from("b".repeat(32)));
/** Both ends of its validity in different encodings of time, and a serial number with leading zeros. */
const certificate = createPlatformCertificate({
  privateKey: platformPrivateKey,
  serialNo: "00A09DB4E3DE0279F2E813FD440024045C4A4275",
  validFrom: Date.UTC(2026, 0, 2, 3, 4, 5),
  expiresAt: Date.UTC(2051, 5, 7, 8, 9, 10),
});

function encrypted(one: PlatformCertificate): EncryptedCertificate {
  const reply = listCertificates({ apiV3Key, listed: [one], isSwitched: false });
  const body = "body" in reply ? reply.body : undefined;
  const [entry] = readCertificateList(Buffer.from(JSON.stringify(body))) ?? [];
  assert.ok(entry);
  return entry;
}

test("AES-256-GCM decrypts the published test vector of wechatpay-java, and nothing that differs from it", () => {
  const vector = {
    nonce: "uluk4a9R25RW",
    associatedData: "associatedData",
    ciphertext: "ulwSiIajGClcvcOYvOQ7+l+0PAbzzwI=",
  };
  assert.equal(decrypt(vector, key)?.toString(), "message");
  const bytes = Buffer.from(vector.ciphertext, "base64");
  const changed = [
    { nonce: "uluk4a9R25RX" },
    { nonce: "" },
    { associatedData: "" },
    ...[...bytes.keys()].map((at) => ({
      ciphertext: Buffer.from(bytes.map((byte, index) => (index === at ? byte ^ 1 : byte))).toString("base64"),
    })),
    ...[0, 15, 22].map((length) => ({ ciphertext: bytes.subarray(0, length).toString("base64") })),
  ];
  for (const change of changed) assert.equal(decrypt({ ...vector, ...change }, key), undefined, JSON.stringify(change));
  assert.equal(decrypt(vector, otherKey), undefined);
});

test("a tag that was cut does not count, even though its beginning is right", () => {
  const [nonce, associatedData] = ["uluk4a9R25RW", "certificate"];
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  cipher.setAAD(Buffer.from(associatedData));
  cipher.final();
  const tag = cipher.getAuthTag();
  const withTag = (length: number) => ({ nonce, associatedData, ciphertext: tag.toString("base64", 0, length) });
  assert.equal(decrypt(withTag(16), key)?.byteLength, 0);
  for (const length of [4, 8, 12, 15]) assert.equal(decrypt(withTag(length), key), undefined, String(length));
});

test("serial number and validity are the certificate's own", () => {
  const opening = openCertificate(encrypted(certificate), key);
  assert.ok(opening.ok);
  const { serialNo, validFrom, expiresAt, key: publicKey } = opening.certificate;
  assert.deepEqual([validFrom, expiresAt], [certificate.validFrom, certificate.expiresAt]);
  assert.equal(serialNo, new X509Certificate(certificate.pem).serialNumber);
  assert.ok(publicKey.equals(new X509Certificate(certificate.pem).publicKey));
});

test("a list may write the serial number in another case and without leading zeros", () => {
  const one = encrypted(certificate);
  for (const serialNo of ["a09db4e3de0279f2e813fd440024045c4a4275", certificate.serialNo])
    assert.ok(openCertificate({ ...one, serialNo }, key).ok);
  // A certificate itself has its serial number in the fewest bytes.
  for (const serialNo of ["001648D01EE983D8D7C513846BE2277D1BD3B7B6", "0000A1", "0F", "7F", "80", "00"])
    assert.ok(openCertificate(encrypted(createPlatformCertificate({ ...certificate, serialNo })), key).ok, serialNo);
  assert.deepEqual(openCertificate({ ...one, serialNo: "AB12" }, key), { ok: false, why: "wrong-serial" });
});

test("what is encrypted under the APIv3 key and is no RSA certificate is not used", () => {
  for (const pem of ["message", "", certificate.pem.slice(0, 400)])
    assert.deepEqual(openCertificate(encrypted({ ...certificate, pem }), key), { ok: false, why: "unreadable" });
  assert.deepEqual(openCertificate(encrypted(certificate), otherKey), { ok: false, why: "wrong-key" });
});

test("a list is read whatever else it contains, and anything else is no list", () => {
  const one = encrypted(certificate);
  const entry = {
    serial_no: one.serialNo,
    encrypt_certificate: {
      algorithm: "AEAD_AES_256_GCM",
      nonce: one.nonce,
      associated_data: one.associatedData,
      ciphertext: one.ciphertext,
    },
  };
  const odd = { ...entry, encrypt_certificate: { ...entry.encrypt_certificate, algorithm: "AEAD_SM4_128_GCM" } };
  const read = (answer: unknown) => readCertificateList(Buffer.from(JSON.stringify(answer)));
  assert.deepEqual(read({ data: [odd, null, entry, { serial_no: 1 }], more: true }), [one]);
  assert.deepEqual(read({ data: [] }), []);
  for (const other of [{}, null, [], { data: "x" }]) assert.equal(read(other), undefined);
  assert.equal(readCertificateList(Buffer.from("<html>")), undefined);
});
