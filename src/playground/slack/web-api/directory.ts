/** The Web API's reading methods: auth.test, conversations.*, users.* and usergroups.* (slack-rules.md 3.4). */
import { flagIn, type JsonObject, stringIn } from "../json.ts";
import { Refusal } from "../refusal.ts";
import { botJson } from "../shapes/app-bot.ts";
import { conversationJson } from "../shapes/conversation.ts";
import { messageJson } from "../shapes/message.ts";
import { personJson } from "../shapes/person.ts";
import { userGroupJson } from "../shapes/user-group.ts";
import type { Message } from "../state.ts";
import { demoEnterprise, type UserGroup } from "../workspace.ts";
import { reachable } from "./chat.ts";
import { type Call, type Methods, needScope, page, readable, required, visible } from "./method.ts";

export const directoryMethods: Methods = {
  "auth.test": { token: "bot", tier: "special", takesJson: true, run: authTest },
  "bots.info": { token: "bot", scope: "users:read", tier: 3, takesJson: false, run: botInfo },
  "conversations.info": { token: "bot", tier: 3, takesJson: false, run: info },
  "conversations.members": { token: "bot", tier: 4, takesJson: false, run: members },
  "conversations.open": { token: "bot", tier: 3, takesJson: true, run: open },
  "conversations.join": { token: "bot", scope: "channels:join", tier: 3, takesJson: true, run: join },
  "conversations.history": { token: "bot", tier: 3, takesJson: true, run: history },
  "conversations.replies": { token: "bot", tier: 3, takesJson: false, run: replies },
  "users.info": { token: "bot", scope: "users:read", tier: 4, takesJson: false, run: userInfo },
  "users.list": { token: "bot", scope: "users:read", tier: 2, takesJson: false, run: userList },
  "usergroups.list": { token: "bot", scope: "usergroups:read", tier: 2, takesJson: false, run: groupList },
  "usergroups.users.list": { token: "bot", scope: "usergroups:read", tier: 2, takesJson: false, run: groupUsers },
};

function authTest({ state }: Call): JsonObject {
  const { app, workspace } = state;
  const isOrganizationWide = app.isOrganizationWide === true;
  const enterprise = workspace.enterprise ?? (isOrganizationWide ? demoEnterprise : undefined);
  return {
    url: `https://${workspace.domain}.slack.com/`,
    team: workspace.name,
    user: state.people.get(app.botUserId)?.name,
    team_id: isOrganizationWide ? enterprise?.id : workspace.teamId,
    ...(enterprise === undefined ? {} : { enterprise_id: enterprise.id }),
    user_id: app.botUserId,
    bot_id: app.botId,
    is_enterprise_install: isOrganizationWide,
  };
}

function botInfo({ args, state }: Call): JsonObject {
  const { app } = state;
  if (required(args, "bot") !== app.botId) throw new Refusal("bot_not_found");
  return { bot: { ...botJson(state), user_id: app.botUserId } };
}

function info(call: Call): JsonObject {
  const conversation = readable(call, "read");
  const count = flagIn(call.args, "include_num_members") === true ? { num_members: conversation.members.size } : {};
  return { channel: { ...conversationJson(call.state, conversation), ...count } };
}

function members(call: Call): JsonObject {
  const conversation = readable(call, "read");
  const { items, next } = page(call, [...conversation.members], 100, 1000);
  return { members: items, response_metadata: { next_cursor: next } };
}

function open(call: Call): JsonObject {
  const { args, state } = call;
  const existing = stringIn(args, "channel");
  if (existing !== undefined) {
    const conversation = visible(state, existing);
    if (conversation.kind === "public" || conversation.kind === "private") {
      throw new Refusal("method_not_supported_for_channel_type");
    }
    return { channel: { id: conversation.id } };
  }
  const users = (stringIn(args, "users") ?? "").split(",").filter((id) => id !== "");
  if (users.length === 0) throw new Refusal("users_list_not_supplied");
  if (users.length > 8) throw new Refusal("too_many_users");
  const kind = users.length === 1 ? "im" : "mpim";
  needScope(state, `${kind}:write`);
  for (const id of users) {
    const person = state.people.get(id);
    if (person === undefined) throw new Refusal("user_not_found");
    if (person.deleted === true) throw new Refusal("user_disabled");
    if (person.isBot === true) throw new Refusal("cannot_dm_bot");
    if (!reachable(state, id)) throw new Refusal("invalid_user_combination");
  }
  const { conversation, isNew } = state.openWith(kind, users);
  if (flagIn(args, "return_im") !== true) return { channel: { id: conversation.id } };
  return { channel: conversationJson(state, conversation), ...(isNew ? {} : { no_op: true, already_open: true }) };
}

function join({ args, state }: Call): JsonObject {
  const conversation = visible(state, required(args, "channel"));
  if (conversation.kind !== "public") throw new Refusal("method_not_supported_for_channel_type");
  if (conversation.isArchived) throw new Refusal("is_archived");
  const already = conversation.members.has(state.app.botUserId);
  conversation.members.add(state.app.botUserId);
  state.changed();
  const channel = conversationJson(state, conversation);
  return already ? { channel, warning: "already_in_channel" } : { channel };
}

function history(call: Call): JsonObject {
  const conversation = readable(call, "history");
  if (!conversation.members.has(call.state.app.botUserId)) throw new Refusal("not_in_channel");
  const top = call.state
    .all(conversation.id)
    .filter((message) => message.onlyFor === undefined && (message.threadTs === undefined || message.broadcast));
  return messagePage(call, top.toReversed(), 100, 999);
}

function replies(call: Call): JsonObject {
  const conversation = readable(call, "history");
  const ts = required(call.args, "ts");
  const found = call.state.find(conversation.id, ts);
  if (found === undefined || found.onlyFor !== undefined) throw new Refusal("thread_not_found");
  const thread = call.state
    .all(conversation.id)
    .filter((message) => message.onlyFor === undefined && (message.ts === ts || message.threadTs === ts));
  return messagePage(call, thread, 1000, 1000);
}

function messagePage(call: Call, all: readonly Message[], fallback: number, max: number): JsonObject {
  const bound = (name: "oldest" | "latest", otherwise: number): number => {
    const given = call.args[name];
    if (given === undefined) return otherwise;
    const value = Number(given);
    if (Number.isNaN(value)) throw new Refusal(`invalid_ts_${name}`);
    return value;
  };
  const oldest = bound("oldest", 0);
  const latest = bound("latest", Number.POSITIVE_INFINITY);
  const inclusive = flagIn(call.args, "inclusive") === true;
  const within = all.filter(({ ts }) => {
    const at = Number(ts);
    return (at > oldest && at < latest) || (inclusive && (at === oldest || at === latest));
  });
  const { items, next } = page(call, within, fallback, max);
  return {
    messages: items.map((message) => messageJson(call.state, message)),
    has_more: next !== "",
    response_metadata: { next_cursor: next },
  };
}

function userInfo({ args, state }: Call): JsonObject {
  const person = state.people.get(required(args, "user"));
  if (person === undefined) throw new Refusal("user_not_found");
  const isLocaleWanted = flagIn(args, "include_locale") === true && !state.isStranger(person);
  const locale = person.locale ?? state.workspace.locale ?? "en-US";
  return { user: { ...personJson(state, person), ...(isLocaleWanted ? { locale } : {}) } };
}

function userList(call: Call): JsonObject {
  const own = [...call.state.people.values()].filter((person) => !call.state.isStranger(person));
  const { items, next } = page(call, own, 1000, 1000);
  return { members: items.map((person) => personJson(call.state, person)), response_metadata: { next_cursor: next } };
}

function groupList({ args, state }: Call): JsonObject {
  const withUsers = flagIn(args, "include_users") === true;
  const withCount = flagIn(args, "include_count") === true;
  const usergroups = groupsFor(state, args).map((group) => ({
    ...userGroupJson(state, group),
    ...(withUsers ? { users: group.users } : {}),
    ...(withCount ? { user_count: group.users.length } : {}),
  }));
  return { usergroups };
}

function groupUsers({ args, state }: Call): JsonObject {
  const id = required(args, "usergroup");
  const group = groupsFor(state, args).find((one) => one.id === id);
  if (group === undefined) throw new Refusal("no_such_subteam");
  return { users: group.users };
}

function groupsFor({ workspace, groups }: Call["state"], args: JsonObject): readonly UserGroup[] {
  if (workspace.plan === "free") throw new Refusal("plan_upgrade_required");
  const withDisabled = flagIn(args, "include_disabled") === true;
  return [...groups.values()].filter(({ isDisabled }) => withDisabled || isDisabled !== true);
}
