/**
 * Every difference between the ledger and its audit trail, request by request, so that a large ledger needs no more memory
 * than a small one. It may run beside the bot: a difference is reported only if one consistent reading shows it.
 */
import { type Kysely, sql } from "kysely";
import type { Schema, Store } from "../../../storage/schema.ts";
import type { Runner } from "../../../storage/statement.ts";
import { grantDifferences } from "./grant-differences.ts";
import { type Difference, differencesOf, parsed, type StoredRequest } from "./request-differences.ts";

/** Requests per page, and operations in memory at a time; a larger request is read as a whole. */
const requestsPerPage = 200;
const operationsAtOnce = 1_000;

/** @param progress called with the number of requests that were compared */
export async function* differences(
  store: Store,
  progress: (requests: number) => void,
): AsyncGenerator<Difference, void> {
  yield* await certain(store, grantDifferences);
  const { db } = store;
  for (let after = "", count = 0; ; ) {
    const page = await db
      .selectFrom("requests")
      .select(["id", "total"])
      .where("id", ">", after)
      .orderBy("id")
      .limit(requestsPerPage)
      .execute();
    for (const ids of chunks(page)) {
      const found = (await load(db, ids)).filter((stored) => differencesOf(stored).length > 0);
      for (const { row } of found)
        yield* await certain(store, async (on) => (await load(on, [row.id])).flatMap(differencesOf));
    }
    count += page.length;
    progress(count);
    const last = page.at(-1);
    if (!last || page.length < requestsPerPage) break;
    after = last.id;
  }
  yield* await withoutRequest(db);
}

/** What `find` finds in one consistent reading, if it finds anything at all. */
async function certain({ db, engine }: Store, find: (on: Runner) => Promise<Difference[]>): Promise<Difference[]> {
  if ((await find(db)).length === 0) return [];
  const transaction = engine === "postgres" ? db.transaction().setIsolationLevel("repeatable read") : db.transaction();
  return transaction.execute(find);
}

/** Few enough requests at a time that their operations fit into memory. */
function* chunks(page: readonly { id: string; total: number }[]): Generator<string[], void> {
  let ids: string[] = [];
  let operations = 0;
  for (const { id, total } of page) {
    if (ids.length > 0 && operations + total > operationsAtOnce) {
      yield ids;
      ids = [];
      operations = 0;
    }
    ids.push(id);
    operations += total;
  }
  if (ids.length > 0) yield ids;
}

async function load(on: Kysely<Schema>, ids: readonly string[]): Promise<StoredRequest[]> {
  const rows = await on.selectFrom("requests").select(requestColumns).where("id", "in", ids).orderBy("id").execute();
  const operations = await on
    .selectFrom("operations")
    .select(["id", "request_id", "sub_mchid", "action", "requested_by", "state", "round", "left_out_by"])
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
  // Last, so that they cannot lack what the rows show already.
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
      detail: parsed(detail_json),
    })),
  }));
}

const requestColumns = [
  "id",
  "action",
  "reason",
  "requested_by",
  "state",
  "decided_by",
  "decided_at",
  "decision_reason",
  "stopped_by",
  "stopped_at",
  "broke_glass",
  "round",
  "total",
  "open",
  "succeeded",
  "failed",
  "left_out",
  "approvals_needed",
] as const;

/** Requests that only the trail knows. A request and its first event are written together. */
async function withoutRequest(db: Kysely<Schema>): Promise<Difference[]> {
  const { rows } = await sql<{ id: string; what: string }>`select request_id as id, min(what) as what from events
    where what = 'asked' and not exists (select id from requests where requests.id = events.request_id)
    group by request_id order by request_id`.execute(db);
  return rows.map(({ id }) => ({ of: "request", id, field: "state", ledger: undefined, trail: "pending" }));
}
