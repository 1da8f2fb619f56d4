/** Refuses what WeChat Pay refuses before it processes the call, in the same order and words (field notes 1 and 2). */
import { type KeyObject, verify } from "node:crypto";
import { type IncomingCall, type Parameters, paths, readParameters, stepOf } from "./parameters.ts";
import { internalCodes, type Reply, refusal } from "./reply.ts";

/** What WeChat Pay knows about the provider. */
export type KnownProvider = {
  mchid: string;
  /** The keys of its API certificates that are valid, by serial number in upper case. */
  certificates: ReadonlyMap<string, KeyObject>;
  /** The answer to a signed `GET /v3/certificates`. */
  listCertificates(): Reply;
};

export type Admission =
  | { admitted: true; parameters: Parameters }
  /** Nothing is to be changed. `verified`: the request's signature was valid. */
  | { admitted: false; verified: boolean; reply: Reply };

const certificatesPath = "/v3/certificates";

/** The method of each path. */
const methods: Readonly<Record<string, string>> = {
  [paths.receipt]: "POST",
  [paths.goldplan]: "POST",
  [certificatesPath]: "GET",
};

/**
 * Routing precedes authentication: unknown paths have been observed to answer without credentials.
 * Nonces can repeat, because nothing indicates that WeChat Pay refuses them.
 * @param nowSeconds WeChat Pay's clock
 */
export async function admit(call: IncomingCall, provider: KnownProvider, nowSeconds: number): Promise<Admission> {
  const { headers } = call;
  if (!acceptsJson(headers.accept) || !headers["user-agent"]) {
    return refused(false, refusal(400, "INVALID_REQUEST", "Http头缺少Accept或User-Agent"));
  }
  const path = call.url.split("?", 1)[0] ?? "";
  const method = Object.hasOwn(methods, path) ? methods[path] : undefined;
  if (method === undefined) return refused(false, { status: 404 });
  if (call.method !== method) return refused(false, { status: 405 });
  const unauthorized = await authenticate(call, provider, nowSeconds);
  if (unauthorized !== undefined) return refused(false, unauthorized);
  const step = stepOf(call);
  // Every known path but that of the certificates switches something.
  if (step === undefined) return { admitted: false, verified: true, reply: provider.listCertificates() };
  const read = readParameters(call, step);
  return read.ok ? { admitted: true, parameters: read.parameters } : refused(true, read.reply);
}

const scheme = "WECHATPAY2-SHA256-RSA2048";
const fieldNames = ["mchid", "nonce_str", "serial_no", "signature", "timestamp"] as const;
type Authorization = Record<(typeof fieldNames)[number], string>;

async function authenticate(
  { method, url, headers, body }: IncomingCall,
  provider: KnownProvider,
  nowSeconds: number,
): Promise<Reply | undefined> {
  const header = headers.authorization ?? "";
  if (header !== "" && !header.startsWith(`${scheme} `) && /^WECHATPAY/i.test(header)) {
    return signError("Http头Authorization认证类型不正确");
  }
  const fields = readAuthorization(header);
  if (fields === undefined) {
    return signError("Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》");
  }
  if (Math.abs(nowSeconds - Number(fields.timestamp)) > 300) {
    return signError("Http头Authorization中的timestamp与发起请求的时间不得超过5分钟");
  }
  const key = provider.certificates.get(fields.serial_no.toUpperCase());
  if (fields.mchid !== provider.mchid || key === undefined) {
    return signError("商户证书序列号有误。请使用签名私钥匹配的证书序列号");
  }
  const head = `${method}\n${url}\n${fields.timestamp}\n${fields.nonce_str}\n`;
  const message = Buffer.concat([Buffer.from(head), body, Buffer.from("\n")]);
  if (await isSignedBy(key, message, fields.signature)) return undefined;
  return signError("签名错误，请检查后再试", signMismatch({ method, url, head, body, length: message.byteLength }));
}

/** The detail of a failed comparison, with `issue` one level deeper than documented, as observed. */
export function signMismatch(seen: {
  method: string;
  url: string;
  head: string;
  body: Buffer;
  length: number;
}): unknown {
  return {
    detail: { issue: "sign not match" },
    field: "signature",
    location: "authorization",
    sign_information: {
      method: seen.method,
      sign_message_length: seen.length,
      truncated_sign_message: `${seen.head}${seen.body.toString("utf8").slice(0, 8)}\n`,
      url: seen.url,
    },
  };
}

/** A 401 as WeChat Pay sends it: without a signature. */
export function signError(message: string, detail?: unknown): Reply {
  return refusal(401, "SIGN_ERROR", message, { detail, internalCode: internalCodes.signature });
}

/** The fields of an `Authorization` header; undefined if its form is wrong. */
export function readAuthorization(header: string): Authorization | undefined {
  if (!header.startsWith(`${scheme} `)) return undefined;
  const fields = new Map<string, string>();
  for (const pair of header.slice(scheme.length + 1).split(",")) {
    const [, name, value] = /^([a-z_]+)="([^"]+)"$/.exec(pair) ?? [];
    if (name === undefined || value === undefined || fields.has(name)) return undefined;
    fields.set(name, value);
  }
  const read = (name: keyof Authorization) => fields.get(name) ?? "";
  const isComplete = fields.size === fieldNames.length && fieldNames.every((name) => fields.has(name));
  if (!isComplete || !/^\d+$/.test(read("timestamp"))) return undefined;
  return {
    mchid: read("mchid"),
    nonce_str: read("nonce_str"),
    serial_no: read("serial_no"),
    signature: read("signature"),
    timestamp: read("timestamp"),
  };
}

function isSignedBy(key: KeyObject, message: Buffer, signature: string): Promise<boolean> {
  if (!/^[A-Za-z0-9+/]{342}==$/.test(signature)) return Promise.resolve(false);
  return new Promise((resolve, reject) => {
    verify("RSA-SHA256", message, key, Buffer.from(signature, "base64"), (error, matches) => {
      if (error) reject(error);
      else resolve(matches);
    });
  });
}

function acceptsJson(accept: string | undefined): boolean {
  return accept !== undefined && /application\/json|\*\/\*|application\/\*/i.test(accept);
}

function refused(verified: boolean, reply: Reply): Admission {
  return { admitted: false, verified, reply };
}
