/**
 * Holds requests that were approved before an outage: the bot makes no calls for them until an approver confirms them.
 */
import type { Transaction } from "kysely";
import type { Schema } from "../../storage/schema.ts";
import { type AuditEvent, record } from "../audit/audit-log.ts";
import { type LedgerContext, theBot } from "../ledger-context.ts";
import { lockQueued } from "../operations/queue-lock.ts";
import { markMessageStale } from "../outbox/enqueue.ts";
import { endOutage } from "./heartbeat.ts";
import { type Recent, recent } from "./staleness.ts";

/** How many requests and operations were held. */
export interface Held {
  requests: number;
  operations: number;
}

export interface HoldInput {
  /** STALE_AFTER, in milliseconds. */
  staleAfterMs: number;
  /** How long a hold lasts before it expires, in milliseconds. */
  heldForMs: number;
}

/**
 * Ends an outage: holds every open operation whose last decision is older than STALE_AFTER, and then moves the
 * heartbeat, in one transaction. Returns undefined if another instance did so first.
 */
export async function holdStale(context: LedgerContext, input: HoldInput): Promise<Held | undefined> {
  return context.store.db.transaction().execute(async (transaction) => {
    const now = context.clock.now();
    const { staleAfterMs, heldForMs } = input;
    if (!(await endOutage(transaction, { now, staleAfterMs }))) return undefined;
    const stale = await approvedRequests(transaction, recent({ now, staleAfterMs }));
    return hold(context, transaction, stale, { now, heldUntil: now + heldForMs, leasesUpTo: now });
  });
}

/** Later than any time in a ledger. */
const ever = Number.MAX_SAFE_INTEGER;

/** Holds every open operation, of any age and under any lease: for a ledger that no instance has open. */
export async function holdEverything(
  context: LedgerContext,
  transaction: Transaction<Schema>,
  heldForMs: number,
): Promise<Held> {
  const now = context.clock.now();
  const open = await approvedRequests(transaction, { from: ever, until: ever });
  const leasesUpTo = ever;
  return hold(context, transaction, open, { now, heldUntil: now + heldForMs, leasesUpTo });
}

/**
 * The requests that are being carried out and whose last confirmation is not recent, in one order for all instances.
 */
async function approvedRequests(transaction: Transaction<Schema>, { from, until }: Recent): Promise<string[]> {
  const rows = await transaction
    .selectFrom("requests")
    .select("id")
    .where("state", "=", "approved")
    .where((row) =>
      row.or([row("confirmed_at", "is", null), row("confirmed_at", "<", from), row("confirmed_at", ">", until)]),
    )
    .orderBy("id")
    .execute();
  return rows.map(({ id }) => id);
}

interface Until {
  now: number;
  heldUntil: number;
  /** Running operations are held if their lease ends by then. */
  leasesUpTo: number;
}

async function hold(
  context: LedgerContext,
  transaction: Transaction<Schema>,
  requestIds: readonly string[],
  { now, heldUntil, leasesUpTo }: Until,
): Promise<Held> {
  const { by: actor, origin } = theBot(context);
  const held = { requests: 0, operations: 0 };
  // Reminders start again, spread over the duration of the hold. None is due now: the reminder job, which has the
  // settings for escalation, finds the request at once and sets the time of the next milestone.
  const reminders = { attend_at: now, attended_at: now, reminded_at: null, escalated_at: null };
  for (const requestId of requestIds) {
    const { operations, running } = await holdOperations(transaction, requestId, leasesUpTo);
    if (operations === 0) continue;
    await transaction
      .updateTable("requests")
      .set({ held_at: now, held_until: heldUntil, ...reminders })
      .where("id", "=", requestId)
      .execute();
    await markMessageStale(transaction, requestId, now);
    const detail = { operations, ...(running.length > 0 ? { running } : {}) };
    const event: AuditEvent = { what: "held", at: now, actor, origin, requestId, detail };
    await record(transaction, [event]);
    held.requests++;
    held.operations += operations;
  }
  return held;
}

/** Returns how many were held, and the ids of those that were running: their attempts may never end. */
async function holdOperations(
  transaction: Transaction<Schema>,
  requestId: string,
  leasesUpTo: number,
): Promise<{ operations: number; running: string[] }> {
  const held = { state: "held", due_at: null, lease_owner: null, lease_until: null } as const;
  const running = await transaction
    .updateTable("operations")
    .set(held)
    .where("request_id", "=", requestId)
    .where("state", "=", "running")
    .where("lease_until", "<=", leasesUpTo)
    .returning("id")
    .execute();
  await lockQueued(transaction, requestId);
  const queued = await transaction
    .updateTable("operations")
    .set(held)
    .where("request_id", "=", requestId)
    .where("state", "=", "queued")
    .executeTakeFirst();
  return { operations: running.length + Number(queued.numUpdatedRows), running: running.map(({ id }) => id) };
}
