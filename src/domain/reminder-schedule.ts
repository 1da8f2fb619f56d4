/** When attention is drawn to a request that waits: when it is asked for, then ever more rarely, and to a group where the settings say so. */

/** Where a request goes that nobody decides on: after how long, in milliseconds, and to which of Slack's user groups. */
export interface Escalation {
  afterMs: number;
  to: string;
}

/** How far attention has been drawn to an undecided request. Times are milliseconds since the epoch. */
export interface ReminderState {
  createdAt: number;
  expiresAt: number;
  /** Up to when milestones have been worked off; undefined before the first. */
  remindedUntil: number | undefined;
  escalatedAt: number | undefined;
}

/** What has come and was not worked off yet; of several reminders, one is given. */
export interface Due {
  newRequest: boolean;
  reminder: boolean;
  escalation: boolean;
}

/** Reminders of one request. */
export const remindersMax = 3;

/** Each wait is twice the one before, and the last of them ends with the expiry: 1, 2, 4 and 8 fifteenths of the whole. */
export function reminderTimes({ createdAt, expiresAt }: Pick<ReminderState, "createdAt" | "expiresAt">): number[] {
  const parts = 2 ** (remindersMax + 1) - 1;
  return Array.from({ length: remindersMax }, (_, nth) => {
    const passed = (2 ** (nth + 1) - 1) / parts;
    return createdAt + Math.round((expiresAt - createdAt) * passed);
  });
}

/** The next reminder that has not been worked off. */
export function nextReminder(request: ReminderState): number | undefined {
  return reminderTimes(request).find((at) => isAhead(at, request.remindedUntil));
}

/**
 * After how long attention is first drawn to a request, in milliseconds. Where somebody wants each request that is at
 * once, and still a chore's work: who may get it takes questions to Slack, and nobody who types waits for the answers.
 */
export function firstReminderMs(ttlMs: number, wantsEveryRequest: boolean, escalation: Escalation | undefined): number {
  if (wantsEveryRequest) return 0;
  const asked = { createdAt: 0, expiresAt: ttlMs, remindedUntil: undefined, escalatedAt: undefined };
  return nextMilestone(asked, escalation, 0) ?? ttlMs;
}

/** When a request is escalated; undefined where it was, where the settings do not say so, or where it expires before. */
export function nextEscalation(
  { createdAt, expiresAt, escalatedAt }: ReminderState,
  escalation: Escalation | undefined,
): number | undefined {
  if (escalatedAt !== undefined || !escalation || createdAt + escalation.afterMs >= expiresAt) return undefined;
  return createdAt + escalation.afterMs;
}

/** What attention is to be drawn for at `now`; none to what has expired. */
export function dueOf(request: ReminderState, escalation: Escalation | undefined, now: number): Due {
  if (now >= request.expiresAt) return { newRequest: false, reminder: false, escalation: false };
  const escalatesAt = nextEscalation(request, escalation);
  return {
    newRequest: request.remindedUntil === undefined,
    reminder: reminderTimes(request).some((at) => at <= now && isAhead(at, request.remindedUntil)),
    escalation: escalatesAt !== undefined && escalatesAt <= now,
  };
}

/** When the next milestone comes, everything up to `now` being worked off; undefined after the last. */
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
