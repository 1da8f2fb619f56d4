/** How many cases each property tries: few in every test run, FUZZ_RUNS on demand. */
import type { Parameters } from "fast-check";

/** FUZZ_SEED repeats what a failure printed. */
export function runs(usual: number): Pick<Parameters<unknown>, "numRuns" | "seed"> {
  const { FUZZ_RUNS, FUZZ_SEED } = process.env;
  return { numRuns: Number(FUZZ_RUNS || usual), ...(FUZZ_SEED ? { seed: Number(FUZZ_SEED) } : {}) };
}
