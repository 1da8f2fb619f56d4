/** Slack's own client for its Web API, as the bot uses it. */
import { type Logger as SlackLogger, WebClient, type WebClientOptions } from "@slack/web-api";
import { z } from "zod";
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

/** What every method answers; see "Using the Slack Web API". */
const webApiAnswer = z.discriminatedUnion("ok", [
  z.object({ ok: z.literal(true) }),
  z.object({ ok: z.literal(false), error: z.string().regex(/^\w{1,80}$/) }),
]);

/**
 * For calls of methods: fails if something between the bot and Slack answers in Slack's place, such as a proxy with a
 * page of its own and status 200. Slack's client would take the page for the code of a refusal.
 */
export function bySlack(fetch: WebClientNeeds["fetch"]): WebClientNeeds["fetch"] {
  return async (...request) => {
    const response = await fetch(...request);
    if (response.status !== 200) return response;
    const body = await response.text();
    if (!isWebApiAnswer(body))
      throw new Error(`an answer is not Slack's: status 200, ${response.headers.get("content-type") ?? "no type"}`);
    return new Response(body, { headers: response.headers });
  };
}

function isWebApiAnswer(body: string): boolean {
  try {
    return webApiAnswer.safeParse(JSON.parse(body)).success;
  } catch {
    return false;
  }
}

export function createSlackApi({ token, timeoutMs, ...needs }: WebClientNeeds): SlackApi {
  const client = new WebClient(token, {
    ...onceOptions({ ...needs, fetch: bySlack(needs.fetch) }),
    timeout: timeoutMs,
  });
  return (method, args) => client.apiCall(method, args);
}
