/** Days and times of Beijing, in which the audit trail and its dates are written. */

/** `2026-11-01`: the day in Beijing at a time in milliseconds since the epoch. */
export function dayOf(at: number): string {
  return beijingTime(at).slice(0, 10);
}

/** ISO 8601 with Beijing's offset, to the millisecond. */
export function beijingTime(at: number): string {
  return new Date(at + beijingAheadMs).toISOString().replace("Z", "+08:00");
}

/** Beijing is 8 hours ahead of UTC, all year round. */
export const beijingAheadMs = 8 * 3_600_000;

export const dayMs = 86_400_000;
