/** Scenes that chance would hardly ever produce: people who do the one thing that puts a safeguard to the test. */
import fc from "fast-check";
import { instance, upTo } from "./draws.ts";
import { laterRoundScenes } from "./later-round-scenes.ts";
import type { Button, PlannedPress } from "./planned.ts";
import { leaveOut, one, pressOnMany, requestOf, stop } from "./planned-requests.ts";
import { approvalByCarol, dayMs, itself, others, type Scene } from "./scene.ts";
import { stepScenes } from "./step-scenes.ts";

/**
 * One operation fails and is requested again as the last of a bulk request that is stopped before its turn: its Retry
 * goes, and comes back.
 */
const supersededAndStopped: fc.Arbitrary<Scene> = fc
  .record({
    failing: requestOf(fc.constant([itself]), approvalByCarol),
    many: requestOf(one, pressOnMany),
    afterMs: fc.integer({ min: 2_000, max: 6_000 }),
    approval: approvalByCarol,
    stop,
    // By then the first one's message has lost its Retry.
    stopAfterMs: fc.integer({ min: 300, max: 1_500 }),
  })
  .map(({ failing, many, afterMs, approval, stop, stopAfterMs }) => ({
    requests: [
      failing,
      {
        ...many,
        atMs: failing.atMs + afterMs,
        subMerchants: [...many.subMerchants, ...others, itself],
        presses: [approval, { ...stop, afterMs: stopAfterMs }, ...many.presses],
      },
    ],
    needs: { faults: ["call-refused"], callsPerSecond: 2 },
  }));

/** Two people exclude from one request at once on one instance, where both may share a commit. */
const leftOutAtOnce: fc.Arbitrary<Scene> = fc
  .record({ many: requestOf(one, pressOnMany), first: leaveOut, second: leaveOut, laterMs: upTo(10) })
  .map(({ many, first, second, laterMs }) => ({
    requests: [
      {
        ...many,
        subMerchants: [...others, ...many.subMerchants],
        presses: [first, { ...second, on: first.on, afterMs: first.afterMs + laterMs }, ...many.presses],
      },
    ],
    needs: { faults: [] },
  }));

const decisionOnHold: fc.Arbitrary<PlannedPress> = fc.record({
  button: fc.constantFrom<Button>("carry-out", "carry-out", "cancel-held"),
  by: fc.constantFrom("UANN", "UBOB", "UCAROL", "UEVE"),
  on: instance,
  afterMs: upTo(2_000),
  times: fc.integer({ min: 1, max: 2 }),
  isStale: fc.boolean(),
});

const pauseAtResults = fc.record({
  rim: fc.constantFrom("called" as const, "commit" as const),
  isAfter: fc.boolean(),
  forMs: fc.oneof(upTo(1_000), fc.integer({ min: 11_500, max: 12_500 })),
});

/** What was approved is still queued when every instance stops; later people decide on it. */
const interrupted = fc
  .record({
    many: requestOf(one, pressOnMany),
    single: requestOf(fc.constant([itself]), approvalByCarol),
    approval: approvalByCarol,
    decisions: fc.array(decisionOnHold, { maxLength: 3 }),
    atMs: fc.integer({ min: 1_500, max: 6_000 }),
  })
  .map(({ many, single, approval, decisions, atMs }) => ({
    requests: [
      {
        ...many,
        atMs: 0,
        by: "UBOB",
        subMerchants: [...others, ...many.subMerchants, 4, 5, 6],
        presses: [approval, ...decisions],
      },
      { ...single, by: "UDAN", atMs: 600, presses: [approval, ...decisions] },
    ],
    atMs,
    needs: { faults: [], callsPerSecond: 2, ttlMs: dayMs, machines: [] },
  }));

/** No instance runs for longer than STALE_AFTER. */
const away: fc.Arbitrary<Scene> = fc
  .tuple(interrupted, fc.integer({ min: 61_000, max: 600_000 }))
  .map(([{ requests, atMs, needs }, forMs]) => ({ requests, needs: { ...needs, outage: { atMs, forMs } } }));

/** The ledger is restored from a backup while everything in it is young. */
const restored: fc.Arbitrary<Scene> = fc
  .tuple(interrupted, fc.integer({ min: 1_500, max: 15_000 }))
  .map(([{ requests, atMs, needs }, forMs]) => ({ requests, needs: { ...needs, restore: { atMs, forMs } } }));

/**
 * An instance pauses while it makes many calls, and finds all their results at once when it goes on. After a pause of
 * about a lease, another has taken over some of them.
 */
const resultsAtOnce: fc.Arbitrary<Scene> = fc
  .record({
    many: requestOf(one, pressOnMany),
    approval: approvalByCarol,
    callsPerSecond: fc.constantFrom(40, 200),
    atMs: fc.integer({ min: 600, max: 1_200 }),
    pauses: fc.tuple(pauseAtResults, pauseAtResults),
  })
  .map(({ many, approval, callsPerSecond, atMs, pauses }) => ({
    requests: [
      {
        ...many,
        atMs: 0,
        by: "UBOB",
        subMerchants: [...others, itself, 0, 1, 2, 3, 4, 5, 6],
        presses: [{ ...approval, afterMs: 0 }, ...many.presses],
      },
    ],
    needs: {
      faults: ["call-late"],
      callsPerSecond,
      ttlMs: dayMs,
      machines: pauses.map((pause, on) => ({ ...pause, kind: "pause" as const, on, atMs })),
    },
  }));

export const scenes: fc.Arbitrary<Scene> = fc.oneof(
  supersededAndStopped,
  leftOutAtOnce,
  away,
  restored,
  resultsAtOnce,
  ...stepScenes,
  ...laterRoundScenes,
);
