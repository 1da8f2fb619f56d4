/** The form that asks: what is given in it is read and shown back, and asked for once that is submitted too. */
import { mayRequest, type Person } from "../../domain/policy.ts";
import { decodeFile } from "../../parsing/number-list/decode-file.ts";
import { readNumberList } from "../../parsing/number-list/number-list.ts";
import { withoutControls } from "../../parsing/plain-text.ts";
import { requestPreview } from "../blocks/forms/request-form.ts";
import { type FormAnswer, notice } from "../blocks/modal.ts";
import type { DeniedAttempt, SlackContext } from "../context.ts";
import type { Destination } from "../payloads/asked-from.ts";
import { formOrigin, type PreviewSubmission, type RequestSubmission, type UploadedFile } from "../payloads/payloads.ts";
import { refuse } from "../replies/refuse.ts";
import { submitRequest, whereToPost } from "../replies/submit-request.ts";

/** Of a file, in MB: ten thousand numbers with columns beside them, read before anybody else waits for long. */
const fileMaxMb = 2;
const fileMaxBytes = fileMaxMb * 1_000_000;

/** The text that was given, or what is wrong with an input, by its name. */
type Given = { text: string } | { errors: Record<string, string> };

export function createRequestFormHandler(context: SlackContext) {
  const { settings, drafts, download, texts, log } = context;
  const { form } = texts;

  /** Where this person may ask for all of these; a sentence where they may not. */
  async function allowed(
    submission: RequestSubmission | PreviewSubmission,
    person: Person,
    subMchids: readonly string[],
  ): Promise<string | Destination> {
    const verdict = mayRequest(person, subMchids);
    if (verdict.kind === "refuse") return refuse(context, verdict, formAttempt(submission));
    const place = await whereToPost(context, submission.askedFrom);
    return "answer" in place ? place.answer : place;
  }

  async function given({ numbers, file }: RequestSubmission): Promise<Given> {
    const isTyped = numbers.trim() !== "";
    if (isTyped && file) return { errors: { file: form.bothGiven } };
    if (file) return fileText(file);
    return isTyped ? { text: numbers } : { errors: { numbers: form.nothingGiven } };
  }

  async function fileText({ size, url_private: url }: UploadedFile): Promise<Given> {
    const wrong = (why: string): Given => ({ errors: { file: why } });
    if (size > fileMaxBytes) return wrong(form.fileTooLarge(fileMaxMb));
    try {
      const downloaded = await download(url, fileMaxBytes);
      switch (downloaded.kind) {
        case "too-large":
          return wrong(form.fileTooLarge(fileMaxMb));
        case "not-slacks":
          return wrong(form.fileElsewhere);
        case "read": {
          const text = decodeFile(downloaded.bytes);
          return text === undefined ? wrong(form.fileNotText) : { text };
        }
        default:
          return downloaded satisfies never;
      }
    } catch (error) {
      log.warn({ err: error }, "a file in a form could not be read");
      return wrong(form.fileNotRead);
    }
  }

  return {
    async review(submission: RequestSubmission, person: Person): Promise<string | FormAnswer> {
      const { user, askedFrom, action } = submission;
      const early = await allowed(submission, person, []);
      if (typeof early === "string") return early;
      const read = await given(submission);
      if ("errors" in read) return { response_action: "errors", ...read };
      const list = readNumberList(read.text);
      const { subMchids, tooMany } = list;
      const place = await allowed(submission, person, subMchids);
      if (typeof place === "string") return place;
      const reason = withoutControls(submission.reason).trim() || undefined;
      // Slack takes blanks for a reason.
      if (settings.REASON === "required" && reason === undefined)
        return { response_action: "errors", errors: { reason: texts.approvals.reasonMissing } };
      const draft = { action, subMchids, reason };
      const draftId = subMchids.length > 0 && tooMany === 0 ? await drafts.keep(user.id, draft) : undefined;
      const view = requestPreview({ action, list, reason, askedFrom, place, draftId }, texts);
      return { response_action: "push", view };
    },

    async ask(submission: PreviewSubmission, person: Person): Promise<string | FormAnswer> {
      const { user, draftId } = submission;
      const draft = await drafts.find(user.id, draftId);
      if (!draft) return form.gone;
      const place = await allowed(submission, person, draft.subMchids);
      if (typeof place === "string") return place;
      const { isRecorded, told } = await submitRequest(context, place, {
        ...draft,
        sourceKey: draftId,
        requestedBy: user.id,
        origin: formOrigin(submission),
      });
      if (told === undefined) return { response_action: "clear" };
      if (!isRecorded) return told;
      return { response_action: "update", view: { ...notice(told, form.close, texts), clear_on_close: true } };
    },
  };
}

/** A submitted form as an attempt. */
export function formAttempt(submission: RequestSubmission | PreviewSubmission): DeniedAttempt {
  return { userId: submission.user.id, origin: formOrigin(submission), asked: submission.kind };
}
