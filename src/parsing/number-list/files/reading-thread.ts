/** Reads people's files in a separate thread, so that nobody else waits for one, with limits on time and memory. */
import { Worker } from "node:worker_threads";
import type { NumberListOptions } from "../number-list.ts";

export type ThreadTask =
  /** The first visible sheet of a workbook. */
  | { kind: "first-sheet"; bytes: Uint8Array; bytesMax: number }
  /** The numbers of a workbook or a text. */
  | { kind: "list"; bytes: Uint8Array; bytesMax: number; options: NumberListOptions };

export interface ThreadLimits {
  /** For the thread's own objects. */
  memoryMaxMb: number;
  timeoutMs: number;
}

export type ThreadRead<Result> =
  | { kind: "done"; result: Result }
  /** It needed more memory or time than the limits allow. */
  | { kind: "too-much" }
  /** The thread ended without a result. */
  | { kind: "failed"; error: unknown };

/** Maximum size of everything in a workbook, uncompressed. */
export const workbookBytesMax = 30_000_000;

/**
 * One task at a time: several at once would add up to more memory than one may take. The thread ends with its task.
 * @throws if no thread can be started
 */
export function inThread<Result>(task: ThreadTask, limits: ThreadLimits): Promise<ThreadRead<Result>> {
  const read = last.then(() => run<Result>(task, limits));
  // A thread that could not start must not keep the next file waiting.
  last = read.catch(() => undefined);
  return read;
}

let last: Promise<unknown> = Promise.resolve();

function run<Result>(task: ThreadTask, { memoryMaxMb, timeoutMs }: ThreadLimits): Promise<ThreadRead<Result>> {
  const worker = new Worker(new URL("./reading-worker.ts", import.meta.url), {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: memoryMaxMb },
    // A thread that reads other people's files must not have access to the settings.
    env: {},
    execArgv: [],
    stdout: true,
    stderr: true,
  });
  return new Promise((resolve) => {
    const timer = setTimeout(() => finish({ kind: "too-much" }), timeoutMs);
    const finish = (read: ThreadRead<Result>) => {
      clearTimeout(timer);
      resolve(read);
      void worker.terminate();
    };
    worker.once("message", (result: Result) => finish({ kind: "done", result }));
    worker.once("error", (error) => finish(isOutOfMemory(error) ? { kind: "too-much" } : { kind: "failed", error }));
    worker.once("exit", (code) => finish({ kind: "failed", error: new Error(`the thread exited with ${code}`) }));
  });
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
}
