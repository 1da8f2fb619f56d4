/** The history of all requests, page by page: one entry for each request, however many sub-merchants it has. */
import { type SqlBool, sql } from "kysely";
import { actions } from "../../domain/attempt-result.ts";
import { objectsWith } from "../../domain/goldplan/objects.ts";
import type { Database } from "../../storage/schema.ts";
import type { HistoryFilter } from "./history.ts";
import { entriesPerPage, type Page, type PageCursor, turn } from "./pages.ts";
import { findByNumbers, type RequestView } from "./request-view.ts";

type Filter = Omit<HistoryFilter, "subMchid">;

/** One page, newest first; without a cursor the first page. The cursor's `seq` is a request's number. */
export async function requestsPage(db: Database, filter: Filter, cursor?: PageCursor): Promise<Page<RequestView>> {
  const from = filter.since === undefined ? 0 : await firstSince(db, filter.since);
  if (from === undefined) return { entries: [], hasOlder: false, hasNewer: false };
  return turn(async (start) => {
    const isDown = start?.direction !== "newer";
    const numbers = await numbersFrom(db, { ...filter, from }, start);
    const requests = await findByNumbers(db, numbers);
    return requests.sort((one, other) => (isDown ? other.number - one.number : one.number - other.number));
  }, cursor);
}

interface NumbersFilter extends Omit<Filter, "since"> {
  from: number;
}

/**
 * Each list is read along one index that begins with the action, so that the cost does not depend on the size of the
 * ledger.
 */
async function numbersFrom(db: Database, filter: NumbersFilter, cursor: PageCursor | undefined): Promise<number[]> {
  const { requestedBy, action, object, failed, from, ticket } = filter;
  if (ticket !== undefined) return numbersOf(ofTicket(db, ticket), filter, cursor);
  if (object === "goldplan" || object === "both") return numbersOf(ofGoldPlan(db, object), filter, cursor);
  const order = cursor?.direction === "newer" ? "asc" : "desc";
  const lists = (action ? [action] : actions).map((one) => {
    let found = db.selectFrom("requests").select("number").where("action", "=", one);
    if (requestedBy !== undefined) found = found.where("requested_by", "=", requestedBy);
    // A literal, as in the definition of the partial indexes.
    if (failed) found = found.where("failed", ">", sql.lit(0));
    if (object) found = found.where("object", "in", objectsWith(object));
    if (from > 0) found = found.where(indexedNumber, ">=", from);
    if (cursor) found = found.where(indexedNumber, order === "asc" ? ">" : "<", cursor.seq);
    return found
      .orderBy(indexedNumber, order)
      .limit(entriesPerPage + 1)
      .execute();
  });
  const numbers = (await Promise.all(lists)).flat().map((row) => row.number);
  return numbers.sort((one, other) => (order === "asc" ? one - other : other - one)).slice(0, entriesPerPage + 1);
}

function ofTicket(db: Database, ticket: string) {
  return db.selectFrom("requests").select("number").where("ticket", "is not", null).where("ticket", "=", ticket);
}

function ofGoldPlan(db: Database, object: "goldplan" | "both") {
  const requests = db.selectFrom("requests").select("number").where("object", "<>", sql.lit("receipt"));
  return requests.where("object", "in", objectsWith(object));
}

/** A list with an index of its own, which is the right one: conditions on expressions leave the planner no other. */
async function numbersOf(
  list: ReturnType<typeof ofTicket>,
  { requestedBy, action, object, failed, from }: NumbersFilter,
  cursor: PageCursor | undefined,
): Promise<number[]> {
  const order = cursor?.direction === "newer" ? "asc" : "desc";
  let found = list;
  if (requestedBy !== undefined) found = found.where(sql<SqlBool>`requested_by || '' = ${requestedBy}`);
  if (action) found = found.where(sql<SqlBool>`action || '' = ${action}`);
  if (object) found = found.where(sql<string>`object || ''`, "in", objectsWith(object));
  if (failed) found = found.where(sql<SqlBool>`failed + 0 > 0`);
  if (from > 0) found = found.where(indexedNumber, ">=", from);
  if (cursor) found = found.where(indexedNumber, order === "asc" ? ">" : "<", cursor.seq);
  const rows = await found
    .orderBy(indexedNumber, order)
    .limit(entriesPerPage + 1)
    .execute();
  return rows.map((row) => row.number);
}

/** The number of the first request since a time. Instances whose clocks differ may number theirs in either order. */
async function firstSince(db: Database, since: number): Promise<number | undefined> {
  const requests = db.selectFrom("requests").select("number").where("created_at", ">=", since);
  return (await requests.orderBy("created_at").orderBy("id").limit(1).executeTakeFirst())?.number;
}

/** The spelling of `number` in the indexes for these lists, and in no other index. */
const indexedNumber = sql<number>`(number + 0)`;
