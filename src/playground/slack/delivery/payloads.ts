/** The payloads that Slack sends for people's actions, field by field (slack-rules.md 1.3, 1.5, 1.6). */
import { randomBytes, randomUUID } from "node:crypto";
import type { JsonObject } from "../json.ts";
import { messageJson } from "../shapes/message.ts";
import type { Conversation, Message, State } from "../state.ts";
import type { Person, Workspace } from "../workspace.ts";
import type { Delivery } from "./http.ts";

/** Deprecated, but Slack still sends it. */
const verificationToken = "deprecated-verification-token";

export type Handles = { readonly triggerId: string; readonly responseUrl: string };

export function commandPayload(
  state: State,
  person: Person,
  conversation: Conversation,
  text: string,
  handles: Handles,
): Delivery {
  const { app, workspace } = state;
  const { enterprise } = workspace;
  const payload = {
    token: verificationToken,
    team_id: workspace.teamId,
    team_domain: workspace.domain,
    ...(enterprise === undefined ? {} : { enterprise_id: enterprise.id, enterprise_name: enterprise.name }),
    channel_id: conversation.id,
    channel_name: channelName(conversation),
    user_id: person.id,
    user_name: person.name,
    command: app.command,
    text,
    api_app_id: app.appId,
    // A string in commands, a boolean in interactivity.
    is_enterprise_install: String(app.isOrganizationWide === true),
    response_url: handles.responseUrl,
    trigger_id: handles.triggerId,
  };
  return { kind: "slash_commands", id: randomUUID(), payload };
}

/** Of a click or a form. Shortcuts describe the person and the app in less detail. */
export function interactivePayload(state: State, person: Person, fields: JsonObject): Delivery {
  return interactive(state, { user: { ...userOf(state, person), name: person.name }, ...fields }, state.app.appId);
}

/** Of a shortcut that is available everywhere. */
export function globalShortcutPayload(state: State, person: Person, fields: JsonObject): Delivery {
  return interactive(state, { type: "shortcut", user: userOf(state, person), ...fields });
}

/** Of a shortcut on a message. Its user has no `team_id`. */
export function messageShortcutPayload(state: State, person: Person, fields: JsonObject): Delivery {
  return interactive(state, { type: "message_action", user: { id: person.id, name: person.name }, ...fields });
}

function interactive(state: State, fields: JsonObject, appId?: string): Delivery {
  const isOrganizationWide = state.app.isOrganizationWide === true;
  const payload = {
    ...(appId === undefined ? {} : { api_app_id: appId }),
    token: verificationToken,
    team: isOrganizationWide ? null : teamOf(state.workspace),
    enterprise: state.workspace.enterprise ?? null,
    is_enterprise_install: isOrganizationWide,
    ...fields,
  };
  return { kind: "interactive", id: randomUUID(), payload };
}

function teamOf({ teamId: id, domain, enterprise }: Workspace): JsonObject {
  if (enterprise === undefined) return { id, domain };
  return { id, domain, enterprise_id: enterprise.id, enterprise_name: enterprise.name };
}

function userOf({ workspace }: State, { id, name, teamId }: Person): JsonObject {
  return { id, username: name, team_id: teamId ?? workspace.teamId };
}

/** The fields of a click in a message. */
export function messageSource(
  state: State,
  conversation: Conversation,
  message: Message,
  handles: Handles,
): JsonObject {
  const isEphemeral = message.onlyFor !== undefined;
  return {
    type: "block_actions",
    container: {
      type: "message",
      message_ts: message.ts,
      channel_id: message.channel,
      is_ephemeral: isEphemeral,
      ...(message.threadTs === undefined ? {} : { thread_ts: message.threadTs }),
    },
    trigger_id: handles.triggerId,
    channel: channelOf(conversation),
    // Slack does not store ephemeral messages, so the payload lacks it.
    ...(isEphemeral ? {} : { message: messageJson(state, message) }),
    state: { values: {} },
    response_url: handles.responseUrl,
  };
}

export function eventPayload(state: State, event: JsonObject): Delivery {
  const { app, workspace, clock } = state;
  const at = clock.now() / 1000;
  const isOrganizationWide = app.isOrganizationWide === true;
  const enterpriseId = workspace.enterprise?.id ?? null;
  const payload = {
    token: verificationToken,
    team_id: workspace.teamId,
    ...(enterpriseId === null ? {} : { enterprise_id: enterpriseId }),
    context_team_id: workspace.teamId,
    context_enterprise_id: enterpriseId,
    api_app_id: app.appId,
    event: { ...event, event_ts: at.toFixed(6) },
    type: "event_callback",
    event_id: `Ev0${randomBytes(5).toString("hex").toUpperCase()}`,
    event_time: Math.floor(at),
    authorizations: [
      {
        enterprise_id: enterpriseId,
        team_id: isOrganizationWide ? null : workspace.teamId,
        user_id: app.botUserId,
        is_bot: true,
        is_enterprise_install: isOrganizationWide,
      },
    ],
    is_ext_shared_channel: false,
    event_context: `4-${randomBytes(12).toString("base64url")}`,
  };
  return { kind: "events_api", id: randomUUID(), payload };
}

/** A conversation as a click or a message shortcut names it. */
export function channelOf(conversation: Conversation): JsonObject {
  return { id: conversation.id, name: channelName(conversation) };
}

function channelName(conversation: Conversation): string {
  const names = { public: conversation.name, private: "privategroup", im: "directmessage", mpim: conversation.name };
  return names[conversation.kind];
}
