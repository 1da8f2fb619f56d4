/** The retry policy: which results are retried, after how long, and how often. */
import type { AttemptResult } from "./attempt-result.ts";
import { guide } from "./guidance.ts";

/** Automatic attempts per round, including the first. */
export const attemptsMax = 6;

/**
 * Attempts that may start in one round, including those that never ended because their instance died. It limits how long a
 * call that kills its instance is taken over: four minutes of leases. It is higher than `attemptsMax`, because most deaths
 * have other causes. In the worst kill campaign (three instances that live for about a second on an overloaded machine),
 * every second takeover was killed again, and 2 of 993 operations lost six attempts in a row. At that rate, one operation
 * in millions loses twenty.
 */
export const begunMax = 20;

/** Whether an attempt exceeds `begunMax`: it exists only to record that the one before never ended. */
export function isBeyondLast({ number }: { number: number }): boolean {
  return number > begunMax;
}

const backoffFirstMs = 1_000;
const backoffMaxMs = 60_000;
/** If WeChat Pay asks for a longer wait than this, the operation fails, and a person may retry it later. */
const retryAfterMaxMs = 10 * 60_000;

/**
 * What happens to an operation after an attempt.
 * @param attempt `number` counts from 1 in its round; `endpoint` is the one it used
 * @param at `now` in milliseconds since the epoch; `fraction` is random, from 0 to 1
 */
export function nextStep(
  result: AttemptResult,
  attempt: { number: number; endpoint: number },
  at: { now: number; fraction: number },
): NextStep {
  if (result.kind === "accepted") return { kind: "succeed" };
  if (guide(result).retry !== "automatic" || attempt.number >= attemptsMax) return { kind: "fail" };
  if (result.kind === "unreachable") {
    // The other endpoint may answer: the first time, it is called at once.
    const waitMs = attempt.number === 1 && !result.mayHaveActed ? 0 : backoffMs(attempt.number, at.fraction);
    return { kind: "again", dueAt: at.now + waitMs, endpoint: attempt.endpoint + 1 };
  }
  const askedForMs = result.kind === "refused" ? (result.retryAfterMs ?? 0) : 0;
  if (askedForMs > retryAfterMaxMs) return { kind: "fail" };
  const waitMs = Math.max(askedForMs, backoffMs(attempt.number, at.fraction));
  return { kind: "again", dueAt: at.now + waitMs, endpoint: attempt.endpoint };
}

/** Doubles with every attempt. Half of it is random, so that operations that failed together are not retried together. */
function backoffMs(attemptNumber: number, fraction: number): number {
  const fullMs = Math.min(backoffFirstMs * 2 ** (attemptNumber - 1), backoffMaxMs);
  return Math.round(fullMs * (0.5 + fraction / 2));
}

/** What happens to an operation after an attempt. */
export type NextStep =
  | { kind: "succeed" }
  | { kind: "fail" }
  /** Another attempt, not before `dueAt` (milliseconds since the epoch). */
  | { kind: "again"; dueAt: number; endpoint: number };
