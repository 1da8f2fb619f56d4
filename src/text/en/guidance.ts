/** What each outcome means, in English: a short form, what happened and what to do next. */
import type { Topic } from "../../domain/guidance.ts";
import { unreachable } from "./unreachable.ts";

export interface GuidanceText {
  /** Ends a line that begins "Not opened · 1900000109 · ". */
  short: string;
  happened: string;
  todo: string;
}

const replaceKey =
  "Set WECHATPAY_SERIAL_NO to the new certificate's serial number and WECHATPAY_PRIVATE_KEY (or the signer's key) to its private key, both together, restart the bot, then press Retry on the request's message.";

export const guidance: Record<Topic, GuidanceText> = {
  "param-error": {
    short: "WeChat Pay does not accept the number",
    happened: "WeChat Pay reports that the sub-merchant number is not valid.",
    todo: "Check the number on the partner platform (特约商户管理) and submit a new request with the correct one.",
  },
  "param-other": {
    short: "WeChat Pay does not accept the bot's request",
    happened:
      "WeChat Pay does not accept a parameter or header of the bot's request, for the reason shown below. The reason does not concern the sub-merchant's number.",
    todo: "Read WeChat Pay's message, check the bot's settings (WECHATPAY_PUBLIC_KEY_ID, WECHATPAY_SERIAL_NO) and every proxy in between, then press Retry on the request's message. WeChat Pay's support can tell you more if you give them the Request-ID.",
  },
  "provider-goldplan-off": {
    short: "our 点金计划 is not enabled",
    happened:
      "We, the service provider, have not enabled 点金计划. Without it, no sub-merchant can use 点金计划 or merchant receipts.",
    todo: "Enable 点金计划 on the partner platform (pay.weixin.qq.com, 服务商功能), then press Retry on the request's message.",
  },
  "provider-link-missing": {
    short: "no receipt link is configured",
    happened: "We, the service provider, have not configured the receipt page link (商家小票链接).",
    todo: "Configure the receipt link under 点金计划 on the partner platform, then press Retry on the request's message.",
  },
  "provider-penalised": {
    short: "the service provider is under penalty",
    happened: "WeChat Pay has placed us, the service provider, under a penalty (处罚).",
    todo: "Settle the penalty on the partner platform, then press Retry on the request's message.",
  },
  "sub-merchant-penalised": {
    short: "the sub-merchant is under penalty",
    happened: "WeChat Pay has placed the sub-merchant under a penalty (处罚).",
    todo: "Ask the merchant to settle it on the merchant platform, then press Retry on the request's message.",
  },
  "reopened-too-soon": {
    short: "点金计划 was closed less than 24 hours ago",
    happened:
      "The sub-merchant's 点金计划 was closed less than 24 hours ago, and WeChat Pay does not open it again within 24 hours of closing.",
    todo: "Wait until 24 hours after closing, then press Retry on the request's message.",
  },
  "try-later": {
    short: "WeChat Pay could not complete the operation",
    happened: "WeChat Pay reported that the operation failed and should be tried again later.",
    todo: "Wait a few minutes, then press Retry on the request's message. If this continues, give the Request-ID to WeChat Pay's support.",
  },
  "rate-limited": {
    short: "WeChat Pay is busy",
    happened: "WeChat Pay reported too many calls.",
    todo: "Wait a few minutes, then press Retry on the request's message. If this happens often, lower WECHATPAY_RATE.",
  },
  "caller-not-allowed": {
    short: "our type of service provider cannot make this call",
    happened:
      "Only ordinary service providers (普通服务商) and channel partners (渠道商) can open or close receipts and 点金计划, and WeChat Pay does not recognize us as either for this sub-merchant.",
    todo: "Ask WeChat Pay's partner support which merchant number can make this call, then press Retry on the request's message.",
  },
  "invalid-request": {
    short: "WeChat Pay refused the request",
    happened: "WeChat Pay refused the request for the reason shown below.",
    todo: "Read WeChat Pay's message, fix the problem it names, then press Retry on the request's message. WeChat Pay's support can tell you more if you give them the Request-ID.",
  },
  "sub-merchant-unknown": {
    short: "this sub-merchant is not one of ours",
    happened: "WeChat Pay has no sub-merchant with this number under this service provider.",
    todo: "Check the number on the partner platform (特约商户管理) and submit a new request with the correct one.",
  },
  "sign-header": {
    short: "the bot's signature header is wrong",
    happened:
      "WeChat Pay could not read the Authorization header: it was changed in transit, or the bot's settings contain stray characters.",
    todo: "Check WECHATPAY_MCHID and WECHATPAY_SERIAL_NO for stray characters, and every proxy between the bot and WeChat Pay, then press Retry on the request's message.",
  },
  "sign-serial": {
    short: "the bot's certificate serial number is wrong",
    happened: "WECHATPAY_SERIAL_NO is not the serial number of an API certificate of this service provider.",
    todo: "Set WECHATPAY_SERIAL_NO to the serial number of our own apiclient_cert.pem (partner platform, 账户中心, API 安全), not to that of a platform certificate or of the sub-merchant's; restart the bot, then press Retry on the request's message.",
  },
  "sign-certificate-expired": {
    short: "our API certificate has expired",
    happened: "The API certificate named in WECHATPAY_SERIAL_NO has expired.",
    todo: `Apply for a new API certificate on the partner platform (账户中心, API 安全). ${replaceKey}`,
  },
  "sign-certificate-revoked": {
    short: "our API certificate was revoked",
    happened: "The API certificate named in WECHATPAY_SERIAL_NO was revoked (作废).",
    todo: `Find out who revoked it and why, then apply for a new one on the partner platform (账户中心, API 安全). ${replaceKey}`,
  },
  "sign-certificate-replaced": {
    short: "our API certificate was replaced",
    happened: "The API certificate was replaced by a newer one, and the bot still uses the old one.",
    todo: `Get the new certificate and its private key from the colleague who replaced it. ${replaceKey}`,
  },
  "sign-certificate-missing": {
    short: "API security is not set up",
    happened: "This service provider has no API certificate, or no APIv3 key, on WeChat Pay's side.",
    todo: `Set both up on the partner platform (账户中心, API 安全). ${replaceKey}`,
  },
  "sign-clock": {
    short: "the bot's clock is off",
    happened: "The clock of the bot's machine differs from WeChat Pay's by more than 5 minutes.",
    todo: "Correct the machine's clock (NTP), then press Retry on the request's message. WeChat Pay has not checked the rest of the signature yet.",
  },
  "sign-body": {
    short: "the signed request body was changed in transit",
    happened: "WeChat Pay received a different body from the one that the bot signed: something in between changes it.",
    todo: "Find the proxy or gateway that rewrites requests between the bot and WeChat Pay, bypass it, then press Retry on the request's message.",
  },
  "sign-url": {
    short: "the signed request address was changed in transit",
    happened:
      "WeChat Pay received a different method or path from the one that the bot signed: something in between changes it, or WECHATPAY_ENDPOINTS is wrong.",
    todo: "Check WECHATPAY_ENDPOINTS and any proxy or gateway that rewrites addresses, then press Retry on the request's message.",
  },
  "sign-key": {
    short: "the bot's private key is wrong",
    happened:
      "WeChat Pay received exactly what the bot signed, but the signature does not match: the private key does not belong to the certificate.",
    todo: "Make sure that WECHATPAY_MCHID, WECHATPAY_SERIAL_NO and WECHATPAY_PRIVATE_KEY (or the signer's key) belong together: apiclient_key.pem and apiclient_cert.pem must come from the same download. Restart the bot, then press Retry on the request's message.",
  },
  "sign-mismatch": {
    short: "the bot's signature does not match",
    happened:
      "WeChat Pay reports that the signature does not match, but not what it compared. The most common cause is a private key that does not belong to the certificate.",
    todo: "Check that WECHATPAY_MCHID, WECHATPAY_SERIAL_NO and WECHATPAY_PRIVATE_KEY (or the signer's key) belong together and that no proxy changes requests. Restart the bot, then press Retry on the request's message.",
  },
  "sign-other": {
    short: "WeChat Pay did not accept the bot's signature",
    happened: "WeChat Pay did not accept the signature, for the reason shown below.",
    todo: "Read WeChat Pay's message, fix the problem in the bot's settings, restart the bot, then press Retry on the request's message.",
  },
  "no-auth": {
    short: "we have no permission for this sub-merchant",
    happened:
      "WeChat Pay reports that we, the service provider, have no permission: the product is not enabled, or the sub-merchant is not bound to us or has not authorized us.",
    todo: "Check on the partner platform that the product is enabled and that the sub-merchant has authorized us, then press Retry on the request's message.",
  },
  "server-error": {
    short: "WeChat Pay had an internal error",
    happened: "WeChat Pay answered with an internal error. It is unknown whether the change was made.",
    todo: "Wait a few minutes, then press Retry on the request's message. If this continues, give the Request-ID to WeChat Pay's support.",
  },
  unknown: {
    short: "the answer has no known error code",
    happened: "The request was refused without an error code that the bot knows. The answer is shown below.",
    todo: "Read the answer. If it is not WeChat Pay's message, such as a page of HTML, a proxy or firewall refused the call: have it let calls to WeChat Pay through. Otherwise, WeChat Pay's support can tell you more if you give them the Request-ID. When the cause is fixed, press Retry on the request's message.",
  },
  ...unreachable,
  unverified: {
    short: "WeChat Pay's answer could not be verified",
    happened:
      "The answer to the last attempt has no valid signature from WeChat Pay, so the bot does not trust it. It is unknown whether the change was made.",
    todo: "Check WECHATPAY_PUBLIC_KEY and WECHATPAY_PUBLIC_KEY_ID, or WECHATPAY_APIV3_KEY (partner platform, 账户中心, API 安全), and check for anything that intercepts calls between the bot and WeChat Pay. Then press Retry on the request's message.",
  },
  "unverified-clock": {
    short: "WeChat Pay's answer is too old or the bot's clock is off",
    happened:
      "The answers were signed more than 5 minutes before or after the bot's own time, so the bot does not trust them. It is unknown whether the change was made.",
    todo: "Correct the clock of the bot's machine (NTP). If the clock is right, someone is replaying old answers: check for anything that intercepts calls between the bot and WeChat Pay. Then press Retry on the request's message.",
  },
  "wrong-body": {
    short: "WeChat Pay's answer is not as documented",
    happened:
      "The answer was signed, but its content is not as documented or names another sub-merchant. It is unknown whether the change was made.",
    todo: "Give the Request-ID to WeChat Pay's support, then press Retry on the request's message.",
  },
  unfinished: {
    short: "the bot did not finish its call",
    happened:
      "The result of the last call was not recorded: the bot stopped or failed during the call, or its database was unavailable. It is unknown whether the change was made. The bot does not repeat the call automatically.",
    todo: "Find the cause: check the bot's log, and check its machine for restarts or a lack of memory. When the cause is fixed, press Retry on the request's message; sending WeChat Pay the same call twice is safe.",
  },
  unapproved: {
    short: "the approval cannot be verified",
    happened:
      "The approval in the ledger does not carry a valid signature under LEDGER_KEY, so the bot did not call WeChat Pay: someone may have changed the ledger by hand.",
    todo: "Run npm run audit and find out who changed the ledger. If the change is still wanted, submit a new request.",
  },
};
