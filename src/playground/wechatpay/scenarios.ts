/** The local WeChat Pay's scenarios by sub-merchant number: at least one for every row of the outcome table. */
import { goldPlanScenarios } from "./goldplan-scenarios.ts";
import { internalCodes, refusal } from "./reply.ts";
import { signError } from "./request-checks.ts";
import {
  business,
  busy,
  html,
  invalid,
  limited,
  lost,
  only,
  refuses,
  type Scenario,
  seenAs,
  spoils,
} from "./scenario.ts";

/**
 * A number consists of `19000`, the HTTP status (999: no answer), and two more digits: up to 50 for both calls, from 51
 * for 点金计划 alone, so that the receipt succeeds. 1900040003 concerns the receipt alone, because 点金计划 has no link.
 * Every number that is not listed succeeds, for example 1900000109.
 */
export const scenarios: readonly Scenario[] = [
  spoils("1900020001", "success without a signature", { sign: "none" }, "missing"),
  spoils("1900020002", "success with a wrong signature", { sign: "wrong" }, "wrong-signature"),
  spoils("1900020003", "success with a timestamp 6 minutes old", { sign: "stale" }, "stale"),
  spoils("1900020004", "success signed under an unknown serial number", { sign: "other-serial" }, "unknown-serial"),
  spoils("1900020005", "success signed for another body", { sign: "other-body" }, "wrong-signature"),
  spoils(
    "1900020006",
    "signature probe (SIGNTEST) once, then success",
    { sign: "probe" },
    "wrong-signature",
    "success",
  ),
  spoils("1900020007", "success for another sub-merchant", { body: { sub_mchid: "1900000999" } }, "wrong-body"),
  spoils("1900020008", "signed page of HTML instead of JSON", { body: "<html><body>OK</body></html>" }, "wrong-body"),
  spoils("1900020009", "signed empty body with status 200", { body: "" }, "wrong-body"),
  spoils("1900020010", "10 MB of JSON", { body: Buffer.alloc(10_000_000, "9"), sign: "none" }, "missing"),
  spoils("1900020011", "signed JSON that ends in the middle", { body: '{"sub_mchid":"19000' }, "wrong-body"),
  spoils("1900020401", "204: signed, without a body", { body: "" }, "wrong-body"),
  refuses(
    "1900020201",
    "202: accepted, repeat the call; then success",
    "server-error",
    { status: 202, body: {}, acts: false },
    "success",
  ),
  refuses("1900030201", "302: redirect to another host", "unknown", {
    status: 302,
    headers: { Location: "http://127.0.0.1:9/" },
    sign: "none",
  }),

  refuses(
    "1900040001",
    "400 PARAM_ERROR",
    "param-error",
    business(
      400,
      "PARAM_ERROR",
      "输入源“/body/sub_mchid”映射到字段“特约商户号”字符串规则校验失败",
      internalCodes.parameter,
    ),
  ),
  refuses("1900040002", "provider has not opened 点金计划", "provider-goldplan-off", invalid("服务商未开通点金计划")),
  only(
    "receipt",
    refuses(
      "1900040003",
      "provider has no receipt link; 点金计划 would succeed",
      "provider-link-missing",
      invalid("服务商未配置商家小票链接"),
    ),
  ),
  refuses("1900040004", "provider is penalised", "provider-penalised", invalid("服务商被处罚中")),
  refuses("1900040005", "sub-merchant is penalised", "sub-merchant-penalised", invalid("特约商户被处罚中")),
  refuses("1900040006", "操作失败 once, then success", "try-later", invalid("操作失败,请稍后再试"), "success"),
  refuses("1900040007", "操作失败, always", "try-later", invalid("操作失败,请稍后再试")),
  refuses("1900040008", "rate limit as a 400, always", "rate-limited", invalid("命中频率限制")),
  refuses("1900040009", "rate limit as a 400 once, then success", "rate-limited", invalid("调用频率过高"), "success"),
  refuses(
    "1900040010",
    "caller is not an ordinary provider",
    "caller-not-allowed",
    invalid("只有普通服务商和普通渠道商才能调用该接口"),
  ),
  refuses("1900040011", "INVALID_REQUEST for another reason", "invalid-request", invalid("商户类型不正确")),
  refuses(
    "1900040012",
    "400 MCH_NOT_EXISTS",
    "sub-merchant-unknown",
    business(400, "MCH_NOT_EXISTS", "特约商户号不存在"),
  ),
  refuses(
    "1900040013",
    "not one of our sub-merchants, in words",
    "sub-merchant-unknown",
    invalid("特约商户号不存在，或不是当前服务商的特约商户"),
  ),
  refuses("1900040014", "400 with an unknown code", "unknown", business(400, "GOLDPLAN_FROZEN", "点金计划已冻结")),
  refuses(
    "1900040017",
    "400 PARAM_ERROR about a header",
    "param-other",
    business(400, "PARAM_ERROR", "HTTP header缺少微信支付平台证书序列号(Wechatpay-Serial)", internalCodes.parameter),
  ),
  refuses(
    "1900040018",
    "400 PARAM_ERROR that names the number in its detail",
    "param-error",
    refusal(400, "PARAM_ERROR", "参数错误", {
      detail: { field: "/body/sub_mchid", location: "body" },
      internalCode: internalCodes.parameter,
    }),
  ),
  refuses(
    "1900040019",
    "400 PARAM_ERROR without a reason",
    "param-other",
    business(400, "PARAM_ERROR", "参数错误", internalCodes.parameter),
  ),
  spoils("1900040015", "error with a wrong signature", { sign: "wrong", acts: false }, "wrong-signature"),
  spoils("1900040016", "error with a stale signature", { sign: "stale", acts: false }, "stale"),

  refuses(
    "1900040101",
    "401: malformed Authorization header",
    "sign-header",
    signError("Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》"),
  ),
  refuses("1900040102", "401: wrong scheme", "sign-header", signError("Http头Authorization认证类型不正确")),
  refuses("1900040103", "401: wrong serial number", "sign-serial", (call) =>
    signError("商户证书序列号有误。请使用签名私钥匹配的证书序列号", seenAs(call)),
  ),
  refuses("1900040104", "401: certificate expired", "sign-certificate-expired", signError("商户证书已过期。")),
  refuses("1900040105", "401: certificate revoked", "sign-certificate-revoked", signError("商户证书已作废。")),
  refuses(
    "1900040106",
    "401: certificate replaced",
    "sign-certificate-replaced",
    signError("已更换证书，请使用新证书"),
  ),
  refuses("1900040107", "401: no certificate yet", "sign-certificate-missing", signError("商户未申请过证书。")),
  refuses(
    "1900040108",
    "401: our clock is wrong",
    "sign-clock",
    signError("Http头Authorization中的timestamp与发起请求的时间不得超过5分钟"),
  ),
  refuses("1900040109", "401: another body arrived", "sign-body", (call) =>
    signError("错误的签名，验签失败", seenAs(call, { body: Buffer.alloc(0) })),
  ),
  refuses("1900040110", "401: another URL arrived", "sign-url", (call) =>
    signError("错误的签名，验签失败", seenAs(call, { url: `/wechatpay${call.url}` })),
  ),
  refuses("1900040111", "401: all equal, so the key is wrong", "sign-key", (call) =>
    signError("签名错误，请检查后再试", seenAs(call)),
  ),
  refuses("1900040112", "401: no match, no detail", "sign-mismatch", signError("签名错误")),
  refuses("1900040113", "401: for another reason", "sign-other", signError("商户状态异常")),
  refuses("1900040114", "401: a gateway's page of HTML", "unknown", html(401, "401 Authorization Required")),

  refuses(
    "1900040301",
    "403 NO_AUTH",
    "no-auth",
    business(403, "NO_AUTH", "商户号该产品权限未开通，请前往商户平台>产品中心检查后重试"),
  ),
  refuses("1900040302", "403 with a page of HTML", "unknown", html(403, "403 Forbidden")),
  refuses("1900040401", "404 with nothing", "unknown", { status: 404 }),
  refuses(
    "1900040402",
    "404 MCH_NOT_EXISTS",
    "sub-merchant-unknown",
    business(404, "MCH_NOT_EXISTS", "特约商户号不存在"),
  ),

  refuses(
    "1900042901",
    "429 with Retry-After once, then success",
    "rate-limited",
    limited("FREQUENCY_LIMITED", { "Retry-After": "2" }),
    "success",
  ),
  refuses("1900042902", "429 under another code, always", "rate-limited", limited("RATELIMIT_EXCEEDED")),

  refuses("1900050001", "500, always", "server-error", business(500, "SYSTEM_ERROR", "系统繁忙，请稍后重试")),
  refuses(
    "1900050002",
    "500 `SYSTEM ERROR`, with a space",
    "server-error",
    business(500, "SYSTEM ERROR", "系统异常，请稍后重试"),
  ),
  refuses("1900050003", "500 twice, then success", "server-error", busy(), busy(), "success"),
  refuses("1900050004", "500 `SIGN ERROR`", "server-error", business(500, "SIGN ERROR", "签名错误")),
  refuses(
    "1900050005",
    "500 `operation failed`, but it acted",
    "server-error",
    busy({ code: "operation failed", acts: true }),
  ),
  refuses("1900050201", "502 with a page of HTML", "server-error", html(502, "502 Bad Gateway")),
  refuses("1900050301", "503 SERVICE_UNAVAILABLE", "server-error", business(503, "SERVICE_UNAVAILABLE", "服务不可用")),
  refuses("1900050401", "504 with nothing", "server-error", { status: 504 }),

  lost("1900099901", "connection reset before it acted", "reset", { reset: "before" }),
  lost("1900099902", "connection reset after it acted", "reset", { reset: "after" }),
  lost("1900099903", "no answer, and it did not act", "timeout", { silent: "before" }),
  lost("1900099904", "no answer, but it acted", "timeout", { silent: "after" }),
  lost("1900099905", "answer cut off on the wire", "reset", {
    status: 200,
    body: '{"sub_mchid":"1900099905"}',
    cutAfterBytes: 12,
  }),
  lost("1900099906", "connection reset once, then success", "reset", { reset: "before" }, "success"),
  lost("1900099907", "connection reset after it acted once, then success", "reset", { reset: "after" }, "success"),

  ...goldPlanScenarios,
];
