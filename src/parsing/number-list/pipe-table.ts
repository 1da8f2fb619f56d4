/** A table as Markdown and chat tools write it, `| 1900000109 | name |`, by its lines. */
import type { CsvLine } from "./csv-reader.ts";

/** `|---|:--:|`, with or without pipes at its ends: the line between the names and the rows. */
const rule = /^\s*(?=.*\|)(?:\|\s*)?:?-{3,}:?\s*(?:\|\s*:?-{3,}:?\s*)*\|?\s*$/;
const framed = /^\s*\|.*\|\s*$/;

/** Undefined for a text without such a table; a line without pipes is one cell. */
export function pipeTable(text: string): CsvLine[] | undefined {
  if (!text.includes("|")) return undefined;
  const lines = text.split("\n");
  if (!lines.some((line) => rule.test(line) || framed.test(line))) return undefined;
  return lines.flatMap((line, nth) => (rule.test(line) || line.trim() === "" ? [] : [row(line, nth + 1)]));
}

function row(text: string, line: number): CsvLine {
  const inner = framed.test(text) ? text.trim().slice(1, -1) : text;
  return { line, text, cells: inner.split(/(?<!\\)\|/).map((cell) => cell.replaceAll("\\|", "|").trim()) };
}
