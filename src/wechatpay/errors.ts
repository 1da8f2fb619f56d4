/** The outcome table of design.md: which fault an answer of WeChat Pay's other than the documented success is. */
import { z } from "zod";
import type { CallResult, Fault } from "../domain/attempt-result.ts";
import { type AnswerHeaders, clockAheadMsOf, requestIdOf, retryAfterMsOf } from "./headers.ts";
import { differenceFromSigned, type SignedRequest, type SignInformation, signInformation } from "./sign-information.ts";

/** An answer as it came, cut at the client's size limit. */
export type Answer = { status: number; headers: AnswerHeaders; body: Buffer };

/** One row of the outcome table. What is left out matches anything; the first row that matches wins. */
export type OutcomeRow = {
  status: number | "5xx";
  /** Compared with case, blanks, underscores and hyphens ignored. */
  code?: string;
  /** Looked for in the message, whose language `Accept-Language: zh-CN` settles. */
  message?: RegExp;
  /** `"compare"`: `detail.sign_information` decides where it tells enough, and the row's fault where it does not. */
  detail?: "compare";
  fault: Fault;
};

const outcomeRows: readonly OutcomeRow[] = [
  // 202: accepted, to be repeated with the same parameters (WeChat Pay's page of HTTP status codes).
  { status: 202, fault: "server-error" },
  { status: 429, fault: "rate-limited" },
  { status: "5xx", fault: "server-error" },
  { status: 403, fault: "no-auth" },

  { status: 400, code: "PARAM_ERROR", fault: "param-error" },
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
  // Seen live under INVALID_REQUEST: says what MCH_NOT_EXISTS says, and the requester can correct it.
  {
    status: 400,
    code: "INVALID_REQUEST",
    message: /特约商户号?不存在|不是当前服务商的特约商户|受理关系不存在|sub_mch not exi/,
    fault: "sub-merchant-unknown",
  },
  { status: 400, code: "INVALID_REQUEST", fault: "invalid-request" },
  // The rate limit's other spellings, should they come under 400 as their INVALID_REQUEST twin does.
  { status: 400, code: "FREQUENCY_LIMITED", fault: "rate-limited" },
  { status: 400, code: "FREQUENCY_LIMIT_EXCEED", fault: "rate-limited" },
  { status: 400, code: "RATELIMIT_EXCEEDED", fault: "rate-limited" },
  { status: 400, code: "RATE_LIMITED", fault: "rate-limited" },

  // The clock's text names the Authorization header, and the serial number's the certificate: they stand first.
  { status: 401, message: /timestamp|时间戳|5分钟/, fault: "sign-clock" },
  { status: 401, message: /序列号/, fault: "sign-serial" },
  { status: 401, message: /过期/, fault: "sign-certificate-expired" },
  { status: 401, message: /作废|吊销/, fault: "sign-certificate-revoked" },
  { status: 401, message: /更换证书|新证书/, fault: "sign-certificate-replaced" },
  { status: 401, message: /未申请过证书|未设置APIv3密钥/, fault: "sign-certificate-missing" },
  { status: 401, message: /Authorization/i, fault: "sign-header" },
  // Seen when the header was absent or of another scheme: something between us and them took it away.
  { status: 401, message: /签名信息错误/, detail: "compare", fault: "sign-header" },
  { status: 401, message: /签名|验签/, detail: "compare", fault: "sign-mismatch" },
  { status: 401, detail: "compare", fault: "sign-other" },
];

/** WeChat Pay's own words are kept whole up to these lengths, in characters; none seen is near them. */
const messageLengthMax = 1_000;
const codeLengthMax = 100;
const plainTextLengthMax = 200;

/**
 * Turns an answer that is not the documented success into the refusal it means. Never throws, whatever came.
 * @param signed what we signed, to find out why a signature was refused
 * @param now milliseconds since 1970
 */
export function classify(
  answer: Answer & { signed: SignedRequest; now: number },
): Extract<CallResult, { kind: "refused" }> {
  const { status, headers, body, signed, now } = answer;
  const { code, message, information } = readEnvelope(body);
  const fault = faultOf({ status, code, message, information }, signed);
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

type Envelope = { code: string | undefined; message: string | undefined; information: SignInformation | undefined };

function faultOf(answer: Envelope & { status: number }, signed: SignedRequest): Fault {
  const code = answer.code === undefined ? undefined : normalised(answer.code);
  const row = outcomeRows.find(
    (row) =>
      (row.status === "5xx" ? answer.status >= 500 && answer.status <= 599 : row.status === answer.status) &&
      (row.code === undefined || normalised(row.code) === code) &&
      (row.message === undefined || (answer.message !== undefined && row.message.test(answer.message))),
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
      sign_information: information,
      // The live answers nest `detail` once more than the documentation does.
      detail: z.object({ sign_information: information }).optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
});

function readEnvelope(body: Buffer): Envelope {
  const text = body.toString("utf8");
  const parsed = envelope.safeParse(jsonOf(text));
  if (!parsed.success)
    return { code: undefined, message: plain(text.trim(), plainTextLengthMax), information: undefined };
  const { code, message, detail } = parsed.data;
  return {
    code: code && plain(code, codeLengthMax),
    message: message && plain(message, messageLengthMax),
    information: detail?.sign_information ?? detail?.detail?.sign_information,
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: 502 pages, empty 404s and plain text are expected, and kept as text by the caller.
    return undefined;
  }
}

/** PostgreSQL stores neither NUL nor half a character: they are replaced, everything else stays as it came. */
function plain(text: string, lengthMax: number): string | undefined {
  const kept = [...text.slice(0, lengthMax * 2)].slice(0, lengthMax).join("");
  return kept === "" ? undefined : kept.toWellFormed().replaceAll("\0", "\uFFFD");
}
