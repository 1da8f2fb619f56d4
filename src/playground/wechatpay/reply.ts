/** What the local WeChat Pay can answer with, and how an answer gets its signature. */
import { createHash, type KeyObject, randomBytes, sign } from "node:crypto";

/** How an answer is signed; everything but `right` is something that a client has to refuse, or to do without. */
export type Signing =
  | "right"
  | "none"
  /** The right shape, over nothing that was sent. */
  | "wrong"
  /** WeChat Pay's own test of its clients: `WECHATPAY/SIGNTEST/…`. */
  | "probe"
  /** Six minutes old, and otherwise right. */
  | "stale"
  /** Right, under a serial number that nobody configured. */
  | "other-serial"
  /** Right, for another sub-merchant's answer. */
  | "other-body";

/** One way to end an exchange. What changes the sub-merchant's state is said by each. */
export type Reply =
  | {
      status: number;
      /** An object is sent as JSON. */
      body?: string | Buffer | Readonly<Record<string, unknown>>;
      headers?: Readonly<Record<string, string>>;
      /** Unless told: right for what comes after the request's signature was accepted, none for 401, 404, 405 and 5xx. */
      sign?: Signing;
      /** Whether WeChat Pay did what was asked; unless told, a 2xx did. */
      acts?: boolean;
      /** Closes the connection after so many bytes of the body, short of the announced length. */
      cutAfterBytes?: number;
    }
  /** The connection is reset, before or after WeChat Pay acted. */
  | { reset: "before" | "after" }
  /** No answer ever comes, whether WeChat Pay acted or not. */
  | { silent: "before" | "after" }
  /** `then` happens once `hold` is settled, even if the client has gone away by then. */
  | { hold: Promise<unknown>; afterwards?: Reply };

/** The answer that stands in the documentation. */
export function success(subMchid: string): Reply {
  return { status: 200, body: { sub_mchid: subMchid } };
}

/** An error as WeChat Pay words it; `internalCode` becomes the tail of the Request-ID. */
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

/** As the real ones look: time-like hex, then `-` and WeChat Pay's internal code, 0 for a success. */
export function requestId(internalCode: number): string {
  return `08${randomBytes(24).toString("hex").toUpperCase()}-${internalCode}`;
}

/** The key that an answer is signed with, and the name it goes by. */
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

/** 19 characters and 336 of base64: 355, which is no multiple of 4, as seen in java#319. */
function probe(seed: string): string {
  return `WECHATPAY/SIGNTEST/${fakeSignature(seed).slice(0, 336)}`;
}
