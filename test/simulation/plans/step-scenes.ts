/** Scenes about requests in two steps, and about 点金计划, which WeChat Pay opens again only a day after it was closed. */
import fc from "fast-check";
import type { SwitchObject } from "../../../src/domain/goldplan/objects.ts";
import { shortly, upTo } from "./draws.ts";
import { one, pressOnMany, requestOf, stop } from "./planned-requests.ts";
import { approvalByCarol, dayMs, itself, others, retryByCarol, type Scene } from "./scene.ts";

/** Somebody stops a bulk request when some of its receipts have been switched, and nothing or little of 点金计划. */
const stoppedBetween: fc.Arbitrary<Scene> = fc
  .record({
    many: requestOf(one, pressOnMany),
    approval: approvalByCarol,
    stop,
    stopAfterMs: fc.integer({ min: 500, max: 4_000 }),
  })
  .map(({ many, approval, stop, stopAfterMs }) => ({
    requests: [
      {
        ...many,
        object: "both",
        by: "UBOB",
        atMs: 0,
        subMerchants: [...others, itself, ...many.subMerchants],
        presses: [approval, { ...stop, afterMs: stopAfterMs }, ...many.presses],
      },
    ],
    needs: { faults: [], callsPerSecond: 2 },
  }));

/** A request for both fails at either step, and is retried until it succeeds or people give up. */
const retriedBetween: fc.Arbitrary<Scene> = fc
  .record({
    both: requestOf(fc.constant([itself]), approvalByCarol),
    approval: approvalByCarol,
    retries: fc.array(retryByCarol(shortly), { minLength: 2, maxLength: 5 }),
  })
  .map(({ both, approval, retries }) => ({
    requests: [{ ...both, object: "both", by: "UDAN", presses: [approval, ...retries] }],
    needs: { faults: ["call-refused", "call-server-error"] },
  }));

/** 点金计划 is closed, and somebody opens it again: at once, which WeChat Pay refuses, and a day later. */
const reopened: fc.Arbitrary<Scene> = fc
  .record({
    closing: requestOf(fc.constant([itself]), approvalByCarol),
    opening: requestOf(fc.constant([itself]), approvalByCarol),
    object: fc.constantFrom<SwitchObject>("goldplan", "both"),
    approval: approvalByCarol,
    early: retryByCarol(upTo(3_000)),
    late: retryByCarol(fc.integer({ min: dayMs, max: dayMs + 8_000 })),
    afterMs: fc.integer({ min: 3_000, max: 6_000 }),
  })
  .map(({ closing, opening, object, approval, early, late, afterMs }) => ({
    requests: [
      { ...closing, atMs: 0, by: "UDAN", action: "CLOSE", object: "goldplan", presses: [{ ...approval, afterMs: 0 }] },
      {
        ...opening,
        atMs: afterMs,
        by: "UDAN",
        action: "OPEN",
        object,
        presses: [{ ...approval, afterMs: 0 }, early, late],
      },
    ],
    // Nothing runs in between, because a day of polls is too long for a history.
    needs: { faults: [], ttlMs: dayMs, machines: [], outage: { atMs: 15_000, forMs: dayMs - 8_000 } },
  }));

export const stepScenes = [stoppedBetween, retriedBetween, reopened] as const;
