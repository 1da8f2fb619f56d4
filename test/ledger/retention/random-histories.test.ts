/** Random histories, pruned at random times. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { CallResult } from "../../../src/domain/attempt-result.ts";
import { objects, type SwitchObject } from "../../../src/domain/goldplan/objects.ts";
import type { NextStep } from "../../../src/domain/retry-policy.ts";
import type { RequestView } from "../../../src/ledger/queries/request-view.ts";
import { createRoles } from "../../../src/ledger/roles.ts";
import { accepted, type Bench, click, onEveryEngine, refused } from "../builders.ts";
import { audited, dayMs, pruneAll, requestIds, retainMs, show } from "./pruning.ts";

onEveryEngine("after a random history", (fresh, { engine }) => {
  test("the audit finds nothing, what people see of the present stays, and nothing else does", async () => {
    const steps = fc.array(
      fc.record({
        subMchid: fc.integer({ min: 0, max: 3 }),
        how: fc.constantFrom(...ways),
        object: fc.constantFrom(...objects),
        ageDays: fc.constantFrom(0, 0, 10, 300, 500),
        prunes: fc.nat({ max: 3 }).map((chance) => chance === 0),
      }),
      { minLength: 5, maxLength: 16 },
    );
    await fc.assert(
      fc.asyncProperty(steps, async (history) => {
        const bench = await fresh();
        const roles = createRoles({ db: bench.db, clock: bench.clock, instance: "us", admins: [] });
        for (const { subMchid: nth, how, object, ageDays, prunes } of history) {
          const subMchid = String(1_900_000_700 + nth);
          await play(bench, roles, { subMchid, object }, how);
          await show(bench);
          bench.clock.advance(ageDays * dayMs);
          if (!prunes) continue;
          const before = await stateOf(bench, roles);
          await pruneAll(bench);
          assert.deepEqual(await stateOf(bench, roles), before);
          assert.deepEqual(await audited(bench.store), []);
        }
        await pruneAll(bench);
        for (const id of await requestIds(bench)) await assertNeeded(bench, await bench.request(id));
      }),
      { numRuns: engine === "sqlite" ? 8 : 3 },
    );
  });
});

const ways = [
  "succeeded",
  "half",
  "failed",
  "retried",
  "rejected",
  "withdrawn",
  "pending",
  "refused",
  "granted",
] as const;

interface Subject {
  subMchid: string;
  object: SwitchObject;
}

async function play(
  bench: Bench,
  roles: ReturnType<typeof createRoles>,
  subject: Subject,
  how: (typeof ways)[number],
): Promise<void> {
  const { subMchid, object } = subject;
  const by = { by: "UADMIN", origin: click };
  const holder = { kind: "user", id: `U${subMchid}` } as const;
  if (how === "granted") {
    const isHeld = (await roles.of(holder)).length > 0;
    if (isHeld) await roles.revoke({ holder, role: "approver", ...by });
    else await roles.grant({ holder, role: "approver", ...by });
    return;
  }
  if (how === "refused") {
    const refused = { kind: "refuse", why: "needs-role", role: "approver" } as const;
    return bench.refusals.note({ by: "UEVE", origin: click, refused, asked: "approve" });
  }
  const { underWay } = await bench.history.status(subMchid);
  if (underWay) {
    const found = await bench.requests.findByNumber(underWay.number);
    if (found?.state === "pending" && underWay.expiresAt > bench.clock.now())
      await bench.decided(found.id, "withdraw", "UASKER");
    else await bench.requests.expireDue(10);
  }
  if (how === "pending") await bench.asked(subject);
  else if (how === "rejected") await bench.decided(await bench.asked(subject), "reject");
  else if (how === "withdrawn") await bench.decided(await bench.asked(subject), "withdraw", "UASKER");
  else {
    const id = await bench.approved(subject);
    const conclude = async (result: CallResult, next: NextStep) =>
      assert.equal(await bench.operations.conclude(await bench.claimed(), result, next), "concluded");
    if (object === "both" && (how === "succeeded" || how === "half"))
      await conclude(accepted, { kind: "continue", step: "goldplan" });
    if (how === "succeeded") return conclude(accepted, { kind: "succeed" });
    await conclude(refused, { kind: "fail" });
    if (how !== "retried") return;
    await bench.operations.retry({ requestId: id, round: 1, by: "UASKER", origin: click });
    await conclude(refused, { kind: "fail" });
  }
}

/** What people see of the present. */
async function stateOf(bench: Bench, roles: ReturnType<typeof createRoles>): Promise<unknown> {
  const statuses = await Promise.all([0, 1, 2, 3].map((nth) => bench.history.status(String(1_900_000_700 + nth))));
  const { entries } = await bench.pending.page();
  return { statuses, pending: entries.map(({ id }) => id), roles: await roles.list() };
}

/** A request that ended longer ago than RETAIN is there only because its operation says something about the present. */
async function assertNeeded(bench: Bench, { state, endedAt, operation }: RequestView): Promise<void> {
  if (endedAt === undefined || endedAt > bench.clock.now() - retainMs) return;
  const { previous, underWay } = await bench.history.status(operation.subMchid);
  const { entries } = await bench.history.page({ subMchid: operation.subMchid });
  const ofObjects = entries.filter((entry, nth) => entries.findIndex(({ object }) => object === entry.object) === nth);
  const needed = [...previous.flatMap(({ lastSet, failure }) => [lastSet, failure]), underWay, ...ofObjects];
  assert.ok(
    needed.some((entry) => entry?.seq === operation.seq),
    `a request that is ${state} should be gone`,
  );
}
