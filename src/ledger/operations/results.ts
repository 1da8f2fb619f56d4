/** Results of attempts, recorded in sets; each counts only if its own lease still holds. */
import type { AttemptResult } from "../../domain/attempt-result.ts";
import type { NextStep } from "../../domain/retry-policy.ts";
import type { LedgerContext } from "../ledger-context.ts";
import { inSets } from "../sets.ts";
import type { ClaimedAttempt } from "./operations.ts";
import { type Concluded, type Ended, recordResults } from "./recorded-results.ts";

/** Records how an attempt ended. @throws what the database threw for this attempt */
export type Conclude = (attempt: ClaimedAttempt, result: AttemptResult, next: NextStep) => Promise<Concluded>;

/** Results in one transaction, as many as an executor claims at once. */
const resultsMax = 128;

export function createConclude(context: LedgerContext): Conclude {
  async function conclude(set: readonly Ended[]): Promise<Concluded[]> {
    const { concluded, finished } = await recordResults(context, set);
    for (const change of finished) context.metrics?.requestMoved(change, "done");
    return concluded;
  }

  const concludeOne = inSets<Ended, Concluded>(context, {
    max: resultsMax,
    // On SQLite, transactions that begin in the same turns share a commit anyway.
    gatheringTurns: { sqlite: 0, postgres: 4 },
    keyOf: ({ attempt }) => attempt.operationId,
    together: conclude,
    alone: async (ended) => (await conclude([ended]))[0] ?? "concluded",
  });
  return (attempt, result, next) => concludeOne({ attempt, result, json: JSON.stringify(result), next });
}
