/** Posts that Slack permanently refuses, such as those to an archived channel. */
import type { Notice } from "../../domain/notice.ts";
import type { LedgerContext } from "../ledger-context.ts";
import { enqueueNotice } from "./enqueue.ts";
import { type ClaimedPost, fileKinds, released } from "./outbox.ts";

/**
 * Records that Slack permanently refuses a post. The post is due again at `dueAt`; without `dueAt`, it is abandoned
 * until it changes. With `isToTell`, the requester is notified once.
 */
export async function recordRefusal(
  { store: { db }, clock }: LedgerContext,
  { id, requestId, wanted, posted }: ClaimedPost,
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
    if (!recorded || !isToTell || requestId === undefined) return;
    const { requested_by: to } = await transaction
      .selectFrom("requests")
      .select("requested_by")
      .where("id", "=", requestId)
      .executeTakeFirstOrThrow();
    const notice: Notice = { about: "not-posted", error, wasPosted: posted !== undefined };
    await enqueueNotice(transaction, { id: `${requestId}:not-posted`, requestId, to, notice, now: clock.now() });
  });
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
