/** Messages in the JSON format that Slack gives to apps. */
import type { JsonObject } from "../json.ts";
import type { Message, State } from "../state.ts";
import { botJson } from "./app-bot.ts";
import { fileJson } from "./file.ts";
import { richText } from "./rich-text.ts";

/** A message with its place: its time, its thread, and the replies to it. */
export function messageJson(state: State, message: Message): JsonObject {
  const { ts, threadTs } = message;
  const parent = threadTs === undefined ? undefined : state.find(message.channel, threadTs);
  const replies = state
    .all(message.channel)
    .filter((other) => other.threadTs === message.ts && other.onlyFor === undefined);
  const repliers = [...new Set(replies.map(({ author }) => author))];
  return {
    ...contentJson(state, message),
    ts,
    ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
    ...(parent === undefined ? {} : { parent_user_id: parent.author }),
    ...(replies.length === 0
      ? {}
      : {
          thread_ts: ts,
          reply_count: replies.length,
          reply_users_count: repliers.length,
          latest_reply: replies.at(-1)?.ts,
          reply_users: repliers,
        }),
  };
}

/** A message without its place, as the answer to an update shows it. */
export function contentJson(state: State, message: Message): JsonObject {
  const { clientMsgId, text, attachments, metadata, edited, author } = message;
  const files = message.files.flatMap((id) => state.files.get(id) ?? []);
  const blocks = clientMsgId === undefined ? message.blocks : [richText(text)];
  return {
    type: "message",
    user: author,
    ...(author === state.app.botUserId ? byBot(state) : {}),
    ...(clientMsgId === undefined ? {} : { client_msg_id: clientMsgId }),
    text,
    team: state.workspace.teamId,
    ...(blocks.length === 0 ? {} : { blocks }),
    ...(attachments.length === 0 ? {} : { attachments }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(edited === undefined ? {} : { edited }),
    ...(files.length === 0 ? {} : { files: files.map((file) => fileJson(state, file)) }),
  };
}

function byBot(state: State): JsonObject {
  const { app, workspace } = state;
  return { bot_id: app.botId, app_id: app.appId, bot_profile: { ...botJson(state), team_id: workspace.teamId } };
}
