/** Reads an Excel file's first visible sheet, and what else may contain numbers, in a separate thread with limits. */
import { inThread, type ThreadLimits, workbookBytesMax } from "../files/reading-thread.ts";
import type { FirstSheet } from "./first-sheet.ts";

export type WorkbookRead =
  | ({ kind: "rows" } & FirstSheet)
  /** The file contains more than the limits allow, or takes longer. */
  | { kind: "too-large" }
  /** The file is damaged, encrypted, or not a workbook. */
  | { kind: "broken" };

export interface WorkbookLimits extends ThreadLimits {
  /** Maximum size of everything in the file, uncompressed. */
  bytesMax: number;
}

/** Ten thousand rows with twenty columns take about 10 MB, 150 MB of memory and a second. */
const usualLimits: WorkbookLimits = { bytesMax: workbookBytesMax, memoryMaxMb: 384, timeoutMs: 10_000 };

/** @throws if no thread can be started */
export async function readWorkbook(bytes: Uint8Array, limits: WorkbookLimits = usualLimits): Promise<WorkbookRead> {
  const read = await inThread<WorkbookRead>({ kind: "first-sheet", bytes, bytesMax: limits.bytesMax }, limits);
  switch (read.kind) {
    case "done":
      return read.result;
    case "too-much":
      return { kind: "too-large" };
    case "failed":
      return { kind: "broken" };
    default:
      return read satisfies never;
  }
}
