/** When reminders of a pending request are due: at growing intervals, and once to a group if one is configured. */

/** Escalation of an undecided request: after how long, in milliseconds, and to which Slack user group. */
export interface Escalation {
  afterMs: number;
  to: string;
}

/** Which reminders of an undecided request were sent. Times are milliseconds since the epoch. */
export interface ReminderState {
  createdAt: number;
  expiresAt: number;
  /** Everything due up to this time has been sent; undefined at first. */
  remindedUntil: number | undefined;
  escalatedAt: number | undefined;
}

/** The messages that are due and were not sent yet. Several missed reminders are sent as one. */
export interface Due {
  newRequest: boolean;
  reminder: boolean;
  escalation: boolean;
}

/** Reminders per request. */
export const remindersMax = 3;

/**
 * Each interval is twice as long as the previous one, and the last ends at the expiry: 1, 2, 4 and 8 fifteenths of the
 * whole.
 */
export function reminderTimes({ createdAt, expiresAt }: Pick<ReminderState, "createdAt" | "expiresAt">): number[] {
  const parts = 2 ** (remindersMax + 1) - 1;
  return Array.from({ length: remindersMax }, (_, nth) => {
    const passed = (2 ** (nth + 1) - 1) / parts;
    return createdAt + Math.round((expiresAt - createdAt) * passed);
  });
}

/** The next reminder that was not sent yet, in milliseconds since the epoch. */
export function nextReminder(request: ReminderState): number | undefined {
  return reminderTimes(request).find((at) => isAhead(at, request.remindedUntil));
}

/** When the first reminder of a request is due, in milliseconds after it was submitted. */
export function firstReminderMs(ttlMs: number, escalation: Escalation | undefined): number {
  const submitted = { createdAt: 0, expiresAt: ttlMs, remindedUntil: undefined, escalatedAt: undefined };
  return nextMilestone(submitted, escalation, 0) ?? ttlMs;
}

/**
 * When a request is escalated; undefined if it was escalated already, if escalation is off, or if the request expires
 * first.
 */
export function nextEscalation(
  { createdAt, expiresAt, escalatedAt }: ReminderState,
  escalation: Escalation | undefined,
): number | undefined {
  if (escalatedAt !== undefined || !escalation || createdAt + escalation.afterMs >= expiresAt) return undefined;
  return createdAt + escalation.afterMs;
}

/** The messages that are due at `now`; none once the request has expired. */
export function dueOf(request: ReminderState, escalation: Escalation | undefined, now: number): Due {
  if (now >= request.expiresAt) return { newRequest: false, reminder: false, escalation: false };
  const escalatesAt = nextEscalation(request, escalation);
  return {
    newRequest: request.remindedUntil === undefined,
    reminder: reminderTimes(request).some((at) => at <= now && isAhead(at, request.remindedUntil)),
    escalation: escalatesAt !== undefined && escalatesAt <= now,
  };
}

/** When the next reminder or escalation is due after `now`; undefined after the last. */
export function nextMilestone(
  request: ReminderState,
  escalation: Escalation | undefined,
  now: number,
): number | undefined {
  const escalatesAt = nextEscalation(request, escalation);
  const ahead = [...reminderTimes(request), ...(escalatesAt === undefined ? [] : [escalatesAt])].filter(
    (at) => at > now,
  );
  return ahead.length === 0 ? undefined : Math.min(...ahead);
}

function isAhead(at: number, remindedUntil: number | undefined): boolean {
  return remindedUntil === undefined || at > remindedUntil;
}
