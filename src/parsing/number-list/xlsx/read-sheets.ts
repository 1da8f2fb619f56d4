/** Reads an Excel file's sheets. Only a thread with limits calls it, because a file can be made to take very long. */
import readSheets, { type SheetData } from "read-excel-file/universal";
import { cellText, mayHoldNumber, type RawNumber } from "./cell-text.ts";
import { type SheetXml, sheetXmls } from "./sheet-xml.ts";
import { visibleCells } from "./visible-cells.ts";
import type { WorkbookRead } from "./workbook.ts";
import { readZip } from "./zip-contents.ts";

/**
 * @param bytesMax maximum size of everything in the file, uncompressed
 * @throws for a file that is damaged in a way that the zip format does not show
 */
export async function readFirstSheet(bytes: Uint8Array<ArrayBuffer>, bytesMax: number): Promise<WorkbookRead> {
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
