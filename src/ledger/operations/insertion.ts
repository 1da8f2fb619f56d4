/** Records the operations of a new request. A sub-merchant that has an open operation does not get a second one. */
import type { Transaction } from "kysely";
import type { Change } from "../../domain/goldplan/change.ts";
import { type PayScene, type Step, stepsOf } from "../../domain/goldplan/objects.ts";
import type { Schema } from "../../storage/schema.ts";
import { statement } from "../../storage/statement.ts";
import type { LedgerContext } from "../ledger-context.ts";

/** Rows per statement: SQLite accepts about 32,000 values. */
const rowsPerStatement = 500;

/** What an operation copies from its request. */
type Copied = Pick<Change, keyof Change> & { requestId: string; scene: PayScene | null; requestedBy: string };

/** Returns the sub-merchants that had no open operation. All instances insert in the same order, to avoid deadlocks. */
export async function insertOperations(
  { random, mchid }: LedgerContext,
  transaction: Transaction<Schema>,
  operations: Copied & { subMchids: readonly string[] },
): Promise<Set<string>> {
  const { requestId, action, object, scene, requestedBy, subMchids } = operations;
  const copied = { requestId, action, object, scene, requestedBy };
  const [step = "receipt"] = stepsOf(object);
  const [only, ...more] = subMchids;
  if (only !== undefined && more.length === 0) {
    const operation = { ...copied, id: random.id(), mchid, subMchid: only, step };
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
          object,
          scene,
          step,
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

const insertOperation = statement<Copied & { id: string; mchid: string; subMchid: string; step: Step }>()(
  (db, operation) =>
    db
      .insertInto("operations")
      .values({
        ...waiting,
        id: operation.id,
        request_id: operation.requestId,
        mchid: operation.mchid,
        sub_mchid: operation.subMchid,
        action: operation.action,
        object: operation.object,
        scene: operation.scene,
        step: operation.step,
        requested_by: operation.requestedBy,
      })
      // The only unique index that can conflict is the one on a sub-merchant's open operation.
      .onConflict((conflict) => conflict.doNothing()),
);
