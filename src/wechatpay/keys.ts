/** Reads the keys from the settings, or names their problems. */
import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from "node:crypto";
import type { KeyProblem } from "../domain/key-problem.ts";
import { type PemBlock, readPemBlocks } from "./pem.ts";

export type KeyReading<T> = ({ ok: true } & T) | { ok: false; problem: KeyProblem };

/** The length of all keys, both ours and WeChat Pay's. */
const modulusBits = 2048;

/**
 * The provider's API private key (apiclient_key.pem): one RSA-2048 key, PKCS#8 or PKCS#1. Certificates in the same
 * text, as written by `openssl pkcs12`, are ignored.
 */
export function readPrivateKey(pem: string | Uint8Array): KeyReading<{ key: KeyObject }> {
  const reading = readPemBlocks(pem);
  if (!reading.ok) return reading;
  const [block, second] = reading.blocks.filter(({ label }) => isPrivateLabel(label));
  if (block === undefined) return wrong(problemOfOtherBlocks(reading.blocks));
  if (second !== undefined) return wrong("several-keys");
  const key = parsed(() => createPrivateKey(block.pem));
  if (key !== undefined) return checked(key);
  const isPkcs1 = parsed(() => createPrivateKey({ key: block.der, format: "der", type: "pkcs1" })) !== undefined;
  return wrong(isPkcs1 ? "wrong-armour" : "unreadable");
}

/**
 * The keys whose signatures are accepted, by public key ID or serial number (upper-case hex): WeChat Pay's public key
 * (pub_key.pem), and platform certificates that are still in use during the switch from one to the other.
 * @param own the provider's private or public key if it is known; it must not be given as WeChat Pay's
 */
export function readPublicKeys(
  pem: string | Uint8Array,
  { publicKeyId, own }: { publicKeyId: string; own: KeyObject | undefined },
): KeyReading<{ keys: ReadonlyMap<string, KeyObject> }> {
  const reading = readPemBlocks(pem);
  // An encrypted key is a private one, and nobody should decrypt it for this setting.
  if (!reading.ok) return reading.problem === "encrypted" ? wrong("private-key") : reading;
  if (reading.blocks.some(({ label }) => isPrivateLabel(label))) return wrong("private-key");

  const keys = new Map<string, KeyObject>();
  let publicKeys = 0;
  for (const block of reading.blocks) {
    const isCertificate = block.label === "CERTIFICATE";
    if (!isCertificate && !isPublicLabel(block.label)) return wrong("unreadable");
    const found: KeyReading<NamedKey> = isCertificate ? readCertificate(block) : readPublicKey(block);
    if (!found.ok) return found;
    if (own && isPair(own, found.key)) return wrong(isCertificate ? "own-certificate" : "own-key");
    if (!isCertificate) publicKeys += 1;
    keys.set(found.serialNo ?? publicKeyId, found.key);
  }
  if (publicKeys === 0) return wrong("certificate-alone");
  return publicKeys === 1 ? { ok: true, keys } : wrong("several-keys");
}

/** The facts from a certificate that concern the bot. */
export interface CertificateFacts {
  /** Upper-case hex, like WECHATPAY_SERIAL_NO. */
  serialNo: string;
  /** The subject's common name: in the provider's own (apiclient_cert.pem), its merchant number. */
  commonName: string | undefined;
  /** The beginning and the end of its validity, in milliseconds since 1970. */
  validFrom: number;
  expiresAt: number;
  publicKey: KeyObject;
}

/** One certificate. A private key in the same text, as written by `openssl pkcs12`, is ignored. */
export function readSingleCertificate(pem: string | Uint8Array): KeyReading<{ certificate: CertificateFacts }> {
  const reading = readPemBlocks(pem);
  if (!reading.ok) return reading.problem === "encrypted" ? wrong("no-certificate") : reading;
  const [block, second] = reading.blocks.filter(({ label }) => label === "CERTIFICATE");
  if (block === undefined) return wrong("no-certificate");
  if (second !== undefined) return wrong("several-certificates");
  const found = readCertificate(block);
  if (!found.ok) return found;
  const { serialNo, x509 } = found;
  // Typed as a string, but Node returns a list if a name occurs more than once.
  const name: unknown = x509.toLegacyObject().subject["CN"];
  const commonName = typeof name === "string" ? name : undefined;
  const [validFrom, expiresAt] = [x509.validFromDate.getTime(), x509.validToDate.getTime()];
  return { ok: true, certificate: { serialNo, commonName, validFrom, expiresAt, publicKey: found.key } };
}

/** Whether two keys, each private or public, are of one pair. */
export function isPair(one: KeyObject, other: KeyObject): boolean {
  return modulusOf(one) === modulusOf(other);
}

type NamedKey = { key: KeyObject; serialNo?: string };

function readPublicKey(block: PemBlock): KeyReading<NamedKey> {
  const key = parsed(() => createPublicKey(block.pem));
  if (key !== undefined) return checked(key);
  const isPkcs1 = parsed(() => createPublicKey({ key: block.der, format: "der", type: "pkcs1" })) !== undefined;
  return wrong(isPkcs1 ? "wrong-public-armour" : "unreadable");
}

function readCertificate(block: PemBlock): KeyReading<Required<NamedKey> & { x509: X509Certificate }> {
  const x509 = parsed(() => new X509Certificate(block.pem));
  if (x509 === undefined) return wrong("unreadable");
  const found = checked(x509.publicKey);
  return found.ok ? { ...found, serialNo: x509.serialNumber.toUpperCase(), x509 } : found;
}

function checked(key: KeyObject): KeyReading<{ key: KeyObject }> {
  if (key.asymmetricKeyType !== "rsa") return wrong("not-rsa");
  if (key.asymmetricKeyDetails?.modulusLength !== modulusBits) return wrong("not-2048-bits");
  return { ok: true, key };
}

function problemOfOtherBlocks(blocks: readonly PemBlock[]): KeyProblem {
  if (blocks.some(({ label }) => label === "CERTIFICATE")) return "certificate";
  return blocks.some(({ label }) => isPublicLabel(label)) ? "public-key" : "unreadable";
}

function isPrivateLabel(label: string): boolean {
  return label.endsWith("PRIVATE KEY");
}

function isPublicLabel(label: string): boolean {
  return label.endsWith("PUBLIC KEY");
}

function modulusOf(key: KeyObject): string | undefined {
  return (key.type === "private" ? createPublicKey(key) : key).export({ format: "jwk" }).n;
}

function parsed<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch {
    // OpenSSL's message is the same for every mistake; the caller determines a more precise problem.
    return undefined;
  }
}

function wrong(problem: KeyProblem): { ok: false; problem: KeyProblem } {
  return { ok: false, problem };
}
