/** People, conversations and messages in the JSON format that Slack gives to apps. */
import { type JsonObject, objectsIn } from "./json.ts";
import type { Conversation, Message, State } from "./state.ts";
import type { Person } from "./workspace.ts";

export function messageJson(state: State, message: Message): JsonObject {
  const { app, workspace } = state;
  const byApp = message.author === app.botUserId;
  const replies = state
    .all(message.channel)
    .filter((other) => other.threadTs === message.ts && other.onlyFor === undefined);
  return {
    type: "message",
    user: message.author,
    ts: message.ts,
    ...(byApp ? { bot_id: app.botId, app_id: app.appId } : {}),
    text: message.text,
    team: workspace.teamId,
    ...(message.blocks.length === 0 ? {} : { blocks: message.blocks }),
    ...(message.attachments.length === 0 ? {} : { attachments: message.attachments }),
    ...(message.metadata === undefined ? {} : { metadata: message.metadata }),
    ...(message.edited === undefined ? {} : { edited: message.edited }),
    ...(message.threadTs === undefined ? {} : { thread_ts: message.threadTs }),
    ...(replies.length === 0
      ? {}
      : { thread_ts: message.ts, reply_count: replies.length, latest_reply: replies.at(-1)?.ts }),
    ...(message.files.length === 0 ? {} : { files: message.files.map((id) => ({ id })) }),
  };
}

export function personJson(state: State, person: Person): JsonObject {
  const tz = person.tz ?? "Asia/Shanghai";
  const stranger = state.isStranger(person);
  return {
    id: person.id,
    team_id: person.teamId ?? state.workspace.teamId,
    name: person.name,
    deleted: person.deleted === true,
    real_name: person.realName,
    tz,
    tz_label: tz,
    tz_offset: 28_800,
    profile: {
      real_name: person.realName,
      real_name_normalized: person.realName,
      display_name: person.name,
      display_name_normalized: person.name,
      team: person.teamId ?? state.workspace.teamId,
      status_text: "",
      status_emoji: "",
      avatar_hash: "local",
    },
    is_admin: false,
    is_owner: false,
    is_primary_owner: false,
    is_restricted: person.isGuest === true,
    is_ultra_restricted: false,
    is_bot: person.isBot === true,
    is_app_user: false,
    is_email_confirmed: true,
    updated: 1_700_000_000,
    // Slack omits it for people of the app's own workspace.
    ...(stranger ? { is_stranger: !sharesChannel(state, person.id) } : {}),
  };
}

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
    is_channel: kind === "public",
    is_group: kind === "private",
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

/** The elements of a block that a person can press or fill in. */
export function interactiveElements(block: JsonObject): readonly JsonObject[] {
  const { accessory, element } = block;
  return [...objectsIn({ one: [accessory ?? null, element ?? null] }, "one"), ...objectsIn(block, "elements")].filter(
    (part) => part["action_id"] !== undefined,
  );
}

function sharesChannel(state: State, user: string): boolean {
  return [...state.conversations.values()].some(({ members }) => members.has(user) && members.has(state.app.botUserId));
}
