/**
 * A WeChat Pay that answers at once. Every answer is signed beforehand, so that signing takes no core away from the
 * clients.
 */
import { createPrivateKey } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { requestId, signatureHeaders } from "../../../src/playground/wechatpay/reply.ts";
import { answer } from "../side-process.ts";

/** Signs an answer for each number, with the present time and a fresh nonce. The answers are valid for 5 minutes. */
export interface Signing {
  privateKeyPem: string;
  publicKeyId: string;
  subMchids: string[];
}

const signed = new Map<string, { body: Buffer; headers: Record<string, string> }>();

const server = createServer((request, response) => {
  let requested = "";
  request.on("data", (chunk: Buffer) => {
    requested += chunk;
  });
  request.on("end", () => {
    const subMchid = /"sub_mchid":"(\d+)"/.exec(requested)?.[1] ?? "";
    const known = signed.get(subMchid);
    if (known) response.writeHead(200, known.headers).end(known.body);
    else response.writeHead(404).end();
  });
});
server.keepAliveTimeout = 8_000;

/** Signs fresh answers, starts the server if necessary, and answers with the base URL. */
answer<Signing, string>(async ({ privateKeyPem, publicKeyId, subMchids }) => {
  const key = { serialNo: publicKeyId, privateKey: createPrivateKey(privateKeyPem) };
  const now = Math.floor(Date.now() / 1_000);
  for (const subMchid of subMchids) {
    const body = Buffer.from(JSON.stringify({ sub_mchid: subMchid }));
    const headers = {
      "Content-Type": "application/json; charset=utf-8",
      "Content-Length": String(body.byteLength),
      "Request-ID": requestId(0),
      ...(await signatureHeaders(body, "right", key, now)),
    };
    signed.set(subMchid, { body, headers });
  }
  if (!server.listening) await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
