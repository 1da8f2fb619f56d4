/** Importing the merchant directory, by form or in the terminal, in English. Arguments are plain text. */
import { figure } from "../../figure.ts";

export const merchants = (count: number) => `${figure(count)} ${count === 1 ? "merchant" : "merchants"}`;
export const changes = (added: number, changed: number, removed: number) =>
  `${figure(added)} new, ${figure(changed)} changed, ${figure(removed)} removed`;

export const directoryImport = {
  /** Why a file's columns are not certain. */
  columns: {
    number:
      "No header identifies the number column. Name the columns in the first line: sub_mchid, name and, optionally, note.",
    name: "No header names the column of names. Name the columns in the first line: sub_mchid, name and, if there is one, note.",
    two: (first: string, second: string) =>
      `It is unclear whether to read the column ${first} or ${second}. Keep only one of them.`,
  },
  /** Problems of a row; the others are those of a list of numbers. */
  problem: {
    noName: (number: string) => `${number} has no name`,
    nameTooLong: (number: string, length: number, max: number) =>
      `the name of ${number} has ${figure(length)} characters; the maximum is ${figure(max)}`,
    noteTooLong: (number: string, length: number, max: number) =>
      `the note of ${number} has ${figure(length)} characters; the maximum is ${figure(max)}`,
    listedTwice: (number: string, name: string, earlier: string) =>
      name === earlier
        ? `${number} has a different note on an earlier line`
        : `${number} is ${name} here, and ${earlier} on an earlier line`,
  },
  refused: (count: number) =>
    count === 1
      ? "One row has a problem, so nothing was imported. Correct the file and import it again:"
      : `${figure(count)} rows have problems, so nothing was imported. Correct the file and import it again:`,
  more: (count: number) => `and ${figure(count)} more`,
  empty: "The file has no rows below its header. Nothing was imported; the directory stays as it is.",
  tooMany: (max: number) => `The file has more than ${figure(max)} rows. Nothing was imported.`,
  imported: (entries: number, added: number, changed: number, removed: number) =>
    `The directory now has ${merchants(entries)}: ${changes(added, changed, removed)}.`,
  unchanged: "The directory already has exactly these names. Nothing was changed.",
  overtaken:
    "Someone else imported a directory in the meantime, so nothing was changed. Import the file again to see what it would change now.",
  gone: "This import was prepared too long ago and has expired. Nothing was changed; import the file again.",
};
