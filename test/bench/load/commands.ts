/** Slash commands as Slack sends them: form-encoded, signed, as complete HTTP requests. */
import { randomBytes } from "node:crypto";
import { slackSignature } from "../../../src/playground/slack/delivery/http.ts";

export const signingSecret = "8f742231b10e8888abcd99yyyzzz85a5";
export const people = { admin: "U0ADMIN001", requester: "U0ASKER001" } as const;

/** The bytes of one command with a unique trigger and response URL. Its signature is valid for 5 minutes. */
export function commandRequest(port: number, userId: string, text: string): Buffer {
  const id = randomBytes(12).toString("hex");
  const body = new URLSearchParams({
    token: "gIkuvaNzQIHg97ATvDxqgjtO",
    team_id: "T0BENCH001",
    team_domain: "bench",
    channel_id: "C0BENCH001",
    channel_name: "merchants",
    user_id: userId,
    user_name: "somebody",
    command: "/receipt",
    text,
    api_app_id: "A0BENCH001",
    is_enterprise_install: "false",
    response_url: `https://hooks.slack.com/commands/T0BENCH001/1/${id}`,
    trigger_id: `1.2.${id}`,
  }).toString();
  const timestamp = Math.floor(Date.now() / 1_000);
  const head = [
    "POST /slack/events HTTP/1.1",
    `host: 127.0.0.1:${port}`,
    "user-agent: Slackbot 1.0 (+https://api.slack.com/robots)",
    "accept: application/json,*/*",
    "content-type: application/x-www-form-urlencoded",
    `content-length: ${body.length}`,
    `x-slack-request-timestamp: ${timestamp}`,
    `x-slack-signature: ${slackSignature(signingSecret, timestamp, body)}`,
  ].join("\r\n");
  return Buffer.from(`${head}\r\n\r\n${body}`);
}

/** `/receipt open` for the `n`th new sub-merchant. */
export function openCommand(port: number, n: number): Buffer {
  return commandRequest(port, people.requester, `open ${2_000_000_000 + n}`);
}
