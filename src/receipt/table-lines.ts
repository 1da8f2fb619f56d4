/** Text as spreadsheets give it, by file or clipboard -> its lines, and the cells of each. */

export interface TableLine {
  /** Counted from 1, as an editor counts; a cell in quotes may go over several. */
  line: number;
  cells: string[];
}

/** Lines that hold anything. Cells end at tabs where the text has any, else at semicolons, else at commas. */
export function tableLines(text: string): TableLine[] {
  const plain = text.replace(/^\ufeff/, "").replace(/\r\n?|[\u2028\u2029]/g, "\n");
  const separator = ["\t", ";"].find((candidate) => plain.includes(candidate)) ?? ",";
  const lines: TableLine[] = [];
  let line = 1;
  let cells: string[] = [];
  let lineStart = 0;
  for (let at = 0; at <= plain.length; ) {
    const [cell, end] = cellAt(plain, at, separator);
    cells.push(cell);
    at = end + 1;
    if (plain[end] === separator) continue;
    if (cells.some((each) => each.trim() !== "")) lines.push({ line, cells });
    line += breaksIn(plain.slice(lineStart, at));
    lineStart = at;
    cells = [];
  }
  return lines;
}

/** The cell that begins there, and where it ends; a quote that nothing closes is a character like any other. */
function cellAt(text: string, start: number, separator: string): [cell: string, end: number] {
  const quoted = text[start] === '"' ? quotedAt(text, start, separator) : undefined;
  if (quoted) return quoted;
  let end = start;
  while (end < text.length && text[end] !== separator && text[end] !== "\n") end++;
  return [text.slice(start, end), end];
}

/** Characters in one cell, at most: a longer one was not meant to be one. */
const cellMost = 10_000;

function quotedAt(text: string, start: number, separator: string): [cell: string, end: number] | undefined {
  for (let at = start + 1; at < text.length && at - start < cellMost; at++) {
    if (text[at] !== '"') continue;
    if (text[at + 1] === '"') at++;
    else {
      const next = text[at + 1];
      const isClosed = next === undefined || next === separator || next === "\n";
      return isClosed ? [text.slice(start + 1, at).replaceAll('""', '"'), at + 1] : undefined;
    }
  }
  return undefined;
}

function breaksIn(text: string): number {
  return text.split("\n").length - 1;
}
