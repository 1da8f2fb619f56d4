/** What the forms with which somebody decides on a request have in common: who gets one, whose counts, and what stands in its place. */
import type { ModalView } from "@slack/types";
import { mayDecide, type Person } from "../../domain/policy.ts";
import type { Origin } from "../../ledger/audit/audit-log.ts";
import type { RequestView } from "../../ledger/queries/request-view.ts";
import { type FormAnswer, notice } from "../blocks/modal.ts";
import type { SlackContext } from "../context.ts";
import { clickOrigin, type DecisionMetadata, decisionOrigin, type RequestClick } from "../payloads/payloads.ts";
import { createRefuse } from "../replies/refuse.ts";
import { tooLateMessage } from "../replies/too-late-message.ts";
import { createViewOpener } from "./open-view.ts";

export type Submitted =
  | { kind: "allowed"; request: RequestView; person: Person; origin: Origin }
  | { kind: "answered"; answer: string | FormAnswer };

/** @param asked what the audit calls it */
export function createDecisionForm(context: SlackContext, { asked, title }: { asked: string; title: string }) {
  const { settings, ledger, people, texts } = context;
  const openView = createViewOpener(context);
  const refuse = createRefuse(context);

  /** In the place of the form: what was given in it is of no use any more. */
  function instead(text: string): FormAnswer {
    return { response_action: "update", view: notice(text, texts.form.close, texts, title) };
  }

  return {
    instead,

    /**
     * Opens the form for who may decide; resolves to the answer for whoever pressed, where there is no form.
     * @param view the form, or a sentence where there is nothing to decide in it
     */
    async open(
      request: RequestView,
      person: Person,
      payload: RequestClick,
      view: (metadata: DecisionMetadata) => Promise<ModalView | string>,
    ): Promise<string | undefined> {
      const verdict = mayDecide(person, request, settings.APPROVAL_POLICY);
      if (verdict.kind === "refuse")
        return refuse(verdict, { userId: person.id, origin: clickOrigin(payload), asked, request });
      if (request.state !== "pending") return tooLateMessage(request, person.id, texts);
      const channelId = payload.container?.channel_id;
      const form = await view({ requestId: request.id, ...(channelId === undefined ? {} : { channelId }) });
      if (typeof form === "string") return form;
      return (await openView(payload.trigger_id, form)) ? undefined : texts.decisionForms.notOpened;
    },

    /** Whoever submits may have lost the role meanwhile, or come from elsewhere. */
    async submitted(submission: DecisionMetadata & { user: { id: string } }): Promise<Submitted> {
      const { user, requestId } = submission;
      const request = await ledger.requests.find(requestId);
      if (!request) return { kind: "answered", answer: instead(texts.decided.unknown) };
      const origin = decisionOrigin(submission);
      const attempt = { userId: user.id, origin, asked, request };
      const person = await people.find(user.id);
      if (!person)
        return { kind: "answered", answer: await refuse({ why: "standing", standing: "stranger" }, attempt) };
      const verdict = mayDecide(person, request, settings.APPROVAL_POLICY);
      if (verdict.kind === "refuse") return { kind: "answered", answer: await refuse(verdict, attempt) };
      // Who is too late is told so, whatever they gave.
      if (request.state !== "pending")
        return { kind: "answered", answer: instead(tooLateMessage(request, person.id, texts)) };
      return { kind: "allowed", request, person, origin };
    },
  };
}
