/** `npm run bench [name …]`: measures the bot and its baselines in the same run, and prints one table. */
import { cpus } from "node:os";
import { type Result, table } from "./figures.ts";
import { measureAcknowledging } from "./measurements/acknowledging.ts";
import { measureCalling } from "./measurements/calls.ts";
import { measureOperating } from "./measurements/operations.ts";
import { measureAsking } from "./measurements/queries.ts";
import { measureStarting } from "./measurements/startup.ts";

const measurements: Readonly<Record<string, () => Promise<Result[]>>> = {
  acknowledging: measureAcknowledging,
  asking: measureAsking,
  calling: measureCalling,
  operating: measureOperating,
  starting: measureStarting,
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in measurements));
if (unknown.length > 0)
  throw new Error(`there is no ${unknown.join(", ")}; there is ${Object.keys(measurements).join(", ")}`);

const startedAt = performance.now();
const results: Result[] = [];
for (const [name, measure] of Object.entries(measurements)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  process.stderr.write(`measuring ${name} …\n`);
  results.push(...(await measure()));
}
const seconds = Math.round((performance.now() - startedAt) / 1_000);
const machine = `${cpus().length} cores (${cpus()[0]?.model.trim() ?? "unknown"}), Node.js ${process.version}, ${seconds} s`;
process.stdout.write(`${table(results)}\n- Measured on ${machine}.\n`);
