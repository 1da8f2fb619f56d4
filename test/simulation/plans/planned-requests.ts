/** What people do in a plan: anyone does anything, in quick succession. */
import fc from "fast-check";
import type { Action } from "../../../src/domain/attempt-result.ts";
import type { SwitchObject } from "../../../src/domain/goldplan/objects.ts";
import { instance, often, shortly, upTo } from "./draws.ts";
import type { Button, PersonId, PlannedPress, PlannedRequest } from "./planned.ts";

const anybody = fc.constantFrom<PersonId>("UANN", "UBOB", "UCAROL", "UDAN", "UEVE");

const decision: fc.Arbitrary<PlannedPress> = fc.record({
  button: fc.oneof(often<Button>("approve", 7), often<Button>("reject", 1), often<Button>("withdraw", 1)),
  by: fc.oneof({ weight: 5, arbitrary: fc.constantFrom("UANN", "UBOB", "UCAROL") }, { weight: 1, arbitrary: anybody }),
  on: instance,
  afterMs: shortly,
  times: fc.oneof(often(1, 3), { weight: 1, arbitrary: fc.integer({ min: 2, max: 3 }) }),
  isStale: fc.oneof(often(false, 4), often(true, 1)),
});

/** Some time after a failure and on any copy, because what happened in between may go wrong. */
const retry: fc.Arbitrary<PlannedPress> = fc.record({
  button: fc.constant<Button>("retry"),
  by: fc.constantFrom("UANN", "UBOB", "UCAROL"),
  on: instance,
  afterMs: fc.oneof(shortly, upTo(12_000)),
  times: fc.oneof(often(1, 2), often(2, 1)),
  isStale: fc.boolean(),
});

/** Soon after the message shows that the request is running, which takes a second or two. */
export const stop: fc.Arbitrary<PlannedPress> = fc.record({
  button: fc.constant<Button>("stop"),
  by: fc.oneof({ weight: 5, arbitrary: fc.constantFrom("UANN", "UBOB", "UCAROL") }, { weight: 1, arbitrary: anybody }),
  on: instance,
  afterMs: shortly,
  times: fc.oneof(often(1, 3), often(2, 1)),
  isStale: fc.oneof(often(false, 2), often(true, 1)),
});

const places = [0, 1, 2, 3, 4, 5];

/** A few or all of them, around the decisions; two bulk requests may contain fewer than intended. */
export const leaveOut: fc.Arbitrary<PlannedPress> = fc.record({
  button: fc.constant<Button>("leave-out"),
  by: fc.oneof({ weight: 5, arbitrary: fc.constantFrom("UANN", "UBOB", "UCAROL") }, { weight: 1, arbitrary: anybody }),
  on: instance,
  afterMs: shortly,
  times: fc.oneof(often(1, 3), often(2, 1)),
  isStale: fc.oneof(often(false, 2), often(true, 1)),
  leaves: fc.oneof(
    { weight: 2, arbitrary: fc.subarray(places, { minLength: 1, maxLength: 3 }) },
    { weight: 1, arbitrary: fc.constant(places) },
  ),
});

const press = fc.oneof({ weight: 3, arbitrary: decision }, { weight: 2, arbitrary: retry });
export const pressOnMany = fc.oneof(
  { weight: 2, arbitrary: press },
  { weight: 2, arbitrary: stop },
  { weight: 1, arbitrary: leaveOut },
);

export const one = fc.oneof(upTo(1), upTo(3)).map((subMerchant) => [subMerchant]);
/** Some of the same numbers, and some that are only requested in bulk. */
const many = fc.subarray([0, 1, 2, 3, 4, 5, 6], { minLength: 2, maxLength: 6 });

/** Mostly the receipt, which most safeguards are about; two steps often enough to be interrupted between them. */
const oftenReceipt = fc.oneof(
  often<SwitchObject>("receipt", 5),
  often<SwitchObject>("both", 2),
  often<SwitchObject>("goldplan", 1),
);

export const requestOf = (subMerchants: fc.Arbitrary<number[]>, press: fc.Arbitrary<PlannedPress>) =>
  fc.record({
    atMs: fc.oneof({ weight: 3, arbitrary: upTo(2_000) }, { weight: 2, arbitrary: upTo(12_000) }),
    by: fc.oneof({ weight: 8, arbitrary: fc.constantFrom("UANN", "UBOB", "UDAN") }, { weight: 1, arbitrary: anybody }),
    on: instance,
    subMerchants,
    action: fc.constantFrom<Action>("OPEN", "CLOSE"),
    object: oftenReceipt,
    again: fc.option(fc.record({ afterMs: shortly }), { freq: 4, nil: null }),
    presses: fc.array(press, { minLength: 1, maxLength: 6, size: "max" }),
  });

export const request: fc.Arbitrary<PlannedRequest> = fc.oneof(
  { weight: 4, arbitrary: requestOf(one, press) },
  { weight: 1, arbitrary: requestOf(many, pressOnMany) },
);
