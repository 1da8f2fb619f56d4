/** Opens forms, and the one that asks, or a sentence in its place. */
import type { ModalView } from "@slack/types";
import { refusalOf } from "../api/web-api.ts";
import { requestForm } from "../blocks/forms/request-form.ts";
import { notice } from "../blocks/modal.ts";
import type { SlackContext } from "../context.ts";
import type { AskedFrom } from "../payloads/asked-from.ts";
import { createRequestSubmitter, type RequestSubmitter } from "../replies/submit-request.ts";

export interface FormOpener {
  /** Resolves to an answer where the form could not ask from there: before it is filled in. @throws SlackAway */
  whereToPost: RequestSubmitter["whereToPost"];
  /** Resolves to whether the form is open: a trigger is good for three seconds and one use. */
  open(triggerId: string, askedFrom: AskedFrom): Promise<boolean>;
  /** Opens a modal that says something. */
  openNotice(triggerId: string, text: string): Promise<boolean>;
}

export function createFormOpener(context: SlackContext): FormOpener {
  const { settings, texts } = context;
  const submitter = createRequestSubmitter(context);
  const openView = createViewOpener(context);

  return {
    whereToPost: submitter.whereToPost,
    open: (triggerId, askedFrom) => openView(triggerId, requestForm(askedFrom, settings.REASON, texts)),
    openNotice: (triggerId, text) => openView(triggerId, notice(text, texts.form.close, texts)),
  };
}

/** Resolves to whether the view is open: a trigger is good for three seconds and one use. */
export function createViewOpener({ slack, log }: Pick<SlackContext, "slack" | "log">) {
  return async (triggerId: string, view: ModalView): Promise<boolean> => {
    // Every press of Slack's has a trigger; without one it is not worth a question.
    if (triggerId === "") return false;
    try {
      await slack("views.open", { trigger_id: triggerId, view });
      return true;
    } catch (error) {
      // Slack delivered the same payload twice: the first one opened it.
      if (refusalOf(error) === "exchanged_trigger_id") return true;
      log.warn({ err: error }, "a form could not be opened");
      return false;
    }
  };
}
