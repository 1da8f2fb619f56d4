/** The answers of the local WeChat Pay, and how they are signed. */
import { createHash, type KeyObject, randomBytes, sign } from "node:crypto";

/** How an answer is signed. A client must refuse everything but `right`, or manage without a signature. */
export type Signing =
  | "right"
  | "none"
  /** Well-formed, but not over the sent bytes. */
  | "wrong"
  /** WeChat Pay's own test of its clients: `WECHATPAY/SIGNTEST/…`. */
  | "probe"
  /** Six minutes old, otherwise right. */
  | "stale"
  /** Right, but under an unconfigured serial number. */
  | "other-serial"
  /** Right, but for another sub-merchant's answer. */
  | "other-body";

/** One way to end an exchange. Each says whether it changes the sub-merchant's state. */
export type Reply =
  | {
      status: number;
      /** An object is sent as JSON. */
      body?: string | Buffer | Readonly<Record<string, unknown>>;
      headers?: Readonly<Record<string, string>>;
      /** Default: right once the request's signature was verified; none for 401, 404, 405 and 5xx. */
      sign?: Signing;
      /** Whether WeChat Pay carries out the call. Default: if the status is 2xx. */
      acts?: boolean;
      /** Closes the connection after this many bytes of the body, less than the announced length. */
      cutAfterBytes?: number;
    }
  /** Resets the connection before or after WeChat Pay acts. */
  | { reset: "before" | "after" }
  /** Never answers, whether or not WeChat Pay acts. */
  | { silent: "before" | "after" }
  /** Continues with `afterwards` once `hold` is settled, even if the client has disconnected by then. */
  | { hold: Promise<unknown>; afterwards?: Reply };

/** WeChat Pay's internal codes, at the end of its Request-ID; from its support's troubleshooting page. */
export const internalCodes = { success: 0, signature: 268443699, parameter: 268435461, rate: 268447840 } as const;

/** The documented answer. */
export function success(subMchid: string): Reply {
  return { status: 200, body: { sub_mchid: subMchid } };
}

/** An error in WeChat Pay's format. `internalCode` becomes the end of the Request-ID. */
export function refusal(
  status: number,
  code: string,
  message: string,
  more: { detail?: unknown; headers?: Readonly<Record<string, string>>; internalCode?: number } = {},
): Reply {
  const { detail, headers, internalCode } = more;
  return {
    status,
    body: { code, message, ...(detail !== undefined && { detail }) },
    headers: { ...(internalCode !== undefined && { "Request-ID": requestId(internalCode) }), ...headers },
  };
}

/** Looks like a real one: time-like hex, then `-` and WeChat Pay's internal code, 0 for success. */
export function requestId(internalCode: number): string {
  return `08${randomBytes(24).toString("hex").toUpperCase()}-${internalCode}`;
}

/** The key that signs an answer, and its id. */
export type SigningKey = { serialNo: string; privateKey: KeyObject };

/** The `Wechatpay-*` headers of an answer. */
export async function signatureHeaders(
  body: Buffer,
  signing: Signing,
  key: SigningKey,
  nowSeconds: number,
): Promise<Readonly<Record<string, string>>> {
  if (signing === "none") return {};
  const timestamp = String(signing === "stale" ? nowSeconds - 360 : nowSeconds);
  const nonce = randomBytes(16).toString("hex");
  const signedBody = signing === "other-body" ? Buffer.from('{"sub_mchid":"1900000999"}') : body;
  const message = Buffer.concat([Buffer.from(`${timestamp}\n${nonce}\n`), signedBody, Buffer.from("\n")]);
  const signature =
    signing === "wrong"
      ? fakeSignature(nonce)
      : signing === "probe"
        ? probe(nonce)
        : await rsa(message, key.privateKey);
  return {
    "Wechatpay-Timestamp": timestamp,
    "Wechatpay-Nonce": nonce,
    "Wechatpay-Signature": signature,
    "Wechatpay-Serial": signing === "other-serial" ? "7D1E4C0AF2B94E66A5D8130C9B27E45F61A80D3C" : key.serialNo,
    "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
  };
}

function rsa(message: Buffer, privateKey: KeyObject): Promise<string> {
  return new Promise((resolve, reject) => {
    sign("RSA-SHA256", message, privateKey, (error, signature) => {
      if (error) reject(error);
      else resolve(signature.toString("base64"));
    });
  });
}

function fakeSignature(seed: string): string {
  return Buffer.concat(
    Array.from({ length: 8 }, (_, index) => createHash("sha256").update(`${seed}${index}`).digest()),
  ).toString("base64");
}

/** 19 characters and 336 of base64: 355 is not a multiple of 4, as observed in java#319. */
function probe(seed: string): string {
  return `WECHATPAY/SIGNTEST/${fakeSignature(seed).slice(0, 336)}`;
}
