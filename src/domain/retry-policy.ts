/** Whether and when an attempt is followed by another, and at which endpoint. */
import { type AttemptResult, isSignersFault } from "./attempt-result.ts";
import type { Step } from "./goldplan/objects.ts";
import { guide, isUncertain, retryAfterMaxMs } from "./guidance.ts";

/**
 * Attempts of one step in a round, the first included, before an outcome that may resolve itself counts as a failure.
 */
export const attemptsMax = 6;

/**
 * Attempts of one step started in a round, including those that never ended because their instance died. If a call
 * kills its instance every time, other instances take it over for about four minutes of leases, not forever. The limit
 * is above `attemptsMax` because crashes also hit attempts that did not cause them. In the worst kill campaign (three
 * instances that live for about a second on an overloaded machine) every second takeover was hit again, and 2 of 993
 * operations were hit six times in a row. At that rate, twenty in a row hit one operation in millions.
 */
export const begunMax = 20;

/** Whether an attempt exceeds the limit. Such an attempt only records that the last one never ended. */
export function isBeyondLast({ number }: { number: number }): boolean {
  return number > begunMax;
}

const backoffFirstMs = 1_000;
const backoffMaxMs = 60_000;

/**
 * @param attempt `number` counts from 1 in its step of the round; `endpoint` is the one it used; `following` is the
 * step that comes after its own.
 * @param at `now` in milliseconds since the epoch; `fraction` is a random number from 0 to 1.
 */
export function nextStep(
  result: AttemptResult,
  attempt: { number: number; endpoint: number; following?: Step | undefined },
  at: { now: number; fraction: number },
): NextStep {
  if (result.kind === "accepted")
    return attempt.following ? { kind: "continue", step: attempt.following } : { kind: "succeed" };
  if (guide(result).retry !== "automatic" || attempt.number >= attemptsMax) return { kind: "fail" };
  if (result.kind === "unreachable" && !isSignersFault(result.why)) {
    // The other endpoint may be reachable, so the first retry goes there immediately.
    const waitMs = attempt.number === 1 && !result.mayHaveActed ? 0 : backoffMs(attempt.number, at.fraction);
    return { kind: "again", dueAt: at.now + waitMs, endpoint: attempt.endpoint + 1 };
  }
  const askedForMs = result.kind === "refused" ? (result.retryAfterMs ?? 0) : 0;
  if (askedForMs > retryAfterMaxMs) return { kind: "fail" };
  const waitMs = Math.max(askedForMs, backoffMs(attempt.number, at.fraction));
  return { kind: "again", dueAt: at.now + waitMs, endpoint: attempt.endpoint };
}

/**
 * Doubles with every attempt. Half of it is random, so that operations that failed at the same time are not retried at
 * the same time.
 */
function backoffMs(attemptNumber: number, fraction: number): number {
  const fullMs = Math.min(backoffFirstMs * 2 ** (attemptNumber - 1), backoffMaxMs);
  return Math.round(fullMs * (0.5 + fraction / 2));
}

/**
 * When the last automatic attempt starts at the latest, in milliseconds since the epoch, unless WeChat Pay requests
 * longer waits.
 * @param next the running or next attempt, and its time
 */
export function lastRetryBy(next: { number: number; at: number }): number {
  let at = next.at;
  for (let number = next.number; number < attemptsMax; number++) at += backoffMs(number, 1);
  return at;
}

/** How an operation that has ended is counted in messages, files and logs. */
export type EndedAs = "succeeded" | "failed" | "uncertain";

/** Undefined if the operation goes on. */
export function endedAs(result: AttemptResult, next: NextStep): EndedAs | undefined {
  if (next.kind === "again" || next.kind === "continue") return undefined;
  if (next.kind === "succeed") return "succeeded";
  return isUncertain(result) ? "uncertain" : "failed";
}

/** What happens to an operation after an attempt. */
export type NextStep =
  | { kind: "succeed" }
  | { kind: "fail" }
  /** This step succeeded, and another one follows. */
  | { kind: "continue"; step: Step }
  /** Another attempt, not before `dueAt` (milliseconds since the epoch). */
  | { kind: "again"; dueAt: number; endpoint: number };
