/** A thread of a campaign: plays plans of old and the histories of its seeds, and tells what came of each that failed and of all. */
import { parentPort, workerData } from "node:worker_threads";
import { beginningOfHistories } from "./beginning.ts";
import type { Failure, Figures, PlayerTask } from "./campaign.ts";
import { noFigures, playPlan, sum } from "./campaign.ts";
import { type Plan, planOf } from "./plan.ts";

const { plans, from, histories, step } = workerData as PlayerTask;
const beginning = await beginningOfHistories();
const failures: Failure[] = [];
let figures: Figures = noFigures;

async function take(seed: number, plan: Plan): Promise<void> {
  const played = await playPlan(plan, beginning);
  figures = sum(figures, played.figures);
  if (played.sentences.length > 0) failures.push({ seed, sentences: played.sentences });
}

for (const { seed, plan } of plans) await take(seed, plan);
for (let seed = from; seed < from + histories; seed += step) await take(seed, planOf(seed));
parentPort?.postMessage({ figures, failures });
