/** Lines of CSV (RFC 4180, every field quoted) that spreadsheets neither execute nor reformat. */

/** Precedes the first line. Without it, Excel assumes an encoding other than UTF-8 and garbles Chinese. */
export const byteOrderMark = "\ufeff";

/** Formats the fields as one line, including its line break; `null` is an empty field. */
export function csvLine(fields: readonly unknown[]): string {
  return `${fields.map(field).join(",")}\r\n`;
}

/**
 * Goes before text that a spreadsheet would execute or reformat, as in WeChat Pay's own statements. The bot accepts
 * numbers with this prefix.
 */
const mark = "`";

/**
 * Text that a spreadsheet treats as a formula: a sign at the start of a field, even after spaces and quotes, and after
 * characters that some locales use as separators, such as the semicolon. Excel accepts the full-width signs too.
 */
const formula = /(^|[;\t\r\n])(?=(?:[^\S\t\r\n]|["'`“”‘’])*[=+\-@＝＋－＠])/gu;
/** Numbers that would become `1.9E+15`, be rounded to 15 digits, or lose their leading zeros. */
const longNumber = /^(?:\d{10,}|0\d+)$/;
const controlAtStart = /^[\t\r\n]/;

function field(value: unknown): string {
  const text = value === null ? "" : String(value);
  const inert = text.replace(formula, `$1${mark}`);
  const isMarked = longNumber.test(text) || controlAtStart.test(text);
  return `"${(isMarked ? mark + inert : inert).replaceAll('"', '""')}"`;
}
