/** Reads a page of `/metrics` with a parser that is not ours. */
import { createRequire } from "node:module";

interface ParsedMetric {
  labels?: Record<string, string>;
  value: string;
}

interface ParsedFamily {
  name: string;
  metrics: ParsedMetric[];
}

/** The package has no types. */
const parse = createRequire(import.meta.url)("parse-prometheus-text-format") as (page: string) => ParsedFamily[];

export interface Scrape {
  families: readonly ParsedFamily[];
  /** The sum of the samples with these labels; undefined where there are none. */
  value(name: string, labels?: Readonly<Record<string, string>>): number | undefined;
  /** How many samples have these labels. */
  series(name: string, labels?: Readonly<Record<string, string>>): number;
}

export function scraped(page: string): Scrape {
  // Told that it is a histogram, the parser forgets its labels; otherwise it reads each line as a sample.
  const families = parse(page.replaceAll(/^# TYPE \S+ histogram$/gm, ""));
  const matching = (name: string, labels: Readonly<Record<string, string>>) =>
    families
      .filter((family) => family.name === name)
      .flatMap(({ metrics }) => metrics)
      .filter((metric) => Object.entries(labels).every(([label, value]) => metric.labels?.[label] === value));
  return {
    families,
    value(name, labels = {}) {
      const found = matching(name, labels);
      return found.length === 0 ? undefined : found.reduce((sum, metric) => sum + numberOf(metric), 0);
    },
    series: (name, labels = {}) => matching(name, labels).length,
  };
}

function numberOf({ value }: ParsedMetric): number {
  return value === "+Inf" ? Number.POSITIVE_INFINITY : Number(value);
}
