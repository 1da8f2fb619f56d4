/** Submitted forms: each kind is parsed by the file that opened it. */
import type { FormAnswer } from "../blocks/modal.ts";
import type { Intent, SlackParts } from "../context.ts";
import type { SubmissionPayload } from "../payloads/forms.ts";
import { parseExclusion } from "./leave-out-form.ts";
import { parseNames } from "./names-form.ts";
import { parseRejection } from "./reject-form.ts";
import { formAttempt, requestFormHandler } from "./request-form.ts";

/** The next state of the form. A sentence is shown on top of it, so that its input is not lost. */
export type FormReply = string | FormAnswer;

export async function parseSubmission(parts: SlackParts, form: SubmissionPayload): Promise<Intent<FormReply>> {
  switch (form.kind) {
    case "ask":
      return {
        kind: "wanted",
        attempt: formAttempt(form),
        run: (context, person) => requestFormHandler(context).review(form, person),
      };
    case "ask-column":
      return {
        kind: "wanted",
        attempt: formAttempt(form),
        run: (context, person) => requestFormHandler(context).choose(form, person),
      };
    case "ask-preview":
      return {
        kind: "wanted",
        attempt: formAttempt(form),
        run: (context, person) => requestFormHandler(context).ask(form, person),
      };
    case "reject":
      return parseRejection(parts, form);
    case "leave-out":
      return parseExclusion(parts, form);
    case "names":
    case "names-preview":
      return parseNames(form);
    default:
      return form satisfies never;
  }
}
