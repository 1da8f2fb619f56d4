/** Records the operations of a new request. A sub-merchant that has an open operation does not get a second one. */
import { sql, type Transaction } from "kysely";
import type { Change } from "../../domain/goldplan/change.ts";
import { type PayScene, type Step, stepsOf } from "../../domain/goldplan/objects.ts";
import type { Schema } from "../../storage/schema.ts";
import { given, longListRowsMax, setStatement } from "../../storage/statement.ts";
import type { LedgerContext } from "../ledger-context.ts";

/** What an operation copies from its request. */
type Copied = Pick<Change, keyof Change> & { requestId: string; scene: PayScene | null; requestedBy: string };

/** Returns the sub-merchants that had no open operation. All instances insert in the same order, to avoid deadlocks. */
export async function insertOperations(
  { random, mchid }: LedgerContext,
  transaction: Transaction<Schema>,
  { subMchids, ...copied }: Copied & { subMchids: readonly string[] },
): Promise<Set<string>> {
  const [step = "receipt"] = stepsOf(copied.object);
  const sorted = subMchids.toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1));
  const rows = sorted.map((sub_mchid) => ({ sub_mchid, id: random.id() }));
  const inserted = await insertWaiting(transaction, rows, { ...copied, mchid, step, rank: rows.length > 1 ? 1 : 0 });
  return new Set(inserted.map((row) => row.sub_mchid));
}

/** `rank` is 1 for each of many: they do not delay single operations. */
type Shared = Copied & { mchid: string; step: Step; rank: number };

const insertWaiting = setStatement<{ sub_mchid: string; id: string }>(longListRowsMax)((db, rows, one: Shared) => ({
  // The only unique index that can conflict is the one on a sub-merchant's open operation.
  compile: () =>
    sql<{ sub_mchid: string }>`with ${given(rows, { sub_mchid: "text", id: "text" })}
      insert into operations (id, request_id, mchid, sub_mchid, action, object, scene, step, requested_by, queue_rank,
        state, round, attempts, endpoint)
      select id, ${one.requestId}, ${one.mchid}, sub_mchid, ${one.action}, ${one.object}, ${one.scene}, ${one.step},
        ${one.requestedBy}, cast(${one.rank} as bigint), 'waiting', 1, 0, 0
      from given where id is not null on conflict do nothing returning sub_mchid`.compile(db),
}));
