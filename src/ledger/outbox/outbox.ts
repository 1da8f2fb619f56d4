/** The outbox: what Slack still has to show. Each change enqueues its posts (see enqueue.ts); the reporter claims and posts them. */
import { type RawBuilder, type Selectable, sql } from "kysely";
import type { Notice } from "../../domain/notice.ts";
import { writerVersion } from "../../storage/migrations/writer-version.ts";
import type { Database, PostsTable } from "../../storage/schema.ts";
import { statement } from "../../storage/statement.ts";
import type { LedgerContext } from "../ledger-context.ts";
import { enqueueNotice, markCopiesStale } from "./enqueue.ts";

/** A post that this instance has leased. */
export interface ClaimedPost {
  id: string;
  /** Undefined for a notice that is not about a request. */
  requestId: string | undefined;
  /** A channel, a user (for a direct message), or `everyApprover`, which is not a Slack id. */
  channelId: string;
  kind: PostsTable["kind"];
  round: number;
  /** The content of a notice. */
  notice: Notice | undefined;
  /** Where it stands in Slack, once posted. */
  posted: PostedMessage | undefined;
  /** The version that Slack shows once this post is done. */
  wanted: number;
  /** Tries since Slack last accepted it, including this one. */
  tries: number;
}

/** A message in Slack: its conversation and its timestamp, which identifies it there. */
export interface PostedMessage {
  channelId: string;
  ts: string;
}

/** A channel with something to post or edit, due at `dueAt` (milliseconds since the epoch). */
export interface DueChannel {
  channelId: string;
  dueAt: number;
}

/** The channels that have something to show, the longest waiting first; one row each, however many posts it has. */
export async function dueChannels({ store: { db } }: LedgerContext): Promise<DueChannel[]> {
  const { rows } = await channelsDue(db, {});
  return rows.map((row) => ({ channelId: row.channel_id, dueAt: row.due_at }));
}

/**
 * Leases the post of a channel that has been due longest. A post in a thread waits until the request's message is posted
 * and up to date. A copy links to that message, so it waits until the message is posted or Slack has refused it. Other
 * direct messages do not wait.
 */
export async function claim(
  { store: { db, engine }, clock }: LedgerContext,
  { owner, leaseMs, channelId }: { owner: string; leaseMs: number; channelId: string },
): Promise<ClaimedPost | undefined> {
  const now = clock.now();
  const [claimed] = (await claimFirst[engine](db, { owner, channelId, now, until: now + leaseMs })).rows;
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
}

/** Records that Slack now shows the post. */
export async function shown(
  { store: { db }, clock }: LedgerContext,
  post: ClaimedPost,
  owner: string,
  { channelId, ts }: PostedMessage,
): Promise<void> {
  const { id, kind, requestId, posted, wanted } = post;
  const kept = { id, owner, shown: wanted, channelId, ts };
  const isNewMessage = kind === "message" && posted === undefined;
  if (!isNewMessage || requestId === undefined) {
    await keepShown(db, kept);
    return;
  }
  await db.transaction().execute(async (transaction) => {
    await keepShown(transaction, kept);
    await markCopiesStale(transaction, requestId, clock.now());
  });
}

/** Gives a post up: Slack does not show it, and it is not tried again until it changes. */
export function dropped({ store: { db } }: LedgerContext, post: ClaimedPost, owner: string): Promise<void> {
  return drop(db, post, owner);
}

/** Enqueues a notice for each of these users, once each. With `isEverybody`, the notice itself is then done. */
export async function addressed(
  { store: { db }, clock }: LedgerContext,
  post: ClaimedPost,
  owner: string,
  { users, isEverybody }: { users: readonly string[]; isEverybody: boolean },
): Promise<void> {
  const { id, requestId, notice } = post;
  if (!notice) throw new Error(`only a notice can be addressed to several people: ${id}`);
  await db.transaction().execute(async (transaction) => {
    const now = clock.now();
    for (const to of users) {
      const one = { id: `${id}:${to}`, to, notice, now };
      await enqueueNotice(transaction, requestId === undefined ? one : { ...one, requestId });
    }
    if (isEverybody) await drop(transaction, post, owner);
  });
}

/** Makes a post that Slack did not accept due again at `dueAt`. With `anew`, the posted message is gone and is posted again. */
export async function postponed(
  { store: { db } }: LedgerContext,
  post: ClaimedPost,
  owner: string,
  { dueAt, anew }: { dueAt: number; anew?: boolean },
): Promise<void> {
  await db
    .updateTable("posts")
    .set({ due_at: dueAt, lease_owner: null, lease_until: null, ...(anew ? { ts: null } : {}) })
    .where("id", "=", post.id)
    .where("lease_owner", "=", owner)
    .execute();
}

/** Records where a request's message is, as a click on it says, in case Slack's reply to the posting was lost. */
export async function recordMessageTs(
  { store: { db }, clock }: LedgerContext,
  requestId: string,
  ts: string,
): Promise<void> {
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
}

/** Jumps from channel to channel along the index: a channel with thousands of posts costs no more than one with a few. */
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

/** On PostgreSQL, posts that another instance is claiming are skipped; SQLite allows one writer at a time anyway. */
const claimFirst = { sqlite: claimWith(sql``), postgres: claimWith(sql`for update skip locked`) } as const;

function claimWith(locking: RawBuilder<unknown>) {
  return statement<{ owner: string; channelId: string; now: number; until: number }>()(
    (db, { owner, channelId, now, until }) => ({
      compile: () =>
        sql<Selectable<PostsTable>>`
          update posts set lease_owner = ${owner}, lease_until = ${until}, tries = tries + 1, writer = ${writerVersion}
          where id = (
            select due.id from posts as due
            where due.shown < due.wanted
              and due.channel_id = ${channelId}
              and due.due_at <= ${now}
              and (due.lease_until is null or due.lease_until <= ${now})
              and (due.kind = 'message' or due.request_id is null or exists (
                select 1 from posts as parent
                where parent.request_id = due.request_id
                  and parent.kind = 'message'
                  and case when due.kind = 'copy'
                    then parent.ts is not null or (parent.tries > 0 and parent.lease_owner is null)
                    else parent.channel_id <> due.channel_id
                      or (parent.ts is not null and parent.shown >= parent.wanted)
                    end
              ))
            order by due.due_at, due.id
            limit 1 ${locking}
          )
          returning *`.compile(db),
    }),
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
