/** What each outcome means, in Chinese: a short form, what happened and what to do next. */
import type { Topic } from "../../domain/guidance.ts";
import type { GuidanceText } from "../en/guidance.ts";
import { unreachable } from "./unreachable.ts";

const retry = "点击申请消息上的“重试”";
const restartAndRetry = `重启机器人，再${retry}`;
const replaceKey = `请将新证书的序列号和私钥一并更新到 \`WECHATPAY_SERIAL_NO\` 和 \`WECHATPAY_PRIVATE_KEY\` 两项配置（使用签名服务时，私钥更新到签名服务），${restartAndRetry}。`;

// The names of menus are WeChat Pay's own: 点金计划开发指引, and the error table of 商家小票管理.
export const guidance: Record<Topic, GuidanceText> = {
  "param-error": {
    short: "特约商户号无效",
    happened: "微信支付返回：该特约商户号不合法。",
    todo: "请在服务商平台的“特约商户管理”中核对商户号，并用正确的商户号重新提交申请。",
  },
  "param-other": {
    short: "微信支付不接受机器人的请求",
    happened: "微信支付不接受机器人请求中的某个参数或请求头，原因见下方返回信息；问题不在特约商户号。",
    todo: `请按微信支付的返回信息检查 \`WECHATPAY_PUBLIC_KEY_ID\` 和 \`WECHATPAY_SERIAL_NO\` 两项配置，以及途中的代理，然后${retry}。如需进一步了解原因，可将 Request-ID 提供给微信支付技术支持。`,
  },
  "provider-goldplan-off": {
    short: "服务商未开通点金计划",
    happened: "我方（服务商）尚未开通点金计划。未开通时，任何特约商户都不能使用点金计划和商家小票。",
    todo: `请登录服务商平台（pay.weixin.qq.com），在“服务商功能 → 点金计划”中申请开通，然后${retry}。`,
  },
  "provider-link-missing": {
    short: "服务商未配置商家小票链接",
    happened: "我方（服务商）尚未配置商家小票链接。",
    todo: `请在服务商平台的“服务商功能 → 点金计划 → 商家小票链接配置”中添加商家小票链接，然后${retry}。`,
  },
  "provider-penalised": {
    short: "服务商被处罚中",
    happened: "我方（服务商）正被微信支付处罚。",
    todo: `请登录服务商平台处理处罚，处罚解除后${retry}。`,
  },
  "sub-merchant-penalised": {
    short: "特约商户被处罚中",
    happened: "该特约商户正被微信支付处罚。",
    todo: `请通知特约商户登录商户平台处理处罚，处罚解除后${retry}。`,
  },
  "reopened-too-soon": {
    short: "点金计划关闭未满 24 小时",
    happened: "该特约商户的点金计划关闭未满 24 小时，在此期间微信支付不允许重新开通。",
    todo: `请在关闭满 24 小时后${retry}。`,
  },
  "try-later": {
    short: "微信支付暂时无法完成操作",
    happened: "微信支付返回操作失败，要求稍后再试。",
    todo: `请等待几分钟后${retry}。如果持续失败，请将 Request-ID 提供给微信支付技术支持。`,
  },
  "rate-limited": {
    short: "微信支付限制了调用频率",
    happened: "微信支付返回调用过于频繁。",
    todo: `请等待几分钟后${retry}。如果经常发生，请调低 \`WECHATPAY_RATE\` 的值。`,
  },
  "caller-not-allowed": {
    short: "我方商户号类型不能调用该接口",
    happened:
      "只有普通服务商和渠道商可以开通或关闭商家小票和点金计划，而微信支付认为我方不是该特约商户的普通服务商或渠道商。",
    todo: `请向微信支付确认应由哪个商户号调用该接口，解决后${retry}。`,
  },
  "invalid-request": {
    short: "微信支付拒绝了该请求",
    happened: "微信支付拒绝了该请求，原因见下方返回信息。",
    todo: `请按微信支付的返回信息排除问题，然后${retry}。如需进一步了解原因，可将 Request-ID 提供给微信支付技术支持。`,
  },
  "sub-merchant-unknown": {
    short: "特约商户号不存在或不属于我方",
    happened: "在我方（服务商）名下，微信支付没有找到该特约商户号。",
    todo: "请在服务商平台的“特约商户管理”中核对商户号，并用正确的商户号重新提交申请。",
  },
  "sign-header": {
    short: "签名请求头格式错误",
    happened: "微信支付无法识别 Authorization 请求头：可能在传输途中被改动，也可能是机器人的配置含有多余字符。",
    todo: `请检查 \`WECHATPAY_MCHID\` 和 \`WECHATPAY_SERIAL_NO\` 是否含有多余字符，以及机器人与微信支付之间的所有代理，然后${retry}。`,
  },
  "sign-serial": {
    short: "商户 API 证书序列号有误",
    happened: "`WECHATPAY_SERIAL_NO` 的值不是我方（服务商）商户 API 证书的序列号。",
    todo: `请使用我方 apiclient_cert.pem 的证书序列号（可在服务商平台“账户中心 → API 安全”查看；不是微信支付平台证书的，也不是特约商户证书的），更新 \`WECHATPAY_SERIAL_NO\` 配置，${restartAndRetry}。`,
  },
  "sign-certificate-expired": {
    short: "商户 API 证书已过期",
    happened: "`WECHATPAY_SERIAL_NO` 对应的商户 API 证书已过期。",
    todo: `请在服务商平台“账户中心 → API 安全”中申请新的商户 API 证书。${replaceKey}`,
  },
  "sign-certificate-revoked": {
    short: "商户 API 证书已作废",
    happened: "`WECHATPAY_SERIAL_NO` 对应的商户 API 证书已作废。",
    todo: `请先确认证书由谁作废、原因是什么，再在服务商平台“账户中心 → API 安全”中申请新的商户 API 证书。${replaceKey}`,
  },
  "sign-certificate-replaced": {
    short: "商户 API 证书已更换",
    happened: "商户 API 证书已更换为新证书，机器人仍在使用旧证书。",
    todo: `请向更换证书的同事获取新证书及其私钥。${replaceKey}`,
  },
  "sign-certificate-missing": {
    short: "API 安全未设置完成",
    happened: "我方（服务商）尚未申请商户 API 证书，或尚未设置 APIv3 密钥。",
    todo: `请在服务商平台“账户中心 → API 安全”中完成两项设置。${replaceKey}`,
  },
  "sign-clock": {
    short: "机器人的时钟不准",
    happened: "机器人所在主机的时间与微信支付相差超过 5 分钟。",
    todo: `请校准主机时间（NTP），然后${retry}。签名的其余部分尚未验证。`,
  },
  "sign-body": {
    short: "请求报文在传输途中被改动",
    happened: "微信支付收到的请求报文与机器人签名的不一致，说明报文在传输途中被改动。",
    todo: `请找出机器人与微信支付之间改写请求的代理或网关，绕开它，然后${retry}。`,
  },
  "sign-url": {
    short: "请求地址在传输途中被改动",
    happened:
      "微信支付收到的请求方法或路径与机器人签名的不一致：可能在传输途中被改动，也可能是 `WECHATPAY_ENDPOINTS` 配置有误。",
    todo: `请检查 \`WECHATPAY_ENDPOINTS\` 配置，以及改写地址的代理或网关，然后${retry}。`,
  },
  "sign-key": {
    short: "商户 API 私钥不匹配",
    happened: "微信支付收到的内容与机器人签名的完全一致，但验签失败，说明私钥与商户 API 证书不匹配。",
    todo: `请确认 \`WECHATPAY_MCHID\` / \`WECHATPAY_SERIAL_NO\` / \`WECHATPAY_PRIVATE_KEY\` 三项配套（使用签名服务时，为签名服务的私钥）：apiclient_key.pem 和 apiclient_cert.pem 须来自同一次下载。然后${restartAndRetry}。`,
  },
  "sign-mismatch": {
    short: "签名错误，验签失败",
    happened: "微信支付验签失败，且没有返回用于比对的签名信息。最常见的原因是私钥与商户 API 证书不匹配。",
    todo: `请先确认 \`WECHATPAY_MCHID\` / \`WECHATPAY_SERIAL_NO\` / \`WECHATPAY_PRIVATE_KEY\` 三项配套（使用签名服务时，为签名服务的私钥），再确认没有代理改动请求。然后${restartAndRetry}。`,
  },
  "sign-other": {
    short: "微信支付未通过签名验证",
    happened: "微信支付未通过机器人的签名验证，原因见下方返回信息。",
    todo: `请按微信支付的返回信息修正机器人的配置，${restartAndRetry}。`,
  },
  "no-auth": {
    short: "我方没有该特约商户的操作权限",
    happened: "微信支付返回我方（服务商）没有权限：产品权限未开通，或与该特约商户没有受理关系，或未获其授权。",
    todo: `请在服务商平台确认产品权限已开通，且该特约商户已授权我方，然后${retry}。`,
  },
  "server-error": {
    short: "微信支付系统异常",
    happened: "微信支付返回系统异常。操作是否已经生效，目前无法确定。",
    todo: `请等待几分钟后${retry}。如果持续失败，请将 Request-ID 提供给微信支付技术支持。`,
  },
  unknown: {
    short: "应答中没有已知的错误码",
    happened: "该请求被拒绝，应答中没有机器人认识的错误码。应答列在下方。",
    todo: `请查看应答。如果不是微信支付的返回信息（例如 HTML 页面），说明请求被代理或防火墙拦截，请放行对微信支付的访问；否则可将 Request-ID 提供给微信支付技术支持。问题排除后${retry}。`,
  },
  ...unreachable,
  unverified: {
    short: "微信支付的应答验签失败",
    happened:
      "最后一次调用收到了应答，但应答没有通过微信支付的签名验证，机器人不予采信。操作是否已经生效，目前无法确定。",
    todo: `请核对 \`WECHATPAY_PUBLIC_KEY\` 和 \`WECHATPAY_PUBLIC_KEY_ID\` 两项配置，或 \`WECHATPAY_APIV3_KEY\` 配置（服务商平台“账户中心 → API 安全”），并排查机器人与微信支付之间的中间设备，然后${retry}。`,
  },
  "unverified-clock": {
    short: "应答已过时，或机器人的时钟不准",
    happened: "应答的签名时间与机器人的时间相差超过 5 分钟，机器人不予采信。操作是否已经生效，目前无法确定。",
    todo: `请校准机器人所在主机的时间（NTP）。如果时间准确，说明有人在重放旧应答，请排查机器人与微信支付之间的中间设备。然后${retry}。`,
  },
  "wrong-body": {
    short: "微信支付的应答内容异常",
    happened:
      "应答带有微信支付的签名，但内容与接口文档不符，或返回了另一个特约商户号。操作是否已经生效，目前无法确定。",
    todo: `请将 Request-ID 提供给微信支付技术支持。可以放心${retry}。`,
  },
  unfinished: {
    short: "机器人未能完成调用",
    happened:
      "最后一次调用没有留下结果：机器人在调用中途退出或出错，或当时无法访问数据库。操作是否已经生效，目前无法确定。机器人不会自动再次调用。",
    todo: `请查看机器人的日志，以及所在主机是否重启过或内存不足，找出原因并解决，然后${retry}。重复操作没有风险。`,
  },
  unapproved: {
    short: "批准记录无法核实",
    happened: "台账中的批准记录没有 LEDGER_KEY 下的有效签名，可能有人直接改动过台账，因此机器人没有调用微信支付。",
    todo: "请运行 npm run audit，查明是谁改动了台账。如仍需操作，请重新提交申请。",
  },
};
