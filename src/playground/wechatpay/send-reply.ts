/** Sends a reply of the local WeChat Pay over HTTP, with the real one's headers and signature. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { WeChatPayIdentity } from "./identity.ts";
import type { LocalCertificates } from "./platform-certificates.ts";
import { internalCodes, type Reply, requestId, type Signing, type SigningKey, signatureHeaders } from "./reply.ts";

export type HttpReply = Extract<Reply, { status: number }>;

/** An answer as it left. */
export type SentReply = { status: number; headers: Readonly<Record<string, string>>; body: Buffer };

/** The certificate of a WeChat Pay whose certificates do not matter. */
const platformSerialNo = "5157F09EFDC096DE15EBE81A47057A7232F1B8E1";

/**
 * Returns what was sent; undefined if the client had left.
 * @param verified whether the request's signature was valid
 * @param now WeChat Pay's clock, in milliseconds since 1970
 */
export async function sendReply(
  request: IncomingMessage,
  response: ServerResponse,
  reply: HttpReply,
  { identity, verified, now }: { identity: SigningIdentity; verified: boolean; now: number },
): Promise<SentReply | undefined> {
  const { status, headers = {}, cutAfterBytes } = reply;
  const body = bytesOf(reply.body);
  const signing = reply.sign ?? defaultSigning(status, verified);
  const key = signingKey(request.headers["wechatpay-serial"], identity);
  const signature = await signatureHeaders(body, signing, key, Math.floor(now / 1000));
  if (response.destroyed) return undefined;
  const all = {
    Date: new Date(now).toUTCString(),
    Server: "nginx",
    "Content-Language": "zh-CN",
    "X-Content-Type-Options": "nosniff",
    ...(status !== 204 && { "Content-Length": String(body.byteLength) }),
    ...(body.byteLength > 0 && { "Content-Type": "application/json; charset=utf-8" }),
    ...(body.byteLength > 0 && {
      "Request-ID": requestId(status < 300 ? internalCodes.success : internalCodes.parameter),
    }),
    ...signature,
    ...headers,
  };
  response.writeHead(status, all);
  if (cutAfterBytes === undefined) response.end(body);
  else response.write(body.subarray(0, cutAfterBytes), () => request.socket.destroy());
  return { status, headers: all, body: body.subarray(0, cutAfterBytes) };
}

export type SigningIdentity = Pick<WeChatPayIdentity, "publicKeyId" | "privateKey"> & {
  platformCertificates?: LocalCertificates | undefined;
};

/**
 * The public key signs the answer if the request names it and the provider has switched to it. Otherwise, WeChat Pay
 * signs with its certificate (field notes 3.3).
 */
function signingKey(wanted: string | string[] | undefined, identity: SigningIdentity): SigningKey {
  const { publicKeyId, privateKey, platformCertificates: platform } = identity;
  if (wanted === publicKeyId && (platform?.isSwitched ?? true)) return { serialNo: publicKeyId, privateKey };
  return platform?.signsWith ?? platform?.listed[0] ?? { serialNo: platformSerialNo, privateKey };
}

/** Only answers to verified requests are signed; 5xx have been observed without a signature. */
function defaultSigning(status: number, verified: boolean): Signing {
  return verified && status < 500 && ![401, 404, 405].includes(status) ? "right" : "none";
}

function bytesOf(body: HttpReply["body"] = ""): Buffer {
  if (Buffer.isBuffer(body)) return body;
  return Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
}
