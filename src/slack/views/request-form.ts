/** The form for requests: its input is read and previewed; submitting the preview submits the request. */
import type { ModalView } from "@slack/types";
import { maySwitch } from "../../domain/goldplan/change.ts";
import { mayRequest, type Person } from "../../domain/policy.ts";
import type { NumberList } from "../../parsing/number-list/number-list.ts";
import { doubtfulFirst } from "../../parsing/number-list/sub-mchid.ts";
import { reasonIn } from "../../parsing/plain-text.ts";
import { columnForm } from "../blocks/forms/column-form.ts";
import { requestPreview } from "../blocks/forms/request-form.ts";
import { type FormAnswer, notice } from "../blocks/modal.ts";
import type { DeniedAttempt, SlackContext } from "../context.ts";
import {
  type ColumnSubmission,
  formOrigin,
  type PreviewSubmission,
  type RequestSubmission,
} from "../payloads/forms.ts";
import type { Destination } from "../payloads/request-origin.ts";
import { missingInForm } from "../replies/missing-reason.ts";
import { refuse } from "../replies/refuse.ts";
import {
  type Refusal,
  type SubmitReply,
  submitRequest,
  unlessRecorded,
  whereToPost,
} from "../replies/submit-request.ts";
import { type ColumnStep, chosenList, readStep, writeStep } from "./column-step.ts";
import { createGivenNumbers } from "./given-numbers.ts";

/** What each of its submissions does, for the person whose language `context` speaks. */
export function requestFormHandler(context: SlackContext) {
  const { ledger, settings, drafts, texts } = context;
  const { form } = texts;
  const given = createGivenNumbers(context);

  /** Where this person may request all of these, or how to refuse it. */
  async function allowed(
    submission: RequestSubmission | ColumnSubmission | PreviewSubmission,
    person: Person,
    subMchids: readonly string[],
  ): Promise<Destination | { refusal: Refusal }> {
    const verdict = mayRequest(person, subMchids);
    if (verdict.kind === "refuse") return { refusal: () => refuse(context, verdict, formAttempt(submission)) };
    const place = await whereToPost(context, submission.requestOrigin);
    return "answer" in place ? { refusal: () => place.answer } : place;
  }

  function answerOf({ isRecorded, told }: SubmitReply): string | FormAnswer {
    if (told === undefined) return { response_action: "clear" };
    if (!isRecorded) return told;
    return { response_action: "update", view: { ...notice(told, form.close, texts), clear_on_close: true } };
  }

  /** Shows the recognized numbers; only the preview's own button submits the request. */
  async function preview(
    { user, requestOrigin }: RequestSubmission | ColumnSubmission,
    { change, reason }: Pick<ColumnStep, "change" | "reason">,
    list: NumberList,
    place: Destination,
  ): Promise<ModalView> {
    const { subMchids, tooMany, notRead } = list;
    // The request's message lists the first of many.
    const draft = { ...change, subMchids: doubtfulFirst(subMchids), reason, givenNames: list.labels };
    const draftId =
      subMchids.length > 0 && tooMany === 0 && notRead === 0 ? await drafts.keep(user.id, draft) : undefined;
    const named = await ledger.directory.merchants(draft.subMchids);
    const merchants = named.map((each) => ({ ...each, givenAs: list.labels[each.subMchid] }));
    return requestPreview({ change, list, merchants, reason, requestOrigin, place, draftId }, texts);
  }

  return {
    async review(submission: RequestSubmission, person: Person): Promise<string | FormAnswer> {
      const { user, requestOrigin, change } = submission;
      // The form may have been open since before the settings changed.
      if (!maySwitch(change.object, settings.GOLDPLAN)) return texts.goldplan.off;
      const early = await allowed(submission, person, []);
      if ("refusal" in early) return early.refusal();
      const read = await given(submission);
      if ("errors" in read) return { response_action: "errors", ...read };
      const { list } = read;
      const place = list.kind === "list" ? await allowed(submission, person, list.subMchids) : early;
      if ("refusal" in place) return place.refusal();
      const reason = reasonIn(submission.reason);
      // Slack accepts spaces as a reason.
      const missing = missingInForm(context, reason);
      if (missing !== undefined) return { response_action: "errors", errors: { reason: missing } };
      if (list.kind === "list")
        return { response_action: "push", view: await preview(submission, { change, reason }, list, place) };
      const draftId = await drafts.keepStep(user.id, writeStep({ change, reason, question: list }));
      return { response_action: "push", view: columnForm(list, { ...requestOrigin, draftId }, texts) };
    },

    /** A column was chosen: the preview of its numbers replaces the question. */
    async choose(submission: ColumnSubmission, person: Person): Promise<string | FormAnswer> {
      const kept = await drafts.findStep(submission.user.id, submission.draftId);
      if (kept === undefined) return form.gone;
      const step = readStep(kept);
      const list = chosenList(step, submission.column);
      if (!list) return form.gone;
      const place = await allowed(submission, person, list.subMchids);
      if ("refusal" in place) return place.refusal();
      return { response_action: "update", view: await preview(submission, step, list, place) };
    },

    async ask(submission: PreviewSubmission, person: Person): Promise<string | FormAnswer> {
      const { user, draftId } = submission;
      const refused = async (refusal: Refusal) => answerOf(await unlessRecorded(context, draftId, refusal));
      const draft = await drafts.find(user.id, draftId);
      if (!draft) return refused(() => form.gone);
      const place = await allowed(submission, person, draft.subMchids);
      if ("refusal" in place) return refused(place.refusal);
      const origin = formOrigin(submission);
      const request = { ...draft, sourceKey: draftId, requestedBy: user.id, origin };
      return answerOf(await submitRequest(context, place, request));
    },
  };
}

/** A submitted form as an attempt. */
export function formAttempt(submission: RequestSubmission | ColumnSubmission | PreviewSubmission): DeniedAttempt {
  return { userId: submission.user.id, origin: formOrigin(submission), asked: submission.kind };
}
