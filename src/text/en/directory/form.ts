/** The form that imports the merchant directory, in English. */
import { figure } from "../../figure.ts";
import { changes, merchants } from "./import.ts";

export const namesForm = {
  title: "Merchant directory",
  none: "There is no merchant directory yet. With one, requests and lists show names next to the numbers.",
  imported: (entries: number, person: string, when: string) =>
    `The directory has ${merchants(entries)}, imported by ${person}, ${when}. The file replaces it.`,
  importedInTerminal: (entries: number, when: string) =>
    `The directory has ${merchants(entries)}, imported in the terminal, ${when}. The file replaces it.`,
  file: "File with all merchants",
  fileHint:
    "Excel (.xlsx) or CSV, whose first line names the columns sub_mchid and name, and optionally note. You can review the changes before they take effect.",
  fileMissing: "Upload a file.",
  fileTooLarge: (max: number) =>
    `The file is larger than ${figure(max)} MB. Ask the operator of this bot to import it: npm run names -- import FILE`,
  fileNotFinished:
    "The bot could not finish reading this file. Try again, or ask the operator of this bot to import it: npm run names -- import FILE",
  workbookTooLarge:
    "This Excel file contains too much to read here. Save it as CSV, or ask the operator of this bot to import it: npm run names -- import FILE",

  preview: "Review import",
  submit: "Import",
  counts: (entries: number, added: number, changed: number, removed: number) =>
    `*The file has ${merchants(entries)}. Changes to the directory: ${changes(added, changed, removed)}.*`,
  /** More would be removed than the file has. */
  manyGone: (removed: number) =>
    `⚠️ ${merchants(removed)} would be removed. Check that the file contains all merchants.`,
  added: "*New*",
  changed: "*Changed*",
  removed: "*Removed*",
  change: (before: string, after: string) => `${before} → ${after}`,
  notYet:
    "Nothing has changed yet. Press Import to use these names from now on. Existing messages show them the next time they are updated.",
};
