/** 60 histories of the whole bot on virtual time, and tests of the simulation itself. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { playPlan, playSeed, runCampaign } from "./campaign.ts";
import { checkMutants, proveByMutants } from "./mutants.ts";
import { planOf, smallestFailing } from "./plans/plan.ts";
import type { Plan } from "./plans/planned.ts";
import { regressions } from "./plans/regressions.ts";
import { type Beginning, beginningOfHistories } from "./world/initial-ledger.ts";

let beginning: Beginning;
before(async () => {
  beginning = await beginningOfHistories();
});

test("two instances keep every promise in 60 histories of crashes, faults and impatient users", async () => {
  const { failures, figures } = await runCampaign({ from: 0, histories: 60 });
  assert.deepEqual(failures, []);
  // Histories in which nothing happens would prove nothing.
  assert.equal(figures.histories, 60);
  assert.ok(figures.operations > 60 && figures.crashes > 20 && figures.faults > 200, JSON.stringify(figures));
});

for (const { seed, what, plan } of regressions)
  test(`fixed: ${what} (seed ${seed})`, async () => {
    assert.deepEqual((await playPlan(plan, beginning)).sentences, []);
  });

test("a seed always plays the same history", async () => {
  for (const seed of [1, 2, 3]) {
    const first = await playSeed(seed, beginning);
    const again = await playSeed(seed, beginning);
    assert.deepEqual(again, first);
  }
});

test("another seed plays another history", async () => {
  const traces = new Set<number>();
  for (let seed = 0; seed < 10; seed++) traces.add((await playSeed(seed, beginning)).traceHash);
  assert.equal(traces.size, 10);
});

test("a failing history is reduced to a smaller one that fails too", async () => {
  const tried: Plan[] = [];
  const smallest = await smallestFailing(
    4711,
    async (plan) => {
      tried.push(plan);
      return plan.requests.length > 3;
    },
    5_000,
  );
  assert.deepEqual(tried[0], planOf(4711));
  assert.equal(smallest?.requests.length, 4);
});

test("each mutant that tests the simulation still fits the source", checkMutants);

test("a mutant is found: without the unique index, 20 histories are enough", async () => {
  assert.ok(await proveByMutants({ from: 0, histories: 20, only: "unique index" }, () => {}));
});

test("the seed alone determines the plan", () => {
  assert.deepEqual(planOf(4711), planOf(4711));
  assert.notDeepEqual(planOf(4711), planOf(4712));
});
