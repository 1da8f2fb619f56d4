/** Durations as people and settings write them: `90m`, `8h`, `1d12h`, `7天`. */

const unitsMs = {
  s: 1_000,
  m: 60_000,
  分: 60_000,
  分钟: 60_000,
  h: 3_600_000,
  时: 3_600_000,
  小时: 3_600_000,
  d: 86_400_000,
  天: 86_400_000,
  日: 86_400_000,
} as const;
export type DurationUnit = keyof typeof unitsMs;

/**
 * Parses a duration of one or more parts into milliseconds; undefined for anything else, and for zero (`0h`).
 * @param text in lower case and half-width, without spaces
 * @param allowed the units, and the digits that one part may have
 */
export function readDuration(
  text: string,
  { units, digits }: { units: readonly DurationUnit[]; digits: number },
): number | undefined {
  let ms = 0;
  let rest = text;
  do {
    const [part = "", count = "", unit = ""] = /^(\d+)(\p{L}+)/u.exec(rest) ?? [];
    const known = units.find((name) => name === unit);
    if (known === undefined || count.length > digits) return undefined;
    ms += Number(count) * unitsMs[known];
    rest = rest.slice(part.length);
  } while (rest !== "");
  return ms > 0 ? ms : undefined;
}
