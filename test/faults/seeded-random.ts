/** Random choices from a seed: the same seed makes the same choices. */

export interface Dice {
  /** From 0 (inclusive) to 1 (exclusive). */
  fraction(): number;
  /** An integer from 0 to `end` (exclusive). */
  below(end: number): number;
  pick<T>(from: readonly [T, ...T[]]): T;
  happens(share: number): boolean;
  /**
   * Independent dice for one of several actors, so that its results do not depend on the order in which the others
   * throw.
   */
  for(name: string): Dice;
}

export function createDice(seed: number): Dice {
  let state = seed >>> 0;

  /** mulberry32: 32 bits of state, and uniform enough to choose faults. */
  function fraction(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  const below = (end: number) => Math.floor(fraction() * end);
  return {
    fraction,
    below,
    pick: (from) => from[below(from.length)] ?? from[0],
    happens: (share) => fraction() < share,
    for: (name) => createDice(hash(`${seed} ${name}`)),
  };
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193);
  return value >>> 0;
}
