/** Lines of a table whose column of numbers has a name -> its numbers; every other column is a remark. */
import { type CsvLine, csvLines } from "./csv-reader.ts";
import type { HeaderRow } from "./header-row.ts";
import { type Item, numberItem, type ParsedLine, problemItem } from "./parsed-line.ts";
import { isFullNumber, numberWords } from "./sub-mchid.ts";

/** A title above the names is left out where no number stands in it. */
export function columnNumbers(lines: readonly CsvLine[], named: HeaderRow): ParsedLine[] {
  return lines.flatMap((row): ParsedLine[] => {
    const { line, cells, text } = row;
    if (line === named.line) return [];
    if (line > named.line) return [{ line, items: [rowItem(row, named), ...rowsWithinQuotes(row, named)] }];
    const hasNumber = cells.flatMap(numberWords).some(isFullNumber);
    return hasNumber ? [{ line, items: [problemItem("above-head", line, text)] }] : [];
  });
}

/** The cell under the name; its blanks group digits, as unbreakable ones do elsewhere. */
function rowItem({ line, cells, text }: CsvLine, { column, width }: HeaderRow): Item {
  // A comma that nobody put into quotes has moved what stands behind it into the next column.
  const isLonger = column > 0 && cells.slice(width).some((cell) => cell.trim() !== "");
  if (isLonger) return problemItem("longer-than-head", line, text);
  const cell = (cells[column] ?? "").trim();
  if (cell === "") return problemItem("no-number", line, cells.join(" "));
  return numberItem(line, cell.replace(/ +/g, "\u00a0"), cell);
}

/** A quote that is not closed where it should be takes the rows below into its cell. */
function rowsWithinQuotes({ line, cells }: CsvLine, { column, separator, width }: HeaderRow): Item[] {
  const within = cells.flatMap((cell) => cell.split("\n").slice(1));
  return within.flatMap((text, nth): Item[] => {
    const [inner] = csvLines(text, separator, "within-a-line");
    const isRow = inner && inner.cells.length >= Math.min(2, width) && isFullNumber((inner.cells[column] ?? "").trim());
    return isRow ? [problemItem("within-quotes", line + nth + 1, text)] : [];
  });
}
