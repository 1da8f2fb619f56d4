/** The idempotency keys of commands and clicks: a payload that is delivered again, or replayed, has the same. */
import { hash } from "node:crypto";
import type { CommandPayload } from "./payloads.ts";

/** Slack gives each typed command its own trigger and response URL; a payload delivered again has the same ones. */
export function commandKey({ trigger_id, response_url, user_id, channel_id, text }: CommandPayload): string {
  return keyOf([trigger_id, response_url, user_id, channel_id, text]);
}

/** Undefined for a click without a trigger, which cannot be told from the next one. */
export function clickKey({ trigger_id, user }: { trigger_id: string; user: { id: string } }): string | undefined {
  return trigger_id === "" ? undefined : keyOf([trigger_id, user.id]);
}

function keyOf(parts: readonly string[]): string {
  return hash("sha256", JSON.stringify(parts), "base64url");
}
