/** Three clients for the same signed and verified call: the bot's, a widely used plugin's, and a minimal one. */
import { type KeyObject, randomBytes, sign, verify } from "node:crypto";
import { createRequire } from "node:module";
import { Pool } from "undici";
import type { WeChatPayIdentity } from "../../../src/playground/wechatpay/identity.ts";
import { changeCustomPageStatusPath, createWeChatPayClient } from "../../../src/wechatpay/client.ts";
import { signWithKey } from "../../../src/wechatpay/signature.ts";

export interface CallClient {
  /** Switches one sub-merchant on. @throws Error if the answer does not prove that it was done */
  call(subMchid: string): Promise<void>;
  close(): Promise<void>;
}

export type Provider = Pick<
  WeChatPayIdentity,
  "mchid" | "serialNo" | "merchantPrivateKey" | "merchantPrivateKeyPem" | "publicKeyId" | "publicKey" | "publicKeyPem"
>;

/** The bot's client, created as the bot creates it. */
export function ourWeChatPay(provider: Provider, url: string) {
  return createWeChatPayClient({
    mchid: provider.mchid,
    serialNo: provider.serialNo,
    sign: signWithKey(provider.merchantPrivateKey),
    publicKeyId: provider.publicKeyId,
    verificationKeys: new Map([[provider.publicKeyId, provider.publicKey]]),
    endpoints: [url],
    userAgent: "receipt-bot bench",
  });
}

export function ourClient(provider: Provider, url: string): CallClient {
  const client = ourWeChatPay(provider, url);
  return {
    async call(subMchid) {
      const result = await client.changeCustomPageStatus({ subMchid, operationType: "OPEN", endpoint: 0 });
      if (result.kind !== "accepted") throw new Error(`our call ended as ${result.kind}`);
    },
    close: client.close,
  };
}

type Plugin = {
  Wechatpay: new (
    config: Record<string, unknown>,
  ) => {
    chain(path: string): { post(body: unknown): Promise<{ data: { sub_mchid?: string } }> };
  };
};

/** Used as its README describes. Node's default agent keeps its connections alive. */
export function pluginClient(provider: Provider, url: string): CallClient {
  const { Wechatpay }: Plugin = createRequire(import.meta.url)("wechatpay-axios-plugin");
  const client = new Wechatpay({
    mchid: provider.mchid,
    serial: provider.serialNo,
    privateKey: provider.merchantPrivateKeyPem,
    certs: { [provider.publicKeyId]: provider.publicKeyPem },
    baseURL: url,
    headers: { "Wechatpay-Serial": provider.publicKeyId },
    proxy: false,
  });
  return {
    async call(subMchid) {
      const body = { sub_mchid: subMchid, operation_type: "OPEN" };
      const { data } = await client.chain(changeCustomPageStatusPath.slice(1)).post(body);
      if (data.sub_mchid !== subMchid) throw new Error("the plugin's call was answered for another sub-merchant");
    },
    async close() {},
  };
}

/**
 * The minimum of a call: one signature on the thread pool, one exchange on a kept-alive connection, one verification.
 * No time limit, no size limit, no error parsing.
 */
export function bareClient(provider: Provider, url: string): CallClient {
  const pool = new Pool(url, { pipelining: 1 });
  const { mchid, serialNo, merchantPrivateKey: key } = provider;

  async function call(subMchid: string): Promise<void> {
    const body = `{"sub_mchid":"${subMchid}","operation_type":"OPEN"}`;
    const timestamp = Math.floor(Date.now() / 1_000);
    const nonce = randomBytes(16).toString("hex");
    const message = `POST\n${changeCustomPageStatusPath}\n${timestamp}\n${nonce}\n${body}\n`;
    const signature = await signed(Buffer.from(message), key);
    const authorization = `WECHATPAY2-SHA256-RSA2048 mchid="${mchid}",nonce_str="${nonce}",signature="${signature}",timestamp="${timestamp}",serial_no="${serialNo}"`;
    const headers = {
      accept: "application/json",
      "content-type": "application/json",
      "user-agent": "bare",
      "wechatpay-serial": provider.publicKeyId,
      authorization,
    };
    const answer = await exchanged(pool, headers, body);
    const { "wechatpay-timestamp": at, "wechatpay-nonce": said, "wechatpay-signature": claimed } = answer.headers;
    const proven = Buffer.from(`${at}\n${said}\n${answer.body}\n`);
    if (!(await verified(proven, provider.publicKey, Buffer.from(String(claimed), "base64"))))
      throw new Error("the bare client got an answer without a valid signature");
    if (JSON.parse(answer.body).sub_mchid !== subMchid) throw new Error("the answer is another sub-merchant's");
  }

  return { call, close: () => pool.close() };
}

function signed(message: Buffer, key: KeyObject): Promise<string> {
  return new Promise((resolve, reject) =>
    sign("sha256", message, key, (error, bytes) => (error ? reject(error) : resolve(bytes.toString("base64")))),
  );
}

function verified(message: Buffer, key: KeyObject, signature: Buffer): Promise<boolean> {
  return new Promise((resolve, reject) =>
    verify("sha256", message, key, signature, (error, matches) => (error ? reject(error) : resolve(matches))),
  );
}

type Exchanged = { headers: Record<string, string | string[] | undefined>; body: string };

/** undici's lowest level: `request()` would create a stream for each answer. */
function exchanged(pool: Pool, headers: Record<string, string>, body: string): Promise<Exchanged> {
  return new Promise((resolve, reject) => {
    let answerHeaders: Exchanged["headers"] = {};
    let text = "";
    pool.dispatch(
      { path: changeCustomPageStatusPath, method: "POST", headers, body },
      {
        onRequestStart() {},
        onResponseStart(_controller, _status, got) {
          answerHeaders = got;
        },
        onResponseData(_controller, chunk) {
          text += chunk;
        },
        onResponseEnd: () => resolve({ headers: answerHeaders, body: text }),
        onResponseError: (_controller, error) => reject(error),
      },
    );
  });
}
