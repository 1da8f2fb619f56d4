/** `/receipt names`: an admin uploads a file, sees what it changes, and imports it. */
import { z } from "zod";
import { mayImportNames, type Person } from "../../domain/policy.ts";
import { isUnchanged } from "../../ledger/directory/imports.ts";
import type { StagedDirectory } from "../../ledger/directory/new-version.ts";
import { directoryRows, inTurns } from "../../parsing/directory/source.ts";
import { type DirectoryFileRead, readDirectoryFile } from "../../parsing/directory/whole-file.ts";
import type { Texts } from "../../text/en/catalogue.ts";
import { columnsSentence } from "../blocks/directory/import-problem.ts";
import { namesForm, namesPreview, namesRefused } from "../blocks/directory/names-form.ts";
import { type FormAnswer, notice } from "../blocks/modal.ts";
import type { DeniedAttempt, Intent, SlackContext } from "../context.ts";
import type { NamesPreviewSubmission, NamesSubmission, UploadedFile } from "../payloads/forms.ts";
import { json } from "../payloads/json.ts";
import type { CommandPayload } from "../payloads/payloads.ts";
import { refuse } from "../replies/refuse.ts";
import { openView } from "./open-view.ts";
import { readUploadedFile, whyNotRead } from "./uploaded-file.ts";

/** Resolves to the answer for the person if no form opens. */
export async function openNamesForm(
  context: SlackContext,
  { channel_id: channelId, trigger_id }: CommandPayload,
  attempt: DeniedAttempt,
  person: Person,
): Promise<string | undefined> {
  const verdict = mayImportNames(person);
  if (verdict.kind === "refuse") return refuse(context, verdict, attempt);
  const { ledger, texts } = context;
  const form = namesForm(await ledger.directory.current(), { channelId }, texts);
  return (await openView(context, trigger_id, form)) ? undefined : texts.decisionForms.notOpened;
}

export function parseNames(submission: NamesSubmission | NamesPreviewSubmission): Intent<string | FormAnswer> {
  const { user, channelId, kind } = submission;
  const origin = { from: "form", channelId } as const;
  const attempt: DeniedAttempt = { userId: user.id, origin, asked: kind };
  return {
    kind: "wanted",
    attempt,
    async run(context, person) {
      const verdict = mayImportNames(person);
      if (verdict.kind === "refuse") return refuse(context, verdict, attempt);
      return submission.kind === "names" ? review(context, submission) : importNames(context, submission, attempt);
    },
  };
}

async function review(context: SlackContext, { user, channelId, file }: NamesSubmission): Promise<FormAnswer> {
  const { ledger, drafts, settings, texts } = context;
  const { directoryImport } = texts;
  const read = await rowsOf(context, file);
  if (typeof read === "string") return besideFile(read);
  const source = directoryRows(read.source, settings.WECHATPAY_MCHID);
  if (source.kind === "columns") return besideFile(columnsSentence(source, texts));
  const found = await ledger.directory.stage(inTurns(source.rows));
  switch (found.kind) {
    case "empty":
      return besideFile(directoryImport.empty);
    case "too-many":
      return besideFile(directoryImport.tooMany(found.max));
    case "refused":
      return { response_action: "push", view: namesRefused(found, texts) };
    case "staged": {
      const { staged } = found;
      const changes = await ledger.directory.changes(staged);
      if (isUnchanged(staged, changes)) return besideFile(directoryImport.unchanged);
      const draftId = await drafts.keepStep(user.id, JSON.stringify(staged));
      const view = namesPreview(staged.entries, changes, { channelId, draftId }, texts);
      return { response_action: "push", view };
    }
    default:
      return found satisfies never;
  }
}

async function rowsOf(
  context: SlackContext,
  file: UploadedFile | undefined,
): Promise<Extract<DirectoryFileRead, { kind: "read" }> | string> {
  const { namesForm: words } = context.texts;
  if (!file) return words.fileMissing;
  const read = await readUploadedFile(context, file, readDirectoryFile);
  return read.kind === "read" ? read : whyNotRead(read.kind, context.texts, words);
}

async function importNames(
  { ledger, drafts, texts, log }: SlackContext,
  { user, draftId }: NamesPreviewSubmission,
  { origin }: DeniedAttempt,
): Promise<FormAnswer> {
  const { directoryImport } = texts;
  const kept = await drafts.findStep(user.id, draftId);
  if (kept === undefined) return ending(directoryImport.gone, texts);
  const version = stored.parse(kept);
  const result = await ledger.directory.adopt(version, { by: user.id, origin });
  log.info({ by: user.id, entries: version.entries, result: result.kind }, "directory import");
  if (result.kind !== "imported") return ending(directoryImport[result.kind], texts);
  const { added, changed, removed } = result.changes;
  return ending(directoryImport.imported(version.entries, added, changed, removed), texts);
}

/** The bot wrote it itself. */
const stored: z.ZodType<StagedDirectory> = json.pipe(
  z.object({
    version: z.int(),
    base: z
      .int()
      .optional()
      .transform((base) => base),
    entries: z.int(),
    digest: z.string(),
  }),
);

function besideFile(sentence: string): FormAnswer {
  return { response_action: "errors", errors: { file: sentence } };
}

function ending(sentence: string, texts: Texts): FormAnswer {
  const view = notice(sentence, texts.form.close, texts, texts.namesForm.title);
  return { response_action: "update", view: { ...view, clear_on_close: true } };
}
