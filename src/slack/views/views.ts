/** Forms: whichever was submitted, given to who answers it, for the person who filled it in. */
import type { FormAnswer } from "../blocks/modal.ts";
import type { SlackContext } from "../context.ts";
import type { SubmissionPayload } from "../payloads/payloads.ts";
import { createLeaveOutForm } from "./leave-out-form.ts";
import { createRejectForm } from "./reject-form.ts";
import { createRequestFormHandler } from "./request-form.ts";

/** Does what the form asks for; a sentence is shown on top of the form, so that nothing that was filled in is lost. */
export type ViewHandler = (payload: SubmissionPayload) => Promise<string | FormAnswer>;

export function createViewHandler(context: SlackContext): ViewHandler {
  const ask = createRequestFormHandler(context);
  const rejection = createRejectForm(context);
  const leavingOut = createLeaveOutForm(context);

  return async (payload) => {
    switch (payload.kind) {
      case "ask":
        return ask.review(payload);
      case "ask-preview":
        return ask.ask(payload);
      case "reject":
        return rejection.submit(payload);
      case "leave-out":
        return leavingOut.submit(payload);
      default:
        return payload satisfies never;
    }
  };
}
