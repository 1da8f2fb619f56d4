/** The form's input: a pasted text, or an uploaded file's text or first sheet. */
import type { FirstSheet } from "../../parsing/number-list/xlsx/first-sheet.ts";
import type { SlackContext } from "../context.ts";
import type { RequestSubmission, UploadedFile } from "../payloads/forms.ts";
import { readUploadedFile, whyNotRead } from "./uploaded-file.ts";

/** The content to read, or the problem of each input, by the input's name. */
export type Given = { source: string | FirstSheet; isFile: boolean } | { errors: Record<string, string> };

export function createGivenNumbers(context: SlackContext) {
  const { texts } = context;
  const { form } = texts;

  async function ofFile(file: UploadedFile): Promise<Given> {
    const read = await readUploadedFile(context, file);
    return read.kind === "read"
      ? { source: read.source, isFile: true }
      : { errors: { file: whyNotRead(read.kind, texts) } };
  }

  return async ({ numbers, file }: RequestSubmission): Promise<Given> => {
    const isTyped = numbers.trim() !== "";
    if (isTyped && file) return { errors: { file: form.bothGiven } };
    if (file) return ofFile(file);
    return isTyped ? { source: numbers, isFile: false } : { errors: { numbers: form.nothingGiven } };
  };
}
