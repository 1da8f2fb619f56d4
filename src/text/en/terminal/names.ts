/** Output of `npm run names`, in English. */

export const names = {
  usage: [
    "npm run names -- import FILE replaces the merchant directory with a CSV or Excel file; - reads standard input.",
    "Its columns are found by their headers: sub_mchid, name and, if there is one, note.",
    "npm run --silent names -- export prints the directory as CSV. The bot can keep running during both.",
  ],
  noLedger: (file: string) => `There is no ledger at ${file}. Check DATABASE_URL.`,
  /** @param why a sentence */
  cannotOpen: (why: string) => `${why} Nothing was imported.`,
  unreadable: (file: string, why: string) => `${file} cannot be read (${why}). Nothing was imported.`,
  /** In place of a file. */
  standardInput: "stdin",
  /** @param maxMb what a pipe may contain */
  pipeTooLarge: (file: string, maxMb: number) =>
    `${file} has more than ${maxMb} MB, the maximum for a pipe. Save it as a file, which can be any size, and import that.`,
  notText: (file: string) => `${file} is not an Excel (.xlsx) or CSV file. Nothing was imported.`,
  workbookTooLarge: (file: string) =>
    `${file} is too large to read as an Excel file. Save it as CSV, which can be any size, and import that.`,
  workbookBroken: (file: string) =>
    `${file} cannot be read: it is damaged or has a password. Save it as CSV and import that.`,
  importing: (file: string) => `Importing ${file}. A million names take a minute or two.`,
  /** @param why the reason */
  failed: (why: string) => `The import failed (${why}). The directory is unchanged; fix the cause and run this again.`,
  noDirectory: "There is no directory yet. Import one: npm run names -- import FILE",
  /** The same for the export. */
  exporting: {
    cannotOpen: (why: string) => `${why} Nothing was exported.`,
    failed: (why: string) => `The directory was not exported completely (${why}). Run this again.`,
  },
};
