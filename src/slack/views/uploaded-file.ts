/** Reads a file that a person uploaded in a form. */
import type { ListFileRead } from "../../parsing/number-list/files/list-file.ts";
import type { Texts } from "../../text/en/catalogue.ts";
import type { SlackContext } from "../context.ts";
import type { UploadedFile } from "../payloads/forms.ts";

/** Maximum size of a file, in MB: what is read all at once in memory, by one person at a time. */
const fileMaxMb = 2;
const fileMaxBytes = fileMaxMb * 1_000_000;

export type NotDownloaded = { kind: "too-large" | "elsewhere" | "not-read" };

/** @param read its bytes; what it throws is an answer, too */
export async function readUploadedFile<Read>(
  context: Pick<SlackContext, "download" | "log">,
  file: UploadedFile,
  read: (bytes: Uint8Array) => Promise<Read>,
): Promise<Read | NotDownloaded | { kind: "not-finished" }> {
  const downloaded = await downloadFile(context, file);
  if (downloaded.kind !== "bytes") return downloaded;
  try {
    return await read(downloaded.bytes);
  } catch (error) {
    context.log.error({ err: error }, "reading a file in a form failed");
    return { kind: "not-finished" };
  }
}

async function downloadFile(
  { download, log }: Pick<SlackContext, "download" | "log">,
  { size, url_private: url }: UploadedFile,
): Promise<{ kind: "bytes"; bytes: Uint8Array } | NotDownloaded> {
  if (size > fileMaxBytes) return { kind: "too-large" };
  try {
    const downloaded = await download(url, fileMaxBytes);
    switch (downloaded.kind) {
      case "too-large":
        return downloaded;
      case "not-slacks":
        return { kind: "elsewhere" };
      case "read":
        return { kind: "bytes", bytes: downloaded.bytes };
      default:
        return downloaded satisfies never;
    }
  } catch (error) {
    log.warn({ err: error }, "a file in a form could not be read");
    return { kind: "not-read" };
  }
}

/**
 * Why a file was not read, as the sentence beside its input.
 * @param tooMuch what to do with more than a form reads, which differs between forms
 */
export function whyNotRead(
  why: NotDownloaded["kind"] | Exclude<ListFileRead["kind"], "read">,
  { form }: Texts,
  tooMuch: Pick<Texts["form"], "fileTooLarge" | "workbookTooLarge" | "fileNotFinished"> = form,
): string {
  const sentences = {
    "too-large": tooMuch.fileTooLarge(fileMaxMb),
    elsewhere: form.fileElsewhere,
    "not-read": form.fileNotRead,
    "not-text": form.fileNotText,
    "not-finished": tooMuch.fileNotFinished,
    "workbook-too-large": tooMuch.workbookTooLarge,
    "workbook-broken": form.workbookBroken,
  } satisfies Record<typeof why, string>;
  return sentences[why];
}
