/** The settings of a measured bot: HTTP mode, a fresh SQLite file and newly created keys. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createWeChatPayIdentity, type WeChatPayIdentity } from "../../src/playground/wechatpay/identity.ts";
import { people, signingSecret } from "./load/commands.ts";

/** A folder on disk that is deleted after the measurement. */
export async function temporaryFolder(): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), "receipt-bench-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

export function botSettings(
  databasePath: string,
  slackApiUrl: string,
  identity: WeChatPayIdentity = createWeChatPayIdentity(),
): Record<string, string> {
  return {
    SLACK_BOT_TOKEN: "xoxb-bench",
    SLACK_SIGNING_SECRET: signingSecret,
    SLACK_API_URL: slackApiUrl,
    WECHATPAY_MCHID: identity.mchid,
    WECHATPAY_SERIAL_NO: identity.serialNo,
    WECHATPAY_PRIVATE_KEY: identity.merchantPrivateKeyPem,
    WECHATPAY_PUBLIC_KEY_ID: identity.publicKeyId,
    WECHATPAY_PUBLIC_KEY: identity.publicKeyPem,
    // Nothing is approved here, so WeChat Pay is never called.
    WECHATPAY_ENDPOINTS: "http://127.0.0.1:9",
    DATABASE_URL: `sqlite:${databasePath}`,
    RECEIPT_ADMINS: people.admin,
  };
}
