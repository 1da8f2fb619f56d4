import assert from "node:assert/strict";
import { test } from "node:test";
import { type Fault, faults } from "../../src/domain/attempt-result.ts";
import { classify } from "../../src/wechatpay/errors.ts";
import { type AnswerHeaders, requestIdLengthMax } from "../../src/wechatpay/headers.ts";
import { requestMessage } from "../../src/wechatpay/signature.ts";
import { goldenRequest } from "./fixtures/fixtures.ts";

const now = goldenRequest.timestamp * 1000;
const message = requestMessage(goldenRequest);
const signed = { method: "POST", path: goldenRequest.path, message };

/** `sign_information` of a server that saw exactly what we signed, but for `changes`. */
function seen(changes: Record<string, unknown> = {}) {
  const lines = message.toString().split("\n");
  return {
    method: "POST",
    url: goldenRequest.path,
    sign_message_length: message.byteLength,
    truncated_sign_message: `${lines.slice(0, 4).join("\n")}\n{"sub_mc\n`,
    ...changes,
  };
}

function nested(changes: Record<string, unknown> = {}) {
  return {
    field: "signature",
    location: "authorization",
    detail: { issue: "sign not match" },
    sign_information: seen(changes),
  };
}

const invalid = (text: string) => ({ code: "INVALID_REQUEST", message: text });
const sign = (text: string, detail?: unknown) => ({ code: "SIGN_ERROR", message: text, detail });
const truncated = (from: string, to: string) => ({
  truncated_sign_message: seen().truncated_sign_message.replace(from, to),
});

const rows: [status: number, body: unknown, fault: Fault][] = [
  [400, { code: "PARAM_ERROR", message: "参数错误", detail: { location: null, value: 7 } }, "param-other"],
  [400, { code: "param error", message: "频率" }, "param-other"],
  [400, { code: "PARAM_ERROR", message: "HTTP header缺少微信支付平台证书序列号(Wechatpay-Serial)" }, "param-other"],
  [400, { code: "PARAM_ERROR", message: "平台证书序列号Wechatpay-Serial错误" }, "param-other"],
  [400, { code: "PARAM_ERROR", message: "http header中的mchid与post payload中的mchid不匹配" }, "param-other"],
  [400, { code: "PARAM_ERROR", message: "输入源“/body/sub_mchid”映射到字段“特约商户号”校验失败" }, "param-error"],
  [400, { code: "PARAM_ERROR", message: "特约商户号格式错误" }, "param-error"],
  [400, { code: "PARAM_ERROR", message: "参数错误", detail: { field: "/sub_mchid" } }, "param-error"],
  [400, { code: "PARAM_ERROR", message: "参数错误", detail: { detail: { field: "sub_mchid" } } }, "param-error"],
  [400, { code: "PARAM_ERROR", message: "参数错误", detail: { field: "/operation_type" } }, "param-other"],
  [400, invalid("服务商未开通点金计划"), "provider-goldplan-off"],
  [400, invalid("mch goldplan closed"), "provider-goldplan-off"],
  [400, { code: "PARAM_ERROR", message: "parameter error" }, "param-error"],
  [400, { code: "PARAM_ERROR", message: "parameter error: operation_pay_scene" }, "param-other"],
  [400, { code: "MCH_NOT_EXISTS", message: "sub_mch not exit" }, "sub-merchant-unknown"],
  [400, invalid("sub_mch not exit"), "sub-merchant-unknown"],
  [400, invalid("服务商未配置商家小票链接"), "provider-link-missing"],
  [400, invalid("服务商被处罚中"), "provider-penalised"],
  [400, invalid("mch punished"), "provider-penalised"],
  [400, invalid("特约商户被处罚中"), "sub-merchant-penalised"],
  [400, invalid("sub_mch punished"), "sub-merchant-penalised"],
  [400, invalid("sub_mch reopen less than 24h"), "reopened-too-soon"],
  [400, invalid("距离上次关闭点金计划间隔不足24小时"), "reopened-too-soon"],
  [400, invalid("操作失败，关闭和开通须间隔 24 小时以上"), "reopened-too-soon"],
  [400, invalid("操作失败,请稍后再试"), "try-later"],
  [400, invalid("命中频率限制"), "rate-limited"],
  [400, invalid("调用频率过高"), "rate-limited"],
  [400, invalid("只有普通服务商和普通渠道商才能调用该接口"), "caller-not-allowed"],
  [400, invalid("特约商户号不存在，或不是当前服务商的特约商户"), "sub-merchant-unknown"],
  [400, invalid("受理关系不存在"), "sub-merchant-unknown"],
  [400, invalid("特约商户未开通点金计划"), "invalid-request"],
  [400, invalid("Http头缺少Accept或User-Agent"), "invalid-request"],
  [400, { code: "Invalid-Request" }, "invalid-request"],
  [400, { code: "MCH_NOT_EXISTS", message: "特约商户号不存在" }, "sub-merchant-unknown"],
  [404, { code: "MCHNOTEXISTS" }, "sub-merchant-unknown"],
  [400, { code: "FREQUENCY_LIMITED", message: "你的操作过于频繁,请稍后再试" }, "rate-limited"],
  [400, { code: "SOMETHING_NEW", message: "操作失败" }, "unknown"],
  [400, "<html>Bad Request</html>", "unknown"],
  [400, "", "unknown"],
  [401, sign("Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》"), "sign-header"],
  [401, sign("Http头Authorization认证类型不正确"), "sign-header"],
  [401, sign("签名信息错误，验签失败"), "sign-header"],
  [401, sign("Http头Authorization中的timestamp与发起请求的时间不得超过5分钟"), "sign-clock"],
  [401, sign("商户证书序列号有误。"), "sign-serial"],
  [401, sign("商户证书序列号有误。", nested()), "sign-serial"],
  [401, sign("商户证书已过期。"), "sign-certificate-expired"],
  [401, sign("商户证书已作废。"), "sign-certificate-revoked"],
  [401, sign("已更换证书，请使用新证书"), "sign-certificate-replaced"],
  [401, sign("商户未申请过证书。"), "sign-certificate-missing"],
  [401, sign("商户未设置APIv3密钥。"), "sign-certificate-missing"],
  [401, sign("签名错误"), "sign-mismatch"],
  [401, sign("错误的签名，验签失败", { issue: "sign not match" }), "sign-mismatch"],
  [401, sign("签名错误，请检查后再试", { sign_information: seen() }), "sign-key"],
  [401, sign("签名错误，请检查后再试", nested()), "sign-key"],
  [401, sign("签名错误", { detail: { sign_information: seen() } }), "sign-key"],
  [401, sign("签名错误", nested({ sign_message_length: "146" })), "sign-key"],
  [401, sign("签名错误", nested({ truncated_sign_message: undefined })), "sign-key"],
  [401, sign("签名错误", nested({ sign_message_length: undefined })), "sign-mismatch"],
  [401, sign("签名错误", nested({ sign_message_length: 96 })), "sign-body"],
  [401, sign("签名错误", nested(truncated('{"sub_mc', '{\r\n"su'))), "sign-body"],
  [401, sign("签名错误", nested(truncated('{"sub_mc', ""))), "sign-body"],
  [401, sign("签名错误", nested({ url: "/wechatpay/v3" })), "sign-url"],
  [401, sign("签名错误", nested({ url: `https://api.mch.weixin.qq.com${goldenRequest.path}` })), "sign-key"],
  [401, sign("签名错误", nested({ method: "post" })), "sign-url"],
  [401, sign("签名错误", nested(truncated("1554208460", "1554208461"))), "sign-header"],
  [
    401,
    sign("签名错误", nested({ truncated_sign_message: seen().truncated_sign_message.replaceAll("\n", "\\n") })),
    "sign-key",
  ],
  [401, sign("商户状态异常"), "sign-other"],
  [401, { code: "SIGN_ERROR" }, "sign-other"],
  // Of a proxy or a gateway.
  [401, "", "unknown"],
  [401, "<html><head><title>401 Authorization Required</title></head></html>", "unknown"],
  [401, { message: "No API key found in request" }, "unknown"],
  [401, { code: 401, message: "签名已过期" }, "unknown"],
  [401, { timestamp: 1, status: 401, error: "Unauthorized" }, "unknown"],
  [403, { code: "NO_AUTH", message: "受理关系不存在" }, "no-auth"],
  [403, { code: "NO AUTH" }, "no-auth"],
  [403, { code: "FREQUENCY_LIMITED", message: "你的操作过于频繁,请稍后再试" }, "rate-limited"],
  [403, { code: "FREQUENCY_LIMIT_EXCEED" }, "rate-limited"],
  [403, { code: "RATELIMIT_EXCEEDED" }, "rate-limited"],
  [403, { code: "RATE_LIMITED" }, "rate-limited"],
  [403, { code: "SOMETHING_NEW", message: "暂无权限" }, "unknown"],
  [403, { code: 403, message: "blocked by policy" }, "unknown"],
  [403, { error: "blocked by policy" }, "unknown"],
  [403, "<html>403 Forbidden</html>", "unknown"],
  [403, "NO_AUTH", "unknown"],
  [403, "", "unknown"],
  [429, { code: "FREQUENCY_LIMITED" }, "rate-limited"],
  [429, { code: "PARAM_ERROR" }, "rate-limited"],
  [429, "", "rate-limited"],
  [500, { code: "SYSTEM_ERROR", message: "系统繁忙，请稍后重试" }, "server-error"],
  [500, { code: "SIGN ERROR", message: "签名错误" }, "server-error"],
  [500, { code: "operation failed" }, "server-error"],
  [500, { code: "INVALID_REQUEST", message: "sub_mch punished" }, "server-error"],
  [500, { code: "INVALID_REQUEST", message: "sub_mch reopen less than 24h" }, "server-error"],
  [500, { code: "SYSTEM ERROR", message: "parameter error" }, "server-error"],
  [502, "<html>502 Bad Gateway</html>", "server-error"],
  [503, { code: "SERVICE_UNAVAILABLE" }, "server-error"],
  [504, "", "server-error"],
  [599, "null", "server-error"],
  [600, "", "server-error"],
  [999, "blocked", "server-error"],
  [202, "", "server-error"],
  [302, "", "unknown"],
  [404, "", "unknown"],
  [404, { code: "RESOURCE_NOT_EXISTS" }, "unknown"],
  [405, "", "unknown"],
  [415, "", "unknown"],
];

test("every row of the outcome table is recognized by status, code, message and detail", async (t) => {
  for (const [status, body, fault] of rows) {
    await t.test(`${status} ${JSON.stringify(body).slice(0, 60)} is ${fault}`, () => {
      assert.equal(refusal(status, body).fault, fault);
    });
  }
});

test("every fault has a row", () => {
  const seenFaults = new Set(rows.map(([, , fault]) => fault));
  assert.deepEqual(
    faults.filter((fault) => !seenFaults.has(fault)),
    [],
  );
});

test("code and message are kept as they are; a body that is not JSON is kept as its first 200 characters", () => {
  assert.partialDeepStrictEqual(refusal(500, { code: "SYSTEM ERROR", message: " a b " }), {
    code: "SYSTEM ERROR",
    message: " a b ",
  });
  assert.equal(refusal(502, `<html>${"商".repeat(400)}`).message, `<html>${"商".repeat(194)}`);
  assert.equal(refusal(502, "😀".repeat(300)).message, "😀".repeat(200));
  assert.equal("message" in refusal(404, "  "), false);
  assert.equal("code" in refusal(404, ""), false);
  assert.equal(refusal(400, { code: 40001, message: { odd: true } }).code, "40001");
});

test("of another server, JSON is kept as its first 200 characters, and a redirect as the server to which it leads", () => {
  assert.equal(refusal(403, { error: "blocked by policy" }).message, '{"error":"blocked by policy"}');
  assert.equal(refusal(400, { code: null, message: null }).message, '{"code":null,"message":null}');
  assert.equal("message" in refusal(400, { code: "INVALID_REQUEST", message: null }), false);
  const to = (location: string) => refusal(302, "<a>Found</a>", { location }).message;
  assert.equal(to("https://login.example.com/portal?ticket=secret#x"), "Location: https://login.example.com");
  for (const odd of ["/login", "javascript:alert(1)", "https://"]) assert.equal(to(odd), "<a>Found</a>");
  assert.equal(refusal(403, "no", { location: "https://login.example.com/" }).message, "no");
});

test("a body is read in the charset that its header names, without a byte order mark", () => {
  const gbk = Buffer.concat([
    Buffer.from('{"code":"INVALID_REQUEST","message":"'),
    Buffer.from("b7fecef1c9ccb1bbb4a6b7a3d6d0", "hex"),
    Buffer.from('"}'),
  ]);
  const type = (charset: string) => ({ "content-type": `application/json; charset=${charset}` });
  assert.partialDeepStrictEqual(refusal(400, gbk, type("GBK")), {
    fault: "provider-penalised",
    message: "服务商被处罚中",
  });
  assert.equal(refusal(400, gbk, type('"gb2312"')).fault, "provider-penalised");
  const body = Buffer.from('\uFEFF{"code":"INVALID_REQUEST","message":"服务商被处罚中"}');
  for (const charset of ["utf-8", "no-such-charset", ""])
    assert.equal(refusal(400, body, type(charset)).fault, "provider-penalised", charset);
});

test("characters that a database cannot store are replaced", () => {
  assert.equal(refusal(500, '{"message":"a\\u0000b\\ud800c"}').message, "a\uFFFDb\uFFFDc");
});

test("no body makes it throw", () => {
  const bodies = [
    "null",
    "[]",
    "7",
    '"text"',
    "{",
    '{"code":null,"message":null,"detail":null}',
    '{"detail":{"detail":{"detail":[]}}}',
  ];
  const odd = [
    '{"detail":{"sign_information":"x"}}',
    '{"detail":{"sign_information":{"sign_message_length":{}}}}',
    "\u0000\uFFFD",
  ];
  for (const body of [...bodies, ...odd]) assert.equal(refusal(401, body).fault, "unknown", body);
  assert.equal(refusal(401, Buffer.from([0xff, 0xfe, 0x00])).fault, "unknown");
});

test("Retry-After is seconds or a date, and at most a year", () => {
  const ms = (headers: AnswerHeaders) => {
    const { retryAfterMs, retryAt } = refusal(429, "", headers);
    assert.equal(retryAt, retryAfterMs === undefined ? undefined : now + retryAfterMs);
    return retryAfterMs;
  };
  const date = (offsetSeconds: number) => new Date(now + offsetSeconds * 1000).toUTCString();
  assert.equal(ms({ "retry-after": "2" }), 2_000);
  assert.equal(ms({ "Retry-After": "0" }), 0);
  assert.equal(ms({ "retry-after": date(30) }), 30_000);
  assert.equal(ms({ "retry-after": date(30), date: date(-600) }), 630_000);
  assert.equal(ms({ "retry-after": date(-30) }), 0);
  assert.equal(ms({ "retry-after": "86400" }), 86_400_000);
  assert.equal(ms({ "retry-after": "99999999999999999999" }), 365 * 86_400_000);
  for (const odd of ["", "soon", "-1", "1.5", "2026-11-23"]) assert.equal(ms({ "retry-after": odd }), undefined, odd);
});

test("the clock difference is reported for clock faults only, and the Request-ID in any case", () => {
  const headers = { Date: new Date(now - 600_000).toUTCString(), "Request-Id": "08F1-268443699" };
  const clock = refusal(401, sign("timestamp与发起请求的时间不得超过5分钟"), headers);
  assert.partialDeepStrictEqual(clock, { clockAheadMs: 600_000, requestId: "08F1-268443699" });
  assert.equal("clockAheadMs" in refusal(401, sign("签名错误"), headers), false);
  assert.equal("clockAheadMs" in refusal(401, sign("5分钟")), false);
});

test("a Request-ID that is too long is truncated", () => {
  const { requestId } = refusal(502, "", { "request-id": "F".repeat(14_000) });
  assert.equal(requestId, "F".repeat(requestIdLengthMax));
});

function refusal(status: number, body: unknown, headers: AnswerHeaders = {}) {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
  return classify({ status, headers, body: bytes, signed, now });
}
