/** Whether Slack answers, as seen from the calls that the bot makes anyway. */
import { ErrorCode } from "@slack/web-api";
import type { SocketState } from "./socket/socket-mode.ts";
import type { SlackApi } from "./web-api.ts";

/** The outage log of Slack: an outage ends with the next answer. */
export interface Watch {
  failed(error: unknown): void;
  worked(): void;
  hasWorked(): boolean;
}

/**
 * How long the socket may be closed, in milliseconds. When Slack replaces it, every few hours, it reopens much sooner.
 */
const socketDownMaxMs = 30_000;

/** A refusal or a rate limit also counts as an answer. */
export function watched(api: SlackApi, watch: Pick<Watch, "failed" | "worked">): SlackApi {
  return async (method, args) => {
    try {
      const answer = await api(method, args);
      watch.worked();
      return answer;
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      if (code === ErrorCode.RequestError || code === ErrorCode.HTTPError) watch.failed(error);
      throw error;
    }
  };
}

/** Why Slack cannot deliver anything right now. @param now milliseconds since the epoch */
export function slackProblem(
  watch: Pick<Watch, "hasWorked">,
  socket: SocketState | undefined,
  now: number,
): string | undefined {
  if (!watch.hasWorked()) return "Slack has not been reached since the start";
  if (socket === undefined || socket.kind === "connected" || now - socket.since <= socketDownMaxMs) return undefined;
  return `the WebSocket to Slack has been down for ${Math.round((now - socket.since) / 1_000)} s: ${socket.why}`;
}
