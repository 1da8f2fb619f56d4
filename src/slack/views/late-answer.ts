/**
 * Answers to a form that come later than Slack waits, such as what a large file contains: the person sees at once that
 * the bot is working, and then the answer in the same place.
 */
import type { ModalView } from "@slack/types";
import { refusalOf, retryAfterMsOf } from "../api/web-api.ts";
import { type FormAnswer, notice } from "../blocks/modal.ts";
import type { SlackContext } from "../context.ts";
import { formIds } from "../payloads/ids.ts";

/** How soon to try again while Slack has not yet shown that the bot is working, in milliseconds, and how often. */
const againMs = 500;
const triesMax = 8;
/** The longest wait before another try if Slack asks for one, in milliseconds: the person looks at the window. */
const waitMaxMs = 10_000;

/**
 * The answer to the acknowledgement: on top of the form, or in place of a form that its answer replaces, because Slack
 * stacks at most three views. To be replaced.
 * @param externalId by which it is found again
 * @param formId the form's `callback_id`
 */
export function working(externalId: string, formId: string, { texts }: Pick<SlackContext, "texts">): FormAnswer {
  const view = { ...notice(texts.answer.slowForm, texts.form.back, texts), external_id: externalId };
  return { response_action: formId === formIds.column ? "update" : "push", view };
}

/** Replaces the view that `working` made. Never rejects: the person may have closed it. */
export async function showLate(
  { slack, texts, clock, log }: Pick<SlackContext, "slack" | "texts" | "clock" | "log">,
  externalId: string,
  answer: FormAnswer,
): Promise<void> {
  const view = viewOf(answer, { texts });
  for (let tries = 1; tries <= triesMax; tries++) {
    try {
      await slack("views.update", { external_id: externalId, view });
      return;
    } catch (error) {
      // Slack shows the view once it has the acknowledgement; afterwards, the person may have closed it.
      const refused = refusalOf(error);
      if (refused !== "not_found") log.warn({ err: error, tries }, "Slack did not accept the answer to a form");
      if (refused !== undefined && refused !== "not_found") return;
      await clock.sleep(Math.min(Math.max(againMs, retryAfterMsOf(error) ?? 0), waitMaxMs));
    }
  }
}

/** Errors that would have been next to the inputs are shown alone, because the form with the inputs is below. */
function viewOf(answer: FormAnswer, { texts }: Pick<SlackContext, "texts">): ModalView {
  switch (answer.response_action) {
    case "push":
    case "update":
      return answer.view;
    case "errors":
      return notice(Object.values(answer.errors).join("\n"), texts.form.back, texts);
    case "clear":
      return { ...notice(texts.answer.doneLate, texts.form.close, texts), clear_on_close: true };
    default:
      return answer satisfies never;
  }
}
