/**
 * Metrics whose label values are known beforehand: every combination is there from the start, so that a rate over the
 * first event is right, and a value that is not listed counts as `other`, so that no input makes new series.
 */
import { Counter, Histogram, type Registry } from "@prometheus-io/client";

/** The values of each label, in the order of the labels. */
export type LabelValues<Label extends string> = Readonly<Record<Label, readonly string[]>>;
export type Labels<Label extends string> = Readonly<Record<Label, string>>;

const other = "other";

export interface ClosedCounter<Label extends string> {
  increase(labels: Labels<Label>, by?: number): void;
}

export interface ClosedHistogram<Label extends string> {
  /** @param ms recorded in seconds, Prometheus' base unit */
  observe(labels: Labels<Label>, ms: number): void;
}

export interface Description<Label extends string> {
  registry: Registry;
  name: string;
  help: string;
  /** Every combination of these, and `other` for each label. */
  values: LabelValues<Label>;
  /** Whether no label can be `other`, because the type of the values that are passed excludes it. */
  isComplete?: boolean;
  /**
   * Instead of every combination, where most of them cannot happen. A combination that is not among them counts too.
   */
  combinations?: readonly Labels<Label>[];
}

export function closedCounter<Label extends string>(description: Description<Label>): ClosedCounter<Label> {
  const { registry, name, help, values } = description;
  const counter = new Counter<string>({ name, help, labelNames: labelsOf(values), registers: [registry] });
  for (const labels of combinationsOf(description)) counter.inc(labels, 0);
  const listed = listing(values);
  return { increase: (labels, by = 1) => counter.inc(listed(labels), by) };
}

/** @param secondsUpTo the buckets' upper bounds */
export function closedHistogram<Label extends string>(
  description: Description<Label> & { secondsUpTo: readonly number[] },
): ClosedHistogram<Label> {
  const { registry, name, help, values, secondsUpTo } = description;
  const labelNames = labelsOf(values);
  const histogram = new Histogram<string>({ name, help, labelNames, buckets: [...secondsUpTo], registers: [registry] });
  for (const labels of combinationsOf(description)) histogram.zero(labels);
  const listed = listing(values);
  return { observe: (labels, ms) => histogram.observe(listed(labels), ms / 1_000) };
}

function labelsOf<Label extends string>(values: LabelValues<Label>): Label[] {
  return Object.keys(values) as Label[];
}

function combinationsOf<Label extends string>(description: Description<Label>): Labels<Label>[] {
  const { values, combinations, isComplete } = description;
  if (combinations) return [...combinations];
  let made: Record<string, string>[] = [{}];
  for (const [label, listed] of Object.entries<readonly string[]>(values)) {
    const all = isComplete ? listed : [...new Set([...listed, other])];
    made = made.flatMap((labels) => all.map((value) => ({ ...labels, [label]: value })));
  }
  return made as Record<Label, string>[];
}

/** The labels with `other` for each value that is not listed. */
function listing<Label extends string>(values: LabelValues<Label>) {
  const known = Object.entries<readonly string[]>(values).map(([label, listed]) => [label, new Set(listed)] as const);
  return (labels: Labels<Label>): Record<Label, string> => {
    const given = labels as Readonly<Record<string, string>>;
    return Object.fromEntries(
      known.map(([label, listed]) => [label, listed.has(given[label] ?? "") ? given[label] : other]),
    ) as Record<Label, string>;
  };
}
