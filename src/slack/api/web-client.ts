/** Slack's own client for its Web API, as the bot uses it. */
import { type Logger as SlackLogger, WebClient, type WebClientOptions } from "@slack/web-api";
import type { SlackApi } from "./web-api.ts";

export interface WebClientNeeds {
  /** Undefined for the few methods that do not take any. */
  token: string | undefined;
  slackApiUrl: string;
  fetch: typeof fetch;
  logger: SlackLogger;
  /** Time limit for one call, in milliseconds. */
  timeoutMs: number;
}

/** Neither retries nor waits, because the caller knows better how to react. */
export function onceOptions({ slackApiUrl, fetch, logger }: Omit<WebClientNeeds, "token" | "timeoutMs">) {
  const retryConfig = { retries: 0 };
  return { slackApiUrl, logger, fetch, retryConfig, rejectRateLimitedCalls: true } satisfies WebClientOptions;
}

export function createSlackApi({ token, timeoutMs, ...needs }: WebClientNeeds): SlackApi {
  const client = new WebClient(token, { ...onceOptions(needs), timeout: timeoutMs });
  return (method, args) => client.apiCall(method, args);
}
