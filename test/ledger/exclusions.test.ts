/** Excluding sub-merchants from a bulk request before its decision: who wins, what remains, and what is counted. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ExclusionResult } from "../../src/ledger/exclusions.ts";
import { subMchidsMax } from "../../src/parsing/number-list/sub-mchid.ts";
import {
  accepted,
  aRequest,
  atOnce,
  type Bench,
  click,
  hourMs,
  onEveryEngine,
  refused,
  withoutAudit,
} from "./builders.ts";

const numbers = (count: number, from = 1_900_000_000) => Array.from({ length: count }, (_, nth) => String(from + nth));
const two = { needed: 2 } as const;

function leaveOut(
  bench: Bench,
  requestId: string,
  subMchids: readonly string[],
  by = "UAPPROVER",
): Promise<ExclusionResult> {
  return bench.requests.exclude({ requestId, subMchids, by, origin: click });
}

async function ended(bench: Bench, count: number, result: Parameters<Bench["operations"]["conclude"]>[1]) {
  for (const attempt of await bench.claim(count))
    await bench.operations.conclude(attempt, result, { kind: result.kind === "accepted" ? "succeed" : "fail" });
}

onEveryEngine("an exclusion from a bulk request", (fresh) => {
  test("cancels their operations, and the others wait as before", async () => {
    const bench = await fresh();
    const requestId = await bench.asked({ subMchids: numbers(5) });
    const answer = await leaveOut(bench, requestId, ["1900000003", "1900000000", "1900000003"]);
    assert.equal(answer.kind === "left-out" && answer.count, 2);
    const { state, counts, excludedBy, operation, decision } = await bench.request(requestId);
    assert.deepEqual(counts, { total: 5, excluded: 2, open: 3, succeeded: 0, failed: 0, uncertain: 0, cancelled: 0 });
    assert.deepEqual([state, excludedBy, decision], ["pending", ["UAPPROVER"], undefined]);
    assert.deepEqual([operation.subMchid, operation.state], ["1900000001", "waiting"]);
    assert.deepEqual(await bench.bulk.firstNumbers(requestId, 9), ["1900000001", "1900000002", "1900000004"]);
    assert.deepEqual(
      (await bench.bulk.firstExcluded(requestId, 9)).map(({ subMchid }) => subMchid),
      ["1900000000", "1900000003"],
    );
    const { entries } = await bench.pending.page();
    assert.deepEqual([entries[0]?.total, entries[0]?.merchants[0]?.subMchid], [3, "1900000001"]);
    const left = await bench.bulk.results(requestId, { of: "still-in", afterSeq: 0, max: 9 });
    assert.deepEqual(
      left.map(({ subMchid }) => subMchid),
      ["1900000001", "1900000002", "1900000004"],
    );
  });

  test("enqueues a new list for the thread each time, and none for a repeated exclusion", async () => {
    const bench = await fresh();
    const requestId = await bench.asked({ subMchids: numbers(5) });
    const lists = async () => {
      const posts = bench.db.selectFrom("posts").select("round").where("kind", "=", "list").orderBy("round");
      return (await posts.execute()).map(({ round }) => round);
    };
    await leaveOut(bench, requestId, ["1900000003", "1900000000"]);
    await leaveOut(bench, requestId, ["1900000003", "1900000000"]);
    assert.deepEqual(await lists(), [0, 2]);
    await leaveOut(bench, requestId, ["1900000001"]);
    assert.deepEqual(await lists(), [0, 2, 3]);
    await leaveOut(bench, requestId, ["1900000002", "1900000004"]);
    assert.deepEqual(await lists(), [0, 2, 3], "nothing was left out that time");
  });

  test("records one event with who, where and which numbers, and updates the message", async () => {
    const bench = await fresh();
    const requestId = await bench.asked({ subMchids: numbers(4) });
    const message = bench.db.selectFrom("posts").select("wanted").where("kind", "=", "message");
    const wanted = async () => (await message.executeTakeFirstOrThrow()).wanted;
    assert.equal(await wanted(), 1);
    await leaveOut(bench, requestId, ["1900000002", "1900000001"]);
    assert.equal(await wanted(), 2);
    const events = bench.db
      .selectFrom("events")
      .select(["actor", "origin", "detail_json"])
      .where("what", "=", "left-out");
    const found = (await events.execute()).map(({ actor, origin, detail_json }) => [actor, origin, detail_json]);
    assert.deepEqual(found, [["UAPPROVER", "click COPS", '{"v":2,"subMchids":["1900000002","1900000001"]}']]);
  });

  test("is rolled back if the audit trail cannot be written", async () => {
    const bench = await fresh();
    const requestId = await bench.asked({ subMchids: numbers(3) });
    await withoutAudit(bench.db, () => assert.rejects(leaveOut(bench, requestId, ["1900000001"])));
    assert.equal((await bench.request(requestId)).counts.excluded, 0);
    assert.equal((await bench.bulk.firstNumbers(requestId, 9)).length, 3);
  });

  test("frees the numbers at once for another request", async () => {
    const bench = await fresh();
    const requestId = await bench.asked({ subMchids: numbers(3) });
    await leaveOut(bench, requestId, ["1900000001"]);
    const again = await bench.requests.submit(aRequest({ subMchids: numbers(3), action: "CLOSE" }));
    assert.deepEqual(again.kind === "recorded" && again.skipped, ["1900000000", "1900000002"]);
    await bench.decided(requestId, "approve");
    assert.equal(again.kind === "recorded" && (await bench.request(again.requestId)).operation.state, "waiting");
  });

  test("leaves only the others to carry out, with separate counts", async () => {
    const bench = await fresh();
    const requestId = await bench.asked({ subMchids: numbers(5) });
    await leaveOut(bench, requestId, ["1900000000", "1900000004"]);
    await bench.decided(requestId, "approve");
    const claimed = await bench.claim(9);
    assert.deepEqual(
      claimed.map(({ subMchid }) => subMchid),
      ["1900000001", "1900000002", "1900000003"],
    );
    for (const [nth, attempt] of claimed.entries())
      await bench.operations.conclude(attempt, nth ? accepted : refused, { kind: nth ? "succeed" : "fail" });
    const done = await bench.request(requestId);
    assert.equal(done.state, "done");
    assert.deepEqual(done.counts, {
      total: 5,
      excluded: 2,
      open: 0,
      succeeded: 2,
      failed: 1,
      uncertain: 0,
      cancelled: 0,
    });
    assert.equal(await bench.count("attempts"), 3);
    const results = await bench.bulk.results(requestId, { of: "all", afterSeq: 0, max: 9 });
    assert.deepEqual(
      results.map(({ state, excludedBy }) => excludedBy ?? state),
      ["UAPPROVER", "failed", "succeeded", "succeeded", "UAPPROVER"],
    );

    assert.equal(await bench.bulk.retryable(requestId), 1);
    await bench.operations.retry({ requestId, round: 1, by: "UASKER", origin: click });
    await ended(bench, 9, accepted);
    const after = await bench.request(requestId);
    assert.deepEqual(after.counts, {
      total: 5,
      excluded: 2,
      open: 0,
      succeeded: 3,
      failed: 0,
      uncertain: 0,
      cancelled: 0,
    });
    assert.equal(await bench.count("attempts"), 4);
  });

  test("does not count as cancelled by a stop", async () => {
    const bench = await fresh();
    const requestId = await bench.asked({ subMchids: numbers(6) });
    await leaveOut(bench, requestId, ["1900000001", "1900000005"], "UOTHER");
    await bench.decided(requestId, "approve");
    await ended(bench, 1, accepted);
    await bench.requests.stop({ requestId, by: "UAPPROVER", origin: click });
    const { state, counts } = await bench.request(requestId);
    assert.equal(state, "done");
    assert.deepEqual(counts, { total: 6, excluded: 2, open: 0, succeeded: 1, failed: 0, uncertain: 0, cancelled: 3 });
  });

  for (const decision of ["reject", "withdraw"] as const)
    test(`does not count as cancelled by ${decision}`, async () => {
      const bench = await fresh();
      const requestId = await bench.asked({ subMchids: numbers(4) });
      await leaveOut(bench, requestId, ["1900000003"]);
      bench.clock.advance(1_000);
      const { counts } = await bench.decided(requestId, decision);
      assert.deepEqual(counts, { total: 4, excluded: 1, open: 0, succeeded: 0, failed: 0, uncertain: 0, cancelled: 3 });
      const { entries } = await bench.history.page({ subMchid: "1900000003" });
      assert.deepEqual([entries[0]?.excludedBy, entries[0]?.endedAt], ["UAPPROVER", bench.clock.now() - 1_000]);
      assert.equal((await bench.history.page({ subMchid: "1900000002" })).entries[0]?.excludedBy, undefined);
      assert.equal((await bench.history.status("1900000003")).leftOut?.excludedBy, "UAPPROVER");
      assert.equal((await bench.history.status("1900000002")).leftOut, undefined);
    });

  test("changes nothing if a number is not in the request or was excluded before, and reports which", async () => {
    const bench = await fresh();
    const requestId = await bench.asked({ subMchids: numbers(5) });
    const other = await bench.asked({ subMchids: ["1700000001", "1700000002"] });
    await leaveOut(bench, requestId, ["1900000000"]);
    assert.deepEqual(await leaveOut(bench, requestId, ["1700000001", "1900000000", "1900000001"]), {
      kind: "not-in-it",
      unknown: ["1700000001"],
      before: ["1900000000"],
    });
    assert.deepEqual(
      [(await bench.request(requestId)).counts.excluded, (await bench.request(other)).counts.excluded],
      [1, 0],
    );
    assert.deepEqual(await bench.events(requestId), ["asked", "left-out"]);
  });

  test("changes nothing if no sub-merchant would remain", async () => {
    const bench = await fresh();
    const requestId = await bench.asked({ subMchids: numbers(3) });
    assert.deepEqual(await leaveOut(bench, requestId, numbers(3)), { kind: "nothing-left" });
    await leaveOut(bench, requestId, ["1900000001", "1900000002"]);
    assert.deepEqual(await leaveOut(bench, requestId, ["1900000000"]), { kind: "nothing-left" });
    const { state, counts } = await bench.request(requestId);
    assert.deepEqual([state, counts.open, counts.excluded], ["pending", 1, 2]);
    assert.deepEqual(await bench.events(requestId), ["asked", "left-out"]);
    await bench.decided(requestId, "approve");
    const [only] = await bench.claim(9);
    assert.deepEqual([only?.subMchid, only?.isOneOfMany], ["1900000000", true]);
  });

  test("comes too late after a decision, and after the request's time is over", async () => {
    const bench = await fresh();
    for (const decision of ["approve", "reject", "withdraw"] as const) {
      const requestId = await bench.asked({ subMchids: [`${decision.length}1`, `${decision.length}2`] });
      const { state } = await bench.decided(requestId, decision);
      const answer = await leaveOut(bench, requestId, [`${decision.length}1`]);
      assert.deepEqual(answer.kind === "too-late" && [answer.request.state, answer.request.decision?.by], [
        state,
        ["UAPPROVER"],
      ]);
      assert.equal((await bench.request(requestId)).counts.excluded, 0);
    }
    const requestId = await bench.asked({ subMchids: numbers(2) });
    bench.clock.advance(hourMs);
    const answer = await leaveOut(bench, requestId, ["1900000001"]);
    assert.equal(answer.kind === "too-late" && answer.request.state, "expired");
    assert.deepEqual(await bench.events(requestId), ["asked", "expired"]);
  });

  test("from an unknown request reports it as unknown", async () => {
    const bench = await fresh();
    assert.deepEqual(await leaveOut(bench, "no-such-request", ["1900000001"]), { kind: "unknown" });
    assert.equal(await bench.count("events"), 0);
  });

  test("by a form that is delivered several times happens once, and every reply confirms it", async () => {
    const bench = await fresh();
    const requestId = await bench.asked({ subMchids: numbers(6) });
    const answers = await atOnce(6, () => leaveOut(bench, requestId, ["1900000001", "1900000002"]));
    assert.deepEqual(answers.map(({ kind }) => kind).sort(), ["left-out", ...Array(5).fill("left-out-before")]);
    assert.equal((await bench.request(requestId)).counts.excluded, 2);
    assert.deepEqual(await bench.events(requestId), ["asked", "left-out"]);
  });

  test("of the same number by several people at once succeeds for one, and the others learn that it was excluded", async () => {
    const bench = await fresh();
    for (let round = 0; round < 5; round++) {
      const subMchids = numbers(20, 1_900_000_000 + 100 * round);
      const requestId = await bench.asked({ subMchids });
      const [same = ""] = subMchids;
      const answers = await atOnce(8, (nth) => leaveOut(bench, requestId, [same, subMchids[nth + 1] ?? ""], `U${nth}`));
      const first = answers.findIndex(({ kind }) => kind === "left-out");
      const others = answers.filter((_, nth) => nth !== first);
      for (const answer of others) assert.deepEqual(answer, { kind: "not-in-it", unknown: [], before: [same] });
      const { counts, excludedBy } = await bench.request(requestId);
      assert.deepEqual([counts.excluded, counts.open, excludedBy], [2, 18, [`U${first}`]]);
      assert.deepEqual(await bench.events(requestId), ["asked", "left-out"]);
    }
  });

  test("by several people at once always leaves one sub-merchant", async () => {
    const bench = await fresh();
    const subMchids = numbers(8);
    const requestId = await bench.asked({ subMchids });
    const answers = await atOnce(8, (nth) => leaveOut(bench, requestId, [subMchids[nth] ?? ""], `U${nth}`));
    assert.deepEqual(answers.map(({ kind }) => kind).sort(), [...Array(7).fill("left-out"), "nothing-left"]);
    const { counts } = await bench.request(requestId);
    assert.deepEqual([counts.open, counts.excluded], [1, 7]);
  });

  test("at the same time as an approval comes before it or too late: nothing excluded is carried out", async () => {
    const bench = await fresh();
    for (let round = 0; round < 8; round++) {
      const subMchids = numbers(6, 1_900_000_000 + 100 * round);
      const [out = "", ...rest] = subMchids;
      const requestId = await bench.asked({ subMchids });
      const approve = () => bench.requests.decide({ requestId, decision: "approve", by: "UAPPROVER", origin: click });
      const leave = () => leaveOut(bench, requestId, [out], "UOTHER");
      const [first, second] = round % 2 ? [approve, leave] : [leave, approve];
      const answers = await Promise.all([first(), second()]);
      const isOut = answers.some(({ kind }) => kind === "left-out");
      assert.ok(answers.some(({ kind }) => kind === "decided"));
      assert.equal(
        answers.some(({ kind }) => kind === "too-late"),
        !isOut,
      );
      const claimed = (await bench.claim(9)).map(({ subMchid }) => subMchid);
      assert.deepEqual(claimed, isOut ? rest : subMchids);
      const { counts } = await bench.request(requestId);
      assert.deepEqual([counts.excluded, counts.open], isOut ? [1, 5] : [0, 6]);
    }
  });

  test("keeps the approvals given and the number needed", async () => {
    const bench = await fresh();
    const requestId = await bench.asked({
      subMchids: numbers(4),
      approvalRule: { needed: 1, bulk: { from: 3, ...two } },
    });
    const approve = (by: string) => bench.requests.decide({ requestId, decision: "approve", by, origin: click });
    assert.equal((await approve("U1")).kind, "counted");
    await leaveOut(bench, requestId, ["1900000000", "1900000001"], "U2");
    const { approvals, approvalsNeeded } = await bench.request(requestId);
    assert.deepEqual([approvals.map(({ by }) => by), approvalsNeeded], [["U1"], 2]);
    assert.equal((await approve("U2")).kind, "decided");
    assert.equal((await bench.claim(9)).length, 2);
  });

  test("enables the Retry of an earlier failure again, and is no previous result", async () => {
    const bench = await fresh();
    const failed = await bench.failed({ subMchid: "1900000001" });
    const requestId = await bench.asked({ subMchids: numbers(3) });
    assert.equal((await bench.bulk.previousResults(requestId, 1)).length, 1);
    const retry = () => bench.operations.retry({ requestId: failed, round: 1, by: "UASKER", origin: click });
    assert.equal((await retry()).kind, "too-late");
    await leaveOut(bench, requestId, ["1900000001"]);
    assert.deepEqual(await bench.bulk.previousResults(requestId, 1), []);
    assert.equal((await retry()).kind, "retried");
    await bench.decided(requestId, "approve");
    assert.equal((await bench.request(failed)).operation.superseded, false);
  });

  test("names the person who excluded most first", async () => {
    const bench = await fresh();
    const requestId = await bench.asked({ subMchids: numbers(9) });
    await leaveOut(bench, requestId, ["1900000001"], "UONE");
    await leaveOut(bench, requestId, ["1900000002", "1900000003"], "UTWO");
    assert.deepEqual((await bench.request(requestId)).excludedBy, ["UTWO", "UONE"]);
  });

  test(`can exclude thousands out of ${subMchidsMax}`, async () => {
    const bench = await fresh();
    const requestId = await bench.asked({ subMchids: numbers(subMchidsMax) });
    const answer = await leaveOut(bench, requestId, numbers(subMchidsMax - 1));
    assert.equal(answer.kind === "left-out" && answer.count, subMchidsMax - 1);
    assert.equal((await bench.request(requestId)).operation.subMchid, String(1_900_000_000 + subMchidsMax - 1));
  });
});
