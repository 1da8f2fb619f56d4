/** Scenes about a round after a *Retry*, when WeChat Pay may have carried out what the earlier round reported. */
import fc from "fast-check";
import { upTo } from "./draws.ts";
import { one, pressOnMany, requestOf, stop } from "./planned-requests.ts";
import { approvalByCarol, dayMs, itself, others, retryByCarol, type Scene } from "./scene.ts";

/**
 * Some operations end uncertain: a refusal follows an answer that could not be verified. A round takes some seconds.
 */
const retried = fc
  .record({
    many: requestOf(one, pressOnMany),
    approval: approvalByCarol,
    retry: retryByCarol(upTo(500)),
  })
  .map(({ many, approval, retry }) => ({
    many: { ...many, by: "UBOB", atMs: 0, subMerchants: [...many.subMerchants, 5, 6, ...others, itself] },
    presses: [{ ...approval, afterMs: 0 }, retry],
    needs: {
      faults: ["call-unverified" as const, "call-refused" as const],
      faultShare: 0.4,
      callsPerSecond: 2,
      ttlMs: dayMs,
      machines: [],
    },
  }));

/** Somebody stops the second round before the turn of all that it repeats. */
const stoppedAgain: fc.Arbitrary<Scene> = fc
  .record({ retried, stop, afterMs: upTo(1_500) })
  .map(({ retried: { many, presses, needs }, stop, afterMs }) => ({
    requests: [
      {
        ...many,
        presses: [...presses, { ...stop, following: "retry" as const, by: "UCAROL", afterMs, isStale: false }],
      },
    ],
    needs,
  }));

/**
 * No instance runs during the second round. What it repeats is held, cancelled, and repeated by an approver; after
 * that, the requester may repeat what fails.
 */
const heldAgain: fc.Arbitrary<Scene> = fc
  .record({
    retried,
    atMs: fc.integer({ min: 100, max: 2_500 }),
    forMs: fc.integer({ min: 61_000, max: 90_000 }),
    cancelAfterMs: upTo(2_000),
    byApprover: retryByCarol(upTo(1_000)),
    byRequesterAfterMs: fc.integer({ min: 2_000, max: 15_000 }),
  })
  .map(({ retried: { many, presses, needs }, atMs, forMs, cancelAfterMs, byApprover, byRequesterAfterMs }) => {
    const cancellation = { ...byApprover, button: "cancel-held" as const, afterMs: cancelAfterMs };
    const afterwards = { ...byApprover, following: cancellation.button };
    const byRequester = { ...afterwards, by: many.by, afterMs: byRequesterAfterMs };
    return {
      requests: [{ ...many, presses: [...presses, cancellation, afterwards, byRequester] }],
      needs: { ...needs, outage: { atMs, forMs, following: "retry" as const } },
    };
  });

export const laterRoundScenes = [stoppedAgain, heldAgain] as const;
