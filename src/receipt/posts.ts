/** The part of the ledger that says what Slack has yet to show: every change is noted with it, and posted later. */
import { sql, type Transaction } from "kysely";
import type { PostsTable, Schema } from "../storage/schema.ts";
import { statement } from "../storage/statement.ts";
import type { LedgerNeeds } from "./ledger.ts";

/** A post that this instance holds, and what Slack is to show of it. */
export interface ClaimedPost {
  id: string;
  requestId: string;
  channelId: string;
  kind: PostsTable["kind"];
  round: number;
  /** Slack's id of the message, once it was posted. */
  ts: string | undefined;
  /** The change that Slack shows once this post is done. */
  wanted: number;
  /** Tries since Slack last took it, this one included. */
  tries: number;
}

/** A channel in which something is to be posted or edited, not before `dueAt` (milliseconds since the epoch). */
export interface DueChannel {
  channelId: string;
  dueAt: number;
}

export interface Posts {
  /** The channels that have something to show, however much it is, the longest waiting first. */
  dueChannels(): Promise<DueChannel[]>;
  /**
   * Takes one post of a channel that is due for `leaseMs`, the longest waiting first. A thread's message waits until
   * the request's own message is there and shows as much.
   */
  claim(claim: { owner: string; leaseMs: number; channelId: string }): Promise<ClaimedPost | undefined>;
  /** Slack shows the post now, as message `ts`. */
  shown(post: ClaimedPost, owner: string, ts: string): Promise<void>;
  /** Slack did not take it; it is due again at `dueAt`. With `anew`, what was posted is gone and is to be posted again. */
  postponed(post: ClaimedPost, owner: string, next: { dueAt: number; anew?: boolean }): Promise<void>;
  /** A click tells where the request's message is, should the answer to its posting have been lost. */
  learned(requestId: string, ts: string): Promise<void>;
}

/**
 * How long a message waits to show that work has begun, in milliseconds: most calls are over by then, and the message
 * goes straight to the outcome, which spares Slack an edit and readers a flicker.
 */
export const settleMs = 300;

/** Notes, in the transaction of a change, that the requests' messages have to show it, at `dueAt`. */
export async function messageChanged(
  transaction: Transaction<Schema>,
  requestIds: readonly string[],
  dueAt: number,
): Promise<void> {
  for (const requestId of requestIds) await wantMore(transaction, { requestId, dueAt });
}

/** Notes a new post. One that is there already stays as it is: a thread tells each outcome once. */
export async function postWanted(
  transaction: Transaction<Schema>,
  post: { requestId: string; channelId: string; kind: PostsTable["kind"]; round: number; now: number },
): Promise<void> {
  await insertPost(transaction, { ...post, id: `${post.requestId}:${post.kind}:${post.round}` });
}

const wantMore = statement<{ requestId: string; dueAt: number }>()((db, { requestId, dueAt }) =>
  db
    .updateTable("posts")
    .set((post) => ({ wanted: post("wanted", "+", 1), due_at: dueAt, tries: 0 }))
    .where("request_id", "=", requestId)
    .where("kind", "=", "message"),
);

const insertPost = statement<{
  id: string;
  requestId: string;
  channelId: string;
  kind: PostsTable["kind"];
  round: number;
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

export function createPosts({ store, clock }: LedgerNeeds): Posts {
  const { db } = store;

  return {
    async dueChannels() {
      // From channel to channel along the index: a channel with thousands of posts costs no more than one with a few.
      const { rows } = await sql<{ channel_id: string; due_at: number }>`
        with recursive channels (channel_id) as (
          select min(channel_id) from posts where shown < wanted
          union all
          select (select min(channel_id) from posts where shown < wanted and channel_id > channels.channel_id)
          from channels where channels.channel_id is not null
        )
        select channel_id,
          (select min(due_at) from posts where shown < wanted and posts.channel_id = channels.channel_id) as due_at
        from channels where channel_id is not null order by due_at`.execute(db);
      return rows.map((row) => ({ channelId: row.channel_id, dueAt: row.due_at }));
    },

    async claim({ owner, leaseMs, channelId }) {
      const now = clock.now();
      const claimed = await db
        .updateTable("posts")
        .set((post) => ({ lease_owner: owner, lease_until: now + leaseMs, tries: post("tries", "+", 1) }))
        .where("id", "=", (posts) => {
          const due = posts
            .selectFrom("posts as due")
            .select("due.id")
            .whereRef("due.shown", "<", "due.wanted")
            .where("due.channel_id", "=", channelId)
            .where("due.due_at", "<=", now)
            .where((post) => post.or([post("due.lease_until", "is", null), post("due.lease_until", "<=", now)]))
            .where((post) =>
              post.or([
                post("due.kind", "=", "message"),
                post.exists(
                  post
                    .selectFrom("posts as parent")
                    .select("parent.id")
                    .whereRef("parent.request_id", "=", "due.request_id")
                    .where("parent.kind", "=", "message")
                    .where("parent.ts", "is not", null)
                    .whereRef("parent.shown", ">=", "parent.wanted"),
                ),
              ]),
            )
            .orderBy("due.due_at")
            .orderBy("due.id")
            .limit(1);
          return store.engine === "postgres" ? due.forUpdate().skipLocked() : due;
        })
        .returningAll()
        .executeTakeFirst();
      if (!claimed) return undefined;
      const { id, request_id: requestId, channel_id, kind, round, ts, wanted, tries } = claimed;
      return { id, requestId, channelId: channel_id, kind, round, ts: ts ?? undefined, wanted, tries };
    },

    async shown(post, owner, ts) {
      await db
        .updateTable("posts")
        .set({ shown: post.wanted, ts, tries: 0, lease_owner: null, lease_until: null })
        .where("id", "=", post.id)
        .where("lease_owner", "=", owner)
        .execute();
    },

    async postponed(post, owner, { dueAt, anew }) {
      await db
        .updateTable("posts")
        .set({ due_at: dueAt, lease_owner: null, lease_until: null, ...(anew ? { ts: null } : {}) })
        .where("id", "=", post.id)
        .where("lease_owner", "=", owner)
        .execute();
    },

    async learned(requestId, ts) {
      await db
        .updateTable("posts")
        .set({ ts })
        .where("request_id", "=", requestId)
        .where("kind", "=", "message")
        .where("ts", "is", null)
        .execute();
    },
  };
}
