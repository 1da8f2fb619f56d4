/** Plays many histories on all cores. The result does not depend on which thread plays which seed. */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { play } from "./history.ts";
import { failuresOf, judge } from "./judges/judge.ts";
import { planOf } from "./plans/plan.ts";
import type { Plan } from "./plans/planned.ts";
import type { Beginning } from "./world/initial-ledger.ts";

export interface Figures {
  histories: number;
  steps: number;
  crashes: number;
  /** Faults that occurred. */
  faults: number;
  /** Approved operations, which therefore had to run. */
  operations: number;
  /** Duplicate messages in Slack, where they are allowed. */
  doubledPosts: number;
}

export interface Failure {
  seed: number;
  /** The failure is of the plan that the seed used to produce, not of its current plan. */
  isEarlierPlan: boolean;
  sentences: string[];
}

export interface Campaign {
  figures: Figures;
  /** By seed, earlier plans last. */
  failures: Failure[];
  seconds: number;
}

/** A plan that a seed used to produce. */
export interface PlanOnce {
  seed: number;
  plan: Plan;
}

/** The work of one thread: every `step`th seed, and then earlier plans. */
export interface PlayerTask {
  plans: readonly PlanOnce[];
  from: number;
  histories: number;
  step: number;
  /** A thread stops after this many failures. */
  failuresMax: number;
}

export const noFigures: Figures = { histories: 0, steps: 0, crashes: 0, faults: 0, operations: 0, doubledPosts: 0 };

export function sum(a: Figures, b: Figures): Figures {
  return {
    histories: a.histories + b.histories,
    steps: a.steps + b.steps,
    crashes: a.crashes + b.crashes,
    faults: a.faults + b.faults,
    operations: a.operations + b.operations,
    doubledPosts: a.doubledPosts + b.doubledPosts,
  };
}

/** Plays the history of a seed. */
export function playSeed(seed: number, beginning: Beginning, print?: (line: string) => void) {
  return playPlan(planOf(seed), beginning, print);
}

/** Plays a plan and judges it. */
export async function playPlan(
  plan: Plan,
  beginning: Beginning,
  print?: (line: string) => void,
): Promise<{ sentences: string[]; figures: Figures; traceHash: number }> {
  const records = await play(plan, beginning, print);
  const judgement = judge(records);
  const { steps, crashes, struck, traceHash } = records;
  const { operations, doubledPosts } = judgement;
  const faults = [...struck.values()].reduce((all, times) => all + times, 0);
  const figures = { histories: 1, steps, crashes, faults, operations, doubledPosts };
  return { sentences: failuresOf(judgement), figures, traceHash };
}

/**
 * @param range.plans are played after the seeds
 * @param range.failuresMax stops each thread; with 1, the lowest failing seed is still among the failures
 * @param player the module that each thread runs, from this folder or from a copy of the project
 */
export async function runCampaign(
  {
    from,
    histories,
    plans = [],
    failuresMax = Number.POSITIVE_INFINITY,
  }: { from: number; histories: number; plans?: readonly PlanOnce[]; failuresMax?: number },
  player: URL = new URL("./player.ts", import.meta.url),
): Promise<Campaign> {
  const beganAt = performance.now();
  const threads = Math.min(availableParallelism(), histories);
  const shares = await Promise.all(
    Array.from({ length: threads }, (_, nth) =>
      playShare(player, {
        plans: plans.filter((_, index) => index % threads === nth),
        from: from + nth,
        histories: histories - nth,
        step: threads,
        failuresMax,
      }),
    ),
  );
  return {
    figures: shares.map((share) => share.figures).reduce(sum, noFigures),
    failures: shares
      .flatMap((share) => share.failures)
      .sort((a, b) => Number(a.isEarlierPlan) - Number(b.isEarlierPlan) || a.seed - b.seed),
    seconds: (performance.now() - beganAt) / 1_000,
  };
}

function playShare(player: URL, task: PlayerTask): Promise<Pick<Campaign, "figures" | "failures">> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(player, { workerData: task });
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", () => reject(new Error("a thread ended without reporting its results")));
  });
}
