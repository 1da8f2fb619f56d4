/**
 * Reads an Excel file's first visible sheet, and what else may contain numbers, in a separate thread with limits on
 * time, memory and size.
 */
import { Worker } from "node:worker_threads";
import type { FirstSheet } from "./first-sheet.ts";

export type WorkbookRead =
  | ({ kind: "rows" } & FirstSheet)
  /** The file contains more than the limits allow, or takes longer. */
  | { kind: "too-large" }
  /** The file is damaged, encrypted, or not a workbook. */
  | { kind: "broken" };

export interface WorkbookLimits {
  /** Maximum size of everything in the file, uncompressed. */
  bytesMax: number;
  /** For the thread's own objects. */
  memoryMaxMb: number;
  timeoutMs: number;
}

/** Ten thousand rows with twenty columns take about 10 MB, 150 MB of memory and a second. */
const usualLimits: WorkbookLimits = { bytesMax: 30_000_000, memoryMaxMb: 384, timeoutMs: 10_000 };

/** One file at a time: several at once would add up to more memory than one may take. */
export function readWorkbook(bytes: Uint8Array, limits: WorkbookLimits = usualLimits): Promise<WorkbookRead> {
  const read = last.then(() => readInThread(bytes, limits));
  // A thread that could not start must not keep the next file waiting.
  last = read.catch(() => undefined);
  return read;
}

let last: Promise<unknown> = Promise.resolve();

/** @throws if no thread can be started */
function readInThread(bytes: Uint8Array, limits: WorkbookLimits): Promise<WorkbookRead> {
  const { bytesMax, memoryMaxMb, timeoutMs } = limits;
  const worker = new Worker(new URL("./workbook-worker.ts", import.meta.url), {
    workerData: { bytes, bytesMax },
    resourceLimits: { maxOldGenerationSizeMb: memoryMaxMb },
    // A thread that reads other people's files must not have access to the settings.
    env: {},
    execArgv: [],
    stdout: true,
    stderr: true,
  });
  return new Promise((resolve) => {
    const timer = setTimeout(() => finish({ kind: "too-large" }), timeoutMs);
    const finish = (read: WorkbookRead) => {
      clearTimeout(timer);
      resolve(read);
      void worker.terminate();
    };
    worker.once("message", finish);
    worker.once("error", (error) => finish({ kind: isOutOfMemory(error) ? "too-large" : "broken" }));
    worker.once("exit", () => finish({ kind: "broken" }));
  });
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
}
