/** The Web API methods that the bot calls, answered at once, so that Slack's own time is not measured. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { answer } from "../side-process.ts";

const teamId = "T0BENCH001";
let posted = 0;

const methods: Readonly<Record<string, (args: URLSearchParams) => object>> = {
  "auth.test": () => ({
    team_id: teamId,
    url: "https://bench.slack.com/",
    user_id: "U0BOT00001",
    bot_id: "B0BOT00001",
  }),
  "users.info": (args) => ({ user: { id: args.get("user"), team_id: teamId } }),
  "conversations.info": (args) => ({ channel: { id: args.get("channel"), is_member: true } }),
  "chat.postMessage": (args) => ({
    channel: args.get("channel"),
    ts: `1700000000.${String(++posted).padStart(6, "0")}`,
  }),
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

/** Starts the server and answers with the Web API's base URL. */
answer<"start", string>(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`;
});
