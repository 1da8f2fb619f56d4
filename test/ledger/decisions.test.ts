/** Deciding: one decision for each request, within its time; everyone else learns who was first. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Decision } from "../../src/ledger/decisions.ts";
import { aRequest, atOnce, click, hourMs, onEveryEngine, withoutAudit } from "./builders.ts";

const decisions = [
  { decision: "approve", request: "approved", operation: "queued" },
  { decision: "reject", request: "rejected", operation: "cancelled" },
  { decision: "withdraw", request: "withdrawn", operation: "cancelled" },
] as const;

onEveryEngine("deciding", (fresh) => {
  for (const { decision, request, operation } of decisions) {
    test(`to ${decision} makes the request ${request} and its operation ${operation}`, async () => {
      const bench = await fresh();
      const requestId = await bench.asked();
      const bystander = await bench.asked();
      bench.clock.advance(5_000);
      const answer = await bench.requests.decide({ requestId, decision, by: "UDECIDER", origin: click });
      assert.deepEqual(answer, { kind: "decided", request: await bench.request(requestId) });
      const now = bench.clock.now();
      const found = await bench.request(requestId);
      assert.equal(found.state, request);
      assert.deepEqual(found.decision, { kind: request, by: ["UDECIDER"], at: now });
      assert.equal(found.operation.state, operation);
      assert.equal(found.operation.dueAt, decision === "approve" ? now : undefined);
      assert.equal(found.operation.endedAt, decision === "approve" ? undefined : now);
      assert.deepEqual(await bench.events(requestId), ["asked", request]);
      assert.equal((await bench.request(bystander)).state, "pending");
      const row = bench.db.selectFrom("requests").select("ended_at").where("id", "=", requestId);
      assert.equal((await row.executeTakeFirstOrThrow()).ended_at, decision === "approve" ? null : now);
    });

    test(`to ${decision} is rolled back if the audit trail cannot be written`, async () => {
      const bench = await fresh();
      const requestId = await bench.asked();
      const before = await bench.request(requestId);
      await withoutAudit(bench.db, () =>
        assert.rejects(bench.requests.decide({ requestId, decision, by: "UX", origin: click })),
      );
      assert.deepEqual(await bench.request(requestId), before);
    });

    test(`to ${decision} after the request's time is over expires it instead`, async () => {
      const bench = await fresh();
      const requestId = await bench.asked({ ttlMs: hourMs });
      bench.clock.advance(hourMs);
      const answer = await bench.requests.decide({ requestId, decision, by: "UDECIDER", origin: click });
      assert.equal(answer.kind, "too-late");
      const found = await bench.request(requestId);
      assert.equal(found.state, "expired");
      assert.deepEqual(found.decision, { kind: "expired", by: [], at: bench.clock.now() });
      assert.equal(found.operation.state, "cancelled");
      assert.deepEqual(await bench.events(requestId), ["asked", "expired"]);
    });

    test(`to ${decision} still counts a millisecond before the time is over`, async () => {
      const bench = await fresh();
      const requestId = await bench.asked({ ttlMs: hourMs });
      bench.clock.advance(hourMs - 1);
      assert.equal((await bench.decided(requestId, decision)).state, request);
    });

    test(`again, after someone chose to ${decision}, changes nothing and reports who did`, async () => {
      const bench = await fresh();
      const requestId = await bench.asked();
      const first = await bench.decided(requestId, decision, "UFIRST");
      bench.clock.advance(hourMs * 2);
      for (const later of ["approve", "reject", "withdraw"] as const) {
        const answer = await bench.requests.decide({ requestId, decision: later, by: "USECOND", origin: click });
        assert.deepEqual(answer, { kind: "too-late", request: first });
      }
      assert.equal(await bench.requests.expireDue(10), 0);
      assert.deepEqual(await bench.events(requestId), ["asked", request]);
    });
  }

  test("by many approvers at once has exactly one winner, and the others see who", async () => {
    const bench = await fresh();
    for (let round = 0; round < 5; round++) {
      const requestId = await bench.asked();
      const answers = await atOnce(16, async (nth) => {
        const decision: Decision = nth % 2 ? "approve" : "reject";
        const by = `U${(nth + round) % 16}`;
        return { by, decision, answer: await bench.requests.decide({ requestId, decision, by, origin: click }) };
      });
      const winners = answers.filter(({ answer }) => answer.kind === "decided");
      assert.equal(winners.length, 1);
      const [winner] = winners;
      const state = winner?.decision === "approve" ? "approved" : "rejected";
      for (const { answer } of answers) {
        assert.ok(answer.kind !== "unknown");
        assert.deepEqual(answer.request.decision?.by, [winner?.by]);
        assert.equal(answer.request.state, state);
      }
      assert.deepEqual(await bench.events(requestId), ["asked", state]);
      assert.equal((await bench.request(requestId)).operation.state, state === "approved" ? "queued" : "cancelled");
    }
  });

  test("to reject keeps the reason in the request and the audit trail, and a later reason changes nothing", async () => {
    const bench = await fresh();
    const requestId = await bench.asked();
    assert.equal((await bench.request(requestId)).decisionReason, undefined);
    const reject = (by: string, reason: string) =>
      bench.requests.decide({ requestId, decision: "reject", by, origin: click, reason });
    const answers = await atOnce(4, (nth) => reject(`U${nth}`, `reason ${nth}`));
    const first = answers.findIndex(({ kind }) => kind === "decided");
    for (const answer of answers)
      assert.equal(answer.kind !== "unknown" && answer.request.decisionReason, `reason ${first}`);
    const events = bench.db.selectFrom("events").select(["actor", "detail_json"]).where("what", "=", "rejected");
    const rejections = (await events.execute()).map(({ actor, detail_json }) => [actor, detail_json]);
    assert.deepEqual(rejections, [[`U${first}`, `{"v":2,"reason":"reason ${first}"}`]]);
  });

  test("on an unknown request reports it as unknown", async () => {
    const { requests, count } = await fresh();
    assert.deepEqual(
      await requests.decide({ requestId: "no-such-request", decision: "approve", by: "UX", origin: click }),
      {
        kind: "unknown",
      },
    );
    assert.equal(await count("events"), 0);
  });

  for (const decision of ["reject", "withdraw"] as const) {
    test(`to ${decision} frees the number for the next request`, async () => {
      const bench = await fresh();
      await bench.decided(await bench.asked({ subMchid: "1900000109" }), decision);
      assert.equal((await bench.requests.submit(aRequest({ subMchid: "1900000109" }))).kind, "recorded");
    });
  }

  test("to reject or withdraw leaves nothing to carry out", async () => {
    const bench = await fresh();
    await bench.decided(await bench.asked(), "reject");
    await bench.decided(await bench.asked(), "withdraw");
    bench.clock.advance(hourMs);
    assert.deepEqual(await bench.claim(8), []);
    assert.equal(await bench.operations.nextDue(), undefined);
  });
});

onEveryEngine("undecided requests", (fresh) => {
  test("expire when their time is over, and not before", async () => {
    const bench = await fresh();
    const short = await bench.asked({ ttlMs: hourMs });
    const long = await bench.asked({ ttlMs: 2 * hourMs });
    bench.clock.advance(hourMs - 1);
    assert.equal(await bench.requests.expireDue(10), 0);
    bench.clock.advance(1);
    assert.equal(await bench.requests.expireDue(10), 1);
    const { state, decision, operation } = await bench.request(short);
    assert.deepEqual([state, decision], ["expired", { kind: "expired", by: [], at: bench.clock.now() }]);
    assert.equal(operation.state, "cancelled");
    assert.equal((await bench.request(long)).state, "pending");
    assert.deepEqual(await bench.events(short), ["asked", "expired"]);
    assert.equal(await bench.requests.expireDue(10), 0);
  });

  test("expire a limited number at a time, the longest overdue first", async () => {
    const bench = await fresh();
    const ids: string[] = [];
    for (const hours of [3, 1, 2]) ids.push(await bench.asked({ ttlMs: hours * hourMs }));
    bench.clock.advance(4 * hourMs);
    assert.equal(await bench.requests.expireDue(2), 2);
    const states = await Promise.all(ids.map(async (id) => (await bench.request(id)).state));
    assert.deepEqual(states, ["pending", "expired", "expired"]);
    assert.equal(await bench.requests.expireDue(2), 1);
  });

  test("expire once, however many instances poll at once", async () => {
    const bench = await fresh();
    const ids = [await bench.asked(), await bench.asked(), await bench.asked()];
    bench.clock.advance(hourMs);
    await atOnce(6, () => bench.requests.expireDue(10));
    for (const id of ids) assert.deepEqual(await bench.events(id), ["asked", "expired"]);
  });

  test("free their number when they expire", async () => {
    const bench = await fresh();
    await bench.expired({ subMchid: "1900000109" });
    assert.equal((await bench.requests.submit(aRequest({ subMchid: "1900000109" }))).kind, "recorded");
  });

  test("occupy their number until their expiry is recorded", async () => {
    const bench = await fresh();
    const requestId = await bench.asked({ subMchid: "1900000109" });
    bench.clock.advance(hourMs);
    const answer = await bench.requests.submit(aRequest({ subMchid: "1900000109" }));
    assert.equal(answer.kind === "open-already" && answer.request.id, requestId);
  });
});
