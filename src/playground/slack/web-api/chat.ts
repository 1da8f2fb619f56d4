/** The Web API's chat.* methods: posting, updating, deleting and linking messages (slack-rules.md 3.4, 3.5). */
import { flagIn, type JsonObject, stringIn } from "../json.ts";
import { Refusal } from "../refusal.ts";
import { contentJson, messageJson } from "../shapes/message.ts";
import type { Conversation, Message, State } from "../state.ts";
import { newContent, readContent, updatedContent } from "./message-content.ts";
import { type Call, type Methods, needScope, required, visible, writable } from "./method.ts";

export const chatMethods: Methods = {
  "chat.postMessage": { token: "bot", scope: "chat:write", tier: "special", takesJson: true, run: postMessage },
  "chat.postEphemeral": { token: "bot", scope: "chat:write", tier: 4, takesJson: true, run: postEphemeral },
  "chat.update": { token: "bot", scope: "chat:write", tier: 3, takesJson: true, run: update },
  "chat.delete": { token: "bot", scope: "chat:write", tier: 3, takesJson: true, run: remove },
  "chat.getPermalink": { token: "bot", tier: "special", takesJson: false, run: getPermalink },
};

function postMessage(call: Call): JsonObject {
  const { args, state, rates, rules } = call;
  const channel = required(args, "channel");
  const conversation = destination(state, channel);
  const content = newContent(readContent(args, rules), rules);
  const threadTs = threadOf(state, conversation, args);
  rates.post(conversation.id);
  const message = state.post({
    ...content,
    channel: conversation.id,
    author: state.app.botUserId,
    ...(threadTs === undefined ? {} : { threadTs }),
    broadcast: flagIn(args, "reply_broadcast") === true,
  });
  return { channel: conversation.id, ts: message.ts, message: messageJson(state, message) };
}

function postEphemeral(call: Call): JsonObject {
  const { args, state, rates, rules } = call;
  const user = required(args, "user");
  const conversation = writable(state, required(args, "channel"));
  if (!conversation.members.has(user)) throw new Refusal("user_not_in_channel");
  const content = newContent(readContent(args, rules), rules);
  const threadTs = threadOf(state, conversation, args);
  rates.post(conversation.id);
  const message = state.post({
    ...content,
    channel: conversation.id,
    author: state.app.botUserId,
    onlyFor: user,
    ...(threadTs === undefined ? {} : { threadTs }),
  });
  return { message_ts: message.ts };
}

function update(call: Call): JsonObject {
  const { args, state, rules } = call;
  const message = ownMessage(call, "cant_update_message");
  const given = readContent(args, { ...rules, strictText: true });
  const next = state.edit(message, updatedContent(message, given, rules), given.blocks === undefined);
  return { channel: next.channel, ts: next.ts, text: next.text, message: contentJson(state, next) };
}

function remove(call: Call): JsonObject {
  const message = ownMessage(call, "cant_delete_message");
  call.state.remove(message);
  return { channel: message.channel, ts: message.ts };
}

function getPermalink(call: Call): JsonObject {
  const { args, state } = call;
  const conversation = visible(state, required(args, "channel"));
  const message = state.find(conversation.id, required(args, "message_ts"));
  if (message === undefined || message.onlyFor !== undefined) throw new Refusal("message_not_found");
  return { channel: conversation.id, permalink: permalink(state, message) };
}

function permalink(state: State, message: Message): string {
  const thread = message.threadTs === undefined ? "" : `?thread_ts=${message.threadTs}&cid=${message.channel}`;
  const place = `${message.channel}/p${message.ts.replace(".", "")}`;
  return `https://${state.workspace.domain}.slack.com/archives/${place}${thread}`;
}

/** A channel that the bot can post to. A person's id opens a direct message. */
function destination(state: State, id: string): Conversation {
  const person = state.people.get(id);
  if (person !== undefined) {
    if (person.deleted === true || person.isBot === true || !reachable(state, id))
      throw new Refusal("channel_not_found");
    return state.openWith("im", [id]).conversation;
  }
  const conversation = visible(state, id);
  if (conversation.kind === "public" && state.app.scopes.includes("chat:write.public") && !conversation.isArchived) {
    return conversation;
  }
  return writable(state, id);
}

/** The bot can write to people of other workspaces only if they share a channel with it. */
export function reachable(state: State, user: string): boolean {
  const person = state.people.get(user);
  if (person === undefined || !state.isStranger(person)) return person !== undefined;
  return [...state.conversations.values()].some(
    ({ kind, members }) =>
      (kind === "public" || kind === "private") && members.has(user) && members.has(state.app.botUserId),
  );
}

/** @throws Refusal `cannot_reply_to_message` if the parent is missing or is itself a reply */
export function threadOf(state: State, conversation: Conversation, args: JsonObject): string | undefined {
  const given = args["thread_ts"];
  if (given === undefined || given === null || given === "") return undefined;
  const parent = typeof given === "string" ? state.find(conversation.id, given) : undefined;
  if (parent === undefined || parent.threadTs !== undefined || parent.onlyFor !== undefined) {
    throw new Refusal("cannot_reply_to_message");
  }
  return parent.ts;
}

function ownMessage(call: Call, notOwn: string): Message {
  const { args, state } = call;
  needScope(state, "chat:write");
  // Only channel ids are accepted, not people's. Nothing can be changed from outside the channel: the strict reading.
  const conversation = writable(state, required(args, "channel"));
  const message = state.find(conversation.id, required(args, "ts"));
  // Slack does not store ephemeral messages, so the Web API cannot update or delete them.
  if (message === undefined || message.onlyFor !== undefined) throw new Refusal("message_not_found");
  if (message.author !== state.app.botUserId) throw new Refusal(notOwn);
  const threadTs = stringIn(args, "thread_ts");
  if (threadTs !== undefined && threadTs !== message.threadTs) call.rules.warn("thread_ts has no effect here");
  return message;
}
