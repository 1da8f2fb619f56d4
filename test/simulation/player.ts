/**
 * A thread of a campaign: plays the histories of its seeds and earlier plans, and reports every failure and the total.
 */
import { parentPort, workerData } from "node:worker_threads";
import type { Failure, Figures, PlayerTask } from "./campaign.ts";
import { noFigures, playPlan, sum } from "./campaign.ts";
import { planOf } from "./plans/plan.ts";
import type { Plan } from "./plans/planned.ts";
import { beginningOfHistories } from "./world/initial-ledger.ts";

const { plans, from, histories, step, failuresMax } = workerData as PlayerTask;
const beginning = await beginningOfHistories();
const failures: Failure[] = [];
let figures: Figures = noFigures;

function* toPlay(): Generator<{ seed: number; plan: Plan; isEarlierPlan: boolean }> {
  for (let seed = from; seed < from + histories; seed += step) yield { seed, plan: planOf(seed), isEarlierPlan: false };
  for (const once of plans) yield { ...once, isEarlierPlan: true };
}

for (const { seed, plan, isEarlierPlan } of toPlay()) {
  const played = await playPlan(plan, beginning).catch((cause: unknown) => {
    throw new Error(`the history of seed ${seed} broke off`, { cause });
  });
  figures = sum(figures, played.figures);
  if (played.sentences.length > 0) failures.push({ seed, isEarlierPlan, sentences: played.sentences });
  if (failures.length >= failuresMax) break;
}
parentPort?.postMessage({ figures, failures });
