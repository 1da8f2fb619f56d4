/** The part of the ledger that says what Slack has yet to show: each change was noted with it (src/ledger/outbox/enqueue.ts), and is posted later. */
import { sql } from "kysely";
import type { Notice } from "../../domain/notice.ts";
import type { Database, PostsTable, Store } from "../../storage/schema.ts";
import { statement } from "../../storage/statement.ts";
import type { LedgerNeeds } from "../ledger-context.ts";
import { enqueueNotice, markCopiesStale } from "./enqueue.ts";

/** A post that this instance holds, and what Slack is to show of it. */
export interface ClaimedPost {
  id: string;
  /** Undefined for what is about no request. */
  requestId: string | undefined;
  /** A channel, a user for their direct messages with the bot, or `everyApprover`, to whom Slack cannot post. */
  channelId: string;
  kind: PostsTable["kind"];
  round: number;
  /** What a notice tells. */
  notice: Notice | undefined;
  /** Where Slack put it, and its id there, once it was posted. */
  posted: PostedMessage | undefined;
  /** The change that Slack shows once this post is done. */
  wanted: number;
  /** Tries since Slack last took it, this one included. */
  tries: number;
}

/** A message in Slack: its conversation and its id. */
export interface PostedMessage {
  channelId: string;
  ts: string;
}

/** A channel in which something is to be posted or edited, not before `dueAt` (milliseconds since the epoch). */
export interface DueChannel {
  channelId: string;
  dueAt: number;
}

export interface Outbox {
  /** The channels that have something to show, however much it is, the longest waiting first. */
  dueChannels(): Promise<DueChannel[]>;
  /**
   * Takes one post of a channel that is due for `leaseMs`, the longest waiting first. A thread's message waits until
   * the request's own message is there and shows as much. A copy, which leads to that message, waits until it is there,
   * or Slack has refused it; what else goes to one person does not wait.
   */
  claim(claim: { owner: string; leaseMs: number; channelId: string }): Promise<ClaimedPost | undefined>;
  /** Slack shows the post now. */
  shown(post: ClaimedPost, owner: string, posted: PostedMessage): Promise<void>;
  /** Slack shows nothing of it, and is to show nothing, until it changes again. */
  dropped(post: ClaimedPost, owner: string): Promise<void>;
  /** A notice goes to each of these users, once, and is done with where they are everybody whom it was addressed to. */
  addressed(post: ClaimedPost, owner: string, to: { users: readonly string[]; isEverybody: boolean }): Promise<void>;
  /** Slack did not take it; it is due again at `dueAt`. With `anew`, what was posted is gone and is to be posted again. */
  postponed(post: ClaimedPost, owner: string, next: { dueAt: number; anew?: boolean }): Promise<void>;
  /** A click tells where the request's message is, should the answer to its posting have been lost. */
  recordMessageTs(requestId: string, ts: string): Promise<void>;
}

export function createOutbox({ store, clock }: LedgerNeeds): Outbox {
  const { db } = store;

  return {
    async dueChannels() {
      const { rows } = await channelsDue(db, {});
      return rows.map((row) => ({ channelId: row.channel_id, dueAt: row.due_at }));
    },

    async claim({ owner, leaseMs, channelId }) {
      const now = clock.now();
      const [claimed] = (await claimFirst[store.engine](db, { owner, channelId, now, until: now + leaseMs })).rows;
      if (!claimed) return undefined;
      const { id, channel_id: to, kind, round, ts, wanted, tries } = claimed;
      return {
        id,
        requestId: claimed.request_id ?? undefined,
        channelId: to,
        kind,
        round,
        notice: claimed.about_json === null ? undefined : (JSON.parse(claimed.about_json) as Notice),
        posted: ts === null ? undefined : { channelId: claimed.posted_in ?? to, ts },
        wanted,
        tries,
      };
    },

    async shown(post, owner, { channelId, ts }) {
      const { id, kind, requestId, posted, wanted } = post;
      const kept = { id, owner, shown: wanted, channelId, ts };
      const hasMoved = kind === "message" && posted === undefined;
      if (!hasMoved || requestId === undefined) {
        await keepShown(db, kept);
        return;
      }
      await db.transaction().execute(async (transaction) => {
        await keepShown(transaction, kept);
        await markCopiesStale(transaction, requestId, clock.now());
      });
    },

    dropped: (post, owner) => drop(db, post, owner),

    async addressed(post, owner, { users, isEverybody }) {
      const { id, requestId, notice } = post;
      if (!notice) throw new Error(`only a notice is addressed to several people: ${id}`);
      await db.transaction().execute(async (transaction) => {
        const now = clock.now();
        for (const to of users) {
          const one = { id: `${id}:${to}`, to, notice, now };
          await enqueueNotice(transaction, requestId === undefined ? one : { ...one, requestId });
        }
        if (isEverybody) await drop(transaction, post, owner);
      });
    },

    async postponed(post, owner, { dueAt, anew }) {
      await db
        .updateTable("posts")
        .set({ due_at: dueAt, lease_owner: null, lease_until: null, ...(anew ? { ts: null } : {}) })
        .where("id", "=", post.id)
        .where("lease_owner", "=", owner)
        .execute();
    },

    async recordMessageTs(requestId, ts) {
      await db.transaction().execute(async (transaction) => {
        await transaction
          .updateTable("posts")
          .set({ ts })
          .where("request_id", "=", requestId)
          .where("kind", "=", "message")
          .where("ts", "is", null)
          .execute();
        await markCopiesStale(transaction, requestId, clock.now());
      });
    },
  };
}

/** From channel to channel along the index: a channel with thousands of posts costs no more than one with a few. */
const channelsDue = statement<Record<string, never>>()((db) => ({
  compile: () =>
    sql<{ channel_id: string; due_at: number }>`
      with recursive channels (channel_id) as (
        select min(channel_id) from posts where shown < wanted
        union all
        select (select min(channel_id) from posts where shown < wanted and channel_id > channels.channel_id)
        from channels where channels.channel_id is not null
      )
      select channel_id,
        (select min(due_at) from posts where shown < wanted and posts.channel_id = channels.channel_id) as due_at
      from channels where channel_id is not null order by due_at`.compile(db),
}));

const claimFirst = { sqlite: claimOn("sqlite"), postgres: claimOn("postgres") } as const;

/** On PostgreSQL a post that another instance is just claiming is passed over; SQLite lets one writer in at a time anyway. */
function claimOn(engine: Store["engine"]) {
  return statement<{ owner: string; channelId: string; now: number; until: number }>()(
    (db, { owner, channelId, now, until }) =>
      db
        .updateTable("posts")
        .set((post) => ({ lease_owner: owner, lease_until: until, tries: post("tries", "+", 1) }))
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
                post("due.request_id", "is", null),
                post.exists(
                  post
                    .selectFrom("posts as parent")
                    .select("parent.id")
                    .whereRef("parent.request_id", "=", "due.request_id")
                    .where("parent.kind", "=", "message")
                    .where((parent) =>
                      parent
                        .case()
                        .when("due.kind", "=", "copy")
                        .then(
                          parent.or([
                            parent("parent.ts", "is not", null),
                            parent.and([parent("parent.tries", ">", 0), parent("parent.lease_owner", "is", null)]),
                          ]),
                        )
                        .else(
                          parent.or([
                            parent("parent.channel_id", "!=", parent.ref("due.channel_id")),
                            parent.and([
                              parent("parent.ts", "is not", null),
                              parent("parent.shown", ">=", parent.ref("parent.wanted")),
                            ]),
                          ]),
                        )
                        .end(),
                    ),
                ),
              ]),
            )
            .orderBy("due.due_at")
            .orderBy("due.id")
            .limit(1);
          return engine === "postgres" ? due.forUpdate().skipLocked() : due;
        })
        .returningAll(),
  );
}

const keepShown = statement<{ id: string; owner: string; shown: number; channelId: string; ts: string }>()((db, post) =>
  db
    .updateTable("posts")
    .set({ shown: post.shown, ts: post.ts, posted_in: post.channelId, tries: 0, lease_owner: null, lease_until: null })
    .where("id", "=", post.id)
    .where("lease_owner", "=", post.owner),
);

async function drop(db: Database, post: ClaimedPost, owner: string): Promise<void> {
  await db
    .updateTable("posts")
    .set({ shown: post.wanted, tries: 0, lease_owner: null, lease_until: null })
    .where("id", "=", post.id)
    .where("lease_owner", "=", owner)
    .execute();
}
