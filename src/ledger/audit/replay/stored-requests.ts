/** Reads requests with their approvals, operations and attempts, to compare them with their events. */
import type { Runner } from "../../../storage/statement.ts";
import { parseObject } from "../json-object.ts";
import type { StoredRequest } from "./request-differences.ts";

/** Requests with their approvals, operations and attempts, in the order of their IDs. */
export async function loadRequests(on: Runner, ids: readonly string[]): Promise<StoredRequest[]> {
  // All columns, here and of operations: a ledger of 0.1.0 that was not migrated lacks some of those that are compared.
  const rows = await on.selectFrom("requests").selectAll().where("id", "in", ids).orderBy("id").execute();
  const operations = await on
    .selectFrom("operations")
    .selectAll()
    .where("request_id", "in", ids)
    .orderBy("request_id")
    .orderBy("seq")
    .execute();
  const attempts = await on
    .selectFrom("operations")
    .innerJoin("attempts", "attempts.operation_id", "operations.id")
    .select(["request_id", "operation_id", "attempts.round", "number", "result_json"])
    .where("request_id", "in", ids)
    .execute();
  const approvals = await on.selectFrom("approvals").selectAll().where("request_id", "in", ids).execute();
  // Events are read last, so that they include everything that the rows show.
  const events = await on
    .selectFrom("events")
    .select(["request_id", "at", "actor", "what", "operation_id as operationId", "detail_json"])
    .where("request_id", "in", ids)
    .orderBy("seq")
    .execute();
  const of = {
    operations: Map.groupBy(operations, ({ request_id }) => request_id),
    attempts: Map.groupBy(attempts, ({ request_id }) => request_id),
    approvals: Map.groupBy(approvals, ({ request_id }) => request_id),
    events: Map.groupBy(events, ({ request_id }) => request_id),
  };
  return rows.map((row) => ({
    row,
    operations: of.operations.get(row.id) ?? [],
    attempts: of.attempts.get(row.id) ?? [],
    approvals: of.approvals.get(row.id) ?? [],
    events: (of.events.get(row.id) ?? []).map(({ detail_json, ...event }) => ({
      ...event,
      detail: parseObject(detail_json),
    })),
  }));
}
