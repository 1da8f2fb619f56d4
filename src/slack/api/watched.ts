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

/** A socket that is replaced, as Slack does every few hours, is open again long before, in milliseconds. */
const socketDownMaxMs = 30_000;

/** A refusal and a rate limit are answers too. */
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

/** Why nothing can come from Slack just now. @param now milliseconds since the epoch */
export function slackProblem(
  watch: Pick<Watch, "hasWorked">,
  socket: SocketState | undefined,
  now: number,
): string | undefined {
  if (!watch.hasWorked()) return "Slack has not been reached since the start";
  if (socket === undefined || socket.kind === "connected" || now - socket.since <= socketDownMaxMs) return undefined;
  return `the WebSocket to Slack has been down for ${Math.round((now - socket.since) / 1_000)} s: ${socket.why}`;
}
