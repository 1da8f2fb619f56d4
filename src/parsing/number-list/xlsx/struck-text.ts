/**
 * Which cells of a workbook a line goes through, in whole or in part: people cross a merchant off a list so. See
 * "strike", "cellXfs" and "si" in ECMA-376, part 1, 18.4.10, 18.8.10 and 18.4.8.
 */

/** Indexes in the workbook's lists, from 0. */
export interface StruckText {
  styles: ReadonlySet<number>;
  sharedStrings: ReadonlySet<number>;
}

/** @param styles the XML of the styles; @param strings that of the shared strings */
export function struckText(styles: string, strings: string): StruckText {
  const fonts = indexes(elementsOf("font", within("fonts", styles)), isStruck);
  const fontOf = (xf: string) => Number(/\sfontId\s*=\s*["']([0-9]+)["']/.exec(xf)?.[1] ?? -1);
  return {
    styles: indexes(elementsOf("xf", within("cellXfs", styles)), (xf) => fonts.has(fontOf(xf))),
    // Most workbooks have thousands of strings and no line through any.
    sharedStrings: isStruck(strings) ? indexes(elementsOf("si", strings), isStruck) : new Set(),
  };
}

/** The value of a property that a font has, such as `<strike/>`. */
export function isOn(value = "1"): boolean {
  return /^(?:1|true|on)$/.test(value);
}

/** Whether a font, or a part of a text, has a line through it. */
function isStruck(xml: string): boolean {
  return [...xml.matchAll(strike)].some(([, value]) => isOn(value));
}

const strike = /<(?:[\w.-]+:)?strike(?=[\s/>])(?:\s*val\s*=\s*["']([^"']*)["'])?/g;

function indexes(elements: readonly string[], isWanted: (xml: string) => boolean): Set<number> {
  return new Set(elements.flatMap((xml, nth) => (isWanted(xml) ? [nth] : [])));
}

function within(name: string, xml: string): string {
  return new RegExp(`<(?:[\\w.-]+:)?${name}[\\s>]([^]*?)</(?:[\\w.-]+:)?${name}\\s*>`).exec(xml)?.[1] ?? "";
}

/** Each from its start to the next one's. */
function elementsOf(name: string, xml: string): string[] {
  return xml.split(new RegExp(`<(?:[\\w.-]+:)?${name}(?=[\\s/>])`)).slice(1);
}
