/** The thread that reads one file, and nothing else: see reading-thread.ts. */
import { parentPort, workerData } from "node:worker_threads";
import { readNumberList } from "../number-list.ts";
import { readFirstSheet } from "../xlsx/read-sheets.ts";
import { isZip } from "../xlsx/zip-contents.ts";
import { type ListFileRead, listOfText } from "./list-file.ts";
import type { ThreadTask } from "./reading-thread.ts";

const task = workerData as ThreadTask;
const bytes = new Uint8Array(task.bytes);
const result = task.kind === "list" ? await readList(task) : await readFirstSheet(bytes, task.bytesMax);
parentPort?.postMessage(result);

async function readList({ bytesMax, options }: ThreadTask & { kind: "list" }): Promise<ListFileRead> {
  if (!isZip(bytes)) return listOfText(bytes, options);
  const workbook = await readFirstSheet(bytes, bytesMax);
  return workbook.kind === "rows"
    ? { kind: "read", list: readNumberList(workbook, options) }
    : { kind: `workbook-${workbook.kind}` };
}
