/** Messages in the JSON format that Slack gives to apps. */
import type { JsonObject } from "../json.ts";
import type { Message, State } from "../state.ts";
import { fileJson } from "./file.ts";

export function messageJson(state: State, message: Message): JsonObject {
  const { app, workspace } = state;
  const byApp = message.author === app.botUserId;
  const files = message.files.flatMap((id) => state.files.get(id) ?? []);
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
    ...(files.length === 0 ? {} : { files: files.map((file) => fileJson(state, file)) }),
  };
}
