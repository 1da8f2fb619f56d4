/**
 * The outcome table: the fault that each answer other than the documented success means. Who has to act on each fault,
 * and whether retrying helps, is in `domain/guidance.ts`.
 */
import type { Fault } from "../domain/attempt-result.ts";

/** One row of the outcome table. A missing field matches anything; the first row that matches wins. */
export type OutcomeRow = {
  status: number | "5xx";
  /** Compared without regard to case, spaces, underscores and hyphens. */
  code?: string;
  /**
   * Searched for in the message. `Accept-Language: zh-CN` makes it Chinese, but the documentation's table of 2020 for
   * 点金计划 has English messages.
   */
  message?: RegExp;
  /** Searched for in `detail.field`, the parameter that WeChat Pay refers to. */
  field?: RegExp;
  /** `"compare"`: `detail.sign_information` decides if it contains enough; otherwise the row's fault applies. */
  detail?: "compare";
  fault: Fault;
};

const outcomeRows: readonly OutcomeRow[] = [
  // 202: accepted, to be repeated with the same parameters (WeChat Pay's list of HTTP status codes).
  { status: 202, fault: "server-error" },
  { status: 429, fault: "rate-limited" },
  { status: "5xx", fault: "server-error" },

  // Without WeChat Pay's code, a proxy or a firewall refused the call, and nothing is wrong on the partner platform.
  // The same is true of 401, whose usual page is called "401 Authorization Required".
  { status: 403, code: "NO_AUTH", fault: "no-auth" },
  ...rateLimited(403),

  // The number is the only parameter that a person chooses, so the operator has to resolve anything else.
  { status: 400, code: "PARAM_ERROR", message: /http ?头|header|序列号/i, fault: "param-other" },
  { status: 400, code: "PARAM_ERROR", message: /sub_mchid|特约商户|子商户|二级商户/i, fault: "param-error" },
  { status: 400, code: "PARAM_ERROR", field: /(^|\/)sub_mchid$/, fault: "param-error" },
  // The whole message in the table of 2020: it names no parameter, and the table sends the caller to the input.
  { status: 400, code: "PARAM_ERROR", message: /^parameter error$/i, fault: "param-error" },
  { status: 400, code: "PARAM_ERROR", fault: "param-other" },
  { status: 400, code: "MCH_NOT_EXISTS", fault: "sub-merchant-unknown" },
  { status: 404, code: "MCH_NOT_EXISTS", fault: "sub-merchant-unknown" },

  {
    status: 400,
    code: "INVALID_REQUEST",
    message: /服务商未开通点金计划|mch goldplan closed/i,
    fault: "provider-goldplan-off",
  },
  { status: 400, code: "INVALID_REQUEST", message: /服务商未配置商家小票链接/, fault: "provider-link-missing" },
  // `sub_mch punished` contains the provider's message, so it comes first.
  {
    status: 400,
    code: "INVALID_REQUEST",
    message: /特约商户被处罚中|sub_mch punished/i,
    fault: "sub-merchant-penalised",
  },
  { status: 400, code: "INVALID_REQUEST", message: /服务商被处罚中|mch punished/i, fault: "provider-penalised" },
  {
    status: 400,
    code: "INVALID_REQUEST",
    message: /reopen less than 24 ?h|24\s*小时/i,
    fault: "reopened-too-soon",
  },
  { status: 400, code: "INVALID_REQUEST", message: /操作失败/, fault: "try-later" },
  { status: 400, code: "INVALID_REQUEST", message: /频率|频繁/, fault: "rate-limited" },
  { status: 400, code: "INVALID_REQUEST", message: /普通服务商|渠道商/, fault: "caller-not-allowed" },
  // Seen live under INVALID_REQUEST. Means the same as MCH_NOT_EXISTS, and the requester can correct it.
  {
    status: 400,
    code: "INVALID_REQUEST",
    message: /特约商户号?不存在|不是当前服务商的特约商户|受理关系不存在|sub_mch not exi/i,
    fault: "sub-merchant-unknown",
  },
  { status: 400, code: "INVALID_REQUEST", fault: "invalid-request" },
  // In case they come with 400 as INVALID_REQUEST does.
  ...rateLimited(400),

  // The clock's message also names the Authorization header, and the serial number's the certificate: they come first.
  { status: 401, code: "SIGN_ERROR", message: /timestamp|时间戳|5分钟/, fault: "sign-clock" },
  { status: 401, code: "SIGN_ERROR", message: /序列号/, fault: "sign-serial" },
  { status: 401, code: "SIGN_ERROR", message: /过期/, fault: "sign-certificate-expired" },
  { status: 401, code: "SIGN_ERROR", message: /作废|吊销/, fault: "sign-certificate-revoked" },
  { status: 401, code: "SIGN_ERROR", message: /更换证书|新证书/, fault: "sign-certificate-replaced" },
  { status: 401, code: "SIGN_ERROR", message: /未申请过证书|未设置APIv3密钥/, fault: "sign-certificate-missing" },
  { status: 401, code: "SIGN_ERROR", message: /Authorization/i, fault: "sign-header" },
  // Seen when the header was missing or had another scheme: something in between removed it.
  { status: 401, code: "SIGN_ERROR", message: /签名信息错误/, detail: "compare", fault: "sign-header" },
  { status: 401, code: "SIGN_ERROR", message: /签名|验签/, detail: "compare", fault: "sign-mismatch" },
  { status: 401, code: "SIGN_ERROR", detail: "compare", fault: "sign-other" },
];

/** The spellings of the rate limit, should they come with another status than 429. */
function rateLimited(status: number): OutcomeRow[] {
  const codes = ["FREQUENCY_LIMITED", "FREQUENCY_LIMIT_EXCEED", "RATELIMIT_EXCEEDED", "RATE_LIMITED"];
  return codes.map((code) => ({ status, code, fault: "rate-limited" }));
}

/** The row for an answer, by its status and body; undefined if the table has no row for it. */
export function outcomeRowFor(
  answer: { status: number } & Record<"code" | "message" | "field", string | undefined>,
): OutcomeRow | undefined {
  const code = answer.code === undefined ? undefined : normalized(answer.code);
  return outcomeRows.find(
    (row) =>
      (row.status === "5xx" ? isServerError(answer.status) : row.status === answer.status) &&
      (row.code === undefined || normalized(row.code) === code) &&
      (row.message === undefined || (answer.message !== undefined && row.message.test(answer.message))) &&
      (row.field === undefined || (answer.field !== undefined && row.field.test(answer.field))),
  );
}

/** Statuses that HTTP does not have count as 5xx, as RFC 9110, section 15, recommends. */
function isServerError(status: number): boolean {
  return status < 200 || status >= 500;
}

/** A code in one spelling: upper case, without spaces, underscores and hyphens. */
export function normalized(code: string): string {
  return code.toUpperCase().replace(/[\s_-]/g, "");
}
