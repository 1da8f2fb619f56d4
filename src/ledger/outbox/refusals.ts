/** Posts that Slack permanently refuses, such as those to an archived channel. */
import type { Transaction } from "kysely";
import type { Notice } from "../../domain/notice.ts";
import type { Schema } from "../../storage/schema.ts";
import type { LedgerContext } from "../ledger-context.ts";
import { enqueueNotice } from "./enqueue.ts";
import { type ClaimedPost, fileKinds, released } from "./outbox.ts";

/**
 * Records that Slack permanently refuses a post. The post is due again at `dueAt`; without `dueAt`, it is abandoned
 * until it changes, and so is the thread of a message that was never posted. With `isToTell`, the requester is notified
 * once.
 */
export async function recordRefusal(
  { store: { db }, clock }: LedgerContext,
  { id, requestId, channelId, kind, wanted, posted }: ClaimedPost,
  owner: string,
  { error, dueAt, isToTell }: { error: string; dueAt: number | undefined; isToTell: boolean },
): Promise<void> {
  const next = dueAt === undefined ? { shown: wanted, tries: 0 } : { due_at: dueAt };
  await db.transaction().execute(async (transaction) => {
    const [recorded] = await transaction
      .updateTable("posts")
      .set({ ...next, refused: error, ...released })
      .where("id", "=", id)
      .where("lease_owner", "=", owner)
      .returning("id")
      .execute();
    if (!recorded || requestId === undefined) return;
    if (dueAt === undefined && kind === "message" && posted === undefined)
      await abandonThread(transaction, requestId, channelId);
    if (!isToTell) return;
    const { requested_by: to } = await transaction
      .selectFrom("requests")
      .select("requested_by")
      .where("id", "=", requestId)
      .executeTakeFirstOrThrow();
    const notice: Notice = { about: "not-posted", error, wasPosted: posted !== undefined };
    await enqueueNotice(transaction, { id: `${requestId}:not-posted`, requestId, to, notice, now: clock.now() });
  });
}

/** What waits in the thread of a message that is not posted could never be claimed, and would wait for ever. */
async function abandonThread(transaction: Transaction<Schema>, requestId: string, channelId: string): Promise<void> {
  await transaction
    .updateTable("posts")
    .set((row) => ({ shown: row.ref("wanted"), tries: 0 }))
    .where("request_id", "=", requestId)
    .where("channel_id", "=", channelId)
    .where("kind", "!=", "message")
    .whereRef("shown", "<", "wanted")
    .execute();
}

/**
 * Whether another post in the request's thread reports that Slack does not accept files: one that is already shown, or
 * the first of several.
 */
export async function isRefusalReportedElsewhere(
  { store: { db } }: LedgerContext,
  requestId: string,
  postId: string,
): Promise<boolean> {
  const row = await db
    .selectFrom("posts")
    .select("id")
    .where("request_id", "=", requestId)
    .where("kind", "in", fileKinds)
    .where("refused", "is not", null)
    .where("id", "!=", postId)
    .where((post) => post.or([post("ts", "is not", null), post("id", "<", postId)]))
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
