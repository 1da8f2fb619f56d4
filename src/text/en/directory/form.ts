/** The form that imports the directory of merchants, in English. */

const merchants = (count: number) => `${count} ${count === 1 ? "merchant" : "merchants"}`;

export const namesForm = {
  title: "Names of merchants",
  none: "There is no directory of merchants yet. With one, names stand beside the numbers in requests and lists.",
  imported: (entries: number, person: string, when: string) =>
    `The directory has ${merchants(entries)}, imported by ${person}, ${when}. The file replaces it.`,
  importedInTerminal: (entries: number, when: string) =>
    `The directory has ${merchants(entries)}, imported in the terminal, ${when}. The file replaces it.`,
  file: "File with all merchants",
  fileHint:
    "Excel (.xlsx) or CSV, whose first line names the columns sub_mchid and name, and optionally note. You see what changes before it counts.",
  fileMissing: "Upload a file.",
  fileTooLarge: (max: number) =>
    `The file is larger than ${max} MB. Ask the operator of this bot to import it: npm run names -- import FILE`,
  workbookTooLarge:
    "This Excel file contains too much to read here. Save it as CSV, or ask the operator of this bot to import it: npm run names -- import FILE",

  preview: "Review import",
  submit: "Import",
  counts: (entries: number, added: number, changed: number, removed: number) =>
    `*The file has ${merchants(entries)}: ${added} new, ${changed} changed, ${removed} gone.*`,
  /** More are gone than the file has. */
  manyGone: (removed: number) => `⚠️ ${removed} merchants would be gone. Check that the file has all of them.`,
  added: "*New*",
  changed: "*Changed*",
  removed: "*Gone*",
  change: (before: string, after: string) => `${before} → ${after}`,
  notYet:
    "Nothing has changed yet. Press Import to use these names from now on, in existing messages at their next change.",
  done: (entries: number, added: number, changed: number, removed: number) =>
    `The directory now has ${merchants(entries)}: ${added} new, ${changed} changed, ${removed} gone.`,
};
