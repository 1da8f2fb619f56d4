/** Ends a hold: an approver carries the request out or cancels it, or the hold expires. The first of these wins. */
import type { Transaction } from "kysely";
import type { Approval } from "../../domain/approval.ts";
import type { Schema } from "../../storage/schema.ts";
import { statement } from "../../storage/statement.ts";
import { type AuditEvent, type Origin, record } from "../audit/audit-log.ts";
import { type LedgerContext, onceCommitted, theBot } from "../ledger-context.ts";
import { enqueueNotice, markMessageStale, settleMs } from "../outbox/enqueue.ts";
import { confirmationsOf, type HoldEnd, holdEndOf } from "../queries/holds.ts";
import { findRequest, lockedRequest, type RequestView } from "../queries/request-view.ts";
import { endHeld } from "./end-held.ts";

export type CarryOutResult =
  | { kind: "carried-out"; request: RequestView }
  /** The confirmation counts, or was counted before, and the request needs more confirmations. */
  | { kind: "counted" | "counted-before"; request: RequestView }
  | TooLate;

export type CancelHeldResult = { kind: "cancelled"; request: RequestView } | TooLate;

type TooLate =
  /** The request is no longer held; `end` contains who ended the hold, and how. */
  { kind: "too-late"; request: RequestView; end: HoldEnd | undefined } | { kind: "unknown" };

export interface ReleaseInput {
  requestId: string;
  by: string;
  origin: Origin;
}

/**
 * Queues the held operations again, once the request has as many confirmations as it needs approvals.
 * @param input `lapsed` are earlier confirmations that no longer count, because those people are no longer allowed to
 * give them
 */
export async function carryOut(
  context: LedgerContext,
  input: ReleaseInput & { lapsed?: readonly Approval[] },
): Promise<CarryOutResult> {
  const { requestId, by, origin, lapsed = [] } = input;
  return context.store.db.transaction().execute(async (transaction): Promise<CarryOutResult> => {
    const now = context.clock.now();
    const held = await lockHeld(transaction, requestId, now);
    if (!held) return tooLate(context, transaction, requestId);
    if (held.approvals_needed > 1) {
      const earlier = await withoutLapsed(context, transaction, { requestId, lapsed, now });
      const isNew = earlier.every((one) => one.by !== by);
      if (isNew) await record(transaction, [{ what: "carry-out-given", at: now, actor: by, origin, requestId }]);
      if (earlier.length + (isNew ? 1 : 0) < held.approvals_needed) {
        if (isNew || lapsed.length > 0) await markMessageStale(transaction, requestId, now);
        return { kind: isNew ? "counted" : "counted-before", request: await lockedRequest(transaction, requestId) };
      }
    }
    const operations = await queueHeld(transaction, requestId, now);
    await transaction
      .updateTable("requests")
      .set({ confirmed_at: now, held_at: null, held_until: null })
      .where("id", "=", requestId)
      .execute();
    await markMessageStale(transaction, requestId, now + settleMs);
    const notice = { about: "carried-out", by } as const;
    const id = `${requestId}:carried-out:${now}`;
    await enqueueNotice(transaction, { id, requestId, to: held.channel_id, notice, now });
    await record(transaction, [{ what: "carried-out", at: now, actor: by, origin, requestId, detail: { operations } }]);
    return { kind: "carried-out", request: await lockedRequest(transaction, requestId) };
  });
}

/** Records the confirmations that have lapsed, so that they are no longer shown, and returns the others. */
async function withoutLapsed(
  context: LedgerContext,
  transaction: Transaction<Schema>,
  { requestId, lapsed, now }: { requestId: string; lapsed: readonly Approval[]; now: number },
): Promise<Approval[]> {
  const { by: actor, origin } = theBot(context);
  const earlier = await confirmationsOf(transaction, requestId);
  const hasLapsed = (one: Approval) => lapsed.some((gone) => gone.by === one.by && gone.at === one.at);
  const lapses = earlier.filter(hasLapsed).map(({ by: approver }): AuditEvent => {
    return { what: "carry-out-lapsed", at: now, actor, origin, requestId, detail: { approver } };
  });
  if (lapses.length > 0) await record(transaction, lapses);
  return earlier.filter((one) => !hasLapsed(one));
}

/** Ends a hold: operations that have not started are cancelled. */
export async function cancelHeld(context: LedgerContext, input: ReleaseInput): Promise<CancelHeldResult> {
  return context.store.db.transaction().execute(async (transaction): Promise<CancelHeldResult> => {
    if ((await cancelHeldIn(context, transaction, input)) === 0) return tooLate(context, transaction, input.requestId);
    return { kind: "cancelled", request: await lockedRequest(transaction, input.requestId) };
  });
}

/** The same in a transaction of the caller. Returns how many operations have ended; 0 if the request is not held. */
export async function cancelHeldIn(
  context: LedgerContext,
  transaction: Transaction<Schema>,
  input: ReleaseInput,
): Promise<number> {
  const now = context.clock.now();
  const held = await lockHeld(transaction, input.requestId, now);
  return held ? endHeld(context, transaction, { ...input, what: "cancelled-held", now }) : 0;
}

/** Expires up to `limit` holds that nobody decided on in time, and returns how many were due. */
export async function expireHeld(context: LedgerContext, limit: number): Promise<number> {
  const { db } = context.store;
  const { rows } = await selectExpired(db, { now: context.clock.now(), limit });
  for (const { id } of rows)
    await onceCommitted(context, (counting) =>
      db.transaction().execute((transaction) => expireOne(counting, transaction, id)),
    );
  return rows.length;
}

async function expireOne(context: LedgerContext, transaction: Transaction<Schema>, requestId: string): Promise<void> {
  const now = context.clock.now();
  const expired = await transaction
    .updateTable("requests")
    .set((request) => ({ held_until: request.ref("held_until") }))
    .where("id", "=", requestId)
    .where("held_until", "<=", now)
    .executeTakeFirst();
  if (expired.numUpdatedRows === 0n) return;
  await endHeld(context, transaction, { requestId, what: "held-expired", now, ...theBot(context) });
}

/** Updating the request's row locks it: of two concurrent approvers, the second waits here and is then too late. */
function lockHeld(transaction: Transaction<Schema>, requestId: string, now: number) {
  return transaction
    .updateTable("requests")
    .set((request) => ({ held_until: request.ref("held_until") }))
    .where("id", "=", requestId)
    .where("held_at", "is not", null)
    .where("held_until", ">", now)
    .returning(["approvals_needed", "channel_id"])
    .executeTakeFirst();
}

async function queueHeld(transaction: Transaction<Schema>, requestId: string, now: number): Promise<number> {
  const queued = await transaction
    .updateTable("operations")
    .set({ state: "queued", due_at: now })
    .where("request_id", "=", requestId)
    .where("state", "=", "held")
    .executeTakeFirst();
  return Number(queued.numUpdatedRows);
}

async function tooLate(context: LedgerContext, transaction: Transaction<Schema>, requestId: string): Promise<TooLate> {
  await expireOne(context, transaction, requestId);
  const request = await findRequest(transaction, requestId);
  return request ? { kind: "too-late", request, end: await holdEndOf(transaction, requestId) } : { kind: "unknown" };
}

const selectExpired = statement<{ now: number; limit: number }>()((db, { now, limit }) =>
  db
    .selectFrom("requests")
    .select("id")
    .where("held_at", "is not", null)
    .where("held_until", "<=", now)
    .orderBy("held_until")
    .limit(limit),
);
