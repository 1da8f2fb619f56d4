/** Requests that need several approvals: each person's counts once, and the last one needed decides. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { approvalsNeeded } from "../../src/domain/approval.ts";
import { everyApprover } from "../../src/domain/notice.ts";
import { atOnce, type Bench, claimPost, click, hourMs, onEveryEngine, withoutAudit } from "./builders.ts";

const two = { approvalRule: { needed: 2 } };
const approve = (bench: Bench, requestId: string, by: string, lapsed: { by: string; at: number }[] = []) =>
  bench.requests.decide({ requestId, decision: "approve", by, origin: click, lapsed });

test("a bulk request needs more approvals from a configured size on, and never fewer", () => {
  const rows = [
    [{ needed: 1 }, 10_000, 1],
    [{ needed: 2, bulk: { from: 100, needed: 3 } }, 99, 2],
    [{ needed: 2, bulk: { from: 100, needed: 3 } }, 100, 3],
    [{ needed: 4, bulk: { from: 100, needed: 3 } }, 100, 4],
  ] as const;
  for (const [rule, subMerchants, needed] of rows) assert.equal(approvalsNeeded(rule, subMerchants), needed);
});

onEveryEngine("a request that needs several approvals", (fresh) => {
  test("is approved in the same step as its last approval", async () => {
    const bench = await fresh();
    const requestId = await bench.asked({ approvalRule: { needed: 3 } });
    const at: number[] = [];
    for (const by of ["UBOB", "UDAN"]) {
      bench.clock.advance(1_000);
      at.push(bench.clock.now());
      const answer = await approve(bench, requestId, by);
      assert.deepEqual(answer, { kind: "counted", request: await bench.request(requestId) });
    }
    const waiting = await bench.request(requestId);
    assert.equal(waiting.state, "pending");
    assert.equal(waiting.operation.state, "waiting");
    assert.equal(waiting.approvalsNeeded, 3);
    assert.deepEqual(waiting.approvals, [
      { by: "UBOB", at: at[0] },
      { by: "UDAN", at: at[1] },
    ]);
    bench.clock.advance(1_000);
    const approved = await bench.decided(requestId, "approve", "UEVE");
    assert.equal(approved.state, "approved");
    assert.equal(approved.operation.state, "queued");
    assert.deepEqual(
      approved.approvals.map(({ by }) => by),
      ["UBOB", "UDAN", "UEVE"],
    );
    assert.deepEqual(await bench.events(requestId), [
      "asked",
      "approval-given",
      "approval-given",
      "approval-given",
      "approved",
    ]);
    assert.equal((await approve(bench, requestId, "UFAY")).kind, "too-late");
    assert.equal((await bench.request(requestId)).approvals.length, 3);
  });

  test("counts each person once, however often and however fast they click", async () => {
    const bench = await fresh();
    const requestId = await bench.asked(two);
    const answers = await atOnce(8, () => approve(bench, requestId, "UBOB"));
    assert.equal(answers.filter(({ kind }) => kind === "counted").length, 1);
    assert.equal(answers.filter(({ kind }) => kind === "counted-before").length, 7);
    assert.equal((await bench.request(requestId)).state, "pending");
    assert.deepEqual(await bench.events(requestId), ["asked", "approval-given"]);
  });

  test("is decided by exactly one of several concurrent approvals, and keeps those it needs", async () => {
    const bench = await fresh();
    for (let round = 0; round < 5; round++) {
      const requestId = await bench.asked({ approvalRule: { needed: 3 } });
      const answers = await atOnce(8, (nth) => approve(bench, requestId, `U${(nth + round) % 8}`));
      const kinds = answers.map(({ kind }) => kind).toSorted();
      assert.deepEqual(kinds, ["counted", "counted", "decided", ...Array(5).fill("too-late")]);
      const { state, approvals } = await bench.request(requestId);
      assert.equal(state, "approved");
      assert.equal(approvals.length, 3);
    }
  });

  test("is decided by an approval or a rejection, whichever comes first", async () => {
    const bench = await fresh();
    for (let round = 0; round < 5; round++) {
      const requestId = await bench.asked(two);
      await approve(bench, requestId, "UBOB");
      const answers = await atOnce(6, (nth) => {
        const decision = (nth + round) % 2 ? "approve" : "reject";
        return bench.requests.decide({ requestId, decision, by: `U${nth}`, origin: click });
      });
      assert.equal(answers.filter(({ kind }) => kind === "decided").length, 1);
      const { state } = await bench.request(requestId);
      assert.ok(state === "approved" || state === "rejected", state);
      const decisions = (await bench.events(requestId)).filter((what) => what === "approved" || what === "rejected");
      assert.deepEqual(decisions, [state]);
    }
  });

  for (const decision of ["reject", "withdraw"] as const)
    test(`needs one person to ${decision}, even after an approval`, async () => {
      const bench = await fresh();
      const requestId = await bench.asked(two);
      await approve(bench, requestId, "UBOB");
      const { state, operation, approvals } = await bench.decided(requestId, decision, "UDAN");
      assert.equal(state, decision === "reject" ? "rejected" : "withdrawn");
      assert.equal(operation.state, "cancelled");
      assert.equal(approvals.length, 1);
    });

  test("does not count a lapsed approval, but accepts it when it is given again", async () => {
    const bench = await fresh();
    const requestId = await bench.asked(two);
    await approve(bench, requestId, "UBOB");
    const { approvals } = await bench.request(requestId);
    bench.clock.advance(1_000);
    assert.equal((await approve(bench, requestId, "UDAN", [...approvals])).kind, "counted");
    const standing = (await bench.request(requestId)).approvals;
    assert.deepEqual(
      standing.map(({ by }) => by),
      ["UDAN"],
    );
    bench.clock.advance(1_000);
    assert.equal((await approve(bench, requestId, "UBOB")).kind, "decided");
    assert.deepEqual(await bench.events(requestId), [
      "asked",
      "approval-given",
      "approval-lapsed",
      "approval-given",
      "approval-given",
      "approved",
    ]);
  });

  test("keeps an approval that was given again after it was found to have lapsed", async () => {
    const bench = await fresh();
    const requestId = await bench.asked(two);
    const longAgo = { by: "UBOB", at: bench.clock.now() - 1 };
    await approve(bench, requestId, "UBOB");
    assert.equal((await approve(bench, requestId, "UDAN", [longAgo])).kind, "decided");
  });

  test("expires with the approvals it has, and accepts none afterwards", async () => {
    const bench = await fresh();
    const requestId = await bench.asked({ ...two, ttlMs: hourMs });
    await approve(bench, requestId, "UBOB");
    bench.clock.advance(hourMs);
    assert.equal((await approve(bench, requestId, "UDAN")).kind, "too-late");
    const { state, approvals } = await bench.request(requestId);
    assert.equal(state, "expired");
    assert.deepEqual(
      approvals.map(({ by }) => by),
      ["UBOB"],
    );
  });

  test("rolls back an approval if the audit trail cannot be written", async () => {
    const bench = await fresh();
    const requestId = await bench.asked(two);
    await withoutAudit(bench.db, () => assert.rejects(approve(bench, requestId, "UBOB")));
    assert.deepEqual((await bench.request(requestId)).approvals, []);
  });

  test("gets its message updated with each approval", async () => {
    const bench = await fresh();
    const requestId = await bench.asked(two);
    const wanted = async () =>
      (
        await bench.db
          .selectFrom("posts")
          .select("wanted")
          .where("request_id", "=", requestId)
          .where("kind", "=", "message")
          .executeTakeFirstOrThrow()
      ).wanted;
    const before = await wanted();
    await approve(bench, requestId, "UBOB");
    assert.equal(await wanted(), before + 1);
  });

  test("needs approvals for the number of sub-merchants that remain after skipping those with an open request", async () => {
    const bench = await fresh();
    await bench.asked({ subMchid: "1900000001" });
    const approvalRule = { needed: 1, bulk: { from: 3, needed: 2 } };
    const subMchids = ["1900000001", "1900000002", "1900000003"];
    const smaller = await bench.asked({ subMchids, approvalRule });
    assert.equal((await bench.request(smaller)).approvalsNeeded, 1);
    const larger = await bench.asked({ subMchids: ["1900000004", "1900000005", "1900000006"], approvalRule });
    assert.equal((await bench.request(larger)).approvalsNeeded, 2);
  });
});

onEveryEngine("a request that needs one approval", (fresh) => {
  test("stores no approval besides the decision", async () => {
    const bench = await fresh();
    const requestId = await bench.approved();
    assert.deepEqual(await bench.events(requestId), ["asked", "approved"]);
    assert.equal(await bench.count("approvals"), 0);
  });
});

onEveryEngine("break glass", (fresh) => {
  const noticesTo = async ({ db }: Bench) => {
    const notices = db.selectFrom("posts").select("channel_id").where("kind", "=", "notice");
    return (await notices.orderBy("channel_id").execute()).map((row) => row.channel_id);
  };

  test("approves a request at once, however many approvals it needs, and enqueues one notice to every approver", async () => {
    const bench = await fresh();
    const requestId = await bench.asked(two);
    const answers = await atOnce(4, () =>
      bench.requests.decide({ requestId, decision: "break-glass", by: "UASKER", origin: click }),
    );
    assert.deepEqual(answers.map(({ kind }) => kind).toSorted(), ["decided", "too-late", "too-late", "too-late"]);
    const { state, decision, operation } = await bench.request(requestId);
    assert.deepEqual(
      { state, decision, operation: operation.state },
      {
        state: "approved",
        decision: { kind: "broke-glass", by: ["UASKER"], at: bench.clock.now() },
        operation: "queued",
      },
    );
    assert.deepEqual(await bench.events(requestId), ["asked", "broke-glass"]);
    assert.deepEqual(await noticesTo(bench), [everyApprover]);
  });

  test("notifies each known approver once, until all are notified", async () => {
    const bench = await fresh();
    const requestId = await bench.asked();
    await bench.requests.decide({ requestId, decision: "break-glass", by: "UASKER", origin: click });
    const claim = async () => (await claimPost(bench, "us", everyApprover)) ?? assert.fail("the notice should be due");
    const first = await claim();
    await bench.outbox.addressTo(first, "us", { users: ["UBOB"], isEverybody: false });
    await bench.outbox.postpone(first, "us", { dueAt: bench.clock.now() });
    await bench.outbox.addressTo(await claim(), "us", { users: ["UBOB", "UDAN"], isEverybody: true });
    assert.deepEqual(await noticesTo(bench), ["UBOB", "UDAN", everyApprover]);
    assert.equal(await claimPost(bench, "us", everyApprover), undefined);
    const told = await claimPost(bench, "us", "UBOB");
    assert.deepEqual([told?.requestId, told?.notice], [requestId, { about: "broke-glass", by: "UASKER" }]);
  });

  test("notifies no one if the request was decided first or has expired", async () => {
    const bench = await fresh();
    const rejected = await bench.asked();
    await bench.decided(rejected, "reject");
    const late = await bench.asked();
    bench.clock.advance(hourMs);
    for (const requestId of [rejected, late]) {
      const answer = await bench.requests.decide({
        requestId,
        decision: "break-glass",
        by: "UASKER",
        origin: click,
      });
      assert.equal(answer.kind, "too-late");
      assert.notEqual((await bench.request(requestId)).decision?.kind, "broke-glass");
    }
    assert.deepEqual(await noticesTo(bench), []);
  });

  test("is rolled back if the audit trail cannot be written", async () => {
    const bench = await fresh();
    const requestId = await bench.asked();
    const before = await bench.request(requestId);
    await withoutAudit(bench.db, () =>
      assert.rejects(bench.requests.decide({ requestId, decision: "break-glass", by: "UASKER", origin: click })),
    );
    assert.deepEqual(await bench.request(requestId), before);
  });
});
