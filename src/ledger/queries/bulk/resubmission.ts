/** Resubmits the sub-merchants that a stop left undone: which they are, and the new request. */
import type { Database } from "../../../storage/schema.ts";

/** A new request for sub-merchants of a stopped request that were not started. */
export interface Resubmission {
  id: string;
  number: number;
  /** The round of the stopped request that it belongs to; each round can be resubmitted once. */
  round: number;
  /** How many sub-merchants it is for: not those that another request already contained. */
  total: number;
  requestedBy: string;
  channelId: string;
  messageTs: string | undefined;
}

/** The source key of a round's resubmission, so that a double click or a payload delivered again is recognized. */
export function resubmissionKey(requestId: string, round: number): string {
  return `${keyPrefix(requestId)}${round}`;
}

/** The stopped request that a source key resubmits; undefined for the key of any other request. */
export function resubmittedId(sourceKey: string): string | undefined {
  return /^resubmit:(.*):\d+$/.exec(sourceKey)?.[1];
}

/** The resubmissions of a request up to its current round, oldest first. */
export async function resubmissionsOf(db: Database, requestId: string, round: number): Promise<Resubmission[]> {
  const keys = Array.from({ length: round }, (_, before) => resubmissionKey(requestId, before + 1));
  const rows = await db
    .selectFrom("requests")
    .leftJoin("posts", (join) => join.onRef("posts.request_id", "=", "requests.id").on("posts.kind", "=", "message"))
    .select(["requests.id", "number", "source_key", "total", "requested_by", "requests.channel_id", "posts.ts"])
    .where("source_key", "in", keys)
    .orderBy("number")
    .execute();
  return rows.map((row) => ({
    id: row.id,
    number: row.number,
    round: keys.indexOf(row.source_key) + 1,
    total: row.total,
    requestedBy: row.requested_by,
    channelId: row.channel_id,
    messageTs: row.ts ?? undefined,
  }));
}

/**
 * The sub-merchants that were approved, never started, and not resubmitted. Other requests do not count, because they
 * do not update the stopped request's message.
 */
export async function notStarted(db: Database, requestId: string): Promise<string[]> {
  const rows = await db
    .selectFrom("operations")
    .select("sub_mchid")
    .where("request_id", "=", requestId)
    .where("state", "=", "cancelled")
    .where("left_out_by", "is", null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("operations as again")
            .innerJoin("requests", "requests.id", "again.request_id")
            .select("again.id")
            .whereRef("again.sub_mchid", "=", "operations.sub_mchid")
            .whereRef("again.seq", ">", "operations.seq")
            .where("requests.source_key", "like", `${keyPrefix(requestId)}%`),
        ),
      ),
    )
    .orderBy("seq")
    .execute();
  return rows.map((row) => row.sub_mchid);
}

function keyPrefix(requestId: string): string {
  return `resubmit:${requestId}:`;
}
