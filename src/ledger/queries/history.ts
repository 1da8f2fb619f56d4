/** Looking back into the ledger: what a sub-merchant was last set to, and what was asked for, page by page. */
import { type SqlBool, sql } from "kysely";
import { type Action, type AttemptResult, actions, parseResult } from "../../domain/attempt-result.ts";
import type { Database, OperationState, RequestState } from "../../storage/schema.ts";
import { openOperationStates, operationStates } from "../../storage/schema.ts";
import type { LedgerNeeds } from "../ledger-context.ts";
import { approvalsOfAll } from "./approvals.ts";
import { type DecisionView, decisionOf } from "./decision-view.ts";

/** An operation with what its request says of it. Times are milliseconds since the epoch. */
export interface HistoryEntry {
  seq: number;
  subMchid: string;
  action: Action;
  state: OperationState;
  /** Who left it out of its request before that was decided. */
  excludedBy: string | undefined;
  /** How it failed. */
  result: AttemptResult | undefined;
  requestState: RequestState;
  requestedBy: string;
  createdAt: number;
  expiresAt: number;
  /** How its request was decided; undefined while it is not. */
  decision: DecisionView | undefined;
  endedAt: number | undefined;
  channelId: string;
  /** Slack's id of the request's message, once that is known. */
  messageTs: string | undefined;
}

/** All that is given has to hold. */
export interface HistoryFilter {
  subMchid?: string | undefined;
  requestedBy?: string | undefined;
  action?: Action | undefined;
  failed?: true | undefined;
  /** Asked for then or later, in milliseconds since the epoch. */
  since?: number | undefined;
}

/** Where a page begins: before or after an entry that was seen. */
export interface HistoryCursor {
  direction: "older" | "newer";
  seq: number;
}

/** `entries` in the order in which they are read, from top to bottom. */
export interface Page<Entry> {
  entries: Entry[];
  hasOlder: boolean;
  hasNewer: boolean;
}

/** What became of a sub-merchant so far. */
export interface PreviousResult {
  /** The last change that went through. */
  lastSet: HistoryEntry | undefined;
  /** The last failure, where it is later than `lastSet`. */
  failure: HistoryEntry | undefined;
}

export interface Status extends PreviousResult {
  /** What is waiting, queued or running; there is at most one. */
  underWay: HistoryEntry | undefined;
  /** The last time that it was asked for, where it was left out of that request. */
  leftOut: HistoryEntry | undefined;
}

export interface History {
  status(subMchid: string): Promise<Status>;
  known(subMchid: string): Promise<PreviousResult>;
  /** Newest first; without a place the newest. */
  page(filter: HistoryFilter, place?: HistoryCursor): Promise<Page<HistoryEntry>>;
}

export const entriesPerPage = 10;

export function createHistory({ store: { db } }: Pick<LedgerNeeds, "store">): History {
  async function latest(subMchid: string, states: readonly OperationState[]): Promise<HistoryEntry | undefined> {
    const operations = operationsOf(db).where("sub_mchid", "=", subMchid).where("state", "in", states);
    const [entry] = await entriesOf(db, operations.orderBy("seq", "desc").limit(1), "desc");
    return entry;
  }

  async function page(filter: HistoryFilter, place?: HistoryCursor): Promise<Page<HistoryEntry>> {
    const from = filter.since === undefined ? 0 : await firstSince(db, filter.since);
    if (from === undefined) return { entries: [], hasOlder: false, hasNewer: false };
    const found = await walk(db, filter, from, place);
    const hasMore = found.length > entriesPerPage;
    const entries = found.slice(0, entriesPerPage);
    if (!place) return { entries, hasOlder: hasMore, hasNewer: false };
    if (place.direction === "older" && entries.length > 0) return { entries, hasOlder: hasMore, hasNewer: true };
    // Where the newest are reached the first page is shown, so that it is a full one.
    return hasMore ? { entries: entries.reverse(), hasOlder: true, hasNewer: true } : page(filter);
  }

  async function known(subMchid: string): Promise<PreviousResult> {
    const [lastSet, failure] = await Promise.all([latest(subMchid, ["succeeded"]), latest(subMchid, ["failed"])]);
    const isNews = failure !== undefined && failure.seq > (lastSet?.seq ?? 0);
    return { lastSet, failure: isNews ? failure : undefined };
  }

  return {
    async status(subMchid) {
      const [soFar, underWay, newest] = await Promise.all([
        known(subMchid),
        latest(subMchid, openOperationStates),
        latest(subMchid, operationStates),
      ]);
      return { ...soFar, underWay, leftOut: newest?.excludedBy === undefined ? undefined : newest };
    },
    known,
    page,
  };
}

/** One more than a page holds, beginning at the place. */
async function walk(
  db: Database,
  filter: HistoryFilter,
  from: number,
  place: HistoryCursor | undefined,
): Promise<HistoryEntry[]> {
  const order = place?.direction === "newer" ? "asc" : "desc";
  const { subMchid, requestedBy, action, failed } = filter;
  const seq = subMchid === undefined ? walkedSeq : sql<number>`seq`;
  let operations = operationsOf(db).where(seq, ">=", from);
  if (place) operations = operations.where(seq, order === "asc" ? ">" : "<", place.seq);
  const read = (each: Operations) => entriesOf(db, each.orderBy(seq, order).limit(entriesPerPage + 1), order);

  if (subMchid !== undefined) {
    // A sub-merchant has few operations, so its index is the one to take. SQLite guesses which would be; it has no
    // choice where the other conditions are on expressions, for which there is no index.
    operations = operations.where("sub_mchid", "=", subMchid);
    if (requestedBy !== undefined) operations = operations.where(unindexed("requested_by", requestedBy));
    if (action) operations = operations.where(unindexed("action", action));
    if (failed) operations = operations.where(unindexed("state", "failed"));
    return read(operations);
  }
  if (requestedBy !== undefined) operations = operations.where("requested_by", "=", requestedBy);
  // A literal, as it stands in the partial indexes.
  if (failed) operations = operations.where("state", "=", sql.lit("failed"));
  // The indexes begin with the action: what is asked for whichever it was is two walks, put together.
  const walks = (action ? [action] : actions).map((one) => read(operations.where("action", "=", one)));
  const found = (await Promise.all(walks)).flat();
  found.sort((one, other) => (order === "asc" ? one.seq - other.seq : other.seq - one.seq));
  return found.slice(0, entriesPerPage + 1);
}

/** As the indexes of these walks have it, and no other index. */
const walkedSeq = sql<number>`(seq + 0)`;

function unindexed(column: "requested_by" | "action" | "state", value: string) {
  return sql<SqlBool>`${sql.ref(column)} || '' = ${value}`;
}

/**
 * The first operation that was asked for then or later; undefined where there is none. Instances whose clocks differ put
 * what they record within the difference in either order.
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

type Operations = ReturnType<typeof operationsOf>;

function operationsOf(db: Database) {
  return db.selectFrom("operations").selectAll();
}

/** The operations are chosen first and joined then, whatever the engine thinks of it. */
async function entriesOf(db: Database, operations: Operations, order: "asc" | "desc"): Promise<HistoryEntry[]> {
  const rows = await db
    .selectFrom(operations.as("operation"))
    .innerJoin("requests", "requests.id", "operation.request_id")
    .leftJoin("posts", (join) => join.onRef("posts.request_id", "=", "requests.id").on("posts.kind", "=", "message"))
    .select([
      "operation.seq",
      "operation.sub_mchid",
      "operation.action",
      "operation.state",
      "operation.requested_by",
      "operation.ended_at",
      "operation.left_out_by",
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
    ])
    .select((row) =>
      row
        .case()
        .when("operation.state", "=", "failed")
        .then(
          row
            .selectFrom("attempts")
            .select("result_json")
            .whereRef("attempts.operation_id", "=", "operation.id")
            .whereRef("attempts.round", "=", "operation.round")
            .where("result_json", "is not", null)
            .orderBy("attempts.number", "desc")
            .limit(1),
        )
        .end()
        .as("result_json"),
    )
    .orderBy("operation.seq", order)
    .execute();
  const severalApprove = rows.filter((row) => row.approvals_needed > 1).map((row) => row.request_id);
  const approvals = await approvalsOfAll(db, [...new Set(severalApprove)]);
  return rows.map((row) => ({
    seq: row.seq,
    subMchid: row.sub_mchid,
    action: row.action,
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
  }));
}
