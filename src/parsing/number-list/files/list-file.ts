/** Reads the numbers from a file's bytes; all but a small text in a separate thread. */
import { decodeFile } from "../decode-file.ts";
import { type ListRead, type NumberListOptions, readNumberList } from "../number-list.ts";
import { isZip } from "../xlsx/zip-contents.ts";
import { inThread, type ThreadLimits, workbookBytesMax } from "./reading-thread.ts";

export type ListFileRead =
  | { kind: "read"; list: ListRead }
  | { kind: "not-text" | "workbook-too-large" | "workbook-broken" }
  /** The text takes more than the limits allow, or the thread ended early, for which there is an error. */
  | { kind: "not-finished"; error?: unknown };

/** Maximum size of a text that is read at once, in bytes: a few thousand numbers, and less than a thread costs. */
const atOnceMax = 50_000;

/** The 180,000 numbers of a text of 2 MB take 250 MB and three seconds, and several times as long on a busy machine. */
const usualLimits: ThreadLimits = { memoryMaxMb: 512, timeoutMs: 60_000 };

/** @throws if no thread can be started */
export async function readListFile(
  bytes: Uint8Array,
  options: NumberListOptions,
  limits: ThreadLimits = usualLimits,
): Promise<ListFileRead> {
  if (bytes.length <= atOnceMax && !isZip(bytes)) return listOfText(bytes, options);
  const read = await inThread<ListFileRead>({ kind: "list", bytes, bytesMax: workbookBytesMax, options }, limits);
  if (read.kind === "done") return read.result;
  if (isZip(bytes)) return { kind: read.kind === "too-much" ? "workbook-too-large" : "workbook-broken" };
  return read.kind === "too-much" ? { kind: "not-finished" } : { kind: "not-finished", error: read.error };
}

/** @param bytes of a file that is no workbook */
export function listOfText(bytes: Uint8Array, options: NumberListOptions): ListFileRead {
  const text = decodeFile(bytes);
  return text === undefined ? { kind: "not-text" } : { kind: "read", list: readNumberList(text, options) };
}
