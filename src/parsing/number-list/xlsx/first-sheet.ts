/** The sheet of a workbook that is read, and the report of the others, so that none of their numbers is dropped silently. */
import { oneLine } from "../../plain-text.ts";
import type { CsvLine } from "../csv-reader.ts";
import { type ProblemItem, problemItem } from "../parsed-line.ts";

export interface FirstSheet {
  rows: readonly CsvLine[];
  /** The names of the other sheets with a cell that may contain a number; see `mayHoldNumber`. */
  otherSheets: readonly string[];
}

/** One problem for each of the other sheets. A sheet has no line in the list, so they come before the first. */
export function otherSheetItems({ otherSheets }: Pick<FirstSheet, "otherSheets">): ProblemItem[] {
  return otherSheets.map((name) => problemItem("other-sheet", 0, oneLine(name)));
}
