/** The settings as the WeChat Pay client takes them. */
import type { Settings } from "../settings.ts";
import type { WeChatPayClientOptions } from "../wechatpay/client.ts";
import { keysOf } from "./wechatpay-keys.ts";

/** Limits of one call to WeChat Pay, in milliseconds; a lease lasts longer than the whole. */
const connectLimitMs = 2_500;
export const callLimitMs = 8_000;

export function weChatPayOptions(settings: Settings, clock: { now(): number }): WeChatPayClientOptions {
  return {
    ...keysOf(settings),
    mchid: settings.WECHATPAY_MCHID,
    endpoints: settings.WECHATPAY_ENDPOINTS,
    userAgent: `receipt-bot (Node.js ${process.version})`,
    connectTimeoutMs: connectLimitMs,
    totalTimeoutMs: callLimitMs,
    clock,
    proxy: settings.proxy,
  };
}
