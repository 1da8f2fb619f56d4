/** Conditions on the earlier and later operations on the same sub-merchant, for queries and statements. */
import { type ExpressionBuilder, expressionBuilder, type SqlBool, sql, type Transaction } from "kysely";
import { topicsBeyondRetry } from "../../domain/guidance.ts";
import { type OperationState, openOperationStates, type Schema } from "../../storage/schema.ts";

/** Whether two operations switch the same object, or one of the same. @param one, other their names in the query */
function overlap(one: string, other: string) {
  const [object, otherObject] = [sql.ref(`${one}.object`), sql.ref(`${other}.object`)];
  return sql<SqlBool>`(${object} = ${otherObject} or ${object} = 'both' or ${otherObject} = 'both')`;
}

/**
 * Whether a later operation has replaced an earlier one: it is about the same object, and not in one of the states
 * `unless`. One that was cancelled between its steps has switched the receipt.
 * @param later, earlier their names in the query
 */
function replaces(later: string, earlier: string, unless: readonly OperationState[]) {
  const ref = (name: string, column: string) => sql.ref(`${name}.${column}`);
  const states = sql.join(unless.map((state) => sql.lit(state)));
  return sql<SqlBool>`(${overlap(later, earlier)} and (${ref(later, "state")} not in (${states})
    or (${ref(later, "state")} = 'cancelled' and ${ref(later, "receipt_done_at")} is not null
      and ${ref(earlier, "object")} <> 'goldplan')))`;
}

/**
 * The later operations that have replaced an operation, for a query over `operations`.
 * @param unless those in one of these states do not count
 */
export function replacements(unless: readonly OperationState[]) {
  return expressionBuilder<Schema, "operations">()
    .selectFrom("operations as later")
    .select("later.id")
    .whereRef("later.sub_mchid", "=", "operations.sub_mchid")
    .whereRef("later.seq", ">", "operations.seq")
    .where(replaces("later", "operations", unless));
}

/**
 * The operations that a Retry queues again: failed, able to succeed unchanged, and without a later operation on the
 * same object of the same sub-merchant.
 * @param unless a later operation in one of these states does not count
 */
export function mayBeRetried(unless: readonly OperationState[]) {
  return ({ eb, and, or, not, exists }: ExpressionBuilder<Schema, "operations">) =>
    and([
      eb("state", "=", "failed"),
      or([eb("topic", "is", null), eb("topic", "not in", [...topicsBeyondRetry])]),
      not(exists(replacements(unless))),
    ]);
}

/** Whether another operation on the same sub-merchant is open, whatever it switches: two are never open at once. */
export function hasOtherOpen({ exists, selectFrom }: ExpressionBuilder<Schema, "operations">) {
  return exists(
    selectFrom("operations as other")
      .select("other.id")
      .whereRef("other.sub_mchid", "=", "operations.sub_mchid")
      .whereRef("other.id", "!=", "operations.id")
      .where("other.state", "in", [...openOperationStates]),
  );
}

/**
 * The `seq` of the newest operation, `latest`, on an object of the sub-merchant of an operation `mine` that came before
 * `mine`.
 */
export function newestEarlier() {
  return expressionBuilder<Schema & { mine: Schema["operations"] }, "mine">()
    .selectFrom("operations as latest")
    .select((latest) => latest.fn.max("latest.seq").as("seq"))
    .whereRef("latest.sub_mchid", "=", "mine.sub_mchid")
    .whereRef("latest.seq", "<", "mine.seq")
    .where(overlap("latest", "mine"));
}

/**
 * The earlier requests that hold the latest failure about an object of this request for one of its sub-merchants: their
 * Retry button depends on it.
 */
export async function supersededBy(transaction: Transaction<Schema>, requestId: string): Promise<string[]> {
  const rows = await transaction
    .selectFrom("operations as mine")
    .innerJoin("operations as earlier", "earlier.sub_mchid", "mine.sub_mchid")
    .select("earlier.request_id")
    .distinct()
    .where("mine.request_id", "=", requestId)
    .where("mine.left_out_by", "is", null)
    .where("earlier.state", "=", "failed")
    .whereRef("earlier.seq", "<", "mine.seq")
    .where(overlap("earlier", "mine"))
    // A request for both can come after two failures, one of each object. Older ones have lost their button before.
    .where(({ exists, not, selectFrom }) =>
      not(
        exists(
          selectFrom("operations as between")
            .select("between.id")
            .whereRef("between.sub_mchid", "=", "mine.sub_mchid")
            .whereRef("between.seq", ">", "earlier.seq")
            .whereRef("between.seq", "<", "mine.seq")
            .where(replaces("between", "earlier", ["cancelled"])),
        ),
      ),
    )
    .execute();
  return rows.map((row) => row.request_id);
}
