/** Conditions on the earlier and later operations on the same sub-merchant, for queries and statements. */
import { type ExpressionBuilder, expressionBuilder, type SqlBool, sql } from "kysely";
import { topicsBeyondRetry } from "../../domain/guidance.ts";
import { type OperationState, openOperationStates, type Schema } from "../../storage/schema.ts";

/** Whether two operations switch the same object, or one of the same. @param one, other their names in the query */
export function overlap(one: string, other: string) {
  const [object, otherObject] = [sql.ref(`${one}.object`), sql.ref(`${other}.object`)];
  return sql<SqlBool>`(${object} = ${otherObject} or ${object} = 'both' or ${otherObject} = 'both')`;
}

/**
 * The operations that a Retry queues again: failed, able to succeed unchanged, and without a later operation on the same
 * object of the same sub-merchant.
 * @param unless a later operation in one of these states does not count
 */
export function mayBeRetried(unless: readonly OperationState[]) {
  return ({ eb, and, or, not, exists, selectFrom }: ExpressionBuilder<Schema, "operations">) =>
    and([
      eb("state", "=", "failed"),
      or([eb("topic", "is", null), eb("topic", "not in", [...topicsBeyondRetry])]),
      not(
        exists(
          selectFrom("operations as later")
            .select("later.id")
            .whereRef("later.sub_mchid", "=", "operations.sub_mchid")
            .whereRef("later.seq", ">", "operations.seq")
            .where(overlap("later", "operations"))
            .where("later.state", "not in", unless),
        ),
      ),
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
