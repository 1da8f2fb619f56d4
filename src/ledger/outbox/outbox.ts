/**
 * The outbox: the posts that Slack still has to show. Each change enqueues its posts (see enqueue.ts); the reporter
 * claims and posts them.
 */
import type { Notice } from "../../domain/notice.ts";
import type { Database } from "../../storage/schema.ts";
import { statement } from "../../storage/statement.ts";
import type { PostsTable } from "../../storage/tables/outbox.ts";
import type { LedgerContext } from "../ledger-context.ts";
import { enqueueNotice, markCopiesStale } from "./enqueue.ts";
import { channelsDue, claimIn, type Lane } from "./statements.ts";

/** A post that this instance has leased. */
export interface ClaimedPost {
  id: string;
  /** Undefined for a notice that is not about a request. */
  requestId: string | undefined;
  /** A channel, a user (for a direct message), or `everyApprover`, which is not a Slack ID. */
  channelId: string;
  kind: PostsTable["kind"];
  round: number;
  /** The content of a notice. */
  notice: Notice | undefined;
  /** Its place in Slack, once posted. */
  posted: PostedMessage | undefined;
  /** The version that Slack shows once this post is done. */
  wanted: number;
  /** Tries since Slack last accepted it, including this one. */
  tries: number;
  /**
   * The error code if Slack permanently refused the post, until Slack accepts it. A file's numbers are then shown as
   * text.
   */
  refused: string | undefined;
}

/** A message in Slack: its conversation and its timestamp, which identifies it there. */
export interface PostedMessage {
  channelId: string;
  ts: string;
}

/** Longer than posting may take, but short for readers, who wait this long if an instance dies; in milliseconds. */
export const postLeaseMs = 12_000;

/** A channel with something to post or edit, due at `dueAt` (milliseconds since the epoch). */
export interface DueChannel {
  channelId: string;
  lane: Lane;
  dueAt: number;
}

/**
 * The channels that have something to show; one row for each lane, however many posts it has. The lane with priority
 * comes first, and within a lane the channel that has waited longest.
 */
export async function dueChannels({ store: { db } }: LedgerContext): Promise<DueChannel[]> {
  const { rows } = await channelsDue(db, {});
  const inLane = (lane: Lane, column: "first_due" | "later_due") =>
    rows
      .flatMap((row) => (row[column] === null ? [] : { channelId: row.channel_id, lane, dueAt: row[column] }))
      .sort((one, other) => one.dueAt - other.dueAt);
  return [...inLane("first", "first_due"), ...inLane("later", "later_due")];
}

/**
 * Leases the post of a channel that has been due longest, in one lane or in either. A post in a thread waits until the
 * request's message is posted and up to date, and for the post of its kind about an earlier round, so that the last one
 * in the thread is about the last round. A copy links to the message, so it waits until that is posted or Slack has
 * refused it. Other direct messages do not wait.
 */
export async function claim(
  { store: { db, engine }, clock }: LedgerContext,
  { owner, leaseMs, channelId, lane }: { owner: string; leaseMs: number; channelId: string; lane?: Lane },
): Promise<ClaimedPost | undefined> {
  const now = clock.now();
  const claimed = (await claimOf(lane ?? "first")) ?? (lane === undefined ? await claimOf("later") : undefined);

  async function claimOf(from: Lane) {
    return (await claimIn[from][engine](db, { owner, channelId, now, until: now + leaseMs })).rows[0];
  }
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
    refused: claimed.refused ?? undefined,
  };
}

/** Extends the lease of a post, if it is still this owner's. */
export async function extendLease(
  { store: { db }, clock }: LedgerContext,
  post: ClaimedPost,
  owner: string,
  leaseMs: number,
): Promise<void> {
  await db
    .updateTable("posts")
    .set({ lease_until: clock.now() + leaseMs })
    .where("id", "=", post.id)
    .where("lease_owner", "=", owner)
    .execute();
}

/**
 * Records that Slack now shows the post. Resolves to false if another instance has taken over its lease; an edit is
 * then due again.
 */
export async function recordShown(
  { store: { db }, clock }: LedgerContext,
  post: ClaimedPost,
  owner: string,
  { channelId, ts }: PostedMessage,
): Promise<boolean> {
  const { id, kind, requestId, posted, wanted } = post;
  const kept = { id, owner, shown: wanted, channelId, ts };
  const isNewMessage = kind === "message" && posted === undefined;
  if (!isNewMessage || requestId === undefined) {
    const isOwn = (await keepShown(db, kept)).numAffectedRows === 1n;
    if (!isOwn) await editAgain(db, post, clock.now());
    return isOwn;
  }
  return db.transaction().execute(async (transaction) => {
    const { numAffectedRows } = await keepShown(transaction, kept);
    await markCopiesStale(transaction, requestId, clock.now());
    return numAffectedRows === 1n;
  });
}

/** Abandons a post: Slack does not show it, and the bot does not try again until the post changes. */
export function drop({ store: { db } }: LedgerContext, post: ClaimedPost, owner: string): Promise<void> {
  return abandon(db, post, owner);
}

/** Enqueues a notice for each of these users, once each. With `isEverybody`, the notice itself is then done. */
export async function addressTo(
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
    if (isEverybody) await abandon(transaction, post, owner);
  });
}

/**
 * Makes a post that Slack did not accept due again at `dueAt`. With `again`, the posted message is gone and is posted
 * again. If another instance has taken over its lease, an edit is due again: Slack may have accepted it all the same.
 */
export async function postpone(
  { store: { db }, clock }: LedgerContext,
  post: ClaimedPost,
  owner: string,
  { dueAt, again }: { dueAt: number; again?: boolean },
): Promise<void> {
  const { numUpdatedRows } = await db
    .updateTable("posts")
    .set({ due_at: dueAt, lease_owner: null, lease_until: null, ...(again ? { ts: null } : {}) })
    .where("id", "=", post.id)
    .where("lease_owner", "=", owner)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows === 0n) await editAgain(db, post, clock.now());
}

/**
 * An edit whose lease ended on the way, because the process or the machine stood still, may have replaced what the next
 * owner showed meanwhile.
 */
async function editAgain(db: Database, { id, posted }: ClaimedPost, now: number): Promise<void> {
  if (!posted) return;
  await db
    .updateTable("posts")
    .set((row) => ({ wanted: row("wanted", "+", 1), due_at: now }))
    .where("id", "=", id)
    .where("ts", "=", posted.ts)
    .execute();
}

/** Records where a request's message is, according to a click on it, in case Slack's reply to the post was lost. */
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

/** Posts that are files in a thread. */
export const fileKinds = ["list", "not-started", "results"] as const satisfies readonly PostsTable["kind"][];

/** Ends the lease of a post. */
export const released = { lease_owner: null, lease_until: null } as const;

const keepShown = statement<{ id: string; owner: string; shown: number; channelId: string; ts: string }>()((db, post) =>
  db
    .updateTable("posts")
    .set((row) => ({
      shown: post.shown,
      ts: post.ts,
      posted_in: post.channelId,
      tries: 0,
      // Posting text instead of a file does not undo the refusal of the file.
      refused: row.case().when("kind", "in", fileKinds).then(row.ref("refused")).else(null).end(),
      ...released,
    }))
    .where("id", "=", post.id)
    .where("lease_owner", "=", post.owner),
);

async function abandon(db: Database, post: ClaimedPost, owner: string): Promise<void> {
  await db
    .updateTable("posts")
    .set({ shown: post.wanted, tries: 0, ...released })
    .where("id", "=", post.id)
    .where("lease_owner", "=", owner)
    .execute();
}
