/** Clicks: of whichever kind, given to who answers it, for the person who pressed. */
import type { Answer } from "../blocks/elements.ts";
import { createPageAnswerer } from "../commands/queries.ts";
import type { BotParts } from "../context.ts";
import { type ClickPayload, clickOrigin } from "../payloads/payloads.ts";
import { createFormFor } from "../views/shortcuts.ts";
import { createGrantClickAnswerer } from "./grant-actions.ts";
import { createRequestClickAnswerer } from "./request-actions.ts";

/** Does what the click asks for; resolves to the answer for whoever pressed, or to nothing where the message shows it. */
export type ClickAnswerer = (payload: ClickPayload) => Promise<string | Answer | undefined>;

export function createClickAnswerer(parts: BotParts): ClickAnswerer {
  const onRequest = createRequestClickAnswerer(parts);
  const turnPage = createPageAnswerer(parts);
  const openForm = createFormFor(parts);
  const onGrant = createGrantClickAnswerer(parts);

  return async (payload) => {
    switch (payload.kind) {
      case "request":
        return onRequest(payload);
      case "page":
        return turnPage(payload);
      case "ask":
        return openForm({ userId: payload.user.id, origin: clickOrigin(payload), asked: "ask" }, payload.trigger_id);
      case "grant":
        return onGrant(payload);
      default:
        return payload satisfies never;
    }
  };
}
