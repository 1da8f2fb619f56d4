/** What Slack is to show, noted in the transaction of the change that it is about; src/ledger/outbox/outbox.ts has it shown. */
import type { Transaction } from "kysely";
import type { Notice } from "../../domain/notice.ts";
import type { PostsTable, Schema } from "../../storage/schema.ts";
import { asTime, statement } from "../../storage/statement.ts";

/**
 * How long a message waits to show that work has begun, in milliseconds: most calls are over by then, and the message
 * goes straight to the outcome, which spares Slack an edit and readers a flicker.
 */
export const settleMs = 300;

/** How long a request of many waits until its message shows how far it is, in milliseconds. */
export const progressMs = 3_000;

/** Notes, in the transaction of a change, that the request's message has to show it, by `dueAt`. */
export async function markMessageStale(
  transaction: Transaction<Schema>,
  requestId: string,
  dueAt: number,
): Promise<void> {
  await markAllStale(transaction, { requestId, dueAt });
}

/** The same for several requests, however many. */
export async function markMessagesStale(
  transaction: Transaction<Schema>,
  requestIds: readonly string[],
  dueAt: number,
): Promise<void> {
  for (const requestId of requestIds) await markMessageStale(transaction, requestId, dueAt);
}

/** Notes that a request's message stands in another place now, so that what leads to it is brought up to date. */
export async function markCopiesStale(
  transaction: Transaction<Schema>,
  requestId: string,
  dueAt: number,
): Promise<void> {
  await markCopiesOnlyStale(transaction, { requestId, dueAt });
}

/** Notes how far a request of many is: in its own message only, because Slack takes few edits a minute of all copies. */
export async function markProgressStale(
  transaction: Transaction<Schema>,
  requestId: string,
  dueAt: number,
): Promise<void> {
  await markOwnStale(transaction, { requestId, dueAt });
}

/** Notes a new post. One that is there already stays as it is: a thread tells each outcome once. */
export async function enqueuePost(
  transaction: Transaction<Schema>,
  post: { requestId: string; channelId: string; kind: PostsTable["kind"]; round: number; now: number },
): Promise<void> {
  await insertPost(transaction, { ...post, id: `${post.requestId}:${post.kind}:${post.round}`, about: null });
}

/** Notes a copy of the request's message for one person, which changes as that does. */
export async function enqueueCopy(
  transaction: Transaction<Schema>,
  { userId, ...post }: { requestId: string; userId: string; now: number },
): Promise<void> {
  const id = `${post.requestId}:copy:${userId}`;
  await insertPost(transaction, { ...post, id, channelId: userId, kind: "copy", round: 0, about: null });
}

/**
 * Notes something to be told once; of two with the same `id` only the first is.
 * @param to a user, the request's channel for its thread, or `everyApprover`
 */
export async function enqueueNotice(
  transaction: Transaction<Schema>,
  { id, requestId, to, notice, now }: { id: string; requestId?: string; to: string; notice: Notice; now: number },
): Promise<void> {
  const post = { id, requestId: requestId ?? null, channelId: to, kind: "notice", round: 0, now } as const;
  await insertPost(transaction, { ...post, about: JSON.stringify(notice) });
}

/** Notes what the thread tells once every operation of a request has ended. */
export async function enqueueOutcome(
  transaction: Transaction<Schema>,
  { isBulk, ...post }: { requestId: string; channelId: string; round: number; now: number; isBulk: boolean },
): Promise<void> {
  await enqueuePost(transaction, { ...post, kind: "outcome" });
  if (isBulk) await enqueuePost(transaction, { ...post, kind: "results" });
}

const markStale = (kinds: readonly PostsTable["kind"][]) =>
  statement<{ requestId: string; dueAt: number }>()((db, { requestId, dueAt }) =>
    db
      .updateTable("posts")
      .set((post) => ({
        wanted: post("wanted", "+", 1),
        // What is to be shown soon is not put off by what may be shown later; what is just being shown has had its turn.
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
      .where("request_id", "=", requestId)
      .where("kind", "in", kinds),
  );
const markAllStale = markStale(["message", "copy"]);
const markOwnStale = markStale(["message"]);
const markCopiesOnlyStale = markStale(["copy"]);

const insertPost = statement<{
  id: string;
  requestId: string | null;
  channelId: string;
  kind: PostsTable["kind"];
  round: number;
  about: string | null;
  now: number;
}>()((db, post) =>
  db
    .insertInto("posts")
    .values({
      id: post.id,
      request_id: post.requestId,
      channel_id: post.channelId,
      kind: post.kind,
      round: post.round,
      about_json: post.about,
      ts: null,
      wanted: 1,
      shown: 0,
      due_at: post.now,
      tries: 0,
      lease_owner: null,
      lease_until: null,
    })
    .onConflict((conflict) => conflict.doNothing()),
);
