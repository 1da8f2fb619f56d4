/**
 * A new request that a button of an earlier one submits: in the name of the person who presses it, with the earlier
 * one's reason and the names that its requester gave.
 */
import { mayRequest } from "../../domain/policy.ts";
import type { Submission } from "../../ledger/use-cases.ts";
import type { SlackContext } from "../context.ts";
import { refuse } from "../replies/refuse.ts";
import { submitRequest, whereToPost } from "../replies/submit-request.ts";
import type { RequestAction } from "./request-action.ts";

/** Resolves to the answer for the person who pressed the button; undefined if the new request's message shows it. */
export async function submitFollowUp(
  context: SlackContext,
  { request, person, attempt }: RequestAction,
  followUp: Pick<Submission, "sourceKey" | "action" | "object" | "subMchids" | "resubmits">,
): Promise<string | undefined> {
  const verdict = mayRequest(person, followUp.subMchids);
  if (verdict.kind === "refuse") return refuse(context, verdict, attempt);
  const { id, reason, channelId } = request;
  const place = await whereToPost(context, { by: "command", channelId });
  if ("answer" in place) return place.answer;
  const { told } = await submitRequest(context, place, {
    ...followUp,
    reason,
    givenNames: await context.ledger.directory.given(id),
    requestedBy: person.id,
    origin: attempt.origin,
  });
  return told;
}
