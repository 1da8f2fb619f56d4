/** The parts that scenes share. */
import fc from "fast-check";
import type { FaultName } from "../world/faults.ts";
import { instance, often, upTo } from "./draws.ts";
import type { Button, Plan, PlannedPress, PlannedRequest } from "./planned.ts";

export interface Scene {
  requests: PlannedRequest[];
  /** What the scene requires. */
  needs: { faults: FaultName[] } & Partial<
    Pick<Plan, "faultShare" | "callsPerSecond" | "ttlMs" | "outage" | "restore" | "machines">
  >;
}

/**
 * Numbers used in scenes only, because others mostly have an open request already. The higher the number, the later its
 * turn.
 */
export const others = [7, 8, 9];
export const itself = 10;

export const approvalByCarol: fc.Arbitrary<PlannedPress> = fc.record({
  button: fc.constant<Button>("approve"),
  by: fc.constant("UCAROL"),
  on: instance,
  afterMs: upTo(500),
  times: fc.constant(1),
  isStale: fc.constant(false),
});

export const retryByCarol = (afterMs: fc.Arbitrary<number>): fc.Arbitrary<PlannedPress> =>
  fc.record({
    button: fc.constant<Button>("retry"),
    by: fc.constant("UCAROL"),
    on: instance,
    afterMs,
    times: fc.oneof(often(1, 3), often(2, 1)),
    isStale: fc.constant(false),
  });

/** Longer than any other history: reminders of what is on hold begin after it. */
export const dayMs = 86_400_000;
