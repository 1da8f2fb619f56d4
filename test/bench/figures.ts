/** Results of the measurements: medians over interleaved rounds, and a table that compares them with their targets. */

export interface Result {
  what: string;
  /** With units, ready to print. */
  ours: string;
  baseline: string;
  /** The figure that is compared with the target. */
  figure: number;
  target: { least: number } | { max: number };
  /** Printed after the figure and the target. */
  unit: string;
  /** What a reader needs to know to trust the figures. */
  notes?: string[];
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value at this share of the sorted values, interpolated between two of them. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}

/** `1,234` from 100 on, one decimal from 10 on, otherwise two. */
export function figure(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

const columns = ["what", "ours", "baseline", "measured", "target", ""];

/** The first two lines of the table in Markdown, whose other lines are `row`s. */
export const header = [columns, columns.map(() => "---")].map(line).join("\n");

export function row(result: Result): string {
  const { what, ours, baseline, unit } = result;
  const target = "least" in result.target ? `≥ ${result.target.least}` : `≤ ${result.target.max}`;
  return line([what, ours, baseline, `${figure(result.figure)}${unit}`, `${target}${unit}`, verdict(result)]);
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function verdict({ figure: measured, target, unit }: Result): string {
  const short = "least" in target ? target.least - measured : measured - target.max;
  return short <= 0 ? "met" : `missed by ${figure(short)}${unit}`;
}
