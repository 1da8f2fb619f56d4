/** The form that asks for receipts to be opened or closed, in English. What a modal shows beside its fields is plain. */
import type { Action } from "../../domain/attempt-result.ts";

export const form = {
  title: "Open or close",
  back: "Back",
  close: "Close",
  cancel: "Cancel",
  next: "Look over",
  action: "What should happen",
  actions: { OPEN: "Open receipts", CLOSE: "Close receipts" } satisfies Record<Action, string>,
  numbers: "Sub-merchants' numbers",
  numbersHint:
    "One a line, or with blanks or commas between them, or straight from a spreadsheet, with its header line or without. For more than 3,000 characters use a file.",
  file: "Or a file",
  fileHint:
    "CSV or text. Where its first line names a column sub_mchid or sub-merchant, only that column counts. Nothing is asked for yet: what was understood is shown first.",
  reason: "Reason",
  reasonHint: "Approvers read it in the request's message.",

  nothingGiven: "Paste the numbers here, or choose a file below.",
  bothGiven: "There are numbers in the field above too. Use one of the two, and empty the other.",
  fileTooLarge: (max: number) =>
    `The file is larger than ${max} MB. Save only the column with the numbers, or split it.`,
  fileNotText: "That is not a text file. Save it as CSV, then choose it again.",
  fileElsewhere:
    "The file is not kept in Slack itself, so the bot does not read it. Save it on your machine, then choose it again.",
  fileNotRead:
    "Slack did not give the file to the bot. Try again; if it stays so, whoever operates the bot has to look whether it has the scope files:read.",

  preview: "Look over",
  ask: "Ask for it",
  understood: (numbers: string, more: number) =>
    more > 0 ? `Understood: ${numbers} and ${more} more` : `Understood: ${numbers}`,
  repeated: (count: number) =>
    count === 1
      ? "One number stood there again, and counts once."
      : `${count} times a number stood there again; each counts once.`,
  postedIn: (channel: string) => `The request will stand in ${channel}, where an approver decides on it.`,
  nothingUnderstood: "*No sub-merchant's number was understood.* Press Back, and give numbers of digits only.",
  tooMany: (count: number, max: number) =>
    `*There are ${count} numbers; ${max} is the most in one request.* Press Back, and ask in several.`,
  notUnderstood: (count: number) =>
    count === 1
      ? "*Not understood, and left out if you ask now:*"
      : `*${count} were not understood, and are left out if you ask now:*`,
  line: (line: number, what: string) => `line ${line}: ${what}`,
  moreProblems: (more: number) => `and ${more} more`,
  problem: {
    notDigits: (text: string) => `\`${text}\` is no number`,
    wrongCharacter: (text: string, character: string, place: number) =>
      `\`${text}\` has ${character} at place ${place}`,
    tooLong: (digits: number, max: number) => `a number of ${digits} digits; ${max} is the most`,
    severalNumbers: (text: string) => `\`${text}\` looks like several numbers in one; give each a line of its own`,
    shortened: (text: string) =>
      `\`${text}\` has lost its last digits in a spreadsheet; format the column as text there, and copy it again`,
    noNumber: (text: string) => `\`${text}\` has no number in it`,
    otherLength: (text: string) =>
      `\`${text}\` is of another length than the others and does not stand alone; give it a line of its own, or name the column sub_mchid`,
    severalColumns: (text: string) =>
      `\`${text}\` has numbers in several columns; name the right one sub_mchid, in a line above them, or give each number a line of its own`,
    longerThanHead: (text: string) =>
      `\`${text}\` has more columns than the line with their names; put a cell with a comma in it into quotes`,
    aboveHead: (text: string) => `\`${text}\` stands above the names of the columns, and is not read`,
    withinQuotes: (text: string) =>
      `\`${text}\` stands within quotes that an earlier line opens, and is not read; close them there`,
  },

  gone: "This draft is gone, or was never yours: one is kept for an hour. Press Back, and look it over again. Nothing was asked for.",
  notOpened: (example: string) =>
    `Slack did not let the bot open the form in time. Please try again, or type \`${example}\` in the team's channel.`,
};
