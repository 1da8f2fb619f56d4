/** Opens modals: a form, or a sentence instead of it. */
import type { ModalView } from "@slack/types";
import { isForOperator } from "../api/token/scopes.ts";
import { refusalOf } from "../api/web-api.ts";
import { SlackAway } from "../api/workspace.ts";
import { requestForm } from "../blocks/forms/request-form.ts";
import { notice } from "../blocks/modal.ts";
import type { SlackContext } from "../context.ts";
import type { RequestOrigin } from "../payloads/request-origin.ts";

/**
 * Resolves to whether the view is open: a trigger works once, within three seconds.
 * @throws SlackAway if only the operator can resolve Slack's refusal, for which trying again in time does not help
 */
export async function openView({ slack, log }: SlackContext, triggerId: string, view: ModalView): Promise<boolean> {
  // Every real click has a trigger; without one, the call to Slack would be pointless.
  if (triggerId === "") return false;
  try {
    await slack("views.open", { trigger_id: triggerId, view });
    return true;
  } catch (error) {
    // Slack delivered the same payload twice: the first one opened it.
    const refused = refusalOf(error);
    if (refused === "exchanged_trigger_id") return true;
    if (refused !== undefined && isForOperator(refused)) throw new SlackAway("views.open", { refused, cause: error });
    log.warn({ err: error }, "a form could not be opened");
    return false;
  }
}

/** Opens the form in which people submit requests; resolves as `openView` does. */
export function openRequestForm(
  context: SlackContext,
  triggerId: string,
  requestOrigin: RequestOrigin,
): Promise<boolean> {
  const { REASON: reason, GOLDPLAN: goldplan, tickets } = context.settings;
  return openView(
    context,
    triggerId,
    requestForm(requestOrigin, { reason, ticket: tickets.shown, goldplan }, context.texts),
  );
}

/** Opens a modal that shows a sentence; resolves as `openView` does. */
export function openNotice(context: SlackContext, triggerId: string, text: string): Promise<boolean> {
  return openView(context, triggerId, notice(text, context.texts.form.close, context.texts));
}
