/** The form's input: a pasted text, or an uploaded file's text or rows. */
import type { CsvLine } from "../../parsing/number-list/csv-reader.ts";
import type { Texts } from "../../text/en/catalogue.ts";
import type { SlackContext } from "../context.ts";
import type { RequestSubmission, UploadedFile } from "../payloads/payloads.ts";
import { type FileRead, fileMaxMb, readUploadedFile } from "./uploaded-file.ts";

/** The content to read, or the problem of each input, by the input's name. */
export type Given = { source: string | readonly CsvLine[]; isFile: boolean } | { errors: Record<string, string> };

export function createGivenNumbers(context: SlackContext) {
  const { form } = context.texts;

  async function ofFile(file: UploadedFile): Promise<Given> {
    const read = await readUploadedFile(context, file);
    return read.kind === "read" ? { source: read.source, isFile: true } : { errors: { file: whyNot(read.kind, form) } };
  }

  return async ({ numbers, file }: RequestSubmission): Promise<Given> => {
    const isTyped = numbers.trim() !== "";
    if (isTyped && file) return { errors: { file: form.bothGiven } };
    if (file) return ofFile(file);
    return isTyped ? { source: numbers, isFile: false } : { errors: { numbers: form.nothingGiven } };
  };
}

function whyNot(why: Exclude<FileRead["kind"], "read">, form: Texts["form"]): string {
  const sentences = {
    "too-large": form.fileTooLarge(fileMaxMb),
    elsewhere: form.fileElsewhere,
    "not-read": form.fileNotRead,
    "not-text": form.fileNotText,
    "workbook-too-large": form.workbookTooLarge,
    "workbook-broken": form.workbookBroken,
  } satisfies Record<typeof why, string>;
  return sentences[why];
}
