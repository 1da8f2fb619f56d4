/** The thread that reads an Excel file, and nothing else: see workbook.ts. */
import { parentPort, workerData } from "node:worker_threads";
import { readSheet } from "read-excel-file/universal";
import type { CsvLine } from "../csv-reader.ts";
import { cellText, type RawNumber } from "./cell-text.ts";
import type { WorkbookRead } from "./workbook.ts";
import { checkZip } from "./zip-contents.ts";

const { bytes, bytesMax } = workerData as { bytes: Uint8Array<ArrayBuffer>; bytesMax: number };

parentPort?.postMessage(await read());

async function read(): Promise<WorkbookRead> {
  const verdict = checkZip(Buffer.from(bytes), bytesMax);
  if (verdict !== "sound") return { kind: verdict };
  const data = await readSheet<RawNumber>(new Blob([bytes]), 1, { parseNumber: (raw) => ({ raw }), trim: false });
  const rows = data.map((row, nth): CsvLine => {
    const cells = row.map(cellText);
    return { line: nth + 1, text: cells.join("\t"), cells };
  });
  return { kind: "rows", rows: rows.filter(({ cells }) => cells.some((cell) => cell.trim() !== "")) };
}
