/** Records the operations of a new request. A sub-merchant that has an open operation does not get a second one. */
import { type Selectable, sql, type Transaction } from "kysely";
import type { Change } from "../../domain/goldplan/change.ts";
import { type PayScene, type Step, stepsOf } from "../../domain/goldplan/objects.ts";
import type { OperationsTable, Schema } from "../../storage/schema.ts";
import { given, insertSet, longListRowsMax, setStatement } from "../../storage/statement.ts";
import type { LedgerContext } from "../ledger-context.ts";

/** What an operation copies from its request. */
type Copied = Pick<Change, keyof Change> & { requestId: string; scene: PayScene | null; requestedBy: string };

/** Returns the sub-merchants that had no open operation. */
export async function insertOperations(
  { random, mchid }: LedgerContext,
  transaction: Transaction<Schema>,
  { subMchids, ...copied }: Copied & { subMchids: readonly string[] },
): Promise<Set<string>> {
  const step = firstStep(copied.object);
  const rows = subMchids
    .map((sub_mchid) => ({ sub_mchid }))
    .toSorted(byNumber)
    .map((row) => ({ ...row, id: random.id() }));
  const inserted = await insertWaiting(transaction, rows, { ...copied, mchid, step, rank: rows.length > 1 ? 1 : 0 });
  return new Set(inserted.map((row) => row.sub_mchid));
}

/** The same for requests with one sub-merchant each. Returns how many had no open operation. */
export async function insertSingleOperations(
  { random, mchid }: LedgerContext,
  transaction: Transaction<Schema>,
  requests: readonly (Copied & { subMchids: readonly string[] })[],
): Promise<number> {
  const rows = requests.map(({ requestId, action, object, scene, requestedBy, subMchids: [sub_mchid = ""] }) => ({
    ...{ id: random.id(), request_id: requestId, mchid, sub_mchid, action, object, scene, requested_by: requestedBy },
    ...{ step: firstStep(object), queue_rank: 0, state: "waiting" as const, round: 1, attempts: 0, endpoint: 0 },
  }));
  const inserted = await insertSingles(transaction, rows.toSorted(byNumber));
  return inserted.length;
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

function firstStep(object: Change["object"]): Step {
  const [first = "receipt"] = stepsOf(object);
  return first;
}

/** All instances insert in the same order, to avoid deadlocks. */
function byNumber({ sub_mchid: a }: { sub_mchid: string }, { sub_mchid: b }: { sub_mchid: string }): number {
  return a.length - b.length || (a < b ? -1 : 1);
}

const singleColumns = {
  id: "text",
  request_id: "text",
  mchid: "text",
  sub_mchid: "text",
  action: "text",
  object: "text",
  scene: "text",
  step: "text",
  requested_by: "text",
  queue_rank: "bigint",
  state: "text",
  round: "bigint",
  attempts: "bigint",
  endpoint: "bigint",
} as const;

const insertSingles = insertSet<Pick<Selectable<OperationsTable>, keyof typeof singleColumns>, { id: string }>(
  "operations",
  singleColumns,
  {
    ending: "on conflict do nothing returning id",
  },
);
