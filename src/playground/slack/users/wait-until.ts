/** Waits for a condition in the workspace, driven by its changes and not by the clock. */
import type { State } from "../state.ts";

/** The condition was not met in time. */
export class NotInTime extends Error {
  readonly timeoutMs: number;
  constructor(message: string, timeoutMs: number) {
    super(message);
    this.timeoutMs = timeoutMs;
  }
}

/**
 * Returns a function that resolves with the first value of `predicate` that is not undefined, false or null.
 * It rejects after `timeoutMs` of real time (default 40,000, for a busy machine) with a NotInTime that quotes
 * `circumstances`.
 */
export function createWaiting(state: State, circumstances: () => readonly string[]) {
  return <T>(predicate: () => T | undefined | false | null, wait: { timeoutMs?: number } = {}): Promise<T> => {
    const timeoutMs = wait.timeoutMs ?? 40_000;
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer);
        state.changes.off("change", check);
      };
      const check = (): void => {
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
        const message = `not within ${timeoutMs} ms: ${predicate}\nlast calls: ${last === "" ? "none" : last}`;
        reject(new NotInTime(message, timeoutMs));
      }, timeoutMs);
      state.changes.on("change", check);
      check();
    });
  };
}
