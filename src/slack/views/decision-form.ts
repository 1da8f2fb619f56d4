/** Parts shared by the forms that decide on a request: opening one, checking a submission, replacing the form. */
import type { ModalView } from "@slack/types";
import { mayDecide } from "../../domain/four-eyes.ts";
import type { Person } from "../../domain/policy.ts";
import type { Origin } from "../../ledger/audit/audit-log.ts";
import type { RequestView } from "../../ledger/queries/request-view.ts";
import type { Texts } from "../../text/en/catalogue.ts";
import type { RequestAction } from "../actions/request-action.ts";
import { type FormAnswer, notice } from "../blocks/modal.ts";
import type { Intent, SlackContext, SlackParts } from "../context.ts";
import { type DecisionMetadata, decisionOrigin } from "../payloads/forms.ts";
import { refuse } from "../replies/refuse.ts";
import { tooLateMessage } from "../replies/too-late-message.ts";
import { unknownRequest } from "../replies/unknown-request.ts";
import { openView } from "./open-view.ts";

export interface DecisionForm {
  /** The action's name in the audit. */
  asked: "reject" | "leave-out";
  title(texts: Texts): string;
}

/** A submission by a person who may decide, on a request that is still pending. */
export interface AllowedSubmission {
  request: RequestView;
  person: Person;
  origin: Origin;
}

/**
 * Opens the form for a person who may decide; resolves to the answer for them if no form opens.
 * @param view the form, or a sentence if there is nothing to decide in it
 */
export async function openDecisionForm(
  context: SlackContext,
  { request, person, attempt, payload }: RequestAction,
  view: (metadata: DecisionMetadata) => Promise<ModalView | string>,
): Promise<string | undefined> {
  const { settings, texts } = context;
  const verdict = mayDecide(person, request, settings.APPROVAL_POLICY);
  if (verdict.kind === "refuse") return refuse(context, verdict, attempt);
  if (request.state !== "pending") return tooLateMessage(request, person.id, texts);
  const channelId = payload.container?.channel_id;
  const form = await view({ requestId: request.id, ...(channelId === undefined ? {} : { channelId }) });
  if (typeof form === "string") return form;
  return (await openView(context, payload.trigger_id, form)) ? undefined : texts.decisionForms.notOpened;
}

/** A submitted form. Its person may have lost the role in the meantime, or may never have seen the form. */
export async function parseDecision(
  { settings, ledger }: SlackParts,
  form: DecisionForm,
  submission: DecisionMetadata & { user: { id: string } },
  run: (context: SlackContext, allowed: AllowedSubmission) => Promise<string | FormAnswer>,
): Promise<Intent<string | FormAnswer>> {
  const request = await ledger.requests.find(submission.requestId);
  if (!request) return unknownRequest(ledger, (text, texts) => replaceForm(form, text, texts));
  const origin = decisionOrigin(submission);
  const attempt = { userId: submission.user.id, origin, asked: form.asked, request };
  return {
    kind: "wanted",
    attempt,
    async run(context, person) {
      const { texts } = context;
      const verdict = mayDecide(person, request, settings.APPROVAL_POLICY);
      if (verdict.kind === "refuse") return refuse(context, verdict, attempt);
      // A decision that comes too late is reported before any errors in the form.
      if (request.state !== "pending") return replaceForm(form, tooLateMessage(request, person.id, texts), texts);
      return run(context, { request, person, origin });
    },
  };
}

/** Shows a sentence instead of the form, whose input is no longer useful. */
export function replaceForm({ title }: DecisionForm, text: string, texts: Texts): FormAnswer {
  return { response_action: "update", view: notice(text, texts.form.close, texts, title(texts)) };
}
