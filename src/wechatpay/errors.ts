/** The outcome table: which fault each answer means, other than the documented success. */
import { z } from "zod";
import type { CallResult, Fault } from "../domain/attempt-result.ts";
import { type AnswerHeaders, clockAheadMsOf, requestIdOf, retryAfterMsOf } from "./headers.ts";
import { differenceFromSigned, type SignedRequest, type SignInformation, signInformation } from "./sign-information.ts";

/** An answer as received, truncated at the client's size limit. */
export type Answer = { status: number; headers: AnswerHeaders; body: Buffer };

/** One row of the outcome table. A missing field matches anything; the first row that matches wins. */
export type OutcomeRow = {
  status: number | "5xx";
  /** Compared without regard to case, spaces, underscores and hyphens. */
  code?: string;
  /** Searched for in the message, which `Accept-Language: zh-CN` makes Chinese. */
  message?: RegExp;
  /** Searched for in `detail.field`, the parameter that WeChat Pay complains about. */
  field?: RegExp;
  /** `"compare"`: `detail.sign_information` decides if it says enough; otherwise the row's fault stands. */
  detail?: "compare";
  fault: Fault;
};

const outcomeRows: readonly OutcomeRow[] = [
  // 202: accepted, to be repeated with the same parameters (WeChat Pay's list of HTTP status codes).
  { status: 202, fault: "server-error" },
  { status: 429, fault: "rate-limited" },
  { status: "5xx", fault: "server-error" },
  { status: 403, fault: "no-auth" },

  // The number is the only parameter that a person chooses: anything else is for the operator.
  { status: 400, code: "PARAM_ERROR", message: /http ?头|header|序列号/i, fault: "param-other" },
  { status: 400, code: "PARAM_ERROR", message: /sub_mchid|特约商户|子商户|二级商户/i, fault: "param-error" },
  { status: 400, code: "PARAM_ERROR", field: /(^|\/)sub_mchid$/, fault: "param-error" },
  { status: 400, code: "PARAM_ERROR", fault: "param-other" },
  { status: 400, code: "MCH_NOT_EXISTS", fault: "sub-merchant-unknown" },
  { status: 404, code: "MCH_NOT_EXISTS", fault: "sub-merchant-unknown" },

  {
    status: 400,
    code: "INVALID_REQUEST",
    message: /服务商未开通点金计划|mch goldplan closed/,
    fault: "provider-goldplan-off",
  },
  { status: 400, code: "INVALID_REQUEST", message: /服务商未配置商家小票链接/, fault: "provider-link-missing" },
  {
    status: 400,
    code: "INVALID_REQUEST",
    message: /服务商被处罚中|(?<!sub_)mch punished/,
    fault: "provider-penalised",
  },
  {
    status: 400,
    code: "INVALID_REQUEST",
    message: /特约商户被处罚中|sub_mch punished/,
    fault: "sub-merchant-penalised",
  },
  { status: 400, code: "INVALID_REQUEST", message: /操作失败/, fault: "try-later" },
  { status: 400, code: "INVALID_REQUEST", message: /频率|频繁/, fault: "rate-limited" },
  { status: 400, code: "INVALID_REQUEST", message: /普通服务商|渠道商/, fault: "caller-not-allowed" },
  // Seen live under INVALID_REQUEST. Means the same as MCH_NOT_EXISTS, and the requester can correct it.
  {
    status: 400,
    code: "INVALID_REQUEST",
    message: /特约商户号?不存在|不是当前服务商的特约商户|受理关系不存在|sub_mch not exi/,
    fault: "sub-merchant-unknown",
  },
  { status: 400, code: "INVALID_REQUEST", fault: "invalid-request" },
  // Other spellings of the rate limit, in case they come with 400 as INVALID_REQUEST does.
  { status: 400, code: "FREQUENCY_LIMITED", fault: "rate-limited" },
  { status: 400, code: "FREQUENCY_LIMIT_EXCEED", fault: "rate-limited" },
  { status: 400, code: "RATELIMIT_EXCEEDED", fault: "rate-limited" },
  { status: 400, code: "RATE_LIMITED", fault: "rate-limited" },

  // The clock's message also names the Authorization header, and the serial number's the certificate: they come first.
  { status: 401, message: /timestamp|时间戳|5分钟/, fault: "sign-clock" },
  { status: 401, message: /序列号/, fault: "sign-serial" },
  { status: 401, message: /过期/, fault: "sign-certificate-expired" },
  { status: 401, message: /作废|吊销/, fault: "sign-certificate-revoked" },
  { status: 401, message: /更换证书|新证书/, fault: "sign-certificate-replaced" },
  { status: 401, message: /未申请过证书|未设置APIv3密钥/, fault: "sign-certificate-missing" },
  { status: 401, message: /Authorization/i, fault: "sign-header" },
  // Seen when the header was missing or had another scheme: something on the way removed it.
  { status: 401, message: /签名信息错误/, detail: "compare", fault: "sign-header" },
  { status: 401, message: /签名|验签/, detail: "compare", fault: "sign-mismatch" },
  { status: 401, detail: "compare", fault: "sign-other" },
];

/** WeChat Pay's own words are kept up to these lengths, in characters; real ones are far shorter. */
const messageLengthMax = 1_000;
const codeLengthMax = 100;
const plainTextLengthMax = 200;

/**
 * Turns an answer other than the documented success into a refusal. Never throws, whatever the answer.
 * @param signed what we signed, to find out why WeChat Pay refused the signature
 * @param now milliseconds since 1970
 */
export function classify(
  answer: Answer & { signed: SignedRequest; now: number },
): Extract<CallResult, { kind: "refused" }> {
  const { status, headers, body, signed, now } = answer;
  const { code, message, field, information } = readEnvelope(body);
  const fault = faultOf({ status, code, message, field, information }, signed);
  const requestId = requestIdOf(headers);
  const retryAfterMs = retryAfterMsOf(headers, now);
  const clockAheadMs = fault === "sign-clock" ? clockAheadMsOf(headers, now) : undefined;
  return {
    kind: "refused",
    fault,
    status,
    ...(code !== undefined && { code }),
    ...(message !== undefined && { message }),
    ...(requestId !== undefined && { requestId }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(clockAheadMs !== undefined && { clockAheadMs }),
  };
}

type Envelope = Record<"code" | "message" | "field", string | undefined> & {
  information: SignInformation | undefined;
};

function faultOf(answer: Envelope & { status: number }, signed: SignedRequest): Fault {
  const code = answer.code === undefined ? undefined : normalised(answer.code);
  const row = outcomeRows.find(
    (row) =>
      (row.status === "5xx" ? answer.status >= 500 && answer.status <= 599 : row.status === answer.status) &&
      (row.code === undefined || normalised(row.code) === code) &&
      (row.message === undefined || (answer.message !== undefined && row.message.test(answer.message))) &&
      (row.field === undefined || (answer.field !== undefined && row.field.test(answer.field))),
  );
  if (row === undefined) return "unknown";
  if (row.detail === undefined || answer.information === undefined) return row.fault;
  return differenceFromSigned(answer.information, signed) ?? row.fault;
}

function normalised(code: string): string {
  return code.toUpperCase().replace(/[\s_-]/g, "");
}

const words = z
  .union([z.string(), z.number().transform(String)])
  .optional()
  .catch(undefined);
const information = signInformation.optional().catch(undefined);
const envelope = z.object({
  code: words,
  message: words,
  detail: z
    .object({
      field: words,
      sign_information: information,
      // The live answers nest `detail` once more than the documentation does.
      detail: z.object({ field: words, sign_information: information }).optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
});

function readEnvelope(body: Buffer): Envelope {
  const text = body.toString("utf8");
  const parsed = envelope.safeParse(jsonOf(text));
  if (!parsed.success)
    return {
      code: undefined,
      message: plain(text.trim(), plainTextLengthMax),
      field: undefined,
      information: undefined,
    };
  const { code, message, detail } = parsed.data;
  return {
    code: code && plain(code, codeLengthMax),
    message: message && plain(message, messageLengthMax),
    field: detail?.field ?? detail?.detail?.field,
    information: detail?.sign_information ?? detail?.detail?.sign_information,
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // 502 pages, empty 404s and plain text are expected; the caller keeps them as text.
    return undefined;
  }
}

/** Replaces NUL and half characters, which PostgreSQL cannot store. */
function plain(text: string, lengthMax: number): string | undefined {
  const kept = [...text.slice(0, lengthMax * 2)].slice(0, lengthMax).join("");
  return kept === "" ? undefined : kept.toWellFormed().replaceAll("\0", "\uFFFD");
}
