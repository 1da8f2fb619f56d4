/** Time and randomness are passed in as arguments, so that a whole bot can run in a simulation. */

export interface Clock {
  /** Wall-clock time in milliseconds since the epoch. */
  now(): number;
  /** Milliseconds on a clock that never jumps; only differences are meaningful. */
  monotonic(): number;
  /** Resolves after `ms` milliseconds, or as soon as `signal` is aborted; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Resolves once `work` has succeeded or failed, or after `ms` milliseconds; never rejects. */
export async function settledWithin(work: Promise<unknown>, ms: number, clock: Pick<Clock, "sleep">): Promise<void> {
  const isSettled = new AbortController();
  const settled = Promise.allSettled([work]).then(() => isSettled.abort("settled"));
  await Promise.race([settled, clock.sleep(ms, isSettled.signal)]);
}

/** Says each time whether `ms` milliseconds have passed since it last said so; at first they have. */
export function atMostEvery(ms: number, clock: Pick<Clock, "monotonic">): () => boolean {
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    const now = clock.monotonic();
    if (now - last < ms) return false;
    last = now;
    return true;
  };
}

export interface Random {
  /** A number from 0 (inclusive) to 1 (exclusive). */
  fraction(): number;
  /** A new identifier, unique across instances, that sorts by creation time. */
  id(): string;
}

/** One moment on both clocks, in milliseconds. */
export interface Time {
  wallMs: number;
  steadyMs: number;
}

export function timeOf(clock: Clock): Time {
  return { wallMs: clock.now(), steadyMs: clock.monotonic() };
}

/**
 * Milliseconds between two moments, measured by the clock that shows more: one clock stops while the machine sleeps,
 * and the other can be set.
 */
export function elapsedMs(from: Time, to: Time): number {
  return Math.max(to.wallMs - from.wallMs, to.steadyMs - from.steadyMs);
}
