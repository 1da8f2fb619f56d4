/** Opens a directory's file that is in memory as a whole. */
import { decodeFile } from "../number-list/decode-file.ts";
import type { FirstSheet } from "../number-list/xlsx/first-sheet.ts";
import { readWorkbook } from "../number-list/xlsx/workbook.ts";
import { isZip } from "../number-list/xlsx/zip-contents.ts";

export type DirectoryFileRead =
  /** A text, or the first sheet of a workbook. */
  { kind: "read"; source: string | FirstSheet } | { kind: "not-text" | "workbook-too-large" | "workbook-broken" };

/** @throws if no thread can be started for a workbook */
export async function readDirectoryFile(bytes: Uint8Array): Promise<DirectoryFileRead> {
  if (!isZip(bytes)) {
    const text = decodeFile(bytes);
    return text === undefined ? { kind: "not-text" } : { kind: "read", source: text };
  }
  const workbook = await readWorkbook(bytes);
  return workbook.kind === "rows" ? { kind: "read", source: workbook } : { kind: `workbook-${workbook.kind}` };
}
