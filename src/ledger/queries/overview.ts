/** One person's overview: requests to decide, requests they submitted, and requests that failed. */
import { type Selectable, sql } from "kysely";
import type { Database, RequestsTable } from "../../storage/schema.ts";
import type { LedgerContext } from "../ledger-context.ts";
import { approvedBy } from "./approvals.ts";
import { confirmedBy } from "./holds.ts";
import { requestsPage } from "./request-history.ts";
import { findRequest, type RequestView } from "./request-view.ts";

/** The first few requests of a list. */
export interface Shortlist {
  requests: RequestView[];
  /** There may be more requests than these. */
  hasMore: boolean;
}

/** `more` is how many more requests wait; undefined if not all of them were searched. */
export type ToDecide = Shortlist & { more?: number | undefined };

/** Requests per list. */
export const shortlistMax = 5;
/** Undecided requests that are searched, so that the cost of the query does not depend on how many there are. */
export const undecidedMax = 100;

const waitingColumns = ["id", "requested_by", "approvals_needed", "created_at", "held_at"] as const;

type WaitingRow = Pick<Selectable<RequestsTable>, (typeof waitingColumns)[number]>;

/**
 * The undecided and the held requests that wait for this person, the oldest first: they may decide, and have neither
 * approved the request nor confirmed it since it was held. Searches the oldest `undecidedMax` only.
 * @param mayDecide whether the person may decide a request
 */
export async function toDecide(
  { store: { db }, clock }: LedgerContext,
  userId: string,
  mayDecide: (request: { requestedBy: string }) => boolean,
): Promise<ToDecide> {
  const rows = await db
    .selectFrom("requests")
    .select(waitingColumns)
    // A literal, as in the definition of the partial index.
    .where("state", "=", sql.lit("pending"))
    .where("expires_at", ">", clock.now())
    .orderBy("created_at")
    .orderBy("id")
    .limit(undecidedMax)
    .execute();
  const held = await db
    .selectFrom("requests")
    .select(waitingColumns)
    .where("held_at", "is not", null)
    .where("held_until", ">", clock.now())
    .orderBy("created_at")
    .orderBy("id")
    .limit(undecidedMax)
    .execute();
  const oldestFirst = [...rows, ...held].sort((a, b) => a.created_at - b.created_at || (a.id < b.id ? -1 : 1));
  const theirs = oldestFirst.filter((row) => mayDecide({ requestedBy: row.requested_by }));
  const given = await givenBy(db, userId, theirs);
  const waiting = theirs.filter(({ id }) => !given.has(id));
  const isCutOff = Math.max(rows.length, held.length) === undecidedMax;
  const more = isCutOff ? undefined : Math.max(0, waiting.length - shortlistMax);
  return { ...(await shortlist(db, waiting, isCutOff)), more };
}

/** The IDs of those requests that need several people, and that this person has approved, or confirmed on hold. */
async function givenBy(db: Database, userId: string, rows: readonly WaitingRow[]): Promise<ReadonlySet<string>> {
  const several = rows.filter((row) => row.approvals_needed > 1);
  const idsOf = (isHeld: boolean) => several.filter((row) => (row.held_at !== null) === isHeld).map(({ id }) => id);
  return new Set([...(await approvedBy(db, userId, idsOf(false))), ...(await confirmedBy(db, userId, idsOf(true)))]);
}

/** The requests that a person submitted, the newest first. */
export async function requestedBy({ store: { db } }: LedgerContext, userId: string): Promise<Shortlist> {
  const { entries, hasOlder } = await requestsPage(db, { requestedBy: userId });
  return { requests: entries.slice(0, shortlistMax), hasMore: hasOlder || entries.length > shortlistMax };
}

/**
 * The requests that ended with failures, the last to end first.
 * @param about `since` in milliseconds since the epoch
 */
export async function failed(
  { store: { db } }: LedgerContext,
  { since, requestedBy }: { since: number; requestedBy?: string | undefined },
): Promise<Shortlist> {
  let failed = db.selectFrom("requests").select("id").where("failed", ">", sql.lit(0)).where("ended_at", ">=", since);
  if (requestedBy !== undefined) failed = failed.where("requested_by", "=", requestedBy);
  const rows = await failed
    .orderBy("ended_at", "desc")
    .orderBy("id", "desc")
    .limit(shortlistMax + 1)
    .execute();
  return shortlist(db, rows);
}

async function shortlist(db: Database, rows: readonly { id: string }[], isCutOff = false): Promise<Shortlist> {
  const found = await Promise.all(rows.slice(0, shortlistMax).map(({ id }) => findRequest(db, id)));
  const requests = found.filter((request) => request !== undefined);
  return { requests, hasMore: isCutOff || rows.length > shortlistMax };
}
