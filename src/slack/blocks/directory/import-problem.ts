/** What is wrong with a file of names, as plain text for a form and for the terminal. */
import type { ListedTwice } from "../../../ledger/directory/staging.ts";
import type { ColumnsProblem } from "../../../parsing/directory/columns.ts";
import type { DirectoryProblem } from "../../../parsing/directory/rows.ts";
import type { Texts } from "../../../text/en/catalogue.ts";
import { plainProblemLine } from "../forms/list-problem.ts";

export function columnsSentence(wrong: ColumnsProblem, { directoryImport: { columns } }: Texts): string {
  return wrong.problem === "two-columns" ? columns.two(...wrong.headers) : columns[wrong.column];
}

/** With its line number if it has one. */
export function rowProblemLine(wrong: DirectoryProblem | ListedTwice, texts: Texts): string {
  const { problem } = texts.directoryImport;
  const line = (words: string) => texts.form.line(wrong.line, words);
  switch (wrong.problem) {
    case "no-name":
      return line(problem.noName(wrong.subMchid));
    case "name-too-long":
      return line(problem.nameTooLong(wrong.subMchid, wrong.length, wrong.max));
    case "note-too-long":
      return line(problem.noteTooLong(wrong.subMchid, wrong.length, wrong.max));
    case "listed-twice":
      return line(problem.listedTwice(wrong.subMchid, wrong.name, wrong.earlier));
    default:
      return plainProblemLine(wrong, texts);
  }
}
