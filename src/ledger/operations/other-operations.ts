/** Conditions on the earlier and later operations on the same sub-merchant, for queries and statements. */
import { type ExpressionBuilder, expressionBuilder } from "kysely";
import { topicsBeyondRetry } from "../../domain/guidance.ts";
import type { OperationState, Schema } from "../../storage/schema.ts";

/**
 * The operations that a Retry queues again: failed, able to succeed unchanged, and without a later operation on the same
 * sub-merchant.
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
            .where("later.state", "not in", unless),
        ),
      ),
    ]);
}

/** The `seq` of the newest operation, `latest`, on the sub-merchant of an operation `mine` that came before `mine`. */
export function newestEarlier() {
  return expressionBuilder<Schema & { mine: Schema["operations"] }, "mine">()
    .selectFrom("operations as latest")
    .select((latest) => latest.fn.max("latest.seq").as("seq"))
    .whereRef("latest.sub_mchid", "=", "mine.sub_mchid")
    .whereRef("latest.seq", "<", "mine.seq");
}
