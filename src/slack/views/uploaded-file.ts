/** Reads a file that a person uploaded in a form. */
import { decodeFile } from "../../parsing/number-list/decode-file.ts";
import type { FirstSheet } from "../../parsing/number-list/xlsx/first-sheet.ts";
import { readWorkbook } from "../../parsing/number-list/xlsx/workbook.ts";
import { isZip } from "../../parsing/number-list/xlsx/zip-contents.ts";
import type { Texts } from "../../text/en/catalogue.ts";
import type { SlackContext } from "../context.ts";
import type { UploadedFile } from "../payloads/forms.ts";

/** Maximum size of a file, in MB: small enough that reading it does not delay anyone for long. */
const fileMaxMb = 2;
const fileMaxBytes = fileMaxMb * 1_000_000;

export type FileRead =
  /** A text, or the first sheet of a workbook. */
  | { kind: "read"; source: string | FirstSheet }
  | { kind: "too-large" | "elsewhere" | "not-read" | "not-text" | "workbook-too-large" | "workbook-broken" };

export async function readUploadedFile(
  { download, log }: Pick<SlackContext, "download" | "log">,
  { size, url_private: url }: UploadedFile,
): Promise<FileRead> {
  if (size > fileMaxBytes) return { kind: "too-large" };
  try {
    const downloaded = await download(url, fileMaxBytes);
    switch (downloaded.kind) {
      case "too-large":
        return downloaded;
      case "not-slacks":
        return { kind: "elsewhere" };
      case "read":
        return await ofBytes(downloaded.bytes);
      default:
        return downloaded satisfies never;
    }
  } catch (error) {
    log.warn({ err: error }, "a file in a form could not be read");
    return { kind: "not-read" };
  }
}

async function ofBytes(bytes: Uint8Array): Promise<FileRead> {
  if (!isZip(bytes)) {
    const text = decodeFile(bytes);
    return text === undefined ? { kind: "not-text" } : { kind: "read", source: text };
  }
  const workbook = await readWorkbook(bytes);
  return workbook.kind === "rows" ? { kind: "read", source: workbook } : { kind: `workbook-${workbook.kind}` };
}

/**
 * Why a file was not read, as the sentence beside its input.
 * @param tooMuch what to do with more than a form reads, which differs between forms
 */
export function whyNotRead(
  why: Exclude<FileRead["kind"], "read">,
  { form }: Texts,
  tooMuch: Pick<Texts["form"], "fileTooLarge" | "workbookTooLarge"> = form,
): string {
  const sentences = {
    "too-large": tooMuch.fileTooLarge(fileMaxMb),
    elsewhere: form.fileElsewhere,
    "not-read": form.fileNotRead,
    "not-text": form.fileNotText,
    "workbook-too-large": tooMuch.workbookTooLarge,
    "workbook-broken": form.workbookBroken,
  } satisfies Record<typeof why, string>;
  return sentences[why];
}
