/** Dates and times in Beijing time, as used in the audit trail and its export. */

/** The date in Beijing time, such as `2026-11-01`. @param at milliseconds since the epoch */
export function dayOf(at: number): string {
  return beijingTime(at).slice(0, 10);
}

/** Beijing time in ISO 8601, to the millisecond. @param at milliseconds since the epoch */
export function beijingTime(at: number): string {
  return new Date(at + beijingAheadMs).toISOString().replace("Z", "+08:00");
}

/** Beijing is 8 hours ahead of UTC all year. */
export const beijingAheadMs = 8 * 3_600_000;

export const dayMs = 86_400_000;
