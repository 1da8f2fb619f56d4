/** The local Slack and the local WeChat Pay side by side, and the settings that put the real bot between them. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.ts";
import type { LocalSlackOptions } from "./slack/options.ts";
import { type LocalSlack, startLocalSlack } from "./slack/server.ts";
import { createWeChatPayIdentity, type WeChatPayIdentity } from "./wechatpay/identity.ts";
import { startLocalWeChatPay } from "./wechatpay/server.ts";

export type LocalWeChatPay = Awaited<ReturnType<typeof startLocalWeChatPay>>;

export interface Playground {
  slack: LocalSlack;
  weChatPay: LocalWeChatPay;
  identity: WeChatPayIdentity;
  /** What the bot is started with, as environment variables; nothing else tells it that it is in a playground. */
  environment: Record<string, string>;
  close(): Promise<void>;
}

export interface PlaygroundOptions {
  slack?: LocalSlackOptions;
  /** How payloads reach the bot. Default: `http`, signed requests to a port of its own. */
  mode?: "http" | "socket";
  clock?: { now(): number };
  /** What the provider and WeChat Pay know of each other; default: made for this playground. */
  identity?: WeChatPayIdentity;
  /** Added to the bot's environment, last. */
  environment?: Record<string, string>;
}

/** The people of the demo's workspace by name, with what they are there for. */
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
  const weChatPay = await startLocalWeChatPay({ ...identity, clock });
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
