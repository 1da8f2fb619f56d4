/** Opens a file with a merchant directory: CSV of any size, or an Excel file within its limits. */
import { createReadStream } from "node:fs";
import { open, readFile, stat } from "node:fs/promises";
import type { DirectoryRow } from "../../parsing/directory/rows.ts";
import { type DirectorySource, directoryRowStream, directoryRows } from "../../parsing/directory/source.ts";
import { decodeParts, encodingOf } from "../../parsing/number-list/decode-file.ts";
import { readWorkbook } from "../../parsing/number-list/xlsx/workbook.ts";
import { isZip } from "../../parsing/number-list/xlsx/zip-contents.ts";
import { whyOf } from "../../storage/store-errors.ts";

export type DirectoryFile =
  | DirectorySource<Iterable<DirectoryRow> | AsyncIterable<DirectoryRow>>
  | { kind: "unreadable"; why: string }
  | { kind: "not-text" }
  | { kind: "workbook-too-large" }
  | { kind: "workbook-broken" };

/** Maximum size of an Excel file, which is read as a whole, in bytes. */
const workbookMax = 10_000_000;
/** Bytes read at once. */
const partBytes = 262_144;

/** @param ours our own number, which is not a merchant's */
export async function openDirectoryFile(path: string, ours: string | undefined): Promise<DirectoryFile> {
  try {
    if (isZip(await firstBytes(path))) return await ofWorkbook(path, ours);
    const bytes = () => createReadStream(path, { highWaterMark: partBytes });
    const encoding = await encodingOf(bytes);
    if (encoding === undefined) return { kind: "not-text" };
    return await directoryRowStream(decodeParts(encoding, bytes()), ours);
  } catch (error) {
    return { kind: "unreadable", why: whyOf(error) };
  }
}

async function firstBytes(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    return (await file.read(Buffer.alloc(4), 0, 4, 0)).buffer;
  } finally {
    await file.close();
  }
}

async function ofWorkbook(path: string, ours: string | undefined): Promise<DirectoryFile> {
  if ((await stat(path)).size > workbookMax) return { kind: "workbook-too-large" };
  const workbook = await readWorkbook(await readFile(path));
  return workbook.kind === "rows" ? directoryRows(workbook, ours) : { kind: `workbook-${workbook.kind}` };
}
