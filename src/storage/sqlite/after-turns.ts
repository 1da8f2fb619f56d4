/** When a shared commit happens: after a few turns of the event loop, so that what arrives by then joins it. */

/** Turns of the event loop before a shared commit. */
const gatheringTurns = 8;

export function afterAFewTurns(run: () => void): void {
  let turns = gatheringTurns;
  const next = () => {
    if (turns-- > 0) setImmediate(next);
    else run();
  };
  next();
}
