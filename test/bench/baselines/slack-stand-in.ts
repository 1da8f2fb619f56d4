/** The Web API methods that the bot calls, answered at once, so that Slack's own time is not measured. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { answer } from "../side-process.ts";

/** `message` and `outcome` resolve once that was posted in a channel: outside a thread, or in one. */
export type SlackQuestion = { kind: "start" } | { kind: "message" | "outcome"; channelId: string };

const teamId = "T0BENCH001";
let posted = 0;
/** What was posted first in each channel, outside a thread and in one, or who waits for it. */
const firsts = new Map<string, PromiseWithResolvers<string>>();

function first(kind: "message" | "outcome", channelId: string): PromiseWithResolvers<string> {
  const key = `${kind} ${channelId}`;
  const known = firsts.get(key) ?? Promise.withResolvers<string>();
  firsts.set(key, known);
  return known;
}

/** Keeps what the measurements ask for: of a message, its timestamp and what its Approve button carries. */
function post(args: URLSearchParams): object {
  const [channel, ts] = [args.get("channel") ?? "", `1700000000.${String(++posted).padStart(6, "0")}`];
  const isReply = args.get("thread_ts") !== null;
  const blocks = JSON.parse(args.get("blocks") ?? "[]") as { elements?: { action_id?: string; value?: string }[] }[];
  const approve = blocks.flatMap(({ elements = [] }) => elements).find(({ action_id }) => action_id === "approve");
  first(isReply ? "outcome" : "message", channel).resolve(isReply ? ts : `${ts} ${approve?.value}`);
  return { channel, ts };
}

const methods: Readonly<Record<string, (args: URLSearchParams) => object>> = {
  "auth.test": () => ({
    team_id: teamId,
    url: "https://bench.slack.com/",
    user_id: "U0BOT00001",
    bot_id: "B0BOT00001",
  }),
  "users.info": (args) => ({ user: { id: args.get("user"), team_id: teamId } }),
  "conversations.info": (args) => ({ channel: { id: args.get("channel"), is_member: true } }),
  "chat.postMessage": post,
  "files.getUploadURLExternal": () => ({ upload_url: `${origin()}/upload`, file_id: "F0BENCH001" }),
  upload: () => ({}),
  "files.completeUploadExternal": () => ({ files: [{ id: "F0BENCH001" }] }),
  "chat.update": (args) => ({ channel: args.get("channel"), ts: args.get("ts") }),
};

const server = createServer((request, response) => {
  let body = "";
  request.on("data", (chunk: Buffer) => {
    body += chunk;
  });
  request.on("end", () => {
    const method = methods[request.url?.split("/").at(-1) ?? ""];
    const reply = method ? { ok: true, ...method(new URLSearchParams(body)) } : { ok: false, error: "unknown_method" };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(reply));
  });
});

/** Starts the server and answers with the Web API's base URL, or with what was posted in a channel. */
answer<SlackQuestion, string>(async (question) => {
  if (question.kind !== "start") return first(question.kind, question.channelId).promise;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `${origin()}/api/`;
});

function origin(): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
