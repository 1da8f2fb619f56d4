/** Counts the calls that the bot makes to Slack, by method and by what came of them. */
import { ErrorCode } from "@slack/web-api";
import type { Clock } from "../../domain/clock.ts";
import type { Metrics } from "../../domain/telemetry/metrics.ts";
import { refusalOf, retryAfterMsOf, type SlackApi } from "./web-api.ts";

/** The methods that the bot calls. */
export const slackMethods = [
  "apps.connections.open",
  "auth.test",
  "bots.info",
  "users.info",
  "usergroups.list",
  "usergroups.users.list",
  "conversations.info",
  "conversations.open",
  "chat.postMessage",
  "chat.postEphemeral",
  "chat.update",
  "views.open",
  "views.publish",
  "views.update",
  "files.uploadV2",
] as const;

/** The errors that mean something to an operator; see "Errors" of each method. */
export const slackErrors = [
  "ratelimited",
  "invalid_auth",
  "token_revoked",
  "account_inactive",
  "missing_scope",
  "channel_not_found",
  "not_in_channel",
  "is_archived",
  "restricted_action",
  "message_not_found",
  "cant_update_message",
  "msg_too_long",
  "invalid_blocks",
  "invalid_arguments",
  "expired_trigger_id",
  "exchanged_trigger_id",
  "user_not_found",
  "users_not_found",
  "no_such_subteam",
  "cannot_dm_bot",
] as const;

export interface CountingNeeds {
  metrics: Pick<Metrics, "slackCalled" | "rateLimited">;
  clock: Pick<Clock, "monotonic">;
}

export function counted(api: SlackApi, { metrics, clock }: CountingNeeds): SlackApi {
  return async (method, args) => {
    const from = clock.monotonic();
    try {
      const answer = await api(method, args);
      metrics.slackCalled(method, "none", clock.monotonic() - from);
      return answer;
    } catch (error) {
      const label = labelOf(error);
      metrics.slackCalled(method, label, clock.monotonic() - from);
      if (label === "ratelimited") metrics.rateLimited("slack");
      throw error;
    }
  };
}

function labelOf(error: unknown): string {
  if (retryAfterMsOf(error) !== undefined) return "ratelimited";
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === ErrorCode.RequestError || code === ErrorCode.HTTPError) return "no-answer";
  return refusalOf(error) ?? "other";
}
