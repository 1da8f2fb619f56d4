/** Submitted forms: each kind is parsed by the file that opened it. */
import type { FormAnswer } from "../blocks/modal.ts";
import type { Intent, SlackContext } from "../context.ts";
import type { SubmissionPayload } from "../payloads/payloads.ts";
import { parseExclusion } from "./leave-out-form.ts";
import { parseRejection } from "./reject-form.ts";
import { createRequestFormHandler, formAttempt } from "./request-form.ts";

/** The next state of the form. A sentence is shown on top of it, so that its input is not lost. */
export type FormReply = string | FormAnswer;

export function createSubmissionParser(context: SlackContext) {
  const requestForm = createRequestFormHandler(context);

  return async (form: SubmissionPayload): Promise<Intent<FormReply>> => {
    switch (form.kind) {
      case "ask":
        return { kind: "wanted", attempt: formAttempt(form), run: (person) => requestForm.review(form, person) };
      case "ask-column":
        return { kind: "wanted", attempt: formAttempt(form), run: (person) => requestForm.choose(form, person) };
      case "ask-preview":
        return { kind: "wanted", attempt: formAttempt(form), run: (person) => requestForm.ask(form, person) };
      case "reject":
        return parseRejection(context, form);
      case "leave-out":
        return parseExclusion(context, form);
      default:
        return form satisfies never;
    }
  };
}
