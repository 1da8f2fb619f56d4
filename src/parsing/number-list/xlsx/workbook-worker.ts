/** The thread that reads an Excel file, and nothing else: see workbook.ts. */
import { parentPort, workerData } from "node:worker_threads";
import readSheets, { type Sheet } from "read-excel-file/universal";
import type { CsvLine } from "../csv-reader.ts";
import { cellText, mayHoldNumber, type RawNumber } from "./cell-text.ts";
import type { WorkbookRead } from "./workbook.ts";
import { checkZip } from "./zip-contents.ts";

const { bytes, bytesMax } = workerData as { bytes: Uint8Array<ArrayBuffer>; bytesMax: number };

parentPort?.postMessage(await read());

async function read(): Promise<WorkbookRead> {
  const verdict = checkZip(Buffer.from(bytes), bytesMax);
  if (verdict !== "sound") return { kind: verdict };
  const sheets = await readSheets<RawNumber>(new Blob([bytes]), { parseNumber: (raw) => ({ raw }), trim: false });
  // A sheet that is a chart has no cells.
  const [first, ...others] = sheets.filter(({ data }) => data !== undefined);
  if (!first) return { kind: "broken" };
  const rows = first.data.map((row, nth): CsvLine => {
    const cells = row.map(cellText);
    return { line: nth + 1, text: cells.join("\t"), cells };
  });
  return {
    kind: "rows",
    rows: rows.filter(({ cells }) => cells.some((cell) => cell.trim() !== "")),
    otherSheets: others.filter(mayHoldNumbers).map(({ sheet }) => sheet),
  };
}

function mayHoldNumbers({ data }: Sheet<RawNumber>): boolean {
  return data.some((row) => row.some((cell) => mayHoldNumber(cellText(cell))));
}
