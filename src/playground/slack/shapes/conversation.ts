/** Conversations in the JSON format that Slack gives to apps. */
import type { JsonObject } from "../json.ts";
import type { Conversation, State } from "../state.ts";

export function conversationJson(state: State, conversation: Conversation): JsonObject {
  const { id, name, kind, members } = conversation;
  const common = { id, created: 1_700_000_000, is_archived: conversation.isArchived, is_org_shared: false };
  if (kind === "im") {
    const user = [...members].find((member) => member !== state.app.botUserId);
    const person = user === undefined ? undefined : state.people.get(user);
    return { ...common, is_im: true, user, is_user_deleted: person?.deleted === true, priority: 0 };
  }
  const external = [...members].some((member) => {
    const person = state.people.get(member);
    return person !== undefined && state.isStranger(person);
  });
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
    is_shared: external,
    is_ext_shared: external,
    is_pending_ext_shared: false,
    is_member: members.has(state.app.botUserId),
    context_team_id: state.workspace.teamId,
    shared_team_ids: [state.workspace.teamId],
    creator: [...members][0] ?? state.app.botUserId,
    topic: { value: "", creator: "", last_set: 0 },
    purpose: { value: "", creator: "", last_set: 0 },
  };
}
