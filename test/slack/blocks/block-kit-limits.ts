/** Assertions that Slack accepts a message or a view. */
import assert from "node:assert/strict";
import type { HomeView, ModalView } from "@slack/types";
import { blockProblems, viewProblems } from "../../../src/playground/slack/block-kit/validate.ts";
import type { Json, JsonObject } from "../../../src/playground/slack/json.ts";
import type { Message } from "../../../src/slack/blocks/elements.ts";

export function assertFits(message: Message, what: string): void {
  assert.deepEqual(blockProblems(message.blocks as unknown as Json), [], what);
  assert.ok(message.text.length > 0 && message.text.length <= 4_000, `${what}: text of ${message.text.length}`);
  // Slack refuses larger messages with msg_blocks_too_long.
  assert.ok(JSON.stringify(message.blocks).length <= 13_200, `${what}: ${JSON.stringify(message.blocks).length}`);
}

export function assertViewFits(view: HomeView | ModalView, what: string): void {
  assert.deepEqual(viewProblems(view as unknown as JsonObject), [], what);
  const bytes = Buffer.byteLength(JSON.stringify(view));
  assert.ok(bytes <= 250_000, `${what}: ${bytes} bytes`);
}
