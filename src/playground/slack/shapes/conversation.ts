/** Conversations in the JSON format that Slack gives to apps. */
import type { JsonObject } from "../json.ts";
import type { Conversation, State } from "../state.ts";
import type { Person } from "../workspace.ts";

export function conversationJson(state: State, conversation: Conversation): JsonObject {
  const { id, name, kind, members } = conversation;
  const { workspace, app } = state;
  const common = {
    id,
    created: 1_700_000_000,
    is_archived: conversation.isArchived,
    context_team_id: workspace.teamId,
    updated: 1_700_000_000_000,
  };
  if (kind === "im") {
    const user = [...members].find((member) => member !== app.botUserId);
    const person = user === undefined ? undefined : state.people.get(user);
    return {
      ...common,
      is_im: true,
      is_org_shared: false,
      user,
      is_user_deleted: person?.deleted === true,
      priority: 0,
    };
  }
  const strangers = [...members].flatMap((member) => state.people.get(member) ?? []).filter(state.isStranger);
  const teams = (people: readonly Person[]) => [...new Set(people.map(({ teamId }) => teamId ?? ""))];
  const internal = teams(strangers.filter(state.isOfOrganization));
  const external = teams(strangers.filter((person) => !state.isOfOrganization(person)));
  const isShared = strangers.length > 0;
  return {
    ...common,
    name,
    name_normalized: name,
    // Since March 2021, private channels are channels like any others, with C ids; only `is_private` tells them apart.
    is_channel: kind === "public" || kind === "private",
    is_group: kind === "mpim",
    is_im: false,
    is_mpim: kind === "mpim",
    is_private: kind !== "public",
    is_general: false,
    is_read_only: false,
    is_thread_only: false,
    is_shared: isShared,
    is_org_shared: internal.length > 0,
    is_ext_shared: external.length > 0,
    is_pending_ext_shared: false,
    pending_shared: [],
    pending_connected_team_ids: [],
    shared_team_ids: [workspace.teamId, ...internal, ...external],
    internal_team_ids: isShared ? [workspace.teamId, ...internal] : [],
    ...(external.length > 0 ? { connected_team_ids: external, conversation_host_id: workspace.teamId } : {}),
    is_member: members.has(app.botUserId),
    creator: [...members][0] ?? app.botUserId,
    unlinked: 0,
    topic: { value: "", creator: "", last_set: 0 },
    purpose: { value: "", creator: "", last_set: 0 },
    previous_names: [],
    properties: {},
  };
}
