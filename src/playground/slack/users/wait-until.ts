/** Waiting for something to become true in the workspace, by its changes and never by the clock. */
import type { State } from "../state.ts";

/**
 * A function that waits for a change after which `predicate` gives something, and gives that.
 * It rejects with an Error after `timeoutMs` (40,000 by default, for a busy machine) of real time, telling `circumstances`.
 */
export function createWaiting(state: State, circumstances: () => readonly string[]) {
  return <T>(predicate: () => T | undefined | false | null, wait: { timeoutMs?: number } = {}): Promise<T> => {
    const timeoutMs = wait.timeoutMs ?? 40_000;
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer);
        state.changes.off("change", look);
      };
      const look = (): void => {
        try {
          const found = predicate();
          if (found === undefined || found === false || found === null) return;
          stop();
          resolve(found);
        } catch (error) {
          stop();
          reject(error);
        }
      };
      const timer = setTimeout(() => {
        stop();
        const last = circumstances().join(", ");
        reject(new Error(`not within ${timeoutMs} ms: ${predicate}\nlast calls: ${last === "" ? "none" : last}`));
      }, timeoutMs);
      state.changes.on("change", look);
      look();
    });
  };
}
