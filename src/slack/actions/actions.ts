/** Clicks: each kind is parsed by the file that handles it. */
import type { Answer } from "../blocks/elements.ts";
import { parsePageClick } from "../commands/queries.ts";
import type { Intent, SlackParts } from "../context.ts";
import { type ClickPayload, clickOrigin } from "../payloads/payloads.ts";
import { openFormFor } from "../views/shortcuts.ts";
import { parseGrantClick } from "./grant-actions.ts";
import { parseRequestClick } from "./request-actions.ts";

/** The answer for the person who clicked; undefined if the message shows it. */
export type ClickReply = string | Answer | undefined;

export async function parseClick(parts: SlackParts, payload: ClickPayload): Promise<Intent<ClickReply>> {
  switch (payload.kind) {
    case "request":
      return parseRequestClick(parts, payload);
    case "page":
      return parsePageClick(payload);
    case "ask": {
      const attempt = { userId: payload.user.id, origin: clickOrigin(payload), asked: "ask" };
      return openFormFor(attempt, payload.trigger_id);
    }
    case "grant":
      return parseGrantClick(payload);
    default:
      return payload satisfies never;
  }
}
