/**
 * After this machine's clock was set back, times that were recorded before lie ahead, and work would wait for as long.
 * They become what the same rule would record now.
 */
import { sql } from "kysely";
import type { Runner } from "../../storage/statement.ts";
import type { LedgerContext } from "../ledger-context.ts";
import { markMessagesStale, progressMs } from "../outbox/enqueue.ts";
import { postLeaseMs } from "../outbox/outbox.ts";
import { beatenAt, setBeat } from "./heartbeat.ts";
import { recent } from "./staleness.ts";

export interface SetBack {
  /** By how much at least, in milliseconds. */
  setBackMs: number;
  /** How many leases, retries and posts would have waited. */
  operations: number;
  posts: number;
}

export interface SetBackInput {
  /** The length of an operation's lease, in milliseconds. */
  leaseMs: number;
  /** STALE_AFTER, in milliseconds. */
  staleAfterMs: number;
}

/** Clocks are also corrected by fractions of a second, which delay nothing for long; in milliseconds. */
const negligibleMs = 2_000;
/** The longest that a post waits after Slack did not accept it: its Retry-After, or many tries; in milliseconds. */
const postWaitMsMax = { few: 5 * 60_000, many: 10 * 60_000 };
const fewTriesMax = 9;

/**
 * Undefined unless the heartbeat shows that the clock was set back. On PostgreSQL, the server's clock counts, which no
 * instance can judge.
 */
export async function followClock(
  { store: { db, engine }, clock }: LedgerContext,
  { leaseMs, staleAfterMs }: SetBackInput,
): Promise<SetBack | undefined> {
  if (engine === "postgres") return undefined;
  const newest = await beatenAt(db);
  if (newest === undefined || newest <= clock.now() + negligibleMs) return undefined;
  return db.transaction().execute(async (transaction) => {
    const now = clock.now();
    const leases = await shortenLeases(transaction, now + leaseMs);
    const retries = await bringRetriesForward(transaction, now);
    await markMessagesStale(transaction, [...new Set(retries)], now);
    const posts = await bringPostsForward(transaction, now);
    await sql`update paces set slowed_at = ${now} where slowed_at > ${now}`.execute(transaction);
    // Beyond that, it looks like an outage, and what was approved before is held first.
    if (newest <= recent({ now, staleAfterMs }).until) await setBeat(transaction, now);
    else if (leases + retries.length + posts === 0) return undefined;
    return { setBackMs: newest - now, operations: leases + retries.length, posts };
  });
}

/** An attempt may still be running, but none that was claimed by now holds its lease longer than this. */
async function shortenLeases(transaction: Runner, until: number): Promise<number> {
  const { numUpdatedRows } = await transaction
    .updateTable("operations")
    .set({ lease_until: until })
    .where("state", "=", "running")
    .where("lease_until", ">", until)
    .executeTakeFirstOrThrow();
  return Number(numUpdatedRows);
}

/**
 * An operation waits only after an attempt. If the attempt ended in the future, its wait begins again now; without an
 * attempt in this round, there is none. Other waits were recorded by the right time. Returns the requests.
 */
async function bringRetriesForward(transaction: Runner, now: number): Promise<string[]> {
  const attemptEndedAt = sql`(select max(ended_at) from attempts
    where attempts.operation_id = operations.id and attempts.round = operations.round)`;
  const { rows } = await sql<{ request_id: string }>`
    update operations set due_at = ${now} + coalesce(max(due_at - ${attemptEndedAt}, 0), 0)
    where state = 'queued' and due_at > ${now} and coalesce(${attemptEndedAt}, due_at) > ${now}
    returning request_id`.execute(transaction);
  return rows.map(({ request_id }) => request_id);
}

async function bringPostsForward(transaction: Runner, now: number): Promise<number> {
  const waitMax = sql`case when tries = 0 then ${progressMs}
    when tries <= ${fewTriesMax} then ${postWaitMsMax.few} else ${postWaitMsMax.many} end`;
  const { rows } = await sql`
    update posts set due_at = min(due_at, ${now} + ${waitMax}),
      lease_until = case when lease_until is null then null else min(lease_until, ${now + postLeaseMs}) end
    where shown < wanted and (due_at > ${now} + ${waitMax} or lease_until > ${now + postLeaseMs})
    returning id`.execute(transaction);
  return rows.length;
}
