/**
 * What read-excel-file does not tell of a workbook: which sheets, rows and columns are hidden, and which cells it takes
 * for empty although Excel shows something there. See "sheet", "col", "row" and "c" in ECMA-376, part 1, 18.2 and
 * 18.3.1.
 */
import { uncalculatedCell } from "../csv-reader.ts";
import { isOn, type StruckText, struckText } from "./struck-text.ts";

export interface SheetXml {
  isHidden: boolean;
  /** Counted from 1. */
  hiddenRows: ReadonlySet<number>;
  /** @param column from 0 */
  isHiddenColumn: (column: number) => boolean;
  /** The error of a formula, or `uncalculatedCell`. */
  unreadCells: readonly (Place & { text: string })[];
  /** With a line through their text. */
  struckCells: readonly Place[];
}

/** A cell's, counted from 0. */
interface Place {
  row: number;
  column: number;
}

/** One for each sheet, in the order of the tabs. @param files those of the archive, by their paths */
export function sheetXmls(files: ReadonlyMap<string, Buffer>): SheetXml[] {
  const text = (path: string) => files.get(path)?.toString() ?? "";
  const links = [...elements(text("xl/_rels/workbook.xml.rels"), relationship)];
  const partOf = (kind: string) =>
    text(pathOf(links.find(({ attribute }) => attribute("Type")?.endsWith(`/${kind}`))?.attribute("Target") ?? ""));
  const struck = struckText(partOf("styles"), partOf("sharedStrings"));
  const paths = new Map(links.map(({ attribute }) => [attribute("Id"), pathOf(attribute("Target") ?? "")]));
  return [...elements(text("xl/workbook.xml"), sheet)]
    .filter(({ attribute }) => attribute("name"))
    .map(({ attribute }) => ({
      isHidden: (attribute("state") ?? "visible") !== "visible",
      ...contents(text(paths.get(attribute("id")) ?? ""), struck),
    }));
}

function pathOf(target: string): string {
  return target.startsWith("/") ? target.slice(1) : `xl/${target}`;
}

function contents(xml: string, struck: StruckText): Omit<SheetXml, "isHidden"> {
  const hiddenColumns: { min: number; max: number }[] = [];
  const hiddenRows = new Set<number>();
  const cells: Cell[] = [];
  const struckCells: Place[] = [];
  let isInHiddenRow = false;
  // What follows the cells, such as rules for colours, has formulas of its own.
  for (const { name, attribute, text } of elements(xml.slice(0, xml.search(cellsEnd)), sheetParts)) {
    const cell = cells.at(-1);
    if (name === "f" && cell) cell.hasFormula = true;
    if (name === "v" && cell) cell.value = text;
    if (name === "v" && cell?.type === "s" && struck.sharedStrings.has(Number(text))) struckCells.push(cell);
    if (name === "strike" && cell && isOn(attribute("val"))) struckCells.push(cell);
    if (name === "col" && isHidden(attribute, "width"))
      hiddenColumns.push({ min: Number(attribute("min")), max: Number(attribute("max")) });
    if (name === "row") {
      isInHiddenRow = isHidden(attribute, "ht");
      if (isInHiddenRow) hiddenRows.add(Number(attribute("r")));
    }
    if (name === "c") {
      if (cell && !isUnread(cell)) cells.pop();
      cells.push({ ...place(attribute("r")), type: attribute("t"), hasFormula: false });
      if (struck.styles.has(Number(attribute("s")))) struckCells.push(place(attribute("r")));
      // A row may leave its number to its cells.
      if (isInHiddenRow) hiddenRows.add(place(attribute("r")).row + 1);
    }
  }
  return {
    hiddenRows,
    isHiddenColumn: (column) => hiddenColumns.some(({ min, max }) => min <= column + 1 && column + 1 <= max),
    struckCells,
    unreadCells: cells.filter(isUnread).map(({ row, column, type, value }) => ({
      row,
      column,
      text: type === "e" && value ? value : uncalculatedCell,
    })),
  };
}

interface Cell extends Place {
  type: string | undefined;
  hasFormula: boolean;
  value?: string;
}

/** An error, or a formula without a result; a text without characters is a result. */
function isUnread({ type, hasFormula, value }: Cell): boolean {
  if (type === "e" && value) return true;
  return hasFormula && (type === "str" ? value === undefined : !value);
}

/** From 0. */
function place(address = ""): Place {
  const [, letters = "", row = ""] = /^([A-Z]{1,3})([0-9]{1,7})$/.exec(address) ?? [];
  const column = [...letters].reduce((before, letter) => before * 26 + letter.charCodeAt(0) - 64, 0);
  return { row: Number(row) - 1, column: column - 1 };
}

/** Excel also hides what has no height or width. */
function isHidden(attribute: Element["attribute"], size: "ht" | "width"): boolean {
  return /^(?:1|true)$/.test(attribute("hidden") ?? "") || Number(attribute(size) ?? 1) === 0;
}

interface Element {
  name: string;
  attribute: (name: string) => string | undefined;
  /** Up to the next element. */
  text: string;
}

const sheet = elementOf("sheet");
const relationship = elementOf("Relationship");
const sheetParts = elementOf("col|row|c|f|v|strike");
const cellsEnd = /<\/(?:[\w.-]+:)?sheetData\s*>|$/;

function elementOf(names: string): RegExp {
  const values = `[^>"']*(?:"[^"]*"[^>"']*|'[^']*'[^>"']*)*`;
  return new RegExp(`<(?:[\\w.-]+:)?(${names})(?=[\\s/>])(${values})>([^<]*)`, "g");
}

function* elements(xml: string, wanted: RegExp): Generator<Element> {
  for (const [, name = "", attributes = "", text = ""] of xml.matchAll(wanted))
    yield { name, text, attribute: (wantedName) => attributeIn(attributes, wantedName) };
}

const attributePatterns = new Map<string, RegExp>();

function attributeIn(attributes: string, name: string): string | undefined {
  let pattern = attributePatterns.get(name);
  if (!pattern) {
    pattern = new RegExp(`(?:^|[\\s:])${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`);
    attributePatterns.set(name, pattern);
  }
  const [, quoted, apostrophed] = pattern.exec(attributes) ?? [];
  return quoted ?? apostrophed;
}
