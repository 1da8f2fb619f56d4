/** Slack's Web API as the bot uses it: one function, so that a simulation can replace the network. */
import { ErrorCode } from "@slack/web-api";
import { z } from "zod";
import { codeOf } from "../../storage/store-errors.ts";

/**
 * Calls one method; resolves to Slack's answer if it is `ok`, and otherwise rejects with the errors of
 * `@slack/web-api`, which `refusalOf` and `retryAfterMsOf` read.
 */
export type SlackApi = (method: string, args: Record<string, unknown>) => Promise<unknown>;

/** Slack's error code if Slack refused the call; undefined if it did not answer or had an internal error. */
export function refusalOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error) || error.code !== ErrorCode.PlatformError) return undefined;
  const refused = z.object({ data: z.object({ error: z.string() }) }).safeParse(error).data?.data.error;
  return refused === undefined || isPassing(refused) ? undefined : refused;
}

/** Whether a call failed at Slack or on the way there. */
export function isFromSlack(error: unknown): boolean {
  return Object.values<string>(ErrorCode).includes(codeOf(error));
}

/** Slack's own temporary errors, which count as no answer. */
function isPassing(code: string): boolean {
  return /^(ratelimited|rate_limited|internal_error|fatal_error|service_unavailable|request_timeout|team_added_to_org)$/.test(
    code,
  );
}

/** The scopes that a call refused with `missing_scope` needs, as Slack names them; undefined for any other error. */
export function scopeNeededFor(error: unknown): string | undefined {
  return z.object({ data: z.object({ needed: z.string() }) }).safeParse(error).data?.data.needed;
}

/** The scopes that the token has, if a call was refused with `missing_scope`; undefined for any other error. */
export function scopesGrantedIn(error: unknown): readonly string[] | undefined {
  return z
    .object({ data: z.object({ provided: z.string() }) })
    .safeParse(error)
    .data?.data.provided.split(/\s*,\s*/);
}

/**
 * The longest time to wait before asking again, in milliseconds. Slack's limits count calls in a minute; a larger value
 * would silence a channel for hours.
 */
const retryAfterMsMax = 5 * 60_000;

/** How long to wait after Slack's 429, in milliseconds; undefined for any other error. */
export function retryAfterMsOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("code" in error) || error.code !== ErrorCode.RateLimitedError) return undefined;
  const seconds = "retryAfter" in error ? Number(error.retryAfter) : 1;
  return Math.min(Math.max(1, seconds) * 1_000, retryAfterMsMax);
}
