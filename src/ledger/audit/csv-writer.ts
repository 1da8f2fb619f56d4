/** Lines of CSV that a spreadsheet neither runs nor changes: as RFC 4180 says, with every field in quotes. */

/** Before the first line: without it Excel takes UTF-8 for another encoding, and shows Chinese as nonsense. */
export const byteOrderMark = "\ufeff";

/** The fields as one line, with its end; `null` is an empty field. */
export function csvLine(fields: readonly unknown[]): string {
  return `${fields.map(field).join(",")}\r\n`;
}

/** Before what a spreadsheet would run or change, as in WeChat Pay's own statements; the bot reads numbers with it. */
const mark = "`";

/**
 * What is taken for a formula: a sign at the beginning of a field, behind blanks and quotes too, and behind what others
 * take for the end of a field, as a semicolon is in half of Europe. Excel knows the full-width signs as well.
 */
const formula = /(^|[;\t\r\n])(?=(?:[^\S\t\r\n]|["'`“”‘’])*[=+\-@＝＋－＠])/gu;
/** What would become `1.9E+15`, be rounded to 15 digits, or lose its first zeros. */
const longNumber = /^(?:\d{10,}|0\d+)$/;
const controlAtStart = /^[\t\r\n]/;

function field(value: unknown): string {
  const text = value === null ? "" : String(value);
  const inert = text.replace(formula, `$1${mark}`);
  const isMarked = longNumber.test(text) || controlAtStart.test(text);
  return `"${(isMarked ? mark + inert : inert).replaceAll('"', '""')}"`;
}
