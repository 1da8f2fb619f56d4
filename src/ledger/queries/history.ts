/** The history of a sub-merchant, and the sub-merchants of a request, page by page. */
import { type Action, type AttemptResult, parseResult } from "../../domain/attempt-result.ts";
import type { Merchant } from "../../domain/directory/merchant.ts";
import type { Change } from "../../domain/goldplan/change.ts";
import { objectsWith, type Step, type SwitchObject } from "../../domain/goldplan/objects.ts";
import type { Database, OperationState, RequestState } from "../../storage/schema.ts";
import { asMerchant, merchantName } from "../directory/merchant-name.ts";
import { approvalsOfAll } from "./approvals.ts";
import { newestResult } from "./attempt-results.ts";
import { type DecisionView, decisionOf } from "./decision-view.ts";
import { entriesPerPage, type Page, type PageCursor, turn } from "./pages.ts";

/** An operation together with its request. Times are milliseconds since the epoch. */
export interface HistoryEntry extends Change, Merchant {
  seq: number;
  /** The public number of its request. */
  number: number;
  /** The ticket of its request, where one was required. */
  ticket: string | undefined;
  state: OperationState;
  /** The step that it has reached; once it has ended, the last step that was begun. */
  step: Step;
  /** Who excluded it before its request was decided. */
  excludedBy: string | undefined;
  /** How it failed, if it did. */
  result: AttemptResult | undefined;
  requestState: RequestState;
  requestedBy: string;
  createdAt: number;
  expiresAt: number;
  /** How its request was decided; undefined while it is undecided. */
  decision: DecisionView | undefined;
  endedAt: number | undefined;
  /** When the receipt was switched, if 点金计划 followed. */
  receiptDoneAt: number | undefined;
  channelId: string;
  /** The timestamp by which Slack identifies the request's message, once posted. */
  messageTs: string | undefined;
  /** The error code if Slack permanently refused that message or its last change. */
  messageRefused: string | undefined;
}

/** An entry matches if it meets every condition given. */
export interface HistoryFilter {
  subMchid?: string | undefined;
  requestedBy?: string | undefined;
  action?: Action | undefined;
  /** Requests that switch this object, alone or with another. */
  object?: SwitchObject | undefined;
  failed?: true | undefined;
  ticket?: string | undefined;
  /** Submitted at this time or later, in milliseconds since the epoch. */
  since?: number | undefined;
}

/** One page of a sub-merchant's operations, newest first; without a cursor the first page. */
export async function page(
  db: Database,
  filter: HistoryFilter & { subMchid: string },
  cursor?: PageCursor,
): Promise<Page<HistoryEntry>> {
  const from = filter.since === undefined ? 0 : await firstSince(db, filter.since);
  if (from === undefined) return { entries: [], hasOlder: false, hasNewer: false };
  return turn((start) => read(db, filter, from, start), cursor);
}

/** One page of a request's sub-merchants, in the order of its files; without a cursor the first page. */
export function requestPage(db: Database, requestId: string, cursor?: PageCursor): Promise<Page<HistoryEntry>> {
  return turn(async (start) => {
    // The first sub-merchant is at the top, where lists of requests show the newest.
    const order = start?.direction === "newer" ? "desc" : "asc";
    let operations = operationsOf(db).where("request_id", "=", requestId);
    if (start) operations = operations.where("seq", order === "asc" ? ">" : "<", start.seq);
    return entriesOf(db, operations.orderBy("seq", order).limit(entriesPerPage + 1), order);
  }, cursor);
}

type Order = "asc" | "desc";

/** Up to one entry more than a page holds, starting at the cursor. */
async function read(
  db: Database,
  filter: HistoryFilter & { subMchid: string },
  from: number,
  cursor: PageCursor | undefined,
): Promise<HistoryEntry[]> {
  const order = cursor?.direction === "newer" ? "asc" : "desc";
  let operations = operationsOf(db).where("seq", ">=", from);
  if (cursor) operations = operations.where("seq", order === "asc" ? ">" : "<", cursor.seq);
  const list = ofSubMerchant(operations, filter);
  return entriesOf(db, list.orderBy("seq", order).limit(entriesPerPage + 1), order);
}

function ofSubMerchant(operations: Operations, filter: HistoryFilter & { subMchid: string }): Operations {
  const { subMchid, requestedBy, action, object, failed, ticket } = filter;
  let found = operations.where("sub_mchid", "=", subMchid);
  if (requestedBy !== undefined) found = found.where("requested_by", "=", requestedBy);
  if (action) found = found.where("action", "=", action);
  if (object) found = found.where("object", "in", objectsWith(object));
  if (failed) found = found.where("state", "=", "failed");
  if (ticket !== undefined)
    found = found.where("request_id", "in", (row) =>
      row.selectFrom("requests").select("id").where("ticket", "=", ticket),
    );
  return found;
}

/**
 * The first operation that was submitted at this time or later; undefined if there is none. Instances whose clocks
 * differ may record requests in either order within that difference.
 */
async function firstSince(db: Database, since: number): Promise<number | undefined> {
  const first = await db
    .selectFrom("operations")
    .select("seq")
    .where("request_id", "=", (row) =>
      row
        .selectFrom("requests")
        .select("id")
        .where("created_at", ">=", since)
        .orderBy("created_at")
        .orderBy("id")
        .limit(1),
    )
    .orderBy("seq")
    .limit(1)
    .executeTakeFirst();
  return first?.seq;
}

export type Operations = ReturnType<typeof operationsOf>;

export function operationsOf(db: Database) {
  return db.selectFrom("operations").selectAll();
}

/** A subquery selects the operations before the join, whatever the engine's planner would prefer. */
export async function entriesOf(db: Database, operations: Operations, order: Order): Promise<HistoryEntry[]> {
  const rows = await db
    .selectFrom(operations.as("operations"))
    .innerJoin("requests", "requests.id", "operations.request_id")
    .leftJoin("posts", (join) => join.onRef("posts.request_id", "=", "requests.id").on("posts.kind", "=", "message"))
    .select([
      "operations.seq",
      "operations.sub_mchid",
      "operations.action",
      "operations.object",
      "operations.step",
      "operations.receipt_done_at",
      "operations.state",
      "operations.requested_by",
      "operations.ended_at",
      "operations.left_out_by",
      "requests.number",
      "requests.ticket",
      "requests.state as request_state",
      "requests.created_at",
      "requests.expires_at",
      "requests.id as request_id",
      "requests.decided_by",
      "requests.decided_at",
      "requests.broke_glass",
      "requests.approvals_needed",
      "requests.channel_id",
      "posts.ts",
      "posts.refused",
    ])
    .select((row) => [
      row.case().when("operations.state", "=", "failed").then(newestResult()).end().as("result_json"),
      merchantName("operations.sub_mchid").as("merchant_name"),
    ])
    .orderBy("operations.seq", order)
    .execute();
  const severalApprove = rows.filter((row) => row.approvals_needed > 1).map((row) => row.request_id);
  const approvals = await approvalsOfAll(db, [...new Set(severalApprove)]);
  return rows.map((row) => ({
    seq: row.seq,
    number: row.number,
    ...asMerchant(row.sub_mchid, row.merchant_name),
    ticket: row.ticket ?? undefined,
    action: row.action,
    object: row.object,
    step: row.step,
    receiptDoneAt: row.receipt_done_at ?? undefined,
    state: row.state,
    excludedBy: row.left_out_by ?? undefined,
    result: parseResult(row.result_json),
    requestState: row.request_state,
    requestedBy: row.requested_by,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    decision: decisionOf({ ...row, state: row.request_state }, approvals.get(row.request_id) ?? []),
    endedAt: row.ended_at ?? undefined,
    channelId: row.channel_id,
    messageTs: row.ts ?? undefined,
    messageRefused: row.refused ?? undefined,
  }));
}
