/**
 * `npm run bench [-- name …]`: measures the bot and its baselines in the same run, and prints one table. A row is
 * printed as soon as it is measured, so that a run that breaks off has not been in vain.
 */
import { cpus } from "node:os";
import { header, type Result, row } from "./figures.ts";
import { measureAcknowledging } from "./measurements/acknowledging.ts";
import { measureCalls } from "./measurements/calls.ts";
import { measureClick } from "./measurements/click.ts";
import { measureInstances } from "./measurements/instances.ts";
import { measureMemory } from "./measurements/memory.ts";
import { measureNames } from "./measurements/names.ts";
import { measureOperations } from "./measurements/operations.ts";
import { measureQueries } from "./measurements/queries.ts";
import { measureStartup } from "./measurements/startup.ts";

const measurements: Readonly<Record<string, () => Promise<Result[]>>> = {
  acknowledging: measureAcknowledging,
  click: measureClick,
  queries: measureQueries,
  names: measureNames,
  calls: measureCalls,
  operations: measureOperations,
  instances: measureInstances,
  memory: measureMemory,
  startup: measureStartup,
};

const selected = process.argv.slice(2);
const unknown = selected.filter((name) => !(name in measurements));
if (unknown.length > 0)
  throw new Error(`unknown measurement ${unknown.join(", ")}; available: ${Object.keys(measurements).join(", ")}`);

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

const startedAt = performance.now();
const notes: string[] = [];
print(header);
for (const [name, measure] of Object.entries(measurements)) {
  if (selected.length > 0 && !selected.includes(name)) continue;
  process.stderr.write(`measuring ${name} …\n`);
  const results = await measure();
  for (const result of results) print(row(result));
  notes.push(...results.flatMap((result) => result.notes ?? []));
}
const seconds = Math.round((performance.now() - startedAt) / 1_000);
const machine = `${cpus().length} cores (${cpus()[0]?.model.trim() ?? "unknown"}), Node.js ${process.version}, ${seconds} s`;
print(["", ...notes, `Measured on ${machine}.`].join("\n- "));
