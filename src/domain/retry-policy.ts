import type { AttemptResult } from "./attempt-result.ts";
import { guide } from "./guidance.ts";

/** Attempts in one round after which what would pass by itself is not tried again, the first included. */
export const attemptsMax = 6;

/**
 * Attempts that are begun in one round, those included that never ended because their instance died: a call in which it
 * dies each time is not taken over for ever, but for four minutes of leases. It is more than `attemptsMax`, because deaths
 * strike what is not their cause: in the worst of the kill campaigns, with three instances that live for a second or so on
 * an overloaded machine, every second attempt that took over was struck again, and six in a row befell 2 of 993
 * operations. At that rate twenty in a row befall one operation in millions.
 */
export const begunMax = 20;

/** Whether an attempt comes after all that may be made: it is there only to write down that the last never ended. */
export function isBeyondLast({ number }: { number: number }): boolean {
  return number > begunMax;
}

const backoffFirstMs = 1_000;
const backoffMaxMs = 60_000;
/** Who asks us to wait longer than this is not waited for: the operation fails, and a person may retry it later. */
const retryAfterMaxMs = 10 * 60_000;

/**
 * @param attempt `number` counts from 1 in its round; `endpoint` is the one that it used.
 * @param at `now` in milliseconds since the epoch; `fraction` is chance, from 0 to 1.
 */
export function nextStep(
  result: AttemptResult,
  attempt: { number: number; endpoint: number },
  at: { now: number; fraction: number },
): NextStep {
  if (result.kind === "accepted") return { kind: "succeed" };
  if (guide(result).retry !== "automatic" || attempt.number >= attemptsMax) return { kind: "fail" };
  if (result.kind === "unreachable") {
    // The other endpoint may well answer: the first time it is asked at once.
    const waitMs = attempt.number === 1 && !result.mayHaveActed ? 0 : backoffMs(attempt.number, at.fraction);
    return { kind: "again", dueAt: at.now + waitMs, endpoint: attempt.endpoint + 1 };
  }
  const askedForMs = result.kind === "refused" ? (result.retryAfterMs ?? 0) : 0;
  if (askedForMs > retryAfterMaxMs) return { kind: "fail" };
  const waitMs = Math.max(askedForMs, backoffMs(attempt.number, at.fraction));
  return { kind: "again", dueAt: at.now + waitMs, endpoint: attempt.endpoint };
}

/** Doubles with every attempt; half of it is chance, so that operations that failed together do not return together. */
function backoffMs(attemptNumber: number, fraction: number): number {
  const fullMs = Math.min(backoffFirstMs * 2 ** (attemptNumber - 1), backoffMaxMs);
  return Math.round(fullMs * (0.5 + fraction / 2));
}

/** What becomes of an operation after an attempt. */
export type NextStep =
  | { kind: "succeed" }
  | { kind: "fail" }
  /** Another attempt, not before `dueAt` (milliseconds since the epoch). */
  | { kind: "again"; dueAt: number; endpoint: number };
