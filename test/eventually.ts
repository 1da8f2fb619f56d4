/** Waiting for what no server announces. For what the local Slack shows, use its own `until`. */
import { setTimeout as delay } from "node:timers/promises";

/** How long a wait may take on a busy machine, in milliseconds. Only a failing wait takes this long. */
export const patienceMs = 40_000;

/**
 * Polls until `what` returns something else than false or undefined, and resolves to that.
 * @param limits in milliseconds; `everyMs`: the pause between two polls, short for a moment that passes
 * @throws Error after `timeoutMs`
 */
export async function eventually<T>(
  what: () => T | undefined | false | Promise<T | undefined | false>,
  { timeoutMs = patienceMs, everyMs = 25 }: { timeoutMs?: number; everyMs?: number } = {},
): Promise<T> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const found = await what();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await delay(everyMs);
  }
}
