/** Enqueues posts for Slack, in the same transaction as the change that they show. See outbox.ts for the other side. */
import type { Selectable, Transaction } from "kysely";
import type { Notice } from "../../domain/notice.ts";
import type { Schema } from "../../storage/schema.ts";
import { asTime, insertSet, setStatement } from "../../storage/statement.ts";
import type { PostsTable } from "../../storage/tables/outbox.ts";

/**
 * How long a message waits before it shows that work has started, in milliseconds. Most calls have ended by then, so
 * that the message directly shows the outcome, without an extra edit and a flicker.
 */
export const settleMs = 300;

/** How long a bulk request waits before its message shows its progress, in milliseconds. */
export const progressMs = 3_000;

/** Marks a request's message and its copies as out of date, to be updated at `dueAt`. */
export async function markMessageStale(
  transaction: Transaction<Schema>,
  requestId: string,
  dueAt: number,
): Promise<void> {
  await markMessagesStale(transaction, [requestId], dueAt);
}

/** The same for several requests, each named once. */
export async function markMessagesStale(
  transaction: Transaction<Schema>,
  requestIds: readonly string[],
  dueAt: number,
): Promise<void> {
  await markAllStale(transaction, requestIds.map(asRow), { dueAt });
}

/** Marks the copies of a request's message as out of date, because the message they link to has moved. */
export async function markCopiesStale(
  transaction: Transaction<Schema>,
  requestId: string,
  dueAt: number,
): Promise<void> {
  await markCopiesOnlyStale(transaction, [{ requestId }], { dueAt });
}

/**
 * Marks only the messages of bulk requests as out of date: Slack limits edits per minute, so progress does not update
 * copies.
 */
export async function markProgressStale(
  transaction: Transaction<Schema>,
  requestIds: readonly string[],
  dueAt: number,
): Promise<void> {
  await markOwnStale(transaction, requestIds.map(asRow), { dueAt });
}

/** A post of a request that exists once for each kind and round. */
export interface RequestPost {
  requestId: string;
  channelId: string;
  kind: PostsTable["kind"];
  round: number;
  now: number;
}

/** Enqueues a post, once: a thread shows each outcome only once. */
export async function enqueuePost(transaction: Transaction<Schema>, post: RequestPost): Promise<void> {
  await enqueuePosts(transaction, [post]);
}

/** The same for several posts, each named once. */
export async function enqueuePosts(transaction: Transaction<Schema>, posts: readonly RequestPost[]): Promise<void> {
  const named = posts.map((post) => ({ ...post, id: idOf(post), about: null }));
  await insertPosts(transaction, named);
}

function idOf({ requestId, kind, round }: RequestPost): string {
  return `${requestId}:${kind}:${round}`;
}

/** Enqueues a post, and again if what it shows has changed since: a file in a thread cannot be edited. */
export async function enqueueAgain(transaction: Transaction<Schema>, post: RequestPost): Promise<void> {
  const again = await transaction
    .updateTable("posts")
    .set((row) => ({ wanted: row("wanted", "+", 1), due_at: asTime(post.now), tries: 0 }))
    .where("id", "=", idOf(post))
    .executeTakeFirst();
  if (again.numUpdatedRows === 0n) await enqueuePost(transaction, post);
}

/** Enqueues a copy of the request's message for one person; it is updated with the message. */
export async function enqueueCopy(
  transaction: Transaction<Schema>,
  { userId, ...post }: { requestId: string; userId: string; now: number },
): Promise<void> {
  const id = `${post.requestId}:copy:${userId}`;
  await insertPosts(transaction, [{ ...post, id, channelId: userId, kind: "copy", round: 0, about: null }]);
}

/**
 * Enqueues a notice, once for each `id`.
 * @param notice `to` is a user, the request's channel (for its thread), or `everyApprover`
 */
export async function enqueueNotice(
  transaction: Transaction<Schema>,
  { id, requestId, to, notice, now }: { id: string; requestId?: string; to: string; notice: Notice; now: number },
): Promise<void> {
  const post = { id, requestId: requestId ?? null, channelId: to, kind: "notice", round: 0, now } as const;
  await insertPosts(transaction, [{ ...post, about: JSON.stringify(notice) }]);
}

/** Enqueues the outcome for the thread, after the last operation of a request has ended. */
export async function enqueueOutcome(transaction: Transaction<Schema>, outcome: Outcome): Promise<void> {
  await enqueueOutcomes(transaction, [outcome]);
}

export type Outcome = Omit<RequestPost, "kind"> & { isBulk: boolean };

/** The same for several requests. */
export async function enqueueOutcomes(transaction: Transaction<Schema>, outcomes: readonly Outcome[]): Promise<void> {
  const posts = outcomes.flatMap(({ isBulk, ...post }): RequestPost[] => {
    const outcome = { ...post, kind: "outcome" } as const;
    return isBulk ? [outcome, { ...post, kind: "results" }] : [outcome];
  });
  await enqueuePosts(transaction, posts);
}

function asRow(requestId: string): { requestId: string } {
  return { requestId };
}

const markStale = (kinds: readonly PostsTable["kind"][]) =>
  setStatement<{ requestId: string }>()((db, requests, { dueAt }: { dueAt: number }) =>
    db
      .updateTable("posts")
      .set((post) => ({
        wanted: post("wanted", "+", 1),
        // A later change must not delay an earlier one that is due sooner, unless that one is being posted right now.
        due_at: post
          .case()
          .when(
            post.and([
              post("shown", "<", post.ref("wanted")),
              post("due_at", "<", dueAt),
              post("lease_owner", "is", null),
            ]),
          )
          .then(post.ref("due_at"))
          .else(asTime(dueAt))
          .end(),
        tries: 0,
      }))
      .where(
        "request_id",
        "in",
        requests.map(({ requestId }) => requestId),
      )
      .where("kind", "in", kinds),
  );
const markAllStale = markStale(["message", "copy"]);
const markOwnStale = markStale(["message"]);
const markCopiesOnlyStale = markStale(["copy"]);

interface NewPost extends Omit<RequestPost, "requestId"> {
  id: string;
  requestId: string | null;
  /** The content of a notice, as JSON. */
  about: string | null;
}

/** Inserts the posts that do not exist yet. */
async function insertPosts(transaction: Transaction<Schema>, posts: readonly NewPost[]): Promise<void> {
  const rows = posts.map(({ id, requestId, channelId, kind, round, about, now }) => ({
    ...{ id, request_id: requestId, channel_id: channelId, kind, round, about_json: about },
    ...{ wanted: 1, shown: 0, due_at: now, tries: 0 },
  }));
  await insertUnlessThere(transaction, rows);
}

const columns = {
  id: "text",
  request_id: "text",
  channel_id: "text",
  kind: "text",
  round: "bigint",
  about_json: "text",
  wanted: "bigint",
  shown: "bigint",
  due_at: "bigint",
  tries: "bigint",
} as const;

const insertUnlessThere = insertSet<Pick<Selectable<PostsTable>, keyof typeof columns>>("posts", columns, {
  ending: "on conflict do nothing",
});
