/** Converts a cell's value in the sheet's XML to the text in which numbers are searched. */
import { uncalculatedCell, unreadableCell } from "../csv-reader.ts";
import { plainDigits } from "../grammar.ts";

/** A number as written in the file; see "c" and "v" in ECMA-376, part 1, 18.3.1. */
export interface RawNumber {
  raw: string;
}

export function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return "";
  if (cell instanceof Date) return Number.isNaN(cell.getTime()) ? unreadableCell : cell.toISOString().slice(0, 10);
  if (typeof cell === "object" && "raw" in cell) return numberText(String(cell.raw));
  return String(cell).replace(/[\t\r\n]+/g, " ");
}

/**
 * Four digits or more in a row, a number that Excel shortened or shows as an impossible date, or a formula whose result
 * is not known.
 */
export function mayHoldNumber(text: string): boolean {
  const plain = plainDigits(text);
  return /[0-9]{4}|[0-9] ?E ?\+ ?[0-9]/i.test(plain) || text === unreadableCell || text === uncalculatedCell;
}

/** Excel keeps 15 digits of a number and replaces the others with zeros. */
const exactDigits = 15;

/**
 * A float that is a whole number, written out; a negative one with `−`, because `-` may as well be a list's mark; any
 * other as Excel would show it. More digits than Excel keeps are given as a shortened number, because the last of them
 * are lost.
 */
export function numberText(raw: string): string {
  const [, whole = "", fraction = "", exponent = "0"] =
    /^([0-9]+)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]+))?$/.exec(raw) ?? [];
  if (raw.startsWith("-")) return `−${numberText(raw.slice(1))}`;
  if (whole === "") return raw;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (point > exactDigits) return `${digits.slice(0, 1)}.${digits.slice(1, 6) || "0"}E+${point - 1}`;
  const rest = point < 0 ? digits : digits.slice(point);
  const integer = point <= 0 ? "0" : digits.slice(0, point).padEnd(point, "0");
  return /^0*$/.test(rest) ? integer.replace(/^0+(?=[0-9])/, "") : `${integer}.${rest}`;
}
