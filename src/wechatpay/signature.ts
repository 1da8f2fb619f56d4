/** Signatures: ours on requests, WeChat Pay's on answers. */
import { type KeyObject, sign, verify } from "node:crypto";
import { isSameSerialNumber } from "./certificates/serial-number.ts";
import type { TimeLimit, Unreachable } from "./exchange.ts";
import { type AnswerHeaders, hasHeader, headerValue } from "./headers.ts";

/** The scheme of the `Authorization` header, which also names the algorithm: RSA PKCS#1 v1.5 with SHA-256. */
const authorizationScheme = "WECHATPAY2-SHA256-RSA2048";

/** WeChat Pay allows 5 minutes of clock difference in either direction; see "signature verification". */
const clockToleranceSeconds = 300;

/** The parts of a request that are signed. */
export type RequestToSign = {
  /** Upper case. */
  method: string;
  /** Path and query exactly as sent, without the host. */
  path: string;
  /** Seconds since 1970. */
  timestamp: number;
  /** Up to 32 characters, never used before. */
  nonce: string;
  /** The exact bytes that are sent. */
  body: Buffer;
};

/** The signer of a request. */
export type Signer = { mchid: string; serialNo: string };

/** Why a signature does not count. `probe` marks WeChat Pay's own test of its clients. */
export type Verification =
  | { ok: true }
  | { ok: false; why: "missing" | "unknown-serial" | "stale" }
  | { ok: false; why: "wrong-signature"; probe: boolean };

const lineFeed = Buffer.from("\n");

/** METHOD, PATH, TIMESTAMP, NONCE and BODY, each followed by a line feed. */
export function requestMessage({ method, path, timestamp, nonce, body }: RequestToSign): Buffer {
  return Buffer.concat([Buffer.from(`${method}\n${path}\n${timestamp}\n${nonce}\n`), body, lineFeed]);
}

/** TIMESTAMP, NONCE and BODY, each followed by a line feed, even an empty body (204). */
export function responseMessage(timestamp: string, nonce: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${timestamp}\n${nonce}\n`), body, lineFeed]);
}

/** A signature in base64 without line breaks, or the reason why there is none. Then nothing was sent to WeChat Pay. */
export type SignResult = { kind: "signed"; signature: string } | Unreachable;

/** Signs a request's message: with the private key in this process, or in another one, within the call's time limit. */
export type Sign = (message: Buffer, limit: TimeLimit) => Promise<SignResult>;

/** Signs in this process. */
export function signWithKey(privateKey: KeyObject): Sign {
  return async (message) => ({ kind: "signed", signature: await signMessage(message, privateKey) });
}

/** Base64 without line breaks, computed on the thread pool. */
export function signMessage(message: Buffer, privateKey: KeyObject): Promise<string> {
  return new Promise((resolve, reject) => {
    sign("sha256", message, privateKey, (error, signature) => {
      if (error) reject(error);
      else resolve(signature.toString("base64"));
    });
  });
}

/** Whether `signature` (strict base64) is `publicKey`'s over `message`; computed on the thread pool. */
export function verifyMessage(message: Buffer, signature: string, publicKey: KeyObject): Promise<boolean> {
  const bytes = strictBase64(signature);
  if (bytes === undefined) return Promise.resolve(false);
  return new Promise((resolve, reject) => {
    verify("sha256", message, publicKey, bytes, (error, matches) => {
      if (error) reject(error);
      else resolve(matches);
    });
  });
}

/** The value of the `Authorization` header: five fields in double quotes, separated by commas without spaces. */
export function authorization(signer: Signer, request: RequestToSign, signature: string): string {
  return `${authorizationScheme} mchid="${signer.mchid}",nonce_str="${request.nonce}",signature="${signature}",timestamp="${request.timestamp}",serial_no="${signer.serialNo}"`;
}

/**
 * Whether an answer claims to be signed: any of the four headers is such a claim, and the signature must then be valid.
 */
export function claimsSignature(headers: AnswerHeaders): boolean {
  return signatureHeaders.some((name) => hasHeader(headers, name));
}

/** An answer's headers, the keys by serial number or public key ID, and the time in milliseconds since 1970. */
export interface SignedHeaders {
  headers: AnswerHeaders;
  keys: ReadonlyMap<string, KeyObject>;
  now: number;
}

/**
 * Checks the signature of an answer over the exact bytes received. An unknown serial is refused, never tried against
 * every key.
 */
export async function verifyResponse({ body, ...signed }: SignedHeaders & { body: Buffer }): Promise<Verification> {
  const read = readSignature(signed);
  if (!read.ok) return read;
  const { key, timestamp, nonce, signature } = read;
  if (await verifyMessage(responseMessage(timestamp, nonce, body), signature, key)) return { ok: true };
  return { ok: false, why: "wrong-signature", probe: signature.startsWith("WECHATPAY/SIGNTEST/") };
}

type ReadSignature =
  | { ok: true; key: KeyObject; timestamp: string; nonce: string; signature: string }
  | { ok: false; why: "missing" | "unknown-serial" | "stale" };

/** What the headers alone tell. Presence comes before everything: a missing timestamp is not an old one. */
export function readSignature({ headers, keys, now }: SignedHeaders): ReadSignature {
  const serial = headerValue(headers, "wechatpay-serial");
  const timestamp = headerValue(headers, "wechatpay-timestamp");
  const nonce = headerValue(headers, "wechatpay-nonce");
  const signature = headerValue(headers, "wechatpay-signature");
  if (!serial || !timestamp || !nonce || !signature) return { ok: false, why: "missing" };
  const key = keyOfSerial(keys, serial);
  if (key === undefined) return { ok: false, why: "unknown-serial" };
  if (!isRecent(timestamp, now)) return { ok: false, why: "stale" };
  return { ok: true, key, timestamp, nonce, signature };
}

const signatureHeaders = ["wechatpay-signature", "wechatpay-serial", "wechatpay-timestamp", "wechatpay-nonce"] as const;

function keyOfSerial(keys: ReadonlyMap<string, KeyObject>, serial: string): KeyObject | undefined {
  for (const [known, key] of keys) if (isSameSerialNumber(known, serial)) return key;
  return undefined;
}

function isRecent(timestamp: string, now: number): boolean {
  // Ten digits last until 2286. Milliseconds have thirteen and are not accepted.
  if (!/^\d{1,10}$/.test(timestamp)) return false;
  return Math.abs(Math.floor(now / 1000) - Number(timestamp)) <= clockToleranceSeconds;
}

/** Node's decoder skips other characters and ignores the length, so that a signature has to survive a round trip. */
export function strictBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : undefined;
}
