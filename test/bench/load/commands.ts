/** Slash commands and clicks as Slack sends them: form-encoded, signed, as complete HTTP requests. */
import { randomBytes } from "node:crypto";
import { slackSignature } from "../../../src/playground/slack/delivery/http.ts";

export const signingSecret = "8f742231b10e8888abcd99yyyzzz85a5";
export const people = { admin: "U0ADMIN001", requester: "U0ASKER001", approver: "U0DECIDER1" } as const;
export const benchChannel = "C0BENCH001";

/** The bytes of one command with a unique trigger and response URL. Its signature is valid for 5 minutes. */
export function commandRequest(port: number, userId: string, text: string, channelId = benchChannel): Buffer {
  const id = randomBytes(12).toString("hex");
  return signedRequest(port, {
    token: "gIkuvaNzQIHg97ATvDxqgjtO",
    team_id: "T0BENCH001",
    team_domain: "bench",
    channel_id: channelId,
    channel_name: "merchants",
    user_id: userId,
    user_name: "somebody",
    command: "/receipt",
    text,
    api_app_id: "A0BENCH001",
    is_enterprise_install: "false",
    response_url: `https://hooks.slack.com/commands/T0BENCH001/1/${id}`,
    trigger_id: `1.2.${id}`,
  });
}

/** `/receipt open` for the `n`th new sub-merchant. */
export function openCommand(port: number, n: number): Buffer {
  return commandRequest(port, people.requester, `open ${2_000_000_000 + n}`);
}

/** A message that was posted to Slack, with what its Approve button carries. */
export interface RequestMessage {
  channelId: string;
  ts: string;
  requestId: string;
}

/** The approver's click on Approve, with the parts of the message that the bot reads. */
export function approveRequest(port: number, { channelId, ts, requestId }: RequestMessage): Buffer {
  const id = randomBytes(12).toString("hex");
  const payload = {
    type: "block_actions",
    user: { id: people.approver, username: "somebody", team_id: "T0BENCH001" },
    api_app_id: "A0BENCH001",
    token: "gIkuvaNzQIHg97ATvDxqgjtO",
    team: { id: "T0BENCH001", domain: "bench" },
    enterprise: null,
    is_enterprise_install: false,
    container: { type: "message", message_ts: ts, channel_id: channelId, is_ephemeral: false },
    channel: { id: channelId, name: "merchants" },
    trigger_id: `1.2.${id}`,
    response_url: `https://hooks.slack.com/actions/T0BENCH001/1/${id}`,
    actions: [{ type: "button", action_id: "approve", block_id: "b1", value: requestId, action_ts: ts }],
  };
  return signedRequest(port, { payload: JSON.stringify(payload) });
}

function signedRequest(port: number, fields: Record<string, string>): Buffer {
  const body = new URLSearchParams(fields).toString();
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
