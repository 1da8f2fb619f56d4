/** The ledger in short, as it concerns one person: what waits for their decision, what they asked for, what has failed. */
import { sql } from "kysely";
import type { LedgerNeeds } from "../ledger-context.ts";
import { findRequest, type RequestView } from "./request-view.ts";

/** The first few requests of a list. */
export interface Shortlist {
  requests: RequestView[];
  /** There may be more of them than these. */
  hasMore: boolean;
}

export interface Overview {
  /**
   * What waits for a decision of somebody's, oldest first. Looks at the oldest `undecidedLooked` only.
   * @param mayDecide whether they may decide on a request
   */
  toDecide(mayDecide: (request: { requestedBy: string }) => boolean): Promise<Shortlist>;
  /** What somebody asked for, newest first. */
  askedBy(userId: string): Promise<Shortlist>;
  /** What ended with failures, the latest end first. @param since milliseconds since the epoch */
  failed(about: { since: number; requestedBy?: string | undefined }): Promise<Shortlist>;
}

/** Requests in one list. */
export const shortlistMax = 5;
/** Undecided requests among which somebody's are looked for, so that a look costs the same however many wait. */
export const undecidedLooked = 100;

export function createOverview({ store: { db }, clock }: Pick<LedgerNeeds, "store" | "clock">): Overview {
  async function shortlist(ids: readonly string[], isCutOff = false): Promise<Shortlist> {
    const found = await Promise.all(ids.slice(0, shortlistMax).map((id) => findRequest(db, id)));
    const requests = found.filter((request) => request !== undefined);
    return { requests, hasMore: isCutOff || ids.length > shortlistMax };
  }

  return {
    async toDecide(mayDecide) {
      const rows = await db
        .selectFrom("requests")
        .select(["id", "requested_by"])
        // A literal, as it stands in the partial index.
        .where("state", "=", sql.lit("pending"))
        .where("expires_at", ">", clock.now())
        .orderBy("created_at")
        .orderBy("id")
        .limit(undecidedLooked)
        .execute();
      const theirs = rows.filter(({ requested_by }) => mayDecide({ requestedBy: requested_by })).map(({ id }) => id);
      return shortlist(theirs, rows.length === undecidedLooked);
    },

    async askedBy(userId) {
      const rows = await db
        .selectFrom("requests")
        .select("id")
        .where("requested_by", "=", userId)
        .orderBy("created_at", "desc")
        .orderBy("id", "desc")
        .limit(shortlistMax + 1)
        .execute();
      return shortlist(rows.map(({ id }) => id));
    },

    async failed({ since, requestedBy }) {
      let failed = db
        .selectFrom("requests")
        .select("id")
        .where("failed", ">", sql.lit(0))
        .where("ended_at", ">=", since);
      if (requestedBy !== undefined) failed = failed.where("requested_by", "=", requestedBy);
      const rows = await failed
        .orderBy("ended_at", "desc")
        .orderBy("id", "desc")
        .limit(shortlistMax + 1)
        .execute();
      return shortlist(rows.map(({ id }) => id));
    },
  };
}
