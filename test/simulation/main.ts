/**
 * `npm run simulate [-- --histories 10000] [-- --from 0]`: plays histories, and prints one line of figures and every
 * failure with its seed. `--seed 4711` replays one step by step and searches for a smaller failing plan. `--mutants`
 * proves that bugs are found; `--only lease` selects mutants by name.
 */
import { parseArgs } from "node:util";
import { type Campaign, playPlan, runCampaign } from "./campaign.ts";
import { proveByMutants } from "./mutants.ts";
import { planOf, smallestFailing } from "./plans/plan.ts";
import { beginningOfHistories } from "./world/initial-ledger.ts";

const { values } = parseArgs({
  options: {
    histories: { type: "string", default: "10000" },
    from: { type: "string", default: "0" },
    seed: { type: "string" },
    mutants: { type: "boolean", default: false },
    only: { type: "string" },
  },
});

/** Failures to print in full; of the others only the count is printed. */
const printedMax = 10;
const shrinkWithinMs = 30_000;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function printCampaign({ figures, failures, seconds }: Campaign): void {
  for (const { seed, sentences } of failures.slice(0, printedMax)) {
    print(`seed ${seed} (npm run simulate -- --seed ${seed}):`);
    for (const sentence of sentences) print(`  ${sentence}`);
  }
  const counted = Object.entries({ ...figures, failures: failures.length });
  print([...counted.map(([name, count]) => `${count} ${name}`), `${seconds.toFixed(1)} seconds`].join(", "));
}

async function replay(seed: number): Promise<boolean> {
  const beginning = await beginningOfHistories();
  const { sentences, traceHash } = await playPlan(planOf(seed), beginning, print);
  print(`seed ${seed}, trace ${traceHash.toString(16)}`);
  for (const sentence of sentences) print(`  ${sentence}`);
  if (sentences.length === 0) {
    print("  every promise is kept");
    return true;
  }
  const fails = async (plan: Parameters<typeof playPlan>[0]) => (await playPlan(plan, beginning)).sentences.length > 0;
  const smallest = await smallestFailing(seed, fails, shrinkWithinMs);
  if (smallest) {
    print(`the smallest failing plan found:\n${JSON.stringify(smallest)}`);
    for (const sentence of (await playPlan(smallest, beginning)).sentences) print(`  ${sentence}`);
  }
  return false;
}

async function run(): Promise<boolean> {
  if (values.seed !== undefined) return replay(Number(values.seed));
  const range = { from: Number(values.from), histories: Number(values.histories) };
  if (values.mutants) return proveByMutants({ ...range, only: values.only }, print);
  const campaign = await runCampaign(range);
  printCampaign(campaign);
  return campaign.failures.length === 0;
}

process.exitCode = (await run()) ? 0 : 1;
