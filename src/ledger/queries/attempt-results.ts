/** Looking up how an operation's earlier attempts ended. */
import { expressionBuilder } from "kysely";
import { type AttemptResult, parseResult } from "../../domain/attempt-result.ts";
import type { Step } from "../../domain/goldplan/objects.ts";
import { isUncertain } from "../../domain/guidance.ts";
import type { Database, Schema } from "../../storage/schema.ts";
import { type Runner, setStatement } from "../../storage/statement.ts";

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

const resultsOfStep = setStatement<{ id: string }>()((db, operations, _: Record<string, never>) =>
  db
    .selectFrom("operations")
    .innerJoin("attempts", (join) =>
      join.onRef("attempts.operation_id", "=", "operations.id").onRef("attempts.step", "=", "operations.step"),
    )
    .select(["operations.id", "attempts.result_json"])
    .where(
      "operations.id",
      "in",
      operations.map(({ id }) => id),
    ),
);

/** Which operations have an attempt of their present step, in any round, that WeChat Pay may have carried out. */
export async function mayHaveActed(db: Runner, operationIds: readonly string[]): Promise<Set<string>> {
  if (operationIds.length === 0) return new Set();
  const ids = operationIds.map((id) => ({ id }));
  const results = (await resultsOfStep(db, ids, {})).map(({ id, result_json }) => ({
    id,
    result: parseResult(result_json),
  }));
  // An attempt without a result may have been made by an instance that died. One that was accepted came too late to
  // count: another instance had taken over its lease.
  const mayAct = (result: AttemptResult | undefined) => !result || result.kind === "accepted" || isUncertain(result);
  return new Set(results.filter(({ result }) => mayAct(result)).map(({ id }) => id));
}

/** Whether an operation's newest result leaves open what its calls did. */
export function endedUncertain({ result_json }: { result_json: string | null }): boolean {
  const result = parseResult(result_json);
  return result !== undefined && isUncertain(result);
}

/** How many failed operations of a request are not certain. */
export async function uncertainFailures(db: Database, requestId: string): Promise<number> {
  const rows = await db
    .selectFrom("operations")
    .select(newestResult().as("result_json"))
    .where("request_id", "=", requestId)
    .where("state", "=", "failed")
    .execute();
  return rows.filter(endedUncertain).length;
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
