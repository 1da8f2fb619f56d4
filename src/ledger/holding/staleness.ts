/** Staleness: after a long outage, earlier decisions have to be confirmed. Pure. */

/** How often an instance that can work updates the heartbeat in the ledger, in milliseconds. */
export const beatEveryMs = 5_000;

/** Times are milliseconds since the epoch. */
export interface Moment {
  now: number;
  /** How old the heartbeat may be, in milliseconds: STALE_AFTER. */
  staleAfterMs: number;
}

/** The times that are recent. */
export interface Recent {
  from: number;
  until: number;
}

/**
 * Heartbeats and decisions outside these times are too old, or their age is unknown: a time far in the future was
 * written by another machine, or before the clock was set back.
 */
export function recent({ now, staleAfterMs }: Moment): Recent {
  return { from: now - staleAfterMs, until: now + staleAfterMs };
}

/**
 * Whether no instance is known to have worked within STALE_AFTER.
 * @param heartbeatAt undefined if there never was one
 */
export function wasAway(heartbeatAt: number | undefined, moment: Moment): boolean {
  const { from, until } = recent(moment);
  return heartbeatAt === undefined || heartbeatAt < from || heartbeatAt > until;
}
