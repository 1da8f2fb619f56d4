/** Opens a file with a merchant directory: CSV of any size, or an Excel file within its limits. */
import type { DirectoryRow } from "../../parsing/directory/rows.ts";
import { type DirectorySource, directoryRowStream, directoryRows } from "../../parsing/directory/source.ts";
import { decodeParts, encodingOf } from "../../parsing/number-list/decode-file.ts";
import { readWorkbook } from "../../parsing/number-list/xlsx/workbook.ts";
import { isZip } from "../../parsing/number-list/xlsx/zip-contents.ts";
import { whyOf } from "../../storage/store-errors.ts";
import { type DirectoryBytes, type DirectoryBytesRead, directoryBytes, firstBytes } from "./directory-bytes.ts";

export type DirectoryFile =
  | DirectorySource<Iterable<DirectoryRow> | AsyncIterable<DirectoryRow>>
  | Exclude<DirectoryBytesRead, { kind: "bytes" }>
  | { kind: "unreadable"; why: string }
  | { kind: "not-text" }
  | { kind: "workbook-too-large" }
  | { kind: "workbook-broken" };

/** Maximum size of an Excel file, which is read as a whole, in bytes. */
const workbookMax = 10_000_000;

/** @param path or `standardInput`; @param ours our own number, which is not a merchant's */
export async function openDirectoryFile(path: string, ours: string | undefined): Promise<DirectoryFile> {
  try {
    const opened = await directoryBytes(path);
    if (opened.kind !== "bytes") return opened;
    const { bytes } = opened;
    if (isZip(await firstBytes(bytes, 4))) return await ofWorkbook(bytes, ours);
    const encoding = await encodingOf(bytes.read);
    if (encoding === undefined) return { kind: "not-text" };
    return await directoryRowStream(decodeParts(encoding, bytes.read()), ours);
  } catch (error) {
    return { kind: "unreadable", why: whyOf(error) };
  }
}

async function ofWorkbook(bytes: DirectoryBytes, ours: string | undefined): Promise<DirectoryFile> {
  if (bytes.size > workbookMax) return { kind: "workbook-too-large" };
  const workbook = await readWorkbook(await firstBytes(bytes, Infinity));
  return workbook.kind === "rows" ? directoryRows(workbook, ours) : { kind: `workbook-${workbook.kind}` };
}
