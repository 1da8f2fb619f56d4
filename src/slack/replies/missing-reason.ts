/** What a requester reads where the settings want a reason, or a ticket in it, and there is none. */
import type { Action } from "../../domain/attempt-result.ts";
import { ticketMax } from "../../domain/tickets/tickets.ts";
import { example } from "../blocks/example-commands.ts";
import { foreign } from "../blocks/mrkdwn.ts";
import { type SlackContext, typingOf } from "../context.ts";

/** Undefined where nothing is missing. */
export function missingReason(
  context: Pick<SlackContext, "settings" | "texts">,
  { action, subMchids, reason }: { action: Action; subMchids: readonly string[]; reason: string | undefined },
): string | undefined {
  const { settings, texts } = context;
  const { shown } = settings.tickets;
  const typed = () => example(action === "OPEN" ? "open" : "close", typingOf(context), subMchids[0]);
  if (shown !== undefined && settings.tickets.find(reason) === undefined)
    return texts.approvals.needsTicket(foreign(shown, ticketMax), typed());
  return settings.REASON === "required" && reason === undefined ? texts.approvals.needsReason(typed()) : undefined;
}

/** The same beside the field of a form, as plain text. */
export function missingInForm(
  { settings, texts }: Pick<SlackContext, "settings" | "texts">,
  reason: string | undefined,
): string | undefined {
  const { shown } = settings.tickets;
  if (shown !== undefined && settings.tickets.find(reason) === undefined) return texts.form.ticketMissing(shown);
  return settings.REASON === "required" && reason === undefined ? texts.approvals.reasonMissing : undefined;
}
