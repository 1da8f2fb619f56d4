/** Records the operations of a new request. A sub-merchant that has an open operation does not get a second one. */
import type { Transaction } from "kysely";
import type { Action } from "../../domain/attempt-result.ts";
import type { Schema } from "../../storage/schema.ts";
import { statement } from "../../storage/statement.ts";
import type { LedgerContext } from "../ledger-context.ts";

/** Rows per statement: SQLite accepts about 32,000 values. */
const rowsPerStatement = 500;

/** Returns the sub-merchants that had no open operation. All instances insert in the same order, to avoid deadlocks. */
export async function insertOperations(
  { random, mchid }: LedgerContext,
  transaction: Transaction<Schema>,
  operations: { requestId: string; action: Action; requestedBy: string; subMchids: readonly string[] },
): Promise<Set<string>> {
  const { requestId, action, requestedBy, subMchids } = operations;
  const [only, ...more] = subMchids;
  if (only !== undefined && more.length === 0) {
    const operation = { id: random.id(), requestId, mchid, subMchid: only, action, requestedBy };
    const { numAffectedRows } = await insertOperation(transaction, operation);
    return new Set(numAffectedRows === 0n ? [] : [only]);
  }
  const sorted = subMchids.toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1));
  const taken = new Set<string>();
  for (let first = 0; first < sorted.length; first += rowsPerStatement) {
    const rows = sorted.slice(first, first + rowsPerStatement);
    const inserted = await transaction
      .insertInto("operations")
      .values(
        rows.map((subMchid) => ({
          ...waiting,
          id: random.id(),
          request_id: requestId,
          mchid,
          sub_mchid: subMchid,
          action,
          requested_by: requestedBy,
          queue_rank: 1,
        })),
      )
      .onConflict((conflict) => conflict.doNothing())
      .returning("sub_mchid")
      .execute();
    for (const row of inserted) taken.add(row.sub_mchid);
  }
  return taken;
}

const waiting = {
  state: "waiting",
  round: 1,
  attempts: 0,
  due_at: null,
  endpoint: 0,
  lease_owner: null,
  lease_until: null,
  ended_at: null,
} as const;

const insertOperation = statement<{
  id: string;
  requestId: string;
  mchid: string;
  subMchid: string;
  action: Action;
  requestedBy: string;
}>()((db, operation) =>
  db
    .insertInto("operations")
    .values({
      ...waiting,
      id: operation.id,
      request_id: operation.requestId,
      mchid: operation.mchid,
      sub_mchid: operation.subMchid,
      action: operation.action,
      requested_by: operation.requestedBy,
    })
    // The only unique index that can conflict is the one on a sub-merchant's open operation.
    .onConflict((conflict) => conflict.doNothing()),
);
