/**
 * Finds every difference between the ledger and its audit trail, one request at a time, so that a large ledger needs no
 * more memory than a small one. The bot can run at the same time: a difference is reported only if one consistent read
 * shows it.
 */
import { type Kysely, sql } from "kysely";
import type { Schema, Store } from "../../../storage/schema.ts";
import type { Runner } from "../../../storage/statement.ts";
import { readConsistently } from "../consistent-read.ts";
import { directoryDifferences } from "./directory-differences.ts";
import { grantDifferences } from "./grant-differences.ts";
import { type Difference, differencesOf } from "./request-differences.ts";
import { loadRequests } from "./stored-requests.ts";

/** Requests per page, and operations in memory at a time; a larger request is read completely. */
const requestsPerPage = 200;
const operationsAtOnce = 1_000;

/** @param progress called with the number of requests that were compared */
export async function* differences(
  store: Store,
  progress: (requests: number) => void,
): AsyncGenerator<Difference, void> {
  yield* await certain(store, grantDifferences);
  yield* await certain(store, directoryDifferences);
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
      const found = (await loadRequests(db, ids)).filter((stored) => differencesOf(stored).length > 0);
      for (const { row } of found)
        yield* await certain(store, async (on) => (await loadRequests(on, [row.id])).flatMap(differencesOf));
    }
    count += page.length;
    progress(count);
    const last = page.at(-1);
    if (!last || page.length < requestsPerPage) break;
    after = last.id;
  }
  yield* await withoutRequest(db);
}

/** The differences that `find` returns in one consistent read, if it returned any before. */
async function certain(store: Store, find: (on: Runner) => Promise<Difference[]>): Promise<Difference[]> {
  return (await find(store.db)).length === 0 ? [] : readConsistently(store, find);
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

/** Requests that exist only in the trail. A request and its first event are written together. */
async function withoutRequest(db: Kysely<Schema>): Promise<Difference[]> {
  const { rows } = await sql<{ id: string }>`select request_id as id from events
    where what = 'asked' and not exists (select id from requests where requests.id = events.request_id)
    group by request_id order by request_id`.execute(db);
  return rows.map(({ id }) => ({ of: "request", id, field: "state", ledger: undefined, trail: "pending" }));
}
