/** The part of the ledger that says which undecided requests attention is to be drawn to, and how far that was done. */
import { sql, type Transaction } from "kysely";
import type { Told } from "../domain/reminder-recipients.ts";
import { type Escalation, nextReminder, type Waiting } from "../domain/reminder-schedule.ts";
import type { Schema } from "../storage/schema.ts";
import { statement } from "../storage/statement.ts";
import { record } from "./audit/audit-log.ts";
import type { LedgerNeeds } from "./ledger-context.ts";
import { copyWanted, messageChanged, noticeWanted } from "./outbox/enqueue.ts";
import { approvalsOf } from "./queries/approvals.ts";

/** An undecided request whose time has come to draw attention to it, as it was read. */
export interface Unattended extends Waiting {
  id: string;
  channelId: string;
  requestedBy: string;
  remindedAt: number | undefined;
  /** Who has approved it already, where more than one is needed. */
  approvedBy: string[];
}

/** What is done about one: who is told, and when to look at it again. */
export interface Attending {
  request: Unattended;
  told: Told;
  /** The user group that it is escalated to now. */
  escalateTo?: string | undefined;
  /** Up to when its milestones are worked off by this; undefined where only its escalation is. */
  upTo: number | undefined;
  nextAt: number | undefined;
}

export interface Attention {
  /** Up to `limit` requests that attention is to be drawn to now, the longest waiting first. */
  due(limit: number): Promise<Unattended[]>;
  /**
   * Notes who is told, and that this has been done: of several instances that have read the same, one does. What was
   * decided, attended to or has expired since it was read is left alone. Resolves to how many were attended to.
   */
  attend(attendings: readonly Attending[]): Promise<number>;
  /** Has a request looked at by when it is to be escalated: the settings may name a shorter time than when it was asked. */
  bringForward(escalation: Escalation): Promise<void>;
}

export function createAttention({ store: { db }, clock, instance }: LedgerNeeds): Attention {
  const byItself = { actor: "bot", origin: { from: "instance", id: instance } } as const;

  async function attendTo(transaction: Transaction<Schema>, attending: Attending): Promise<boolean> {
    const { request, told, escalateTo, upTo, nextAt } = attending;
    const { id: requestId, attendedAt, remindedAt, escalatedAt } = request;
    const now = clock.now();
    const isReminder = told.reminders.length > 0;
    const isEscalation = escalateTo !== undefined;
    const attended = await moveOn(transaction, {
      id: requestId,
      attendedBefore: attendedAt ?? null,
      escalatedBefore: escalatedAt ?? null,
      attendedAt: upTo ?? attendedAt ?? null,
      attendAt: nextAt ?? null,
      remindedAt: isReminder ? now : (remindedAt ?? null),
      escalatedAt: isEscalation ? now : (escalatedAt ?? null),
      now,
    });
    if (attended.numAffectedRows === 0n) return false;
    for (const userId of told.copies) await copyWanted(transaction, { requestId, userId, now });
    for (const to of told.reminders) {
      const id = `${requestId}:reminder:${now}:${to}`;
      await noticeWanted(transaction, { id, requestId, to, notice: { about: "reminder" }, now });
    }
    if (isEscalation) {
      const notice = { about: "escalated", to: escalateTo } as const;
      await noticeWanted(transaction, { id: `${requestId}:escalated`, requestId, to: request.channelId, notice, now });
    }
    // The message says when the next reminder comes, also where there was nobody to be given this one.
    const isPast = nextReminder(request) !== nextReminder({ ...request, attendedAt: upTo ?? attendedAt });
    if (isPast || isReminder || isEscalation) await messageChanged(transaction, requestId, now);
    const event = { ...byItself, at: now, requestId };
    if (isReminder)
      await record(transaction, [{ ...event, what: "reminded", detail: { told: told.reminders.length } }]);
    if (isEscalation) await record(transaction, [{ ...event, what: "escalated", detail: { groupId: escalateTo } }]);
    return true;
  }

  return {
    async due(limit) {
      const now = clock.now();
      const { rows } = await unattendedAt(db, { now, limit });
      const unattended = rows.map(async (row) => ({
        id: row.id,
        channelId: row.channel_id,
        requestedBy: row.requested_by,
        approvedBy: row.approvals_needed > 1 ? (await approvalsOf(db, row.id)).map(({ by }) => by) : [],
        createdAt: row.created_at,
        expiresAt: row.expires_at,
        attendedAt: row.attended_at ?? undefined,
        remindedAt: row.reminded_at ?? undefined,
        escalatedAt: row.escalated_at ?? undefined,
      }));
      return Promise.all(unattended);
    },

    async attend(attendings) {
      if (attendings.length === 0) return 0;
      // In one order for all instances, so that none waits for another in a circle.
      const inOrder = attendings.toSorted((a, b) => (a.request.id < b.request.id ? -1 : 1));
      return db.transaction().execute(async (transaction) => {
        let attended = 0;
        for (const attending of inOrder) if (await attendTo(transaction, attending)) attended++;
        return attended;
      });
    },

    async bringForward({ afterMs }) {
      const escalatesAt = sql<number>`created_at + ${afterMs}`;
      await db
        .updateTable("requests")
        .set({ attend_at: escalatesAt })
        .where("state", "=", sql.lit("pending"))
        .where("escalated_at", "is", null)
        .where("expires_at", ">", escalatesAt)
        .where((row) => row.or([row("attend_at", "is", null), row("attend_at", ">", escalatesAt)]))
        .execute();
    },
  };
}

const unattendedAt = statement<{ now: number; limit: number }>()((db, { now, limit }) =>
  db
    .selectFrom("requests")
    .selectAll()
    .where("state", "=", sql.lit("pending"))
    .where("attend_at", "<=", now)
    .where("expires_at", ">", now)
    .orderBy("attend_at")
    .limit(limit),
);

const moveOn = statement<{
  id: string;
  attendedBefore: number | null;
  escalatedBefore: number | null;
  attendedAt: number | null;
  attendAt: number | null;
  remindedAt: number | null;
  escalatedAt: number | null;
  now: number;
}>()((db, attending) =>
  db
    .updateTable("requests")
    .set({
      attended_at: attending.attendedAt,
      attend_at: attending.attendAt,
      reminded_at: attending.remindedAt,
      escalated_at: attending.escalatedAt,
    })
    .where("id", "=", attending.id)
    .where("state", "=", sql.lit("pending"))
    .where("expires_at", ">", attending.now)
    .where("attended_at", "is not distinct from", attending.attendedBefore)
    .where("escalated_at", "is not distinct from", attending.escalatedBefore),
);
