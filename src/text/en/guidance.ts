/** What each outcome means, in English: in short, what happened, and what to do now. */
import type { Topic } from "../../domain/guidance.ts";

export interface GuidanceText {
  /** Ends a line that begins "Not opened · 1900000109 · ". */
  short: string;
  happened: string;
  todo: string;
}

const replaceKey =
  "Put the new certificate's serial number into WECHATPAY_SERIAL_NO and its private key into WECHATPAY_PRIVATE_KEY, both together, restart the bot, then press Retry on the request's message.";

export const guidance: Record<Topic, GuidanceText> = {
  "param-error": {
    short: "WeChat Pay does not accept the number",
    happened: "WeChat Pay says that the sub-merchant's number is not a valid one.",
    todo: "Check the number on the partner platform (特约商户管理) and ask again with the right one.",
  },
  "provider-goldplan-off": {
    short: "our 点金计划 is not open",
    happened:
      "We, the service provider, have not opened 点金计划, without which no sub-merchant can have its own receipt.",
    todo: "Open 点金计划 on the partner platform (pay.weixin.qq.com, 服务商功能), then press Retry on the request's message.",
  },
  "provider-link-missing": {
    short: "no receipt link is configured",
    happened: "We, the service provider, have not configured the link of the receipt page (商家小票链接).",
    todo: "Configure the receipt link under 点金计划 on the partner platform, then press Retry on the request's message.",
  },
  "provider-penalised": {
    short: "the service provider is under penalty",
    happened: "WeChat Pay has put us, the service provider, under a penalty (处罚).",
    todo: "Settle the penalty on the partner platform, then press Retry on the request's message.",
  },
  "sub-merchant-penalised": {
    short: "the sub-merchant is under penalty",
    happened: "WeChat Pay has put the sub-merchant under a penalty (处罚).",
    todo: "Ask the merchant to settle it on the merchant platform, then press Retry on the request's message.",
  },
  "try-later": {
    short: "WeChat Pay could not do it just now",
    happened: "WeChat Pay said that the operation failed and should be tried later, each time the bot tried.",
    todo: "Wait a few minutes, then press Retry on the request's message. If it goes on, give the Request-ID to WeChat Pay's support.",
  },
  "rate-limited": {
    short: "WeChat Pay is busy",
    happened: "WeChat Pay said that calls come too fast, each time the bot tried, although it slowed down.",
    todo: "Wait a few minutes, then press Retry on the request's message. If it happens often, lower WECHATPAY_RATE.",
  },
  "caller-not-allowed": {
    short: "our kind of service provider may not do this",
    happened:
      "Only ordinary service providers (普通服务商) and channel partners (渠道商) may switch receipts, and WeChat Pay does not count us as one for this sub-merchant.",
    todo: "Ask WeChat Pay's partner support which merchant number may make this call, then press Retry on the request's message.",
  },
  "invalid-request": {
    short: "WeChat Pay refused the request",
    happened: "WeChat Pay refused the request for the reason that it gives below.",
    todo: "Read WeChat Pay's message, fix what it names, then press Retry on the request's message. Its support can tell more by the Request-ID.",
  },
  "sub-merchant-unknown": {
    short: "this sub-merchant is not one of ours",
    happened: "WeChat Pay knows no sub-merchant of this number under this service provider.",
    todo: "Check the number on the partner platform (特约商户管理) and ask again with the right one.",
  },
  "sign-header": {
    short: "the bot's signature header is wrong",
    happened:
      "WeChat Pay could not read the Authorization header: on its way something changed it, or the bot's settings spoil it.",
    todo: "Check WECHATPAY_MCHID and WECHATPAY_SERIAL_NO for stray characters, and every proxy between the bot and WeChat Pay, then press Retry on the request's message.",
  },
  "sign-serial": {
    short: "the bot's certificate serial number is wrong",
    happened: "WECHATPAY_SERIAL_NO is not the serial number of an API certificate of this service provider.",
    todo: "Take the serial number of our own apiclient_cert.pem (partner platform, 账户中心, API 安全; not a platform certificate's, not the sub-merchant's), set WECHATPAY_SERIAL_NO, restart the bot, then press Retry on the request's message.",
  },
  "sign-certificate-expired": {
    short: "our API certificate has expired",
    happened: "The API certificate that WECHATPAY_SERIAL_NO names has expired.",
    todo: `Apply for a new API certificate on the partner platform (账户中心, API 安全). ${replaceKey}`,
  },
  "sign-certificate-revoked": {
    short: "our API certificate was revoked",
    happened: "The API certificate that WECHATPAY_SERIAL_NO names was revoked (作废).",
    todo: `Find out who revoked it and why, and apply for a new one on the partner platform (账户中心, API 安全). ${replaceKey}`,
  },
  "sign-certificate-replaced": {
    short: "our API certificate was replaced",
    happened: "The API certificate was replaced by a newer one, and the bot still uses the old one.",
    todo: `Get the new certificate's key from whoever replaced it. ${replaceKey}`,
  },
  "sign-certificate-missing": {
    short: "API security is not set up",
    happened: "This service provider has no API certificate, or no APIv3 key, on WeChat Pay's side.",
    todo: `Set both up on the partner platform (账户中心, API 安全). ${replaceKey}`,
  },
  "sign-clock": {
    short: "the bot's clock is off",
    happened: "The clock of the bot's machine is more than 5 minutes away from WeChat Pay's.",
    todo: "Set the machine's clock right (NTP), then press Retry on the request's message. The rest of the signature was not checked yet.",
  },
  "sign-body": {
    short: "the signed body did not arrive as it was sent",
    happened:
      "WeChat Pay received another body than the one that the bot signed: something between the two changes it.",
    todo: "Look for a proxy or gateway that rewrites requests between the bot and WeChat Pay, take it out of the way, then press Retry on the request's message.",
  },
  "sign-url": {
    short: "the signed address did not arrive as it was sent",
    happened:
      "WeChat Pay received another method or path than the one that the bot signed: something between the two changes it, or WECHATPAY_ENDPOINTS is wrong.",
    todo: "Check WECHATPAY_ENDPOINTS and any proxy or gateway that rewrites addresses, then press Retry on the request's message.",
  },
  "sign-key": {
    short: "the bot's private key is the wrong one",
    happened:
      "WeChat Pay received exactly what the bot signed, and still the signature does not match: the private key does not belong to the certificate.",
    todo: "Make WECHATPAY_MCHID, WECHATPAY_SERIAL_NO and WECHATPAY_PRIVATE_KEY belong together: apiclient_key.pem and apiclient_cert.pem from the same download. Restart the bot, then press Retry on the request's message.",
  },
  "sign-mismatch": {
    short: "the bot's signature does not match",
    happened:
      "WeChat Pay says that the signature does not match and not what it compared it with. The commonest cause is a private key that does not belong to the certificate.",
    todo: "Check that WECHATPAY_MCHID, WECHATPAY_SERIAL_NO and WECHATPAY_PRIVATE_KEY belong together, then that no proxy changes requests. Restart the bot, then press Retry on the request's message.",
  },
  "sign-other": {
    short: "WeChat Pay did not accept the bot's signature",
    happened: "WeChat Pay did not accept the signature, for the reason that it gives below.",
    todo: "Read WeChat Pay's message, fix what it names in the bot's settings, restart the bot, then press Retry on the request's message.",
  },
  "no-auth": {
    short: "we may not act for this sub-merchant",
    happened:
      "WeChat Pay says that we, the service provider, have no permission: the product is not open, or the sub-merchant is not bound to us or has not authorised us.",
    todo: "Check on the partner platform that the product is open and that the sub-merchant has authorised us, then press Retry on the request's message.",
  },
  "server-error": {
    short: "WeChat Pay had an internal error",
    happened:
      "WeChat Pay answered with an internal error each time the bot tried. Whether it switched the receipts all the same, nobody knows.",
    todo: "Wait a few minutes, then press Retry on the request's message. If it goes on, give the Request-ID to WeChat Pay's support.",
  },
  unknown: {
    short: "WeChat Pay gave an answer that the bot does not know",
    happened: "WeChat Pay refused with a code that the bot does not know. Its answer stands below as it came.",
    todo: "Read WeChat Pay's message; its support can tell more by the Request-ID. Press Retry on the request's message once the cause is fixed.",
  },
  unreachable: {
    short: "WeChat Pay could not be reached",
    happened: "Neither of WeChat Pay's endpoints answered, each time the bot tried.",
    todo: "Check the network between the bot and WeChat Pay (DNS, firewall, proxy), then press Retry on the request's message.",
  },
  unverified: {
    short: "WeChat Pay's answer could not be verified",
    happened:
      "An answer came each time, but not with WeChat Pay's signature, so the bot does not believe it. Whether the receipts were switched, nobody knows.",
    todo: "Check WECHATPAY_PUBLIC_KEY and WECHATPAY_PUBLIC_KEY_ID (partner platform, 账户中心, API 安全), and who may stand between the bot and WeChat Pay. Then press Retry on the request's message.",
  },
  "unverified-clock": {
    short: "WeChat Pay's answer is too old or the bot's clock is off",
    happened:
      "The answers were signed more than 5 minutes before or after the bot's own time, so the bot does not believe them. Whether the receipts were switched, nobody knows.",
    todo: "Set the clock of the bot's machine right (NTP). If it is right, somebody replays old answers: look who stands between the bot and WeChat Pay. Then press Retry on the request's message.",
  },
  "wrong-body": {
    short: "WeChat Pay's answer makes no sense",
    happened:
      "The answer was signed, but it is not the documented one or names another sub-merchant. Whether the receipts were switched, nobody knows.",
    todo: "Give the Request-ID to WeChat Pay's support, then press Retry on the request's message.",
  },
  unfinished: {
    short: "the bot never finished its call",
    happened:
      "The bot began as many calls as it may, and of the last it wrote nothing down: it ended or failed in the middle of the call, or its database was away. Whether the receipts were switched, nobody knows.",
    todo: "Find out why it does: look into the bot's log, and for restarts and lack of memory on its machine. Once that is mended, press Retry on the request's message; asking WeChat Pay for the same thing twice does no harm.",
  },
};
