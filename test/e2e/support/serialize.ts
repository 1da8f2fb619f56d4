/** Starting a bot loads the machine, so tests that run in parallel start their processes and stages one at a time. */

let last: Promise<unknown> = Promise.resolve();

/** Runs `run` once everything passed in earlier has ended, successfully or not. */
export function inTurn<T>(run: () => Promise<T>): Promise<T> {
  const mine = last.then(run);
  last = mine.catch(() => {});
  return mine;
}
