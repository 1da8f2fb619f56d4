/** Slack's Web API as the bot uses it: one function, so that a simulation can stand in for the network. */
import { ErrorCode } from "@slack/web-api";
import { z } from "zod";

/**
 * Calls one method; resolves to Slack's answer where that says `ok`. Rejects with the errors of `@slack/web-api`
 * otherwise: `refusalOf` and `retryAfterMsOf` tell what they mean.
 */
export type SlackApi = (method: string, args: Record<string, unknown>) => Promise<unknown>;

/** Slack's error code, where it answered with one that says something; undefined where it did not really answer. */
export function refusalOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error) || error.code !== ErrorCode.PlatformError) return undefined;
  const refused = z.object({ data: z.object({ error: z.string() }) }).safeParse(error).data?.data.error;
  const isPassing = /^(ratelimited|rate_limited|internal_error|fatal_error|service_unavailable|request_timeout)$/;
  return refused === undefined || isPassing.test(refused) ? undefined : refused;
}

/** How long Slack's 429 asks to be left alone, in milliseconds; undefined for any other error. */
export function retryAfterMsOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("code" in error) || error.code !== ErrorCode.RateLimitedError) return undefined;
  const seconds = "retryAfter" in error ? Number(error.retryAfter) : 1;
  return Math.max(1, seconds) * 1_000;
}
