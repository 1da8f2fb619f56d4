/** Looking up how an operation's newest finished attempt ended. */
import { expressionBuilder } from "kysely";
import { type AttemptResult, parseResult } from "../../domain/attempt-result.ts";
import type { Step } from "../../domain/goldplan/objects.ts";
import { isUncertain, topicsMaybeUncertain } from "../../domain/guidance.ts";
import type { Database, Schema } from "../../storage/schema.ts";

/** The `result_json` of the newest finished attempt, in any round, for a query over `operations`. */
export function newestResult() {
  return expressionBuilder<Schema, "operations">()
    .selectFrom("attempts")
    .select("attempts.result_json")
    .whereRef("attempts.operation_id", "=", "operations.id")
    .where("attempts.result_json", "is not", null)
    .orderBy("attempts.round", "desc")
    .orderBy("attempts.number", "desc")
    .limit(1);
}

/** The same, for attempts of the operation's current round only. */
export function newestResultOfRound() {
  return newestResult().whereRef("attempts.round", "=", "operations.round");
}

/** How many failed operations of a request are not certain. */
export async function uncertainFailures(db: Database, requestId: string): Promise<number> {
  const rows = await db
    .selectFrom("operations")
    .select(newestResult().as("result_json"))
    .where("request_id", "=", requestId)
    .where("state", "=", "failed")
    .where("topic", "in", [...topicsMaybeUncertain])
    .execute();
  return rows.map(({ result_json }) => parseResult(result_json)).filter((result) => result && isUncertain(result))
    .length;
}

/** How a round ended, the current one or an earlier one, and in which step. */
export async function resultOfRound(
  db: Database,
  operationId: string,
  round: number,
): Promise<{ result: AttemptResult; step: Step } | undefined> {
  const attempt = await db
    .selectFrom("attempts")
    .select(["result_json", "step"])
    .where("operation_id", "=", operationId)
    .where("round", "=", round)
    .where("result_json", "is not", null)
    .orderBy("number", "desc")
    .limit(1)
    .executeTakeFirst();
  const result = parseResult(attempt?.result_json ?? null);
  return attempt && result && { result, step: attempt.step };
}
