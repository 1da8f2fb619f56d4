/** Reads the headers of WeChat Pay's answers: Request-ID, Retry-After, serial number, encoding and clock. */

/** Headers in the form that undici and node:http provide. */
export type AnswerHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A longer `Retry-After` counts as a year: it is shown to people as a date. */
const retryAfterMsMax = 365 * 24 * 3_600_000;

/** A header's only value, whatever the case of its name; undefined for a header that came twice. */
export function headerValue(headers: AnswerHeaders, lowerCaseName: string): string | undefined {
  const value = received(headers, lowerCaseName);
  return typeof value === "string" ? value : undefined;
}

/** Whether a header came, once or several times. */
export function hasHeader(headers: AnswerHeaders, lowerCaseName: string): boolean {
  return received(headers, lowerCaseName) !== undefined;
}

/**
 * WeChat Pay's Request-IDs have about 40 characters. Longer ones come from another server, and have to fit into a
 * message.
 */
export const requestIdLengthMax = 200;

/** The ID that WeChat Pay's support asks for. Spelt `Request-ID` or `Request-Id`, and missing on some early 401s. */
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
  // Their date is compared with their own clock if they send it: ours may be the wrong one.
  return Math.min(Math.max(at - (serverTimeOf(headers) ?? now), 0), retryAfterMsMax);
}

/** A header that is one short token, such as a serial number or an encoding; other characters are left out. */
export function tokenOf(headers: AnswerHeaders, lowerCaseName: string): string | undefined {
  const token = headerValue(headers, lowerCaseName)?.replace(/[^A-Za-z0-9_,.-]/g, "");
  return token ? token.slice(0, tokenLengthMax) : undefined;
}

/** The charset that `Content-Type` names. */
export function charsetOf(headers: AnswerHeaders): string | undefined {
  return /;\s*charset="?([\w:.-]{1,40})/i.exec(headerValue(headers, "content-type") ?? "")?.[1];
}

/** The origin of another server to which a redirect leads; its path and its query may contain secrets. */
export function redirectedToOf(headers: AnswerHeaders): string | undefined {
  const target = URL.parse(headerValue(headers, "location") ?? "");
  return target && /^https?:$/.test(target.protocol) ? target.origin.slice(0, originLengthMax) : undefined;
}

/** Of a domain name, with its scheme and its port. */
const originLengthMax = 270;

/** Serial numbers have 40 characters, IDs of public keys 45. */
const tokenLengthMax = 64;

/**
 * How far our clock is ahead of theirs in milliseconds, negative if behind; from the answer's `Date`, whole seconds.
 */
export function clockAheadMsOf(headers: AnswerHeaders, now: number): number | undefined {
  const serverTime = serverTimeOf(headers);
  return serverTime === undefined ? undefined : now - serverTime;
}

function serverTimeOf(headers: AnswerHeaders): number | undefined {
  const value = headerValue(headers, "date");
  return value === undefined ? undefined : httpDate(value);
}

function httpDate(value: string): number | undefined {
  // Date.parse also takes "1" and "5/6", but every HTTP date names a weekday.
  if (!/^[A-Z][a-z]{2,8},? /.test(value)) return undefined;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : at;
}

function received(headers: AnswerHeaders, lowerCaseName: string): string | readonly string[] | undefined {
  return headers[lowerCaseName] ?? valueInAnyCase(headers, lowerCaseName);
}

function valueInAnyCase(headers: AnswerHeaders, lowerCaseName: string): string | readonly string[] | undefined {
  for (const name in headers) {
    if (name.length === lowerCaseName.length && name.toLowerCase() === lowerCaseName) return headers[name];
  }
  return undefined;
}
