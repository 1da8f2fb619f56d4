/** The form for requesting to open or close receipts, in English. Labels and hints in a modal are plain text. */
import type { Change } from "../../domain/goldplan/change.ts";
import { figure } from "../figure.ts";
import { capital, does } from "./goldplan/change.ts";
import { some } from "./phrases.ts";

export const form = {
  title: "Open or close",
  back: "Back",
  close: "Close",
  cancel: "Cancel",
  next: "Review",
  action: "Action",
  change: (change: Change) => capital(does(change)),
  numbers: "Sub-merchant numbers",
  numbersHint:
    "One per line, separated by spaces or commas, or straight from a spreadsheet, with or without its header row. For more than 3,000 characters, use a file.",
  file: "Or upload a file",
  fileHint:
    "Excel (.xlsx), CSV or text. If the first line names a column sub_mchid or sub-merchant, only that column is read. You can review the numbers before you submit the request.",
  reason: "Reason",
  reasonHint: "Approvers see it in the request's message.",
  ticketHint: (ticket: string) =>
    `It must contain a ticket, like this: ${ticket}. Approvers see it in the request's message.`,
  ticketMissing: (ticket: string) => `Enter a ticket in the reason, like this: ${ticket}`,

  nothingGiven: "Paste the numbers here or upload a file below.",
  bothGiven: "The field above also contains numbers. Use one of the two and clear the other.",
  fileTooLarge: (max: number) =>
    `The file is larger than ${figure(max)} MB. Save only the column with the numbers, or split the file.`,
  fileNotText: "This is not an Excel (.xlsx), CSV or text file. Save it as one of these and upload it again.",
  fileNotFinished:
    "The bot could not finish reading this file. Copy only the column with the numbers into a new file and upload that.",
  workbookTooLarge:
    "This Excel file contains too much to read. Copy only the column with the numbers into a new file and upload that.",
  workbookBroken:
    "This Excel file cannot be read: it is damaged or has a password. Save it as CSV and upload it again.",
  fileElsewhere:
    "The file is not stored in Slack, so the bot cannot read it. Save it on your computer and upload it again.",
  fileNotRead:
    "The bot could not download the file from Slack. Try again; if this continues, ask the operator of this bot to check the scope files:read.",

  preview: "Review request",
  ask: "Submit request",
  understood: (numbers: string, more: number) => `Recognized: ${some(numbers, more)}`,
  repeated: (count: number) =>
    count === 1
      ? "One number appears again and counts once."
      : `${figure(count)} entries repeat a number; each number counts once.`,
  postedIn: (channel: string) => `The request will be posted in ${channel}, where an approver decides on it.`,
  nothingUnderstood: "*No sub-merchant number was recognized.* Press Back and enter numbers that contain only digits.",
  tooMany: (count: number, max: number) =>
    `*There are ${figure(count)} numbers; the maximum is ${figure(max)} per request.* Press Back and split them into several requests.`,
  tooManyCells: (count: number) =>
    `*The table has too many cells: ${count === 1 ? "1 row was" : `${figure(count)} rows were`} not read.* Press Back, copy only the column with the numbers into a new file and upload that.`,
  notUnderstood: (count: number) =>
    count === 1 ? "*Not included in the request:*" : `*${figure(count)} entries are not included in the request:*`,
  line: (line: number, what: string) => `line ${line}: ${what}`,
  moreProblems: (more: number) => `and ${figure(more)} more`,
  problem: {
    notDigits: (text: string) => `\`${text}\` is not a number`,
    wrongCharacter: (text: string, character: string, place: number) =>
      `\`${text}\` has ${character} at position ${place}`,
    tooShort: (text: string) => `\`${text}\` is too short to be a number`,
    tooManyDigits: (text: string, digits: number) =>
      `\`${text}\` is too long (${digits} digits): ${digits === 11 ? "a phone number?" : "an order number?"}`,
    date: (text: string) => `\`${text}\` looks like a date`,
    ours: (text: string) => `\`${text}\` is our own merchant number, not a sub-merchant number`,
    grouped: (text: string, joined: string) =>
      `\`${text}\` contains separators; if you mean \`${joined}\`, write it without them`,
    severalNumbers: (text: string) => `\`${text}\` looks like several joined numbers; put each on its own line`,
    shortened: (text: string) =>
      `Excel shortened \`${text}\`, and its last digits are lost; format the column as text, enter the number again and copy it`,
    range: (text: string) => `\`${text}\` is a range; list each number`,
    abbreviated: (text: string) => `\`${text}\` is only part of a number; write all of its digits`,
    excepted: (text: string) => `\`${text}\` is part of an exception; list only the numbers that you mean`,
    otherLabel: (text: string, label: string) =>
      `\`${text}\` stands beside \`${label}\` and is not read as a sub-merchant number`,
    sum: (text: string) => `\`${text}\` is the sum of the numbers next to it and is not read as a sub-merchant number`,
    otherAction: (text: string, label: string) =>
      `\`${text}\` is marked \`${label}\`, which this request does not do; request it separately`,
    markedNo: (text: string, mark: string) =>
      `\`${text}\` is marked \`${mark}\`; keep only the rows that you mean, and delete that column`,
    unanswered: (text: string, header: string) =>
      `\`${text}\` has nothing in the column \`${header}\`; keep only the rows that you mean, and delete that column`,
    unlisted: (text: string) => `\`${text}\` stands for numbers that are not listed; list each number`,
    noNumber: (text: string) => `\`${text}\` contains no number`,
    otherColumn: (name: string) => `the column \`${name}\` also contains digits and is not read`,
    severalColumns: (text: string) =>
      `\`${text}\` has numbers in too many columns; add a header row that names the right column sub_mchid, or copy only that column`,
    longerThanHead: (text: string) =>
      `\`${text}\` has more columns than the header row; put quotes around any cell that contains a comma`,
    aboveHead: (text: string) => `\`${text}\` is in the title or header row, so it is not read`,
    withinQuotes: (text: string) =>
      `\`${text}\` is inside quotes that were opened on an earlier line, so it is not read; close the quotes on that line`,
    formula: (cell: string) =>
      `cell \`${cell}\` has a formula whose result is not in the file; open the file in Excel, save it and try again`,
    otherSheet: (name: string) =>
      `Sheet \`${name}\` is not read: the bot reads the first visible sheet only. Move its numbers to that sheet.`,
    hiddenRows: (count: number, first: string) => {
      const example = first === "" ? "" : ` (such as \`${first}\`)`;
      return count === 1
        ? `A hidden row may contain a number${example} and is not read. Unhide it to include it, or delete it.`
        : `${figure(count)} hidden rows may contain numbers${example} and are not read. Unhide them to include them, or delete them.`;
    },
    struckRows: (count: number, first: string) => {
      const example = first === "" ? "" : ` (such as \`${first}\`)`;
      return count === 1
        ? `A number is struck through${example} and is not read. Remove the line to include it, or delete it.`
        : `In ${figure(count)} rows, a number is struck through${example} and is not read. Remove the lines to include them, or delete them.`;
    },
    hiddenColumn: (letter: string) =>
      `The hidden column \`${letter}\` may contain numbers and is not read. Unhide it or delete it.`,
  },

  whichColumn: "Which column?",
  severalColumns:
    "*More than one column contains numbers, and no header names the sub-merchant numbers.* Nothing is selected yet. These are the first numbers in each column:",
  columnOf: (name: string, numbers: string) => `*${name}* · ${numbers}`,
  column: "Column with the sub-merchant numbers",
  columnNumbered: (name: string, count: number) => `${name} (${count === 1 ? "1 number" : `${figure(count)} numbers`})`,
  allColumns: (count: number) => `This is one list: use all ${figure(count)} numbers`,

  gone: "This draft has expired or is not yours; drafts are kept for an hour. Press Back and review the request again. Nothing was submitted.",
  notOpened: (example: string) =>
    `The form could not be opened in time. Try again, or type \`${example}\` in the team's channel.`,
};
