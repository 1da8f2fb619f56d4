/**
 * What people change: the terms of a request are worked out when it is submitted, and each commit wakes the right
 * workers.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createNotificationPreferences } from "../../src/ledger/notification-preferences.ts";
import { createUseCases, type UseCaseNeeds } from "../../src/ledger/use-cases.ts";
import { aRequest, type Bench, click, hourMs, onEveryEngine } from "./builders.ts";

type Worker = "reporter" | "executor";

/** The use cases on a bench, and the workers that one of them wakes. */
function useCasesOn(bench: Bench, needs: Partial<UseCaseNeeds> = {}) {
  const woken: Worker[] = [];
  const useCases = createUseCases({
    clock: bench.clock,
    ledger: bench,
    approvalRule: { needed: 1 },
    ttlMs: hourMs,
    scene: "JSAPI",
    escalation: undefined,
    changed: () => woken.push("reporter"),
    approved: () => woken.push("executor"),
    ...needs,
  });
  const wokenBy = async (work: Promise<unknown>): Promise<Worker[]> => {
    await work;
    return woken.splice(0);
  };
  return { useCases, wokenBy };
}

onEveryEngine("a use case", (fresh) => {
  test("wakes the reporter once its request is recorded, and nobody if nothing was written", async () => {
    const { useCases, wokenBy } = useCasesOn(await fresh());
    const submission = aRequest();
    assert.deepEqual(await wokenBy(useCases.submit(submission)), ["reporter"]);
    assert.deepEqual(await wokenBy(useCases.submit(submission)), [], "the same payload again");
    assert.deepEqual(await wokenBy(useCases.submit(aRequest())), [], "the sub-merchant has an open request");
  });

  test("wakes the executor too when a request may be carried out", async () => {
    const bench = await fresh();
    const { useCases, wokenBy } = useCasesOn(bench);
    const by = { by: "UAPPROVER", origin: click } as const;
    const decide = (requestId: string, decision: "approve" | "reject" | "break-glass") =>
      wokenBy(useCases.decide({ requestId, decision, ...by }));
    const requestId = await bench.asked();
    assert.deepEqual(await decide(requestId, "approve"), ["reporter", "executor"]);
    assert.deepEqual(await decide(requestId, "reject"), ["reporter"], "too late");
    assert.deepEqual(await decide(await bench.asked(), "break-glass"), ["reporter", "executor"]);
    assert.deepEqual(await decide(await bench.asked(), "reject"), ["reporter"]);
    assert.deepEqual(await decide(await bench.asked({ approvalRule: { needed: 2 } }), "approve"), ["reporter"]);
    assert.deepEqual(await decide("no-such-request", "approve"), []);
  });

  test("wakes the executor for a retry, and the reporter alone for a stop and an exclusion", async () => {
    const bench = await fresh();
    const { useCases, wokenBy } = useCasesOn(bench);
    const by = { by: "UAPPROVER", origin: click } as const;
    const failedId = await bench.failed();
    assert.deepEqual(await wokenBy(useCases.retry({ requestId: failedId, round: 1, ...by })), ["reporter", "executor"]);
    const subMchids = ["1800000001", "1800000002", "1800000003"];
    const requestId = await bench.asked({ subMchids });
    const exclusion = { requestId, subMchids: ["1800000002"], ...by };
    assert.deepEqual(await wokenBy(useCases.exclude(exclusion)), ["reporter"]);
    assert.deepEqual(await wokenBy(useCases.exclude(exclusion)), [], "excluded before");
    await bench.decided(requestId, "approve");
    assert.deepEqual(await wokenBy(useCases.stop({ requestId, ...by })), ["reporter"]);
  });

  test("submits on the terms in force: approvals, expiry, and a reminder at once if anybody wants every request", async () => {
    const bench = await fresh();
    const preferences = createNotificationPreferences(bench);
    const approvalRule = { needed: 1, bulk: { from: 2, needed: 3 } };
    const { useCases } = useCasesOn(bench, { approvalRule });
    const termsOf = async (subMchids: string[]) => {
      const submitted = await useCases.submit({ ...aRequest(), subMchids });
      assert.ok(submitted.kind === "recorded");
      const { approvalsNeeded, createdAt, expiresAt } = await bench.request(submitted.requestId);
      const row = bench.db.selectFrom("requests").select("attend_at").where("id", "=", submitted.requestId);
      const { attend_at: remindAt } = await row.executeTakeFirstOrThrow();
      return { approvalsNeeded, ttlMs: expiresAt - createdAt, remindAfterMs: Number(remindAt) - createdAt };
    };
    const later = { ttlMs: hourMs, remindAfterMs: hourMs / 15 };
    assert.deepEqual(await termsOf(["1700000001"]), { approvalsNeeded: 1, ...later });
    assert.deepEqual(await termsOf(["1700000002", "1700000003"]), { approvalsNeeded: 3, ...later });
    await preferences.set("UBOB", "off");
    assert.deepEqual(await termsOf(["1700000004"]), { approvalsNeeded: 1, ...later });
    await preferences.set("UBOB", "on");
    assert.deepEqual(await termsOf(["1700000005"]), { approvalsNeeded: 1, ttlMs: hourMs, remindAfterMs: 0 });
  });
});
