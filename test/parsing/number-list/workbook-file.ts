/** Excel files for tests, as small as Excel takes them. */
import { crc32, deflateRawSync } from "node:zlib";

/** Without `raw`, a cell has no value, as programs write a formula that they do not calculate. */
export type Cell =
  | string
  | number
  | { raw?: string; formula?: string; type?: "e" | "str"; style?: "date" | "struck" }
  | null;

/** Rows and columns, counted from 1. */
export interface Hidden {
  rows?: readonly number[];
  columns?: readonly number[];
}

/** A workbook whose first sheet has these rows: texts are texts, numbers are floats. */
export function workbook(rows: Rows, more: Record<string, string | Buffer> = {}): Buffer {
  return workbookOf(sheetXml(rows), more);
}

/** @param sheet the XML within its first sheet */
export function workbookOf(sheet: string, more: Record<string, string | Buffer> = {}): Buffer {
  return book([["one", sheet]], more);
}

/** A workbook whose first sheet has these rows, some of them hidden. */
export function workbookHiding(hidden: Hidden, rows: Rows): Buffer {
  return workbookOf(sheetXml(rows, hidden));
}

/**
 * @param sheets in the order of their tabs, by name; "chart" is a sheet without cells
 * @param states those of the hidden ones, by name
 */
export function workbookOfSheets(
  sheets: Readonly<Record<string, Rows | "chart">>,
  more: Record<string, string | Buffer> = {},
  states: Readonly<Record<string, "hidden" | "veryHidden" | "visible">> = {},
): Buffer {
  const named = Object.entries(sheets);
  return book(
    named.map(([name, rows]) => [name, rows === "chart" ? rows : sheetXml(rows)]),
    more,
    states,
  );
}

type Rows = readonly (readonly Cell[])[];

function sheetXml(rows: Rows, hidden: Hidden = {}): string {
  const cells = (row: readonly Cell[], line: number) =>
    row.map((cell, column) => cellXml(cell, `${String.fromCharCode(65 + column)}${line}`)).join("");
  const columns = (hidden.columns ?? []).map((at) => `<col min="${at}" max="${at}" hidden="1"/>`).join("");
  const lines = rows.map((row, nth) => {
    const mark = hidden.rows?.includes(nth + 1) ? ' hidden="1"' : "";
    return `<row r="${nth + 1}"${mark}>${cells(row, nth + 1)}</row>`;
  });
  return `${columns && `<cols>${columns}</cols>`}<sheetData>${lines.join("")}</sheetData>`;
}

function book(
  sheets: readonly [name: string, sheet: string][],
  more: Record<string, string | Buffer>,
  states: Readonly<Record<string, string>> = {},
): Buffer {
  const listed = sheets.map(([name], nth) => {
    const state = states[name] === undefined ? "" : ` state="${states[name]}"`;
    return `<sheet name="${escaped(name)}" sheetId="${nth + 1}"${state} r:id="rId${nth + 1}"/>`;
  });
  const links = sheets.map(([, sheet], nth) => {
    const kind = sheet === "chart" ? "chartsheet" : "worksheet";
    return `<Relationship Id="rId${nth + 1}" Type="${office}/relationships/${kind}" Target="${kind}s/sheet${nth + 1}.xml"/>`;
  });
  const files = sheets.map(([, sheet], nth) =>
    sheet === "chart"
      ? [`xl/chartsheets/sheet${nth + 1}.xml`, `${xml}<chartsheet xmlns="${main}"/>`]
      : [`xl/worksheets/sheet${nth + 1}.xml`, `${xml}<worksheet xmlns="${main}">${sheet}</worksheet>`],
  );
  return zip({
    "[Content_Types].xml": `${xml}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
    "xl/workbook.xml": `${xml}<workbook xmlns="${main}" xmlns:r="${office}/relationships"><sheets>${listed.join("")}</sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": `${xml}<Relationships xmlns="${packages}">${links.join("")}<Relationship Id="styles" Type="${office}/relationships/styles" Target="styles.xml"/><Relationship Id="strings" Type="${office}/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
    // The second style, s="1", is a date's; the third has a line through the text.
    "xl/styles.xml": `${xml}<styleSheet xmlns="${main}"><fonts count="2"><font><strike val="0"/><sz val="11"/></font><font><b/><strike/></font></fonts><cellStyleXfs count="1"><xf numFmtId="0" fontId="1"/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0" fontId="0" xfId="0"/><xf numFmtId="14" xfId="0" applyNumberFormat="1"/><xf numFmtId="0" fontId="1" xfId="0"/></cellXfs><dxfs count="1"><dxf><font><strike/></font></dxf></dxfs></styleSheet>`,
    ...Object.fromEntries(files),
    ...more,
  });
}

/** A zip archive. @param sizes what its directory says of a file, where that is not the truth */
export function zip(files: Record<string, string | Buffer>, sizes: Record<string, number> = {}): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const data = Buffer.from(content);
    const packed = deflateRawSync(data);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(sizes[name] ?? data.length, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4]), common, Buffer.from(name), packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from([0x50, 0x4b, 1, 2, 20, 0]), common, tail, Buffer.from(name)]));
    locals.push(local);
    offset += local.length;
  }
  const end = Buffer.alloc(22);
  end.write("PK\u0005\u0006", "latin1");
  end.writeUInt16LE(directory.length, 8);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, ...directory, end]);
}

const xml = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const office = "http://schemas.openxmlformats.org/officeDocument/2006";
const packages = "http://schemas.openxmlformats.org/package/2006/relationships";

function escaped(text: string): string {
  return text.replace(/[&<"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function cellXml(cell: Cell, at: string): string {
  if (cell === null) return "";
  if (typeof cell === "string") return `<c r="${at}" t="inlineStr"><is><t>${cell}</t></is></c>`;
  if (typeof cell === "number") return `<c r="${at}"><v>${cell}</v></c>`;
  const type = cell.type === undefined ? "" : ` t="${cell.type}"`;
  const style = cell.style === undefined ? "" : ` s="${cell.style === "date" ? 1 : 2}"`;
  const formula = cell.formula === undefined ? "" : `<f>${cell.formula}</f>`;
  const value = cell.raw === undefined ? "" : `<v>${cell.raw}</v>`;
  return `<c r="${at}"${type}${style}>${formula}${value}</c>`;
}
