/** Retries a finished request: queues its failed operations again, in a new round. */
import type { Transaction } from "kysely";
import type { Reopening } from "../../domain/goldplan/reopening.ts";
import { commitOrRollBack, type RolledBack, rollBack } from "../../storage/rollback.ts";
import type { Database, Schema } from "../../storage/schema.ts";
import { isUniqueViolation } from "../../storage/store-errors.ts";
import { type Origin, record } from "../audit/audit-log.ts";
import type { LedgerContext } from "../ledger-context.ts";
import { markMessageStale, settleMs } from "../outbox/enqueue.ts";
import { uncertainFailures } from "../queries/attempt-results.ts";
import { reopening } from "../queries/goldplan/closings.ts";
import { findRequest, type RequestView } from "../queries/request-view.ts";
import { failedAgain } from "./statements.ts";

export interface RetryInput {
  requestId: string;
  /** The round to retry; each round can be retried once. */
  round: number;
  by: string;
  origin: Origin;
}

export type RetryResult =
  | { kind: "retried"; request: RequestView }
  /** The round was already retried, or a later request superseded it; the view shows the current state. */
  | { kind: "too-late"; request: RequestView }
  /** All that could be retried opens 点金计划 that this bot closed less than 24 hours ago. */
  | { kind: "too-soon"; reopening: Reopening }
  | { kind: "unknown" };

export async function retry(context: LedgerContext, input: RetryInput): Promise<RetryResult> {
  const { db } = context.store;
  try {
    const result = await commitOrRollBack(db, (transaction) => write(context, transaction, input));
    if (result !== "nothing-to-retry") return result;
    const early = await reopening(db, input.requestId, { now: context.clock.now(), of: "failed" });
    return early ? { kind: "too-soon", reopening: early } : await resultFor(db, "too-late", input);
  } catch (error) {
    // A request for the same sub-merchant was submitted at the same time; only the unique index detects this.
    if (isUniqueViolation(error)) return resultFor(db, "too-late", input);
    throw error;
  }
}

type Written = RetryResult | "nothing-to-retry";

async function write(
  { clock }: LedgerContext,
  transaction: Transaction<Schema>,
  input: RetryInput,
): Promise<Written | RolledBack<Written>> {
  const { requestId, round, by, origin } = input;
  const now = clock.now();
  // The first to start the next round wins; the others wait here until that is committed.
  const request = await transaction
    .updateTable("requests")
    .set({ round: round + 1 })
    .where("id", "=", requestId)
    .where("state", "=", "done")
    .where("round", "=", round)
    .returning("total")
    .executeTakeFirst();
  if (!request) return resultFor(transaction, "too-late", input);
  const again = await failedAgain(transaction, { requestId, now });
  if (again === 0) return rollBack("nothing-to-retry");
  const uncertain = await uncertainFailures(transaction, requestId);
  await transaction
    .updateTable("requests")
    .set((row) => ({
      state: "approved",
      ended_at: null,
      open: again,
      failed: row("failed", "-", again),
      uncertain,
      confirmed_at: now,
    }))
    .where("id", "=", requestId)
    .execute();
  await markMessageStale(transaction, requestId, now + settleMs);
  const detail = { round: round + 1, operations: again };
  await record(transaction, [{ what: "retried", at: now, actor: by, origin, requestId, detail }]);
  // The view is read in the same transaction, so that a retry is never reported as failed because reading it failed.
  return resultFor(transaction, "retried", input);
}

async function resultFor(db: Database, kind: "retried" | "too-late", { requestId }: RetryInput): Promise<RetryResult> {
  const request = await findRequest(db, requestId);
  return request ? { kind, request } : { kind: "unknown" };
}
