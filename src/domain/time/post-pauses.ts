/** The pauses between the tries to post something that Slack does not accept. */

const firstPauseMs = 1_000;
const pauseMaxMs = 60_000;

/** The pause after a try, in milliseconds: it doubles with each. @param tries how many there were, this one included */
export function postPauseMs(tries: number, maxMs = pauseMaxMs): number {
  return Math.min(maxMs, firstPauseMs * 2 ** Math.min(tries - 1, 20));
}

/** How long a post had been waiting when it became due again, in milliseconds. @param failed the tries before */
export function waitedMs(failed: number): number {
  let total = 0;
  for (let tries = 1; tries <= failed; tries++) total += postPauseMs(tries);
  return total;
}
