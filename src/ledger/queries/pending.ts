/** The requests that are waiting for a decision, undecided or held after an outage, oldest first, page by page. */
import { sql } from "kysely";
import type { Merchant } from "../../domain/directory/merchant.ts";
import type { Change } from "../../domain/goldplan/change.ts";
import type { Database } from "../../storage/schema.ts";
import type { LedgerContext } from "../ledger-context.ts";
import { approvalsOf } from "./approvals.ts";
import { firstMerchants } from "./bulk/sub-merchants.ts";
import { holdOf } from "./holds.ts";
import { entriesPerPage, type Page } from "./pages.ts";
import { requestColumns } from "./request-columns.ts";

/** An undecided or held request. Times are milliseconds since the epoch. */
export interface PendingEntry extends Change {
  id: string;
  number: number;
  requestedBy: string;
  createdAt: number;
  expiresAt: number;
  isHeld: boolean;
  approvalsNeeded: number;
  /** Who has approved it so far, if it needs several approvals. */
  approvedBy: string[];
  /** The first few of its sub-merchants. */
  merchants: Merchant[];
  /** How many sub-merchants it has, without those that were excluded. */
  total: number;
  channelId: string;
  messageTs: string | undefined;
}

/** Where a page starts: before or after this request. */
export interface PendingCursor {
  direction: "older" | "newer";
  createdAt: number;
  id: string;
}

/** Sub-merchants shown per request. */
const numbersMax = 3;

/** One page, oldest first; without a cursor the first page. */
export async function pendingPage(context: LedgerContext, cursor?: PendingCursor): Promise<Page<PendingEntry>> {
  const { db } = context.store;
  const order = cursor?.direction === "older" ? "desc" : "asc";
  const rows = await read(context, order, cursor);
  const hasOneMore = rows.length > entriesPerPage;
  // When going back reaches the oldest, or a whole page was decided in the meantime, the first page is shown.
  if (cursor && (order === "desc" ? !hasOneMore : rows.length === 0)) return pendingPage(context);
  const shown = rows.slice(0, entriesPerPage);
  if (order === "desc") shown.reverse();
  return {
    entries: await Promise.all(shown.map((row) => entryOf(db, row))),
    hasOlder: cursor !== undefined,
    hasNewer: order === "desc" || hasOneMore,
  };
}

/** Up to one request more than a page holds, starting at the cursor. */
async function read(context: LedgerContext, order: "asc" | "desc", cursor: PendingCursor | undefined) {
  // Two queries, each with its own partial index.
  const found = await Promise.all([undecided(context), held(context)].map((list) => inOrder(list, order, cursor)));
  const direction = order === "asc" ? 1 : -1;
  const sorted = found.flat().sort((a, b) => direction * (a.created_at - b.created_at || (a.id < b.id ? -1 : 1)));
  return sorted.slice(0, entriesPerPage + 1);
}

function undecided({ store: { db }, clock }: LedgerContext) {
  return withMessages(db).where("state", "=", sql.lit("pending")).where("expires_at", ">", clock.now());
}

function held({ store: { db }, clock }: LedgerContext) {
  return withMessages(db).where("held_at", "is not", null).where("held_until", ">", clock.now());
}

function withMessages(db: Database) {
  return db
    .selectFrom("requests")
    .leftJoin("posts", (join) => join.onRef("posts.request_id", "=", "requests.id").on("posts.kind", "=", "message"))
    .select(requestColumns)
    .select("posts.ts");
}

function inOrder(list: ReturnType<typeof withMessages>, order: "asc" | "desc", cursor: PendingCursor | undefined) {
  let rows = list;
  if (cursor) {
    const { createdAt, id } = cursor;
    rows = rows.where(({ eb, refTuple, tuple }) =>
      eb(refTuple("requests.created_at", "requests.id"), order === "asc" ? ">" : "<", tuple(createdAt, id)),
    );
  }
  return rows
    .orderBy("requests.created_at", order)
    .orderBy("requests.id", order)
    .limit(entriesPerPage + 1)
    .execute();
}

type PendingRow = Awaited<ReturnType<typeof read>>[number];

async function entryOf(db: Database, row: PendingRow): Promise<PendingEntry> {
  const hold = await holdOf(db, row);
  const approvals = hold?.confirmations ?? (row.approvals_needed > 1 ? await approvalsOf(db, row.id) : []);
  return {
    id: row.id,
    number: row.number,
    action: row.action,
    object: row.object,
    requestedBy: row.requested_by,
    createdAt: row.created_at,
    expiresAt: hold?.until ?? row.expires_at,
    isHeld: hold !== undefined,
    approvalsNeeded: row.approvals_needed,
    approvedBy: approvals.map(({ by }) => by),
    merchants: await firstMerchants(db, row.id, numbersMax),
    total: row.total - row.left_out,
    channelId: row.channel_id,
    messageTs: row.ts ?? undefined,
  };
}
