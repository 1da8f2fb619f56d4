/** Time and chance as needs: what decides takes them as arguments, so that a whole bot can live on virtual time. */

export interface Clock {
  /** Wall-clock time in milliseconds since the epoch. */
  now(): number;
  /** Milliseconds on a clock that never jumps; only differences mean something. */
  monotonic(): number;
  /** Resolves after `ms` milliseconds, or as soon as `signal` is aborted; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface Random {
  /** A number from 0 (inclusive) to 1 (exclusive). */
  fraction(): number;
  /** A new identifier, unique over all instances, that sorts by the time of its making. */
  id(): string;
}

/** A moment on both clocks, in milliseconds. */
export interface Time {
  wallMs: number;
  steadyMs: number;
}

export function timeOf(clock: Clock): Time {
  return { wallMs: clock.now(), steadyMs: clock.monotonic() };
}

/** A machine that slept shows it on the one clock, a clock that was set on the other: what is longer counts. */
export function elapsedMs(from: Time, to: Time): number {
  return Math.max(to.wallMs - from.wallMs, to.steadyMs - from.steadyMs);
}
