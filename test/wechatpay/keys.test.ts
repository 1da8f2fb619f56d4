import assert from "node:assert/strict";
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { type KeyProblem, keyProblems } from "../../src/domain/key-problem.ts";
import { readPrivateKey, readPublicKeys, readSingleCertificate } from "../../src/wechatpay/keys.ts";
import {
  merchantCertificatePem,
  merchantKeyPem,
  merchantPrivateKey,
  merchantPublicKey,
  p12,
  platformCertificatePem,
  platformKeyPem,
  platformPublicKey,
  platformPublicKeyPem,
} from "./fixtures/fixtures.ts";

const small = generateKeyPairSync("rsa", { modulusLength: 1024 });
const large = generateKeyPairSync("rsa", { modulusLength: 3072 });
const curve = generateKeyPairSync("ec", { namedCurve: "P-256" });
const pkcs8 = { type: "pkcs8", format: "pem" } as const;
const spki = { type: "spki", format: "pem" } as const;
const pkcs1Pem = merchantPrivateKey.export({ type: "pkcs1", format: "pem" }).toString();
const merchantPublicKeyPem = merchantPublicKey.export(spki).toString();
const encryptedPem = merchantPrivateKey.export({ ...pkcs8, cipher: "aes-256-cbc", passphrase: "x" }).toString();
const oldEncryptedPem = merchantPrivateKey
  .export({ type: "pkcs1", format: "pem", cipher: "aes-128-cbc", passphrase: "x" })
  .toString();

const oneLine = (pem: string) => pem.replaceAll("\n", "");
const indented = (pem: string) => pem.replaceAll("\n", "\n  ");
const bare = (pem: string) => pem.replace(/-----.*-----\n/g, "");
const cut = (pem: string) => pem.slice(0, pem.length / 2);
const relabelled = (pem: string, from: string, to: string) => pem.replaceAll(`${from}-----`, `${to}-----`);

/** What is wrong with the text itself is the same for both settings. */
const brokenTexts = (pem: string): [string, string | Uint8Array, KeyProblem][] => [
  ["nothing", "", "empty"],
  ["blanks", " \r\n ", "empty"],
  ["a .p12 file", p12, "binary"],
  ["a .p12 file that was read as text", p12.toString("utf8"), "binary"],
  ["a path", "/run/secrets/apiclient_key.pem", "path"],
  ["a path without an ending", "/run/secrets/wechatpay_key", "path"],
  ["a relative path", "./certs/key", "path"],
  ["a path of Windows", "C:\\certs\\apiclient_key.pem", "path"],
  ["backslash and n for line breaks", pem.replaceAll("\n", "\\n"), "literal-line-breaks"],
  ["one line", oneLine(pem), "one-line"],
  ["one line with blanks", pem.replaceAll("\n", " "), "one-line"],
  ["base64 alone", bare(pem), "no-armour"],
  ["base64 alone on one line", oneLine(bare(pem)), "no-armour"],
  ["the whole text in base64", Buffer.from(pem).toString("base64"), "base64"],
  [
    "the whole text in base64, in lines",
    `${Buffer.from(pem)
      .toString("base64")
      .match(/.{1,76}/g)
      ?.join("\n")}\n`,
    "base64",
  ],
  ["a first line without one of its dashes", pem.slice(1), "cut"],
  ["indented lines", indented(pem), "indented"],
  ["the first half", cut(pem), "cut"],
  ["the second half", pem.slice(pem.length / 2), "cut"],
  ["a line missing in the middle", pem.split("\n").toSpliced(4, 1).join("\n"), "cut"],
  ["a word", "changeme", "not-pem"],
  ["a token", "xoxb-1234567890-abcdefghijkl", "not-pem"],
  ["a public key ID", "PUB_KEY_ID_0119000001002024070100000000001234", "key-id"],
  ["a serial number", "5157F09EFDC096DE15EBE81A47057A7232F1B8E1", "serial"],
  ["base64 with a character changed", bare(pem).replace(/\n(\w)/, "\n*"), "unreadable"],
  ["a character changed that is not base64", pem.replace(/\n(\w)/, "\n*"), "unreadable"],
  ["dashes that a word processor changed", pem.replaceAll("-----", "–––––"), "unreadable"],
];

test("line breaks that were doubled, left out or moved do not matter between the armour's lines", () => {
  const unwrapped = (pem: string) => pem.replace(/(?<!-)\n(?!-)/g, "");
  const rewrapped: ((pem: string) => string)[] = [(pem) => pem.replaceAll("\n", "\n\n"), unwrapped];
  for (const change of rewrapped) {
    assert.ok(readPrivateKey(change(merchantKeyPem)).ok);
    assert.ok(readPrivateKey(change(pkcs1Pem)).ok);
    assert.ok(publicKeys(change(platformPublicKeyPem)).ok);
    assert.ok(readSingleCertificate(change(merchantCertificatePem)).ok);
  }
});

test("something else instead of a private key is named", async (t) => {
  const rows: [string, string | Uint8Array, KeyProblem][] = [
    ...brokenTexts(merchantKeyPem),
    ["apiclient_cert.pem", merchantCertificatePem, "certificate"],
    ["a public key", merchantPublicKeyPem, "public-key"],
    ["an encrypted key", encryptedPem, "encrypted"],
    ["an encrypted key of the older kind", oldEncryptedPem, "encrypted"],
    ["PKCS#1 in PKCS#8's armour", relabelled(pkcs1Pem, "RSA PRIVATE KEY", "PRIVATE KEY"), "wrong-armour"],
    ["an EC key", curve.privateKey.export(pkcs8).toString(), "not-rsa"],
    ["an EC key of the older kind", curve.privateKey.export({ type: "sec1", format: "pem" }).toString(), "not-rsa"],
    ["1024 bits", small.privateKey.export(pkcs8).toString(), "not-2048-bits"],
    ["3072 bits", large.privateKey.export(pkcs8).toString(), "not-2048-bits"],
    ["two keys", merchantKeyPem + platformKeyPem, "several-keys"],
    [
      "a certificate in a private key's armour",
      relabelled(merchantCertificatePem, "CERTIFICATE", "PRIVATE KEY"),
      "unreadable",
    ],
  ];
  for (const [name, input, problem] of rows) {
    await t.test(name, () => assert.deepEqual(readPrivateKey(input), { ok: false, problem }));
  }
});

test("something else instead of a public key is named", async (t) => {
  const rows: [string, string | Uint8Array, KeyProblem][] = [
    ...brokenTexts(platformPublicKeyPem),
    ["a certificate alone", platformCertificatePem, "certificate-alone"],
    ["apiclient_cert.pem alone", merchantCertificatePem, "own-certificate"],
    ["apiclient_cert.pem beside the key", platformPublicKeyPem + merchantCertificatePem, "own-certificate"],
    ["apiclient_key.pem", merchantKeyPem, "private-key"],
    ["an encrypted private key", encryptedPem, "private-key"],
    ["our own public key", merchantPublicKeyPem, "own-key"],
    [
      "PKCS#1 in the other armour",
      relabelled(
        createPublicKey(platformPublicKey.export(spki)).export({ type: "pkcs1", format: "pem" }).toString(),
        "RSA PUBLIC KEY",
        "PUBLIC KEY",
      ),
      "wrong-public-armour",
    ],
    ["an EC key", curve.publicKey.export(spki).toString(), "not-rsa"],
    ["1024 bits", small.publicKey.export(spki).toString(), "not-2048-bits"],
    ["two public keys", platformPublicKeyPem + large.publicKey.export(spki), "not-2048-bits"],
    ["the same key twice", platformPublicKeyPem + platformPublicKeyPem, "several-keys"],
    [
      "a certificate in a public key's armour",
      relabelled(platformCertificatePem, "CERTIFICATE", "PUBLIC KEY"),
      "unreadable",
    ],
  ];
  for (const [name, input, problem] of rows) {
    await t.test(name, () => assert.deepEqual(publicKeys(input), { ok: false, problem }));
  }
});

test("something else instead of our own certificate is named", async (t) => {
  const rows: [string, string | Uint8Array, KeyProblem][] = [
    ...brokenTexts(merchantCertificatePem),
    ["apiclient_key.pem", merchantKeyPem, "no-certificate"],
    ["pub_key.pem", platformPublicKeyPem, "no-certificate"],
    ["an encrypted private key", encryptedPem, "no-certificate"],
    ["two certificates", merchantCertificatePem + platformCertificatePem, "several-certificates"],
    ["a key in a certificate's armour", relabelled(merchantKeyPem, "PRIVATE KEY", "CERTIFICATE"), "unreadable"],
  ];
  for (const [name, input, problem] of rows)
    await t.test(name, () => assert.deepEqual(readSingleCertificate(input), { ok: false, problem }));
});

test("a certificate is read with its serial number, owner and validity", () => {
  for (const pem of [merchantCertificatePem, merchantKeyPem + merchantCertificatePem]) {
    const read = readSingleCertificate(pem);
    assert.ok(read.ok);
    const { publicKey, ...facts } = read.certificate;
    assert.ok(publicKey.equals(merchantPublicKey));
    assert.deepEqual(facts, {
      serialNo: "35A47CB63095E08C1D6345F481869D8FF3144A3E",
      commonName: "1900000001",
      validFrom: Date.UTC(2026, 10, 23, 23, 31, 44),
      expiresAt: Date.UTC(2126, 9, 30, 23, 31, 44),
    });
  }
});

test("harmless changes by editors and systems are accepted", () => {
  const bagged = `Bag Attributes\n    localKeyID: 54 69\nKey Attributes: <No Attributes>\n${merchantKeyPem}`;
  const harmless = [
    merchantKeyPem,
    pkcs1Pem,
    merchantKeyPem.replaceAll("\n", "\r\n"),
    `\uFEFF${merchantKeyPem}`,
    `\n\n  ${merchantKeyPem}\n\n`,
    merchantKeyPem.replaceAll("\n", "  \n"),
    merchantKeyPem.trimEnd(),
    Buffer.from(merchantKeyPem),
    bagged,
    merchantKeyPem + merchantCertificatePem,
  ];
  for (const pem of harmless) {
    const reading = readPrivateKey(pem);
    assert.ok(reading.ok && reading.key.equals(merchantPrivateKey), String(pem));
  }
  for (const pem of [
    platformPublicKeyPem,
    platformPublicKeyPem.replaceAll("\n", "\r\n"),
    `\uFEFF${platformPublicKeyPem}`,
  ]) {
    assert.equal(publicKeys(pem).ok, true);
  }
});

test("the public key is known by its id, a platform certificate by its serial number", () => {
  const reading = publicKeys(platformCertificatePem + platformPublicKeyPem);
  assert.ok(reading.ok);
  const serials = [...reading.keys.keys()];
  assert.equal(serials.length, 2);
  assert.ok(serials.includes("PUB_KEY_ID_01"));
  assert.match(serials.find((serial) => serial !== "PUB_KEY_ID_01") ?? "", /^[0-9A-F]{40}$/);
  for (const key of reading.keys.values()) assert.ok(key.equals(platformPublicKey));
});

test("every problem has its own name", () => {
  assert.equal(new Set(keyProblems).size, keyProblems.length);
});

function publicKeys(pem: string | Uint8Array) {
  return readPublicKeys(pem, { publicKeyId: "PUB_KEY_ID_01", own: merchantPrivateKey });
}
