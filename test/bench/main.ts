/** `npm run bench [name …]`: measures the bot and its baselines in the same run, and prints one table. */
import { cpus } from "node:os";
import { type Result, table } from "./figures.ts";
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

const startedAt = performance.now();
const results: Result[] = [];
for (const [name, measure] of Object.entries(measurements)) {
  if (selected.length > 0 && !selected.includes(name)) continue;
  process.stderr.write(`measuring ${name} …\n`);
  results.push(...(await measure()));
}
const seconds = Math.round((performance.now() - startedAt) / 1_000);
const machine = `${cpus().length} cores (${cpus()[0]?.model.trim() ?? "unknown"}), Node.js ${process.version}, ${seconds} s`;
process.stdout.write(`${table(results)}\n- Measured on ${machine}.\n`);
