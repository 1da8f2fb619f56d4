/** Clicks: of whichever kind, given to who answers it, for the person who pressed. */
import type { Answer } from "../blocks/elements.ts";
import { createPageHandler } from "../commands/queries.ts";
import type { SlackContext } from "../context.ts";
import { type ClickPayload, clickOrigin } from "../payloads/payloads.ts";
import { createFormFor } from "../views/shortcuts.ts";
import { createGrantActionHandler } from "./grant-actions.ts";
import { createRequestActionHandler } from "./request-actions.ts";

/** Does what the click asks for; resolves to the answer for whoever pressed, or to nothing where the message shows it. */
export type ActionHandler = (payload: ClickPayload) => Promise<string | Answer | undefined>;

export function createActionHandler(context: SlackContext): ActionHandler {
  const onRequest = createRequestActionHandler(context);
  const turnPage = createPageHandler(context);
  const openForm = createFormFor(context);
  const onGrant = createGrantActionHandler(context);

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
