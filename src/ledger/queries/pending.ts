/** What waits for a decision, the oldest first, page by page. */
import { sql } from "kysely";
import type { Action } from "../../domain/attempt-result.ts";
import type { LedgerNeeds } from "../ledger-context.ts";
import { approvalsOf } from "./approvals.ts";
import { createBulkViews } from "./bulk-request.ts";
import { entriesPerPage, type Page } from "./history.ts";

/** An undecided request. Times are milliseconds since the epoch. */
export interface PendingEntry {
  id: string;
  action: Action;
  requestedBy: string;
  createdAt: number;
  expiresAt: number;
  /** Who has approved it already, where more than one is needed. */
  approvedBy: string[];
  /** The first few sub-merchants that it is about. */
  subMchids: string[];
  /** How many it is about, but for what was left out. */
  total: number;
  channelId: string;
  messageTs: string | undefined;
}

/** Where a page begins: before or after an entry that was seen. */
export interface PendingCursor {
  direction: "older" | "newer";
  createdAt: number;
  id: string;
}

export interface Pending {
  /** Oldest first; without a place the oldest. */
  page(place?: PendingCursor): Promise<Page<PendingEntry>>;
}

/** Sub-merchants that are named of one request. */
const namedMax = 3;

export function createPending({ store: { db }, clock }: Pick<LedgerNeeds, "store" | "clock">): Pending {
  const { firstNumbers } = createBulkViews(db);

  async function page(place?: PendingCursor): Promise<Page<PendingEntry>> {
    const order = place?.direction === "older" ? "desc" : "asc";
    let undecided = db
      .selectFrom("requests")
      .leftJoin("posts", (join) => join.onRef("posts.request_id", "=", "requests.id").on("posts.kind", "=", "message"))
      .selectAll("requests")
      .select("posts.ts")
      .where("state", "=", sql.lit("pending"))
      .where("expires_at", ">", clock.now());
    if (place) {
      const { createdAt, id } = place;
      undecided = undecided.where(({ eb, refTuple, tuple }) =>
        eb(refTuple("requests.created_at", "requests.id"), order === "asc" ? ">" : "<", tuple(createdAt, id)),
      );
    }
    const rows = await undecided
      .orderBy("requests.created_at", order)
      .orderBy("requests.id", order)
      .limit(entriesPerPage + 1)
      .execute();
    const hasOneMore = rows.length > entriesPerPage;
    // Where the oldest are reached, or all of a page was decided meanwhile, the first page is shown.
    if (place && (order === "desc" ? !hasOneMore : rows.length === 0)) return page();

    const shown = rows.slice(0, entriesPerPage);
    if (order === "desc") shown.reverse();
    const entries = shown.map(async (row) => {
      return {
        id: row.id,
        action: row.action,
        requestedBy: row.requested_by,
        createdAt: row.created_at,
        expiresAt: row.expires_at,
        approvedBy: row.approvals_needed > 1 ? (await approvalsOf(db, row.id)).map(({ by }) => by) : [],
        subMchids: await firstNumbers(row.id, namedMax),
        total: row.total - row.left_out,
        channelId: row.channel_id,
        messageTs: row.ts ?? undefined,
      };
    });
    return {
      entries: await Promise.all(entries),
      hasOlder: place !== undefined,
      hasNewer: order === "desc" || hasOneMore,
    };
  }
  return { page };
}
