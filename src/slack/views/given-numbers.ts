/** The form's input: a pasted text, or an uploaded file's text or rows. */
import type { CsvLine } from "../../parsing/number-list/csv-reader.ts";
import { decodeFile } from "../../parsing/number-list/decode-file.ts";
import { readWorkbook } from "../../parsing/number-list/xlsx/workbook.ts";
import { isZip } from "../../parsing/number-list/xlsx/zip-contents.ts";
import type { SlackContext } from "../context.ts";
import type { RequestSubmission, UploadedFile } from "../payloads/payloads.ts";

/**
 * Maximum size of a file, in MB: enough for ten thousand numbers with other columns, and small enough that reading it
 * does not delay anyone for long.
 */
const fileMaxMb = 2;
const fileMaxBytes = fileMaxMb * 1_000_000;

/** The content to read, or the problem of each input, by the input's name. */
export type Given = { source: string | readonly CsvLine[]; isFile: boolean } | { errors: Record<string, string> };

export function createGivenNumbers({ download, texts, log }: SlackContext) {
  const { form } = texts;
  const wrong = (why: string): Given => ({ errors: { file: why } });

  async function ofFile({ size, url_private: url }: UploadedFile): Promise<Given> {
    if (size > fileMaxBytes) return wrong(form.fileTooLarge(fileMaxMb));
    try {
      const downloaded = await download(url, fileMaxBytes);
      switch (downloaded.kind) {
        case "too-large":
          return wrong(form.fileTooLarge(fileMaxMb));
        case "not-slacks":
          return wrong(form.fileElsewhere);
        case "read":
          return await ofBytes(downloaded.bytes);
        default:
          return downloaded satisfies never;
      }
    } catch (error) {
      log.warn({ err: error }, "a file in a form could not be read");
      return wrong(form.fileNotRead);
    }
  }

  async function ofBytes(bytes: Uint8Array): Promise<Given> {
    if (!isZip(bytes)) {
      const text = decodeFile(bytes);
      return text === undefined ? wrong(form.fileNotText) : { source: text, isFile: true };
    }
    const workbook = await readWorkbook(bytes);
    switch (workbook.kind) {
      case "rows":
        return { source: workbook.rows, isFile: true };
      case "too-large":
        return wrong(form.workbookTooLarge);
      case "broken":
        return wrong(form.workbookBroken);
      default:
        return workbook satisfies never;
    }
  }

  return async ({ numbers, file }: RequestSubmission): Promise<Given> => {
    const isTyped = numbers.trim() !== "";
    if (isTyped && file) return { errors: { file: form.bothGiven } };
    if (file) return ofFile(file);
    return isTyped ? { source: numbers, isFile: false } : { errors: { numbers: form.nothingGiven } };
  };
}
