/** Loading the bot is work for the machine: what tests do side by side starts its processes and stages one after the other. */

let last: Promise<unknown> = Promise.resolve();

/** Runs `run` when everything that was given here before has ended, whichever way. */
export function inTurn<T>(run: () => Promise<T>): Promise<T> {
  const mine = last.then(run);
  last = mine.catch(() => {});
  return mine;
}
