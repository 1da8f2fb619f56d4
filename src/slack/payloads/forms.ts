/** The parts that the bot needs of submitted forms: their metadata and inputs; everything else is ignored. */
import { z } from "zod";
import type { Origin } from "../../ledger/audit/audit-log.ts";
import { chosenChange } from "./change-value.ts";
import { presser } from "./grant-payloads.ts";
import { formIds } from "./ids.ts";
import { json } from "./json.ts";

/** A form's metadata is input from Slack like any other. */
const requestOrigin = z.object({ by: z.enum(["command", "shortcut"]), channelId: z.string().min(1).exactOptional() });
const previewMetadata = requestOrigin.extend({ draftId: z.string().min(1).max(64) });
export type PreviewMetadata = z.infer<typeof previewMetadata>;

/** The request that a form is about, and the channel where its button was clicked; none for a click in App Home. */
const decisionMetadata = z.object({
  requestId: z.string().min(1).max(64),
  channelId: z.string().min(1).exactOptional(),
});
export type DecisionMetadata = z.infer<typeof decisionMetadata>;

/** The channel where the command was typed. */
const namesMetadata = z.object({ channelId: z.string().min(1) });
export type NamesMetadata = z.infer<typeof namesMetadata>;
const namesPreviewMetadata = namesMetadata.extend({ draftId: z.string().min(1).max(64) });
export type NamesPreviewMetadata = z.infer<typeof namesPreviewMetadata>;

const uploadedFile = z.object({ size: z.number().default(0), url_private: z.string().default("") });
export type UploadedFile = z.infer<typeof uploadedFile>;

const fileInput = z.object({ file: z.object({ files: z.array(uploadedFile).max(1).nullish() }) });

const typed = z
  .string()
  .nullish()
  .transform((text) => text ?? "");

/** Either chosen in a list, each a number, or pasted as a text that contains numbers. */
const chosenOrTyped = z
  .object({ selected_options: z.array(z.object({ value: z.string() })).nullish(), value: typed })
  .transform(({ selected_options, value }) => selected_options?.map((option) => option.value) ?? value);

/** See "view_submission" in Slack's documentation. The form determines the metadata and the inputs. */
export const submissionPayload = z.union([
  z
    .object({
      user: presser,
      view: z.object({
        callback_id: z.literal(formIds.ask),
        private_metadata: json.pipe(requestOrigin),
        state: z.object({
          values: z.object({
            action: z.object({ action: z.object({ selected_option: z.object({ value: chosenChange }) }) }),
            numbers: z.object({ numbers: z.object({ value: typed }) }),
            file: fileInput.optional(),
            reason: z.object({ reason: z.object({ value: typed }) }),
          }),
        }),
      }),
    })
    .transform(({ user, view: { callback_id: kind, private_metadata: requestOrigin, state } }) => {
      const { action, numbers, file, reason } = state.values;
      return {
        kind,
        user,
        requestOrigin,
        change: action.action.selected_option.value,
        numbers: numbers.numbers.value,
        file: file?.file.files?.[0],
        reason: reason.reason.value,
      };
    }),
  z
    .object({
      user: presser,
      view: z.object({
        callback_id: z.literal(formIds.column),
        private_metadata: json.pipe(previewMetadata),
        state: z.object({
          values: z.object({
            column: z.object({ column: z.object({ selected_option: z.object({ value: z.string() }) }) }),
          }),
        }),
      }),
    })
    .transform(({ user, view: { callback_id: kind, private_metadata, state } }) => {
      const { draftId, ...requestOrigin } = private_metadata;
      return { kind, user, requestOrigin, draftId, column: state.values.column.column.selected_option.value };
    }),
  z
    .object({
      user: presser,
      view: z.object({ callback_id: z.literal(formIds.preview), private_metadata: json.pipe(previewMetadata) }),
    })
    .transform(({ user, view: { callback_id: kind, private_metadata } }) => {
      const { draftId, ...requestOrigin } = private_metadata;
      return { kind, user, requestOrigin, draftId };
    }),
  z
    .object({
      user: presser,
      view: z.object({
        callback_id: z.literal(formIds.reject),
        private_metadata: json.pipe(decisionMetadata),
        state: z.object({ values: z.object({ reason: z.object({ reason: z.object({ value: typed }) }) }) }),
      }),
    })
    .transform(({ user, view: { callback_id: kind, private_metadata, state } }) => {
      return { kind, user, ...private_metadata, reason: state.values.reason.reason.value };
    }),
  z
    .object({
      user: presser,
      view: z.object({
        callback_id: z.literal(formIds.leaveOut),
        private_metadata: json.pipe(decisionMetadata),
        state: z.object({ values: z.object({ numbers: z.object({ numbers: chosenOrTyped }) }) }),
      }),
    })
    .transform(({ user, view: { callback_id: kind, private_metadata, state } }) => {
      return { kind, user, ...private_metadata, numbers: state.values.numbers.numbers };
    }),
  z
    .object({
      user: presser,
      view: z.object({
        callback_id: z.literal(formIds.names),
        private_metadata: json.pipe(namesMetadata),
        state: z.object({ values: z.object({ file: fileInput }) }),
      }),
    })
    .transform(({ user, view: { callback_id: kind, private_metadata, state } }) => {
      return { kind, user, ...private_metadata, file: state.values.file.file.files?.[0] };
    }),
  z
    .object({
      user: presser,
      view: z.object({
        callback_id: z.literal(formIds.namesPreview),
        private_metadata: json.pipe(namesPreviewMetadata),
      }),
    })
    .transform(({ user, view: { callback_id: kind, private_metadata } }) => ({ kind, user, ...private_metadata })),
]);
export type SubmissionPayload = z.infer<typeof submissionPayload>;
export type RequestSubmission = Extract<SubmissionPayload, { kind: "ask" }>;
export type ColumnSubmission = Extract<SubmissionPayload, { kind: "ask-column" }>;
export type PreviewSubmission = Extract<SubmissionPayload, { kind: "ask-preview" }>;
export type RejectSubmission = Extract<SubmissionPayload, { kind: "reject" }>;
export type NamesSubmission = Extract<SubmissionPayload, { kind: "names" }>;
export type NamesPreviewSubmission = Extract<SubmissionPayload, { kind: "names-preview" }>;
export type LeaveOutSubmission = Extract<SubmissionPayload, { kind: "leave-out" }>;

export function formOrigin({ requestOrigin }: RequestSubmission | ColumnSubmission | PreviewSubmission): Origin {
  return { from: "form", channelId: requestOrigin.channelId };
}

export function decisionOrigin({ channelId }: DecisionMetadata): Origin {
  return { from: "form", channelId };
}

/** A form that decides on a request, or on sub-merchants in it. */
export const decisionSubmission = z.object({
  user: presser,
  view: z.object({
    callback_id: z.enum([formIds.reject, formIds.leaveOut]),
    private_metadata: json.pipe(decisionMetadata),
  }),
});
