/** Arbitraries that the plans share. */
import fc from "fast-check";

export const instance = fc.nat({ max: 1 });
export const upTo = (max: number) => fc.nat({ max });
/** Mostly soon, because simultaneous actions are what may go wrong. */
export const shortly = fc.oneof(
  { weight: 3, arbitrary: upTo(50) },
  { weight: 3, arbitrary: upTo(1_500) },
  { weight: 1, arbitrary: upTo(12_000) },
);

export const often = <T>(value: T, weight: number) => ({ weight, arbitrary: fc.constant(value) });
