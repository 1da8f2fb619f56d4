/** Reminders in the ledger: which undecided or held requests are due for one, and which were sent. */
import { sql, type Transaction } from "kysely";
import type { Recipients } from "../domain/reminder-recipients.ts";
import { type Escalation, nextReminder, type ReminderState } from "../domain/reminder-schedule.ts";
import type { Database, RequestsTable, Schema } from "../storage/schema.ts";
import { statement } from "../storage/statement.ts";
import { record } from "./audit/audit-log.ts";
import { type LedgerContext, theBot } from "./ledger-context.ts";
import { enqueueCopy, enqueueNotice, markMessageStale } from "./outbox/enqueue.ts";
import { approvalsOf } from "./queries/approvals.ts";
import { confirmationsOf } from "./queries/holds.ts";

/** An undecided or held request whose next reminder or escalation is due, as it was read. */
export interface DueReminder extends ReminderState {
  id: string;
  channelId: string;
  requestedBy: string;
  remindedAt: number | undefined;
  /** Who has approved it so far, if it needs several approvals. */
  approvedBy: string[];
}

/** What to record about one request: its recipients, and when it is due again. */
export interface ReminderRecord {
  request: DueReminder;
  recipients: Recipients;
  /** The user group to escalate to now. */
  escalateTo?: string | undefined;
  /** Everything due up to this time is done; undefined if only the escalation is. */
  upTo: number | undefined;
  nextAt: number | undefined;
}

/** Up to `limit` requests that are due for a reminder now, the longest due first. */
export async function dueReminders({ store: { db }, clock }: LedgerContext, limit: number): Promise<DueReminder[]> {
  const given = { now: clock.now(), limit };
  const [undecided, held] = [await selectDue(db, given), await selectDueOnHold(db, given)];
  const rows = [...undecided.rows, ...held.rows].slice(0, limit);
  const requests = rows.map(async (row) => ({
    id: row.id,
    channelId: row.channel_id,
    requestedBy: row.requested_by,
    approvedBy: row.approvals_needed > 1 ? (await approvalsSoFar(db, row)).map(({ by }) => by) : [],
    // A hold has its own duration.
    createdAt: row.held_at ?? row.created_at,
    expiresAt: row.held_until ?? row.expires_at,
    remindedUntil: row.attended_at ?? undefined,
    remindedAt: row.reminded_at ?? undefined,
    escalatedAt: row.escalated_at ?? undefined,
  }));
  return Promise.all(requests);
}

function approvalsSoFar(db: Database, { id, held_at: heldAt }: { id: string; held_at: number | null }) {
  return heldAt === null ? approvalsOf(db, id) : confirmationsOf(db, id);
}

/**
 * Enqueues the messages and records this. If several instances read the same requests, one wins. Requests that were
 * decided, handled or expired since they were read are skipped. Returns how many were recorded.
 */
export async function recordReminders(context: LedgerContext, records: readonly ReminderRecord[]): Promise<number> {
  if (records.length === 0) return 0;
  // One order for all instances prevents deadlocks.
  const ordered = records.toSorted((a, b) => (a.request.id < b.request.id ? -1 : 1));
  return context.store.db.transaction().execute(async (transaction) => {
    let recorded = 0;
    for (const due of ordered) if (await recordReminder(context, transaction, due)) recorded++;
    return recorded;
  });
}

/** Moves escalations forward if the settings now contain a shorter time than when the request was submitted or held. */
export async function expediteEscalations({ store: { db } }: LedgerContext, { afterMs }: Escalation): Promise<void> {
  const expedite = (since: "created_at" | "held_at", until: "expires_at" | "held_until") => {
    const escalatesAt = sql<number>`${sql.ref(since)} + ${afterMs}`;
    return db
      .updateTable("requests")
      .set({ attend_at: escalatesAt })
      .where("escalated_at", "is", null)
      .where(until, ">", escalatesAt)
      .where((row) => row.or([row("attend_at", "is", null), row("attend_at", ">", escalatesAt)]));
  };
  await expedite("created_at", "expires_at").where("state", "=", sql.lit("pending")).execute();
  await expedite("held_at", "held_until").where("held_at", "is not", null).execute();
}

async function recordReminder(
  context: LedgerContext,
  transaction: Transaction<Schema>,
  due: ReminderRecord,
): Promise<boolean> {
  const { request, recipients, escalateTo, upTo, nextAt } = due;
  const { id: requestId, remindedUntil, remindedAt, escalatedAt } = request;
  const now = context.clock.now();
  const isReminder = recipients.reminders.length > 0;
  const isEscalation = escalateTo !== undefined;
  const advanced = await advance(transaction, {
    id: requestId,
    remindedUntilBefore: remindedUntil ?? null,
    escalatedBefore: escalatedAt ?? null,
    remindedUntil: upTo ?? remindedUntil ?? null,
    nextReminderAt: nextAt ?? null,
    remindedAt: isReminder ? now : (remindedAt ?? null),
    escalatedAt: isEscalation ? now : (escalatedAt ?? null),
    now,
  });
  if (advanced.numAffectedRows === 0n) return false;
  for (const userId of recipients.copies) await enqueueCopy(transaction, { requestId, userId, now });
  for (const to of recipients.reminders) {
    const id = `${requestId}:reminder:${now}:${to}`;
    await enqueueNotice(transaction, { id, requestId, to, notice: { about: "reminder" }, now });
  }
  if (isEscalation) {
    const notice = { about: "escalated", to: escalateTo } as const;
    // Once for each wait: a request that is held waits again, from then on.
    const id = `${requestId}:escalated:${request.createdAt}`;
    await enqueueNotice(transaction, { id, requestId, to: request.channelId, notice, now });
  }
  // The message shows the time of the next reminder, even if this one had no recipients.
  const isPast = nextReminder(request) !== nextReminder({ ...request, remindedUntil: upTo ?? remindedUntil });
  if (isPast || isReminder || isEscalation) await markMessageStale(transaction, requestId, now);
  const { by: actor, origin } = theBot(context);
  const event = { actor, origin, at: now, requestId };
  if (isReminder)
    await record(transaction, [{ ...event, what: "reminded", detail: { told: recipients.reminders.length } }]);
  if (isEscalation) await record(transaction, [{ ...event, what: "escalated", detail: { groupId: escalateTo } }]);
  return true;
}

/** Listed, and not `*`, for the reason that src/ledger/queries/request-columns.ts gives: these are polls. */
const dueColumns = [
  ...(["id", "channel_id", "requested_by", "approvals_needed", "created_at", "expires_at"] as const),
  ...(["held_at", "held_until", "attended_at", "reminded_at", "escalated_at"] as const),
] satisfies (keyof RequestsTable)[];

const selectDue = statement<{ now: number; limit: number }>()((db, { now, limit }) =>
  db
    .selectFrom("requests")
    .select(dueColumns)
    .where("state", "=", sql.lit("pending"))
    .where("attend_at", "<=", now)
    .where("expires_at", ">", now)
    .orderBy("attend_at")
    .limit(limit),
);

const selectDueOnHold = statement<{ now: number; limit: number }>()((db, { now, limit }) =>
  db
    .selectFrom("requests")
    .select(dueColumns)
    .where("held_at", "is not", null)
    .where("held_until", ">", now)
    .where("attend_at", "<=", now)
    .orderBy("attend_at")
    .limit(limit),
);

const advance = statement<{
  id: string;
  remindedUntilBefore: number | null;
  escalatedBefore: number | null;
  remindedUntil: number | null;
  nextReminderAt: number | null;
  remindedAt: number | null;
  escalatedAt: number | null;
  now: number;
}>()((db, reminder) =>
  db
    .updateTable("requests")
    .set({
      attended_at: reminder.remindedUntil,
      attend_at: reminder.nextReminderAt,
      reminded_at: reminder.remindedAt,
      escalated_at: reminder.escalatedAt,
    })
    .where("id", "=", reminder.id)
    .where(({ and, or, eb }) =>
      or([
        and([eb("state", "=", sql.lit("pending")), eb("expires_at", ">", reminder.now)]),
        and([eb("held_at", "is not", null), eb("held_until", ">", reminder.now)]),
      ]),
    )
    .where("attended_at", "is not distinct from", reminder.remindedUntilBefore)
    .where("escalated_at", "is not distinct from", reminder.escalatedBefore),
);
