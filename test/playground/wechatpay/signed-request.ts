/** One signed request to a local WeChat Pay, sent without the bot's own client. */
import { sign, verify } from "node:crypto";
import { once } from "node:events";
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { identity } from "../../e2e/support/identity.ts";

export const path = "/v3/goldplan/merchants/changecustompagestatus";

export type Changes = {
  method?: string;
  path?: string;
  body?: string;
  sentBody?: string;
  timestamp?: number;
  fields?: Record<string, string>;
  headers?: Record<string, string | undefined>;
};

/** Signs as documented, without the bot's own client, and sends the request as modified by `changes`. */
export async function send(local: { url: string }, changes: Changes = {}) {
  const { method = "POST", body = '{"sub_mchid":"1900000109","operation_type":"OPEN"}' } = changes;
  const timestamp = changes.timestamp ?? Math.floor(Date.now() / 1000);
  const message = `${method}\n${changes.path ?? path}\n${timestamp}\nNONCE\n${body}\n`;
  const fields = {
    mchid: identity.mchid,
    nonce_str: "NONCE",
    signature: sign("sha256", Buffer.from(message), identity.merchantPrivateKey).toString("base64"),
    timestamp: String(timestamp),
    serial_no: identity.serialNo,
    ...changes.fields,
  };
  const headers = {
    Accept: "application/json",
    "Content-Type": "application/json",
    "User-Agent": "test",
    "Wechatpay-Serial": identity.publicKeyId,
    Authorization: `WECHATPAY2-SHA256-RSA2048 ${Object.entries(fields)
      .map(([name, value]) => `${name}="${value}"`)
      .join(",")}`,
    ...changes.headers,
  };
  const sent = httpRequest(`${local.url}${changes.path ?? path}`, {
    method,
    headers: Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined)),
  });
  sent.end(changes.sentBody ?? body);
  const [response] = await once(sent, "response");
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString("utf8");
  return {
    status: response.statusCode as number,
    headers: response.headers as IncomingHttpHeaders,
    text,
    json: text === "" ? undefined : JSON.parse(text),
  };
}

/** Whether the answer has WeChat Pay's signature over its bytes. */
export function isSigned({ headers, text }: Awaited<ReturnType<typeof send>>): boolean {
  const message = `${headers["wechatpay-timestamp"]}\n${headers["wechatpay-nonce"]}\n${text}\n`;
  const signature = Buffer.from(String(headers["wechatpay-signature"] ?? ""), "base64");
  return verify("sha256", Buffer.from(message), identity.publicKey, signature);
}
