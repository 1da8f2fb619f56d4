/** Slack's Web API as the bot uses it: one function, so that a simulation can replace the network. */
import { ErrorCode } from "@slack/web-api";
import { z } from "zod";

/**
 * Calls one method; resolves to Slack's answer if it is `ok`, and otherwise rejects with the errors of
 * `@slack/web-api`, which `refusalOf` and `retryAfterMsOf` read.
 */
export type SlackApi = (method: string, args: Record<string, unknown>) => Promise<unknown>;

/** Slack's error code where it refused the call; undefined where it did not answer, or failed itself. */
export function refusalOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error) || error.code !== ErrorCode.PlatformError) return undefined;
  const refused = z.object({ data: z.object({ error: z.string() }) }).safeParse(error).data?.data.error;
  const isPassing = /^(ratelimited|rate_limited|internal_error|fatal_error|service_unavailable|request_timeout)$/;
  return refused === undefined || isPassing.test(refused) ? undefined : refused;
}

/** How long to wait after Slack's 429, in milliseconds; undefined for any other error. */
export function retryAfterMsOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("code" in error) || error.code !== ErrorCode.RateLimitedError) return undefined;
  const seconds = "retryAfter" in error ? Number(error.retryAfter) : 1;
  return Math.max(1, seconds) * 1_000;
}
