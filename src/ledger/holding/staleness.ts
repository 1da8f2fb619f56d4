/** Staleness: after a long absence, what people decided before it needs a person again. Pure. */

/** How often an instance that can work says so in the ledger, in milliseconds. */
export const beatEveryMs = 5_000;

/** Times are milliseconds since the epoch. */
export interface Moment {
  now: number;
  /** How long the heartbeat may be silent, in milliseconds: STALE_AFTER. */
  staleAfterMs: number;
}

/** The times that are recent. */
export interface Recent {
  from: number;
  until: number;
}

/**
 * Heartbeats and decisions outside these times are too old, or of an unknown age: a time that is far ahead was written
 * under a clock that has been set back since, or by another machine.
 */
export function recent({ now, staleAfterMs }: Moment): Recent {
  return { from: now - staleAfterMs, until: now + staleAfterMs };
}

/** Whether no instance is known to have worked within STALE_AFTER. @param heartbeatAt undefined if there never was one */
export function wasAway(heartbeatAt: number | undefined, moment: Moment): boolean {
  const { from, until } = recent(moment);
  return heartbeatAt === undefined || heartbeatAt < from || heartbeatAt > until;
}
