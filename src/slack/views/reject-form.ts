/** Rejecting: the button opens a form that asks why, and submitting the form rejects the request. */
import { isBulk } from "../../domain/approval.ts";
import { reasonIn } from "../../parsing/plain-text.ts";
import type { RequestAction } from "../actions/request-action.ts";
import { rejectForm } from "../blocks/forms/reject-form.ts";
import type { FormAnswer } from "../blocks/modal.ts";
import { numbersShown } from "../blocks/request/bulk/head.ts";
import type { Intent, SlackContext, SlackParts } from "../context.ts";
import type { RejectSubmission } from "../payloads/forms.ts";
import { tooLateMessage } from "../replies/too-late-message.ts";
import {
  type AllowedSubmission,
  type DecisionForm,
  openDecisionForm,
  parseDecision,
  replaceForm,
} from "./decision-form.ts";

const form: DecisionForm = { asked: "reject", title: (texts) => texts.decisionForms.reject.title };

export function openRejectForm(context: SlackContext, action: RequestAction): Promise<string | undefined> {
  const { ledger, texts } = context;
  const { request } = action;
  return openDecisionForm(context, action, async (metadata) => {
    const first = isBulk(request) ? await ledger.bulk.firstMerchants(request.id, numbersShown) : [];
    return rejectForm(request, first, metadata, texts);
  });
}

export function parseRejection(parts: SlackParts, submission: RejectSubmission): Promise<Intent<string | FormAnswer>> {
  return parseDecision(parts, form, submission, (context, allowed) => reject(context, submission, allowed));
}

async function reject(
  { useCases, texts, log }: SlackContext,
  submission: RejectSubmission,
  { request, person, origin }: AllowedSubmission,
): Promise<FormAnswer> {
  const reason = reasonIn(submission.reason);
  // Slack accepts spaces as a reason.
  if (reason === undefined) return { response_action: "errors", errors: { reason: texts.approvals.reasonMissing } };
  const rejection = { requestId: request.id, decision: "reject", by: person.id, origin, reason } as const;
  const result = await useCases.decide(rejection);
  if (result.kind === "unknown") return replaceForm(form, texts.decided.unknown, texts);
  if (result.kind !== "decided") return replaceForm(form, tooLateMessage(result.request, person.id, texts), texts);
  log.info({ request: request.id, decision: "reject", by: person.id }, "request decided");
  return { response_action: "clear" };
}
