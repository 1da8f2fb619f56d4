/** The parts of a history, drawn by fast-check, so that a failing history can be reduced. */
import fc from "fast-check";
import type { ApprovalPolicy } from "../../../src/domain/four-eyes.ts";
import type { Notify } from "../../../src/domain/reminder-recipients.ts";
import { type FaultName, faultNames } from "../world/faults.ts";
import { instance, often, shortly, upTo } from "./draws.ts";
import type { PersonId, Plan, PlannedTrouble, StrikeRim } from "./planned.ts";
import { request } from "./planned-requests.ts";
import { scenes } from "./scenes.ts";

/** People's notification preferences. Bob has the default. */
export const notified: { readonly [Id in PersonId]?: Notify } = { UANN: "on", UCAROL: "off", UDAN: "on" };

/** Faults and people's actions end by then, in milliseconds since the history began. */
export const troubleEndsMs = 25_000;

const rim = fc.constantFrom<StrikeRim>(
  "any",
  "ledger",
  "commit",
  "commit",
  "posted",
  "called",
  "called",
  "queried",
  "sleep",
  "call leased",
  "post leased",
);

const trouble: fc.Arbitrary<PlannedTrouble> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("crash" as const),
      on: instance,
      atMs: shortly,
      rim,
      isAfter: fc.boolean(),
      downMs: upTo(15_000),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("pause" as const),
      on: instance,
      atMs: fc.oneof(shortly, upTo(12_000)),
      // A pause does most harm between a claim and its call, a call and its answer, or a read and what is sent because
      // of it.
      rim: fc.oneof(
        often<StrikeRim>("commit", 2),
        often<StrikeRim>("call leased", 2),
        often<StrikeRim>("post leased", 2),
        often<StrikeRim>("called", 2),
        often<StrikeRim>("ledger", 2),
        { weight: 2, arbitrary: rim },
      ),
      isAfter: fc.boolean(),
      forMs: fc.oneof(upTo(3_000), { weight: 2, arbitrary: fc.integer({ min: 8_000, max: 16_000 }) }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("restart" as const),
      on: instance,
      atMs: shortly,
      downMs: upTo(5_000),
    }),
  },
);

const drawn: fc.Arbitrary<Plan> = fc.record({
  seed: fc.nat(),
  faults: fc.oneof(
    { weight: 1, arbitrary: fc.constant<FaultName[]>([]) },
    { weight: 1, arbitrary: fc.constant<FaultName[]>(["call-refused"]) },
    { weight: 5, arbitrary: fc.subarray([...faultNames], { maxLength: 6 }) },
  ),
  faultShare: fc.constantFrom(0.05, 0.2, 0.4),
  policy: fc.constantFrom<ApprovalPolicy>("four-eyes", "self"),
  ttlMs: fc.constantFrom(86_400_000, 86_400_000, 12_000, 2_000),
  // At the slower rate, a bulk request is still running when somebody wants to stop it.
  callsPerSecond: fc.constantFrom(10, 10, 2),
  skewMs: fc.constantFrom(0, 0, 400, -400),
  hasKey: fc.constantFrom(false, false, true),
  requests: fc.array(request, { minLength: 3, maxLength: 7, size: "max" }),
  machines: fc.array(trouble, { maxLength: 4, size: "max" }),
});

/** The scene replaces as many requests. */
const withScene = fc.tuple(drawn, scenes).map(
  ([plan, { requests, needs }]): Plan => ({
    ...plan,
    ...needs,
    faults: [...new Set([...plan.faults, ...needs.faults])],
    requests: [...requests, ...plan.requests.slice(requests.length)],
  }),
);

const plans = fc.oneof({ weight: 3, arbitrary: drawn }, { weight: 1, arbitrary: withScene });

/** The plan of a seed; always the same for the same seed. */
export function planOf(seed: number): Plan {
  const [plan] = fc.sample(plans, parametersOf(seed));
  if (!plan) throw new Error(`fast-check produced no plan for seed ${seed}`);
  return plan;
}

/** The smallest failing plan among those that fast-check derives from a seed's plan; undefined if none fails. */
export async function smallestFailing(
  seed: number,
  fails: (plan: Plan) => Promise<boolean>,
  withinMs: number,
): Promise<Plan | undefined> {
  const property = fc.asyncProperty(plans, async (plan) => !(await fails(plan)));
  const details = await fc.check(property, { ...parametersOf(seed), interruptAfterTimeLimit: withinMs });
  return details.counterexample?.[0];
}

/** `unbiased`, so that a check draws the same as a sample. Consecutive seeds are unrelated. */
function parametersOf(seed: number) {
  return { seed: Math.imul(seed + 1, 0x9e3779b1), numRuns: 1, unbiased: true };
}
