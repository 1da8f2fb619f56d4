/** What WeChat Pay may have carried out is never reported as not done, whatever comes after it. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { CallResult } from "../../src/domain/attempt-result.ts";
import { attemptsMax } from "../../src/domain/retry-policy.ts";
import { differences } from "../../src/ledger/audit/replay/differences.ts";
import { accepted, type Bench, click, leaseMs, onEveryEngine, refused, serverError } from "../ledger/builders.ts";
import { scene } from "./executor-builders.ts";

const reset: CallResult = { kind: "unreachable", why: "reset", mayHaveActed: true };
const unsigned: CallResult = { kind: "unverified", why: "missing", status: 200 };
const unconnected: CallResult = { kind: "unreachable", why: "refused", mayHaveActed: false };
const busy: CallResult = { kind: "refused", fault: "rate-limited", status: 429 };
const by = { by: "UAPPROVER", origin: click };
/** Longer than all waits of a round. */
const roundMs = 60_000;

/** How a request for one sub-merchant counts once these answers, the last one repeated, have ended its round. */
async function countedAs(bench: Bench, requestId: string): Promise<"succeeded" | "failed" | "uncertain"> {
  const { state, counts } = await bench.request(requestId);
  assert.equal(state, "done");
  if (counts.succeeded === 1) return "succeeded";
  return counts.uncertain === 1 ? "uncertain" : "failed";
}

/** The audit trail leads to what the ledger says. */
async function assertReplayed(bench: Bench): Promise<void> {
  const found: unknown[] = [];
  for await (const difference of differences(bench.store, () => {})) found.push(difference);
  assert.deepEqual(found, []);
}

onEveryEngine("an uncertain attempt", (fresh) => {
  const answering = (answers: readonly CallResult[]) => {
    return ({ nth }: { nth: number }) => answers[Math.min(nth, answers.length) - 1] ?? accepted;
  };

  describe("decides how the operation counts", () => {
    const rows: [name: string, answers: CallResult[], counted: "succeeded" | "failed" | "uncertain"][] = [
      ["before a refusal", [reset, refused], "uncertain"],
      ["before calls that never left", [reset, busy, unconnected], "uncertain"],
      ["of an answer that nobody signed", [unsigned, unconnected], "uncertain"],
      ["as the last one", [busy, serverError], "uncertain"],
      ["unless a later call is accepted", [reset, serverError, accepted], "succeeded"],
      ["and certain ones alone are a failure", [busy, unconnected], "failed"],
    ];
    for (const [name, answers, counted] of rows)
      test(name, async (context) => {
        const bench = await fresh();
        const play = scene(bench, context);
        const requestId = await bench.approved();
        play.executor({ answer: answering(answers) });
        await play.pass(roundMs);
        assert.equal(await countedAs(bench, requestId), counted);
        await assertReplayed(bench);
      });
  });

  test("of an instance that died counts, too", async (context) => {
    const bench = await fresh();
    const play = scene(bench, context);
    const requestId = await bench.approved();
    await bench.claimed();
    bench.clock.advance(leaseMs);
    play.executor({ answer: () => refused });
    await play.quiet();
    assert.equal(await countedAs(bench, requestId), "uncertain");
    const { operation } = await bench.request(requestId);
    assert.deepEqual(operation.result, { ...refused, mayHaveActedBefore: true });
  });

  test("that was accepted too late to count still counts as made", async (context) => {
    const bench = await fresh();
    const play = scene(bench, context);
    const requestId = await bench.approved();
    const late = await bench.claimed();
    bench.clock.advance(leaseMs);
    const next = await bench.claimed();
    assert.equal(await bench.operations.conclude(late, accepted, { kind: "succeed" }), "lost");
    await bench.operations.handBack(next);
    play.executor({ answer: () => refused });
    await play.quiet();
    assert.equal(await countedAs(bench, requestId), "uncertain");
    await assertReplayed(bench);
  });

  test("counts in the next round, after a retry", async (context) => {
    const bench = await fresh();
    const play = scene(bench, context);
    const requestId = await bench.approved();
    const answers = [...Array.from({ length: attemptsMax }, () => reset), refused];
    const executor = play.executor({ answer: answering(answers) });
    await play.pass(roundMs);
    assert.equal(await countedAs(bench, requestId), "uncertain");
    await bench.operations.retry({ requestId, round: 1, ...by });
    executor.wake();
    await play.quiet();
    assert.equal(await countedAs(bench, requestId), "uncertain");
  });

  /** Two sub-merchants: the first call of one is uncertain, the other is refused; both are queued again. */
  async function retried(bench: Bench): Promise<string> {
    const requestId = await bench.approved({ subMchids: ["1900000511", "1900000512"] });
    const [one, other] = await bench.claim(2);
    assert.ok(one && other);
    await bench.operations.conclude(one, reset, { kind: "fail" });
    await bench.operations.conclude(other, refused, { kind: "fail" });
    assert.equal((await bench.operations.retry({ requestId, round: 1, ...by })).kind, "retried");
    return requestId;
  }

  async function assertOneUncertain(bench: Bench, requestId: string): Promise<void> {
    const { state, counts } = await bench.request(requestId);
    assert.deepEqual([state, counts.failed, counts.uncertain, counts.cancelled], ["done", 1, 1, 1]);
    const [uncalled] = await bench.bulk.results(requestId, { of: "not-started", afterSeq: 0, max: 9 });
    assert.equal(uncalled?.subMchid, "1900000512");
    const { entries } = await bench.history.requests({ failed: true });
    assert.deepEqual(
      entries.map(({ operation }) => [operation.subMchid, operation.result]),
      [["1900000511", reset]],
    );
    await assertReplayed(bench);
  }

  test("is not made undone by a stop before the next one", async () => {
    const bench = await fresh();
    const requestId = await retried(bench);
    assert.equal((await bench.requests.stop({ requestId, ...by })).kind, "stopped");
    await assertOneUncertain(bench, requestId);
  });

  test("is not made undone by the end of a hold", async () => {
    const bench = await fresh();
    const [staleAfterMs, heldForMs] = [3_600_000, 86_400_000];
    await bench.holding.beat(staleAfterMs);
    const requestId = await retried(bench);
    bench.clock.advance(3 * staleAfterMs);
    await bench.holding.holdStale({ staleAfterMs, heldForMs });
    assert.equal((await bench.request(requestId)).operation.state, "held");
    assert.equal((await bench.holding.cancel({ requestId, ...by })).kind, "cancelled");
    await assertOneUncertain(bench, requestId);
  });
});
