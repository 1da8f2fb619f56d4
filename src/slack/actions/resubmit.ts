/**
 * Resubmit: a new request, in the name of the person who presses the button, for exactly the sub-merchants that a stop
 * left undone.
 */
import { resubmissionKey } from "../../ledger/queries/bulk/resubmission.ts";
import { user } from "../blocks/mrkdwn.ts";
import { requestLink } from "../blocks/request/outcome-line.ts";
import type { SlackContext } from "../context.ts";
import { submitFollowUp } from "./follow-up-request.ts";
import type { RequestAction } from "./request-action.ts";

export async function resubmit(context: SlackContext, action: RequestAction): Promise<string | undefined> {
  const { ledger, texts } = context;
  const { request, round } = action;
  const before = resubmittedBefore(context, action);
  if (before) return before.told;
  const subMchids = await ledger.bulk.notStarted(request.id);
  if (request.state !== "done" || subMchids.length === 0) return texts.bulk.answer.nothingToResubmit;
  const told = await submitFollowUp(context, action, {
    sourceKey: resubmissionKey(request.id, round),
    action: request.action,
    object: request.object,
    subMchids,
    resubmits: { requestId: request.id, channelId: request.channelId, round },
  });
  if (told !== undefined) return told;
  const now = await ledger.requests.find(request.id);
  return now && resubmittedBefore(context, { ...action, request: now })?.told;
}

/** The answer if the round was already resubmitted. If someone else did so, the answer names them. */
function resubmittedBefore(
  { texts, workspace }: SlackContext,
  { request, person, round }: RequestAction,
): { told: string | undefined } | undefined {
  const before = request.resubmissions.find((each) => each.round === round);
  if (!before) return undefined;
  if (before.requestedBy === person.id) return { told: undefined };
  return { told: texts.bulk.answer.resubmittedBefore(requestLink(before, workspace), user(before.requestedBy)) };
}
