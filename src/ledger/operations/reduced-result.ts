/**
 * Reduces a result that the ledger cannot store to a form that it can store. Otherwise, the call would be made again.
 */
import type { AttemptResult } from "../../domain/attempt-result.ts";
import { CommitUncertain, codeOf, isStoreAway } from "../../storage/store-errors.ts";

/** Whether the database refused the values to be written, and would refuse them each time. */
export function isPermanentlyRefused(error: unknown): boolean {
  return codeOf(error) !== "" && !isStoreAway(error) && !(error instanceof CommitUncertain);
}

/** The result without any text from outside. */
export function reduced(result: AttemptResult): AttemptResult {
  return { ...reducedAlone(result), ...(result.mayHaveActedBefore && { mayHaveActedBefore: true }) };
}

function reducedAlone(result: AttemptResult): AttemptResult {
  switch (result.kind) {
    case "accepted":
      return { kind: "accepted", status: result.status };
    case "refused":
      return { kind: "refused", fault: result.fault, status: result.status };
    case "unverified":
      return { kind: "unverified", why: result.why, status: result.status };
    case "unreachable":
      return { kind: "unreachable", why: result.why, mayHaveActed: result.mayHaveActed };
    case "unfinished":
    case "unapproved":
      return result;
    default:
      return result satisfies never;
  }
}
