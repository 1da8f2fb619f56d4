/**
 * Ends held operations without carrying them out. Those whose step had started in their round fail, and so do those of
 * which WeChat Pay may have carried out a call in an earlier round; the others are cancelled.
 */
import type { Transaction } from "kysely";
import type { Schema } from "../../storage/schema.ts";
import type { Origin } from "../audit/audit-log.ts";
import type { LedgerContext } from "../ledger-context.ts";
import { recordCancelled } from "../operations/cancellation.ts";
import { calledOperations, failUncalled, hasStarted } from "../operations/ending-uncalled.ts";
import { endedUncertain } from "../queries/attempt-results.ts";

export interface EndOfHold {
  requestId: string;
  what: "cancelled-held" | "held-expired";
  by: string;
  origin: Origin;
  now: number;
}

/**
 * Ends the held operations of a request whose row is locked, and returns how many. After its last open operation, the
 * request is done.
 */
export async function endHeld(
  context: LedgerContext,
  transaction: Transaction<Schema>,
  end: EndOfHold,
): Promise<number> {
  const { requestId, now } = end;
  const called = await calledOperations(transaction, requestId, "held");
  const failing = called.filter((operation) => hasStarted(operation) || endedUncertain(operation));
  const ended = await failUncalled(context, transaction, failing, end);
  const cancelled = await transaction
    .updateTable("operations")
    .set({ state: "cancelled", ended_at: now })
    .where("request_id", "=", requestId)
    .where("state", "=", "held")
    .executeTakeFirst();
  const count = Number(cancelled.numUpdatedRows);
  await recordCancelled(context, transaction, { ...end, count, ...ended });
  return count + ended.failed;
}
