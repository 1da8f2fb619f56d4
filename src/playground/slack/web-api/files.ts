/** Files: the app's uploads in Slack's three steps (slack-rules.md 3.4), and people's uploads in its forms. */
import { randomBytes } from "node:crypto";
import { isArray, isObject, type JsonObject, parseJson, stringIn } from "../json.ts";
import { Refusal } from "../refusal.ts";
import { fileJson } from "../shapes/file.ts";
import type { SharedFile, State } from "../state.ts";
import { threadOf } from "./chat.ts";
import { newContent, readContent } from "./message-content.ts";
import { type Call, type Methods, required, writable } from "./method.ts";

export type Files = ReturnType<typeof createFiles>;

/** @param uploadBase the local Slack's address; a function, because the port is known only after listening */
export function createFiles(state: State, uploadBase: () => string) {
  const { files } = state;
  const tickets = new Map<string, string>();

  function add(file: Pick<SharedFile, "name" | "length" | "content" | "user">): string {
    const id = `F0${randomBytes(4).toString("hex").toUpperCase()}`;
    const folder = `${uploadBase()}files-pri/${state.workspace.teamId}-${id}/`;
    files.set(id, { ...file, id, title: file.name, shared: false, createdAt: state.clock.now(), folder });
    return id;
  }

  function getUploadUrl({ args }: Call): JsonObject {
    const name = required(args, "filename");
    const length = Number(args["length"]);
    if (!Number.isInteger(length) || length <= 0) throw new Refusal("missing_argument");
    if ((stringIn(args, "alt_txt") ?? "").length > 1000) throw new Refusal("alt_txt_too_large");
    if (args["snippet_type"] !== undefined && length > 1_000_000) throw new Refusal("snippet_too_large");
    const id = add({ name, length, content: undefined, user: state.app.botUserId });
    const ticket = randomBytes(16).toString("hex");
    tickets.set(ticket, id);
    return { upload_url: `${uploadBase()}upload/v1/${ticket}`, file_id: id };
  }

  function complete(call: Call): JsonObject {
    const { args, rates, rules } = call;
    const given = typeof args["files"] === "string" ? parseJson(args["files"]) : args["files"];
    if (!isArray(given) || given.length === 0) throw new Refusal("invalid_arguments");
    const done = given.map((entry) => {
      const file = files.get(stringIn(entry, "id") ?? "");
      if (file?.content === undefined || file.shared) throw new Refusal("file_not_found");
      return { ...file, title: stringIn(isObject(entry) ? entry : {}, "title") ?? file.name, shared: true };
    });
    const channels = (stringIn(args, "channel_id") ?? stringIn(args, "channels") ?? "")
      .split(",")
      .filter((id) => id !== "");
    if (channels.length > 100) throw new Refusal("channels_limit_exceeded");
    if (args["thread_ts"] !== undefined && channels.length !== 1) throw new Refusal("invalid_arguments");
    const places = channels.map((id) => {
      const conversation = writable(state, id);
      return { conversation, threadTs: threadOf(state, conversation, args) };
    });
    const comment = stringIn(args, "initial_comment");
    const message = comment === undefined ? { blocks: args["blocks"] } : { text: comment };
    const silent = message.text === undefined && message.blocks === undefined;
    // A file without a comment is a message too.
    const content = {
      ...newContent(readContent(silent ? { text: "file" } : message, rules), rules),
      ...(silent ? { text: "" } : {}),
    };
    for (const { conversation } of places) rates.post(conversation.id);
    for (const file of done) files.set(file.id, file);
    for (const { conversation, threadTs } of places) {
      state.post({
        ...content,
        channel: conversation.id,
        author: state.app.botUserId,
        ...(threadTs === undefined ? {} : { threadTs }),
        files: done.map(({ id }) => id),
      });
    }
    return { files: done.map((file) => fileJson(state, file)) };
  }

  const methods: Methods = {
    "files.getUploadURLExternal": { token: "bot", scope: "files:write", tier: 4, takesJson: false, run: getUploadUrl },
    "files.completeUploadExternal": { token: "bot", scope: "files:write", tier: 4, takesJson: true, run: complete },
  };

  return {
    methods,
    get: (id: string): SharedFile | undefined => files.get(id),

    /** Uploads a file into a form. Returns its id. */
    choose(user: string, name: string, content: Buffer): string {
      return add({ name, length: content.length, content, user });
    },

    /**
     * The file object in a form's payload.
     * @throws Error if nobody uploaded this file in a form
     */
    inForm(id: string): JsonObject {
      const file = files.get(id);
      if (file === undefined || file.user === state.app.botUserId)
        throw new Error(`nobody uploaded a file ${id} in a form`);
      return fileJson(state, file);
    },

    /** The file at a private address. */
    privately(path: string): SharedFile | undefined {
      const [, id = ""] = /^\/files-pri\/\w+-(\w+)\//.exec(path) ?? [];
      const file = files.get(id);
      return file?.content === undefined ? undefined : file;
    },

    /** Receives the bytes for an upload URL and returns Slack's answer. Each URL works once. */
    receive(ticket: string, content: Buffer): { status: number; body: string } {
      const file = files.get(tickets.get(ticket) ?? "");
      if (file === undefined) return { status: 404, body: "not found" };
      tickets.delete(ticket);
      if (content.length !== file.length)
        return { status: 400, body: `expected ${file.length} bytes, got ${content.length}` };
      files.set(file.id, { ...file, content });
      return { status: 200, body: `OK - ${content.length}` };
    },
  };
}
