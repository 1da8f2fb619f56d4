/**
 * `npm run faults [-- name … --seed 7 --engine postgres --short]`: runs the campaigns and prints one line of figures
 * for each. `npm run faults -- soak --operations 200000` carries out as many, for at most ten minutes.
 */
import { parseArgs } from "node:util";
import { engines } from "../storage/engines.ts";
import { type Campaign, findingsOf, lineOf, type Variant } from "./campaign.ts";
import { bulk, bulkInSteps } from "./campaigns/bulk.ts";
import { clock } from "./campaigns/clock.ts";
import { kill } from "./campaigns/kill.ts";
import { partition } from "./campaigns/partition.ts";
import { race } from "./campaigns/race.ts";
import { slackOutage } from "./campaigns/slack-outage.ts";
import { soak } from "./campaigns/soak.ts";
import { weChatPayFaults } from "./campaigns/wechatpay-faults.ts";

/** Lanes run in parallel, because campaigns spend much of their time waiting. */
const lanes: readonly (readonly Campaign[])[] = [
  [kill],
  [race, bulk, bulkInSteps, weChatPayFaults],
  [partition, slackOutage, clock],
  [soak],
];
const findingsMax = 20;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: "string" },
    engine: { type: "string" },
    operations: { type: "string" },
    short: { type: "boolean", default: false },
  },
});
const names = lanes.flat().map(({ name }) => name);
const unknown = positionals.filter((name) => !names.includes(name));
if (unknown.length > 0) throw new Error(`unknown campaign ${unknown.join(", ")}; available: ${names.join(", ")}`);
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
if (!Number.isInteger(seed)) throw new Error(`--seed must be an integer, not ${values.seed}`);
const operations = values.operations === undefined ? {} : { operations: Number(values.operations) };
if (Number.isNaN(operations.operations)) throw new Error(`--operations must be a number, not ${values.operations}`);

const say = (line: string) => void process.stdout.write(`${line}\n`);
const whyNoPostgres = engines.find(({ name }) => name === "PostgreSQL")?.skip;
const startedAt = performance.now();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
say(`seed ${seed}`);
await Promise.all(lanes.map(playInTurn));
say(`total ${Math.round((performance.now() - startedAt) / 1_000)} s; repeat with --seed ${seed}`);

async function playInTurn(campaigns: readonly Campaign[]): Promise<void> {
  for (const { name, variants, isOnRequest } of campaigns) {
    if ((positionals.length > 0 || isOnRequest) && !positionals.includes(name)) continue;
    for (const variant of variants) {
      if (values.engine !== undefined && values.engine !== variant.engine) continue;
      if (variant.engine === "postgres" && whyNoPostgres) say(`${name}: ${whyNoPostgres}`);
      else await play(variant);
    }
  }
}

async function play({ run }: Variant): Promise<void> {
  const report = await run({ seed, size: values.short ? "short" : "full", ...operations });
  const findings = findingsOf(report);
  const more = findings.length > findingsMax ? [`and ${findings.length - findingsMax} more`] : [];
  say([lineOf(report), ...[...findings.slice(0, findingsMax), ...more].map((line) => `  ${line}`)].join("\n"));
  if (findings.length > 0) process.exitCode = 1;
}
