/** The thread that reads an Excel file, and nothing else: see workbook.ts. */
import { parentPort, workerData } from "node:worker_threads";
import readSheets, { type SheetData } from "read-excel-file/universal";
import { cellText, mayHoldNumber, type RawNumber } from "./cell-text.ts";
import { type SheetXml, sheetXmls } from "./sheet-xml.ts";
import { visibleCells } from "./visible-cells.ts";
import type { WorkbookRead } from "./workbook.ts";
import { readZip } from "./zip-contents.ts";

const { bytes, bytesMax } = workerData as { bytes: Uint8Array<ArrayBuffer>; bytesMax: number };

parentPort?.postMessage(await read());

async function read(): Promise<WorkbookRead> {
  const zip = readZip(Buffer.from(bytes), bytesMax);
  if (zip.kind !== "sound") return zip;
  const parsed = await readSheets<RawNumber>(new Blob([bytes]), { parseNumber: (raw) => ({ raw }), trim: false });
  const xmls = sheetXmls(zip.files);
  const sheets = parsed.flatMap(({ sheet: name, data }, nth) => {
    const xml = xmls[nth];
    // A sheet that is a chart has no cells.
    return data && xml ? [{ name, xml, cells: cellsOf(data, xml) }] : [];
  });
  if (sheets.length === 0 || parsed.length !== xmls.length) return { kind: "broken" };
  const first = sheets.find(({ xml }) => !xml.isHidden);
  const others = sheets.filter((sheet) => sheet !== first && sheet.cells.some((row) => row.some(mayHoldNumber)));
  return {
    kind: "rows",
    ...visibleCells(first?.cells ?? [], first?.xml),
    otherSheets: others.map(({ name }) => name),
  };
}

/** Every row with the same number of cells. */
function cellsOf(data: SheetData<RawNumber>, { unreadCells }: SheetXml): string[][] {
  const rows = data.map((row) => row.map(cellText));
  for (const { row, column, text } of unreadCells) {
    while (rows.length <= row) rows.push([]);
    const cells = rows[row] ?? [];
    while (cells.length <= column) cells.push("");
    cells[column] = text;
  }
  const width = rows.reduce((most, { length }) => Math.max(most, length), 0);
  return rows.map((cells) => [...cells, ...new Array<string>(width - cells.length).fill("")]);
}
