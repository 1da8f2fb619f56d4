/** Rejecting: the button opens a form that asks why, and what is decided is decided when that is submitted. */

import { isBulk } from "../../domain/approval.ts";
import type { Person } from "../../domain/policy.ts";
import type { RequestView } from "../../ledger/queries/request-view.ts";
import { withoutControls } from "../../parsing/plain-text.ts";
import { rejectForm } from "../blocks/forms/reject-form.ts";
import type { FormAnswer } from "../blocks/modal.ts";
import { numbersShown } from "../blocks/request/bulk-request.ts";
import type { SlackContext } from "../context.ts";
import type { RejectSubmission, RequestClick } from "../payloads/payloads.ts";
import { tooLateMessage } from "../replies/too-late-message.ts";
import { createDecisionForm } from "./decision-form.ts";

export function createRejectForm(context: SlackContext) {
  const { ledger, texts, log } = context;
  const form = createDecisionForm(context, { asked: "reject", title: texts.decisionForms.reject.title });

  return {
    open(request: RequestView, person: Person, payload: RequestClick): Promise<string | undefined> {
      return form.open(request, person, payload, async (metadata) => {
        const numbers = isBulk(request) ? await ledger.bulk.firstNumbers(request.id, numbersShown) : [];
        return rejectForm(request, numbers, metadata, texts);
      });
    },

    async submit(submission: RejectSubmission): Promise<string | FormAnswer> {
      const submitted = await form.submitted(submission);
      if (submitted.kind === "answered") return submitted.answer;
      const { request, person, origin } = submitted;
      const reason = withoutControls(submission.reason).trim();
      // Slack takes blanks for a reason.
      if (reason === "") return { response_action: "errors", errors: { reason: texts.approvals.reasonMissing } };
      const rejection = { requestId: request.id, decision: "reject", by: person.id, origin, reason } as const;
      const rejected = await ledger.requests.decide(rejection);
      if (rejected.kind === "unknown") return form.instead(texts.decided.unknown);
      context.changed();
      if (rejected.kind !== "decided") return form.instead(tooLateMessage(rejected.request, person.id, texts));
      log.info({ request: request.id, decision: "reject", by: person.id }, "request decided");
      return { response_action: "clear" };
    },
  };
}
