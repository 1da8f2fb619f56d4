/** Reads the headers of WeChat Pay's answers: its Request-ID, its wish to be left alone for a while, and its clock. */

/** Headers as undici and node:http hand them over. */
export type AnswerHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** More than an hour of `Retry-After` is taken as an hour: the ledger's own back-off and people decide after that. */
export const retryAfterMsMax = 3_600_000;

/** The one value of a header, in whatever case its name came; a header that came twice has no one value. */
export function headerValue(headers: AnswerHeaders, lowerCaseName: string): string | undefined {
  const value = headers[lowerCaseName] ?? valueInAnyCase(headers, lowerCaseName);
  return typeof value === "string" ? value : undefined;
}

/** WeChat Pay's have about 40 characters; what is longer comes from somebody else, and has to fit into a message. */
export const requestIdLengthMax = 200;

/** The id that WeChat Pay's support asks for; spelt `Request-ID` or `Request-Id`, and missing on some early 401s. */
export function requestIdOf(headers: AnswerHeaders): string | undefined {
  return headerValue(headers, "request-id")?.slice(0, requestIdLengthMax) || undefined;
}

/** `Retry-After` (seconds, or an HTTP date) in milliseconds from now, at most `retryAfterMsMax`. */
export function retryAfterMsOf(headers: AnswerHeaders, now: number): number | undefined {
  const value = headerValue(headers, "retry-after")?.trim();
  if (!value) return undefined;
  if (/^\d+$/.test(value)) return Math.min(Number(value) * 1000, retryAfterMsMax);
  const at = httpDate(value);
  if (at === undefined) return undefined;
  // Their date is measured against their clock where they tell it: ours may be the one that is wrong.
  return Math.min(Math.max(at - (serverTimeOf(headers) ?? now), 0), retryAfterMsMax);
}

/** How far our clock is ahead of theirs in milliseconds, negative when behind; from the answer's `Date`, whole seconds. */
export function clockAheadMsOf(headers: AnswerHeaders, now: number): number | undefined {
  const serverTime = serverTimeOf(headers);
  return serverTime === undefined ? undefined : now - serverTime;
}

function serverTimeOf(headers: AnswerHeaders): number | undefined {
  const value = headerValue(headers, "date");
  return value === undefined ? undefined : httpDate(value);
}

function httpDate(value: string): number | undefined {
  // Date.parse also takes "1" and "5/6": only what names a weekday, as every HTTP date does, is one.
  if (!/^[A-Z][a-z]{2,8},? /.test(value)) return undefined;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : at;
}

function valueInAnyCase(headers: AnswerHeaders, lowerCaseName: string): string | readonly string[] | undefined {
  for (const name in headers) {
    if (name.length === lowerCaseName.length && name.toLowerCase() === lowerCaseName) return headers[name];
  }
  return undefined;
}
