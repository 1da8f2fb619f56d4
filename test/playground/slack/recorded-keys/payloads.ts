/** The recorded keys of what Slack sends to apps, by kind; sources as in objects.ts. */
import { chosen, confirm, message, state, text, view } from "./objects.ts";
import type { Shape } from "./shape.ts";

/** Where an interactive payload comes from; `team` is null for an organization-wide installation. */
const origin = {
  type: "string",
  token: "string",
  "team?": { id: "string", domain: "string", "enterprise_id?": "string", "enterprise_name?": "string" },
  "enterprise?": { id: "string", name: "string" },
  "is_enterprise_install?": "boolean",
} satisfies Shape;
const user = { id: "string", username: "string", name: "string", team_id: "string" } satisfies Shape;
const channel = { id: "string", name: "string" } satisfies Shape;

export const recordedPayloads = {
  slash_commands: {
    token: "string",
    "team_id?": "string",
    team_domain: "string",
    "enterprise_id?": "string",
    "enterprise_name?": "string",
    channel_id: "string",
    channel_name: "string",
    user_id: "string",
    user_name: "string",
    command: "string",
    text: "string",
    "api_app_id?": "string",
    "is_enterprise_install?": "string",
    response_url: "string",
    trigger_id: "string",
  },
  block_actions: {
    ...origin,
    user,
    api_app_id: "string",
    trigger_id: "string",
    container: {
      type: "string",
      "message_ts?": "string",
      "channel_id?": "string",
      "is_ephemeral?": "boolean",
      "thread_ts?": "string",
      "view_id?": "string",
    },
    "channel?": channel,
    "message?": message,
    "view?": view,
    "state?": state,
    "response_url?": "string",
    actions: [
      {
        type: "string",
        action_id: "string",
        block_id: "string",
        action_ts: "string",
        "text?": text,
        "style?": "string",
        "confirm?": confirm,
        "placeholder?": text,
        ...chosen,
      },
    ],
  },
  view_submission: {
    ...origin,
    user,
    api_app_id: "string",
    trigger_id: "string",
    view,
    response_urls: [{ block_id: "string", action_id: "string", channel_id: "string", response_url: "string" }],
  },
  view_closed: { ...origin, user, api_app_id: "string", view, is_cleared: "boolean" },
  shortcut: {
    ...origin,
    user: { id: "string", username: "string", team_id: "string" },
    callback_id: "string",
    trigger_id: "string",
    action_ts: "string",
  },
  message_action: {
    ...origin,
    user: { id: "string", name: "string" },
    channel,
    callback_id: "string",
    trigger_id: "string",
    action_ts: "string",
    message_ts: "string",
    message,
    response_url: "string",
  },
  event_callback: {
    type: "string",
    token: "string",
    "team_id?": "string",
    "enterprise_id?": "string",
    "context_team_id?": "string",
    "context_enterprise_id?": "string",
    api_app_id: "string",
    event: { type: "string", user: "string", channel: "string", tab: "string", event_ts: "string", "view?": view },
    event_id: "string",
    event_time: "number",
    authorizations: [
      {
        "enterprise_id?": "string",
        "team_id?": "string",
        user_id: "string",
        is_bot: "boolean",
        is_enterprise_install: "boolean",
      },
    ],
    "is_ext_shared_channel?": "boolean",
    "event_context?": "string",
  },
} satisfies Record<string, Shape>;

/** What stands around a payload on a socket, and what else Slack says there. */
export const recordedOnSocket = {
  hello: {
    type: "string",
    num_connections: "number",
    debug_info: {
      host: "string",
      "started?": "string",
      build_number: "number",
      approximate_connection_time: "number",
    },
    connection_info: { app_id: "string" },
  },
  envelope: {
    envelope_id: "string",
    type: "string",
    payload: "object",
    accepts_response_payload: "boolean",
    "retry_attempt?": "number",
    "retry_reason?": "string",
  },
} satisfies Record<string, Shape>;
