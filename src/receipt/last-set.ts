/** What a request would change back or anew: how its sub-merchant was set before it. */
import type { Database } from "../storage/schema.ts";
import { statement } from "../storage/statement.ts";
import type { Action } from "./call.ts";
import type { RequestView } from "./request-view.ts";

/** What the bot last set a sub-merchant to. */
export interface LastSet {
  action: Action;
  at: number;
  channelId: string;
  messageTs: string | undefined;
}

/** The last change to a sub-merchant that went through, before the given request. */
export async function lastSetBefore(db: Database, request: RequestView): Promise<LastSet | undefined> {
  const { subMchid, seq } = request.operation;
  const [row] = (await lastSetRow(db, { subMchid, seq })).rows;
  if (!row?.ended_at) return undefined;
  return {
    action: row.action,
    at: row.ended_at,
    channelId: row.channel_id,
    messageTs: row.ts ?? undefined,
  };
}

const lastSetRow = statement<{ subMchid: string; seq: number }>()((db, { subMchid, seq }) =>
  db
    .selectFrom("operations")
    .innerJoin("requests", "requests.id", "operations.request_id")
    .leftJoin("posts", (join) => join.onRef("posts.request_id", "=", "requests.id").on("posts.kind", "=", "message"))
    .select(["operations.action", "operations.ended_at", "requests.channel_id", "posts.ts"])
    .where("operations.sub_mchid", "=", subMchid)
    .where("operations.state", "=", "succeeded")
    .where("operations.seq", "<", seq)
    .orderBy("operations.seq", "desc")
    .limit(1),
);
