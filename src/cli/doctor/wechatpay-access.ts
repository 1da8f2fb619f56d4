/** WeChat Pay as the checks ask it: each endpoint once, with a signed call that changes nothing. */
import type { Clock } from "../../domain/clock.ts";
import { weChatPayOptions } from "../../settings/wechatpay-options.ts";
import type { Settings } from "../../settings.ts";
import { createWeChatPayClient, type SignatureCheck } from "../../wechatpay/client.ts";

export interface EndpointAnswer extends SignatureCheck {
  endpoint: string;
}

export interface WeChatPayAccess {
  /** Each endpoint's answer, in the order of the settings. */
  endpoints(): Promise<readonly EndpointAnswer[]>;
  close(): Promise<void>;
}

export function createWeChatPayAccess(settings: Settings, clock: Clock): WeChatPayAccess {
  const client = createWeChatPayClient(weChatPayOptions(settings, clock));
  let answers: Promise<readonly EndpointAnswer[]> | undefined;
  const ask = () =>
    Promise.all(
      settings.WECHATPAY_ENDPOINTS.map(async (endpoint, index) => ({
        endpoint,
        ...(await client.checkSignature(index)),
      })),
    );
  return {
    endpoints: () => (answers ??= ask()),
    close: () => client.close(),
  };
}
