/** Starts the local Slack and the local WeChat Pay, and provides the settings that connect the real bot to them. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.ts";
import type { LocalSlackOptions } from "./slack/options.ts";
import { type LocalSlack, startLocalSlack } from "./slack/server.ts";
import { createWeChatPayIdentity, type WeChatPayIdentity } from "./wechatpay/identity.ts";
import { type LocalWeChatPayOptions, startLocalWeChatPay } from "./wechatpay/server.ts";

export type LocalWeChatPay = Awaited<ReturnType<typeof startLocalWeChatPay>>;

export interface Playground {
  slack: LocalSlack;
  weChatPay: LocalWeChatPay;
  identity: WeChatPayIdentity;
  /** Environment variables for the bot. Nothing else distinguishes a playground from production. */
  environment: Record<string, string>;
  close(): Promise<void>;
}

export interface PlaygroundOptions {
  slack?: LocalSlackOptions;
  /** How payloads reach the bot. Default: `http`, signed requests to a reserved port. */
  mode?: "http" | "socket";
  clock?: { now(): number };
  /** The keys and ids that the provider and WeChat Pay share. Default: created for this playground. */
  identity?: WeChatPayIdentity;
  /** WeChat Pay's certificates. Default: none, as for a provider that has only ever had the public key. */
  platformCertificates?: LocalWeChatPayOptions["platformCertificates"];
  /** Sees every exchange with WeChat Pay. */
  observe?: LocalWeChatPayOptions["observe"];
  /** Added to the bot's environment last. */
  environment?: Record<string, string>;
}

/** The people of the demo workspace by name. */
export const demoPeople = {
  ann: "U0ANN00001",
  bob: "U0BOB00001",
  carol: "U0CAROL001",
  dan: "U0DAN00001",
  eve: "U0EVE00001",
  sam: "U0STRANGER",
} as const;
export const demoChannel = "C0MERCHANT";

export async function startPlayground(options: PlaygroundOptions = {}): Promise<Playground> {
  const clock = options.clock ?? { now: () => Date.now() };
  const identity = options.identity ?? createWeChatPayIdentity();
  const slack = await startLocalSlack({ clock, ...options.slack });
  const weChatPay = await startLocalWeChatPay({
    ...identity,
    clock,
    platformCertificates: options.platformCertificates,
    ...(options.observe && { observe: options.observe }),
  });
  const folder = await mkdtemp(join(tmpdir(), "receipt-bot-"));
  const port = await freePort();
  const isHttp = (options.mode ?? "http") === "http";
  if (isHttp) slack.deliverTo(`http://127.0.0.1:${port}/slack/events`);
  return {
    slack,
    weChatPay,
    identity,
    environment: {
      SLACK_BOT_TOKEN: slack.app.botToken,
      ...(isHttp ? { SLACK_SIGNING_SECRET: slack.app.signingSecret } : { SLACK_APP_TOKEN: slack.app.appToken }),
      SLACK_API_URL: slack.apiUrl,
      PORT: String(port),
      WECHATPAY_MCHID: identity.mchid,
      WECHATPAY_SERIAL_NO: identity.serialNo,
      WECHATPAY_PRIVATE_KEY: identity.merchantPrivateKeyPem,
      WECHATPAY_PUBLIC_KEY_ID: identity.publicKeyId,
      WECHATPAY_PUBLIC_KEY: identity.publicKeyPem,
      WECHATPAY_ENDPOINTS: weChatPay.url,
      DATABASE_URL: `sqlite:${join(folder, "receipts.db")}`,
      RECEIPT_ADMINS: demoPeople.carol,
      ...options.environment,
    },
    async close() {
      await Promise.all([slack.close(), weChatPay.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
