/** Staleness: after a long absence, what people decided before it needs a person again. Pure. */

/** How often an instance that can work says so in the ledger, in milliseconds. */
export const beatEveryMs = 5_000;

/** Times are milliseconds since the epoch. */
export interface Moment {
  now: number;
  /** How long the heartbeat may be silent, in milliseconds: STALE_AFTER. */
  staleAfterMs: number;
}

/** Whether no instance has worked for longer than STALE_AFTER. @param heartbeatAt undefined if there never was one */
export function wasAway(heartbeatAt: number | undefined, moment: Moment): boolean {
  return heartbeatAt === undefined || heartbeatAt < staleBefore(moment);
}

/** After an absence, whether a decision is too old to be carried out. @param confirmedAt undefined if it is unknown */
export function isStale(confirmedAt: number | undefined, moment: Moment): boolean {
  return confirmedAt === undefined || confirmedAt < staleBefore(moment);
}

/** Heartbeats and decisions before this time are too old. */
export function staleBefore({ now, staleAfterMs }: Moment): number {
  return now - staleAfterMs;
}
