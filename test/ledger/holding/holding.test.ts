/** After a long outage, what was decided before it is held until an approver decides, on each engine. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { dueOf } from "../../../src/domain/reminder-schedule.ts";
import { differences } from "../../../src/ledger/audit/replay/differences.ts";
import {
  accepted,
  aRequest,
  atAnyPace,
  atOnce,
  type Bench,
  claimPost,
  click,
  hourMs,
  leaseMs,
  onEveryEngine,
  refused,
} from "../builders.ts";

const staleAfterMs = hourMs;
const heldForMs = 24 * hourMs;
const dayMs = 24 * hourMs;

onEveryEngine("holding after an outage", (fresh) => {
  /** A ledger whose instance has just worked. */
  async function working(): Promise<Bench> {
    const bench = await fresh();
    await bench.holding.holdStale({ staleAfterMs, heldForMs });
    return bench;
  }

  /** One poll of the executor: what it may call. */
  async function poll(bench: Bench): Promise<string[]> {
    await bench.holding.beat(staleAfterMs);
    const claim = await bench.operations.claimDue({ limit: 32, leaseMs, rateLimit: atAnyPace, staleAfterMs });
    if (!claim.wasAway) return claim.attempts.map(({ subMchid }) => subMchid);
    await bench.holding.holdStale({ staleAfterMs, heldForMs });
    return poll(bench);
  }

  const by = { by: "UAPPROVER", origin: click };

  /** A request that was approved three days ago. */
  async function heldRequest(bench: Bench, what = {}): Promise<string> {
    const requestId = await bench.approved(what);
    bench.clock.advance(3 * dayMs);
    assert.deepEqual(await poll(bench), []);
    return requestId;
  }

  test("nothing that was approved before the outage is called", async () => {
    const bench = await working();
    const requestId = await heldRequest(bench);
    const { state, held, operation, counts } = await bench.request(requestId);
    assert.equal(state, "approved");
    assert.equal(operation.state, "held");
    assert.equal(counts.open, 1);
    assert.deepEqual(held, {
      since: bench.clock.now(),
      until: bench.clock.now() + heldForMs,
      confirmedAt: bench.clock.now() - 3 * dayMs,
      confirmations: [],
    });
    assert.equal((await bench.events(requestId)).at(-1), "held");
  });

  test("operations approved after the outage, or less than STALE_AFTER before its end, are called", async () => {
    const bench = await working();
    await bench.approved({ subMchid: "1900000001" });
    bench.clock.advance(hourMs - 60_000);
    await bench.approved({ subMchid: "1900000002" });
    bench.clock.advance(120_000);
    assert.deepEqual(await poll(bench), ["1900000002"]);
    await bench.approved({ subMchid: "1900000003" });
    assert.deepEqual(await poll(bench), ["1900000003"]);
  });

  test("a queue that is merely long is not stale, however old its approval is", async () => {
    const bench = await working();
    await bench.approved();
    for (let minutes = 0; minutes < 150; minutes++) {
      bench.clock.advance(60_000);
      await bench.holding.beat(staleAfterMs);
    }
    assert.equal((await poll(bench)).length, 1);
  });

  test("retrying operations and those with a lapsed lease are held; those with a lease are not", async () => {
    const bench = await working();
    const retrying = await bench.approved({ subMchid: "1900000001" });
    const again = { kind: "again", dueAt: bench.clock.now() + 8_000, endpoint: 1 } as const;
    await bench.operations.conclude(await bench.claimed(), refused, again);
    const lapsed = await bench.approved({ subMchid: "1900000002" });
    await bench.claimed();
    bench.clock.advance(3 * dayMs);
    const leased = await bench.approved({ subMchid: "1900000003" });
    const [, attempt] = await bench.operations
      .claimDue({ limit: 8, leaseMs, rateLimit: atAnyPace, isTakingOver: false })
      .then(({ attempts }) => attempts);
    assert.equal(attempt?.subMchid, "1900000003");
    await bench.db.updateTable("requests").set({ confirmed_at: 0 }).where("id", "=", leased).execute();
    await poll(bench);
    assert.equal((await bench.request(lapsed)).operation.state, "held");
    assert.equal((await bench.request(leased)).operation.state, "running");
    // It was claimed again above, without the heartbeat, so that it has a lease too.
    assert.equal((await bench.request(retrying)).operation.state, "running");
  });

  test("an attempt that returns after its operation was held changes nothing", async () => {
    const bench = await working();
    const requestId = await bench.approved();
    const attempt = await bench.claimed();
    bench.clock.advance(3 * dayMs);
    await poll(bench);
    assert.equal(await bench.operations.conclude(attempt, refused, { kind: "fail" }), "lost");
    assert.equal((await bench.request(requestId)).operation.state, "held");
  });

  test("of several instances that start together, exactly one holds, and none calls", async () => {
    const bench = await working();
    await atOnce(5, () => bench.approved());
    bench.clock.advance(3 * dayMs);
    const held = await atOnce(4, () => bench.holding.holdStale({ staleAfterMs, heldForMs }));
    assert.deepEqual(
      held.filter((one) => one !== undefined),
      [{ requests: 5, operations: 5 }],
    );
    assert.deepEqual(await poll(bench), []);
  });

  test("decisions made under a clock that ran ahead are held once the clock is correct", async () => {
    const bench = await working();
    bench.clock.setAhead(3 * dayMs);
    await poll(bench);
    const requestId = await bench.approved();
    bench.clock.setAhead(-3 * dayMs);
    assert.deepEqual(await poll(bench), []);
    assert.equal((await bench.request(requestId)).operation.state, "held");
    assert.equal((await bench.holding.carryOut({ requestId, ...by })).kind, "carried-out");
    assert.equal((await poll(bench)).length, 1);
  });

  test("the heartbeat does not move across an outage automatically, and never moves backwards", async () => {
    const bench = await working();
    const beatAt = async () => Number((await bench.db.selectFrom("ledger_info").selectAll().executeTakeFirst())?.value);
    const first = bench.clock.now();
    bench.clock.advance(10_000);
    await bench.holding.beat(staleAfterMs);
    assert.equal(await beatAt(), first + 10_000);
    bench.clock.setAhead(-5_000);
    await bench.holding.beat(staleAfterMs);
    assert.equal(await beatAt(), first + 10_000);
    bench.clock.advance(2 * hourMs);
    await bench.holding.beat(staleAfterMs);
    assert.equal(await beatAt(), first + 10_000);
  });

  test("Carry out queues it again, and a second outage counts from then", async () => {
    const bench = await working();
    const requestId = await heldRequest(bench, { subMchid: "1900000001" });
    assert.equal((await bench.holding.carryOut({ requestId, ...by })).kind, "carried-out");
    assert.equal((await bench.request(requestId)).held, undefined);
    assert.equal((await bench.events(requestId)).at(-1), "carried-out");
    bench.clock.advance(hourMs / 2);
    assert.deepEqual(await poll(bench), ["1900000001"]);
  });

  test("Retry confirms a request again", async () => {
    const bench = await working();
    const requestId = await bench.failed();
    bench.clock.advance(3 * dayMs);
    assert.equal((await bench.operations.retry({ requestId, round: 1, ...by })).kind, "retried");
    assert.equal((await poll(bench)).length, 1);
  });

  test("of two approvers at once, one carries it out or cancels it, and the result of the other names them", async () => {
    const bench = await working();
    const requestId = await heldRequest(bench);
    const [first, second] = await Promise.all([
      bench.holding.carryOut({ requestId, ...by, by: "UFIRST" }),
      bench.holding.cancel({ requestId, ...by, by: "USECOND" }),
    ]);
    const late = first.kind === "too-late" ? first : second;
    assert.ok(late.kind === "too-late" && late.end);
    const winner = first.kind === "too-late" ? "USECOND" : "UFIRST";
    assert.deepEqual([late.end.by, late.end.at], [winner, bench.clock.now()]);
    const ends = (await bench.events(requestId)).filter((what) => what === "carried-out" || what === "cancelled-held");
    assert.equal(ends.length, 1);
  });

  /** A held request that two people have to carry out. */
  async function heldForTwo() {
    const bench = await working();
    const requestId = await bench.asked({ approvalRule: { needed: 2 } });
    for (const one of ["UBOB", "UCAROL"])
      await bench.requests.decide({ requestId, decision: "approve", by: one, origin: click });
    bench.clock.advance(3 * dayMs);
    await poll(bench);
    return { bench, requestId };
  }

  test("a request that needs several approvals needs several people to carry it out", async () => {
    const { bench, requestId } = await heldForTwo();
    const press = (one: string, lapsed: { by: string; at: number }[] = []) =>
      bench.holding.carryOut({ requestId, by: one, origin: click, lapsed });
    assert.equal((await press("UBOB")).kind, "counted");
    assert.equal((await press("UBOB")).kind, "counted-before");
    const { held } = await bench.request(requestId);
    assert.deepEqual(
      held?.confirmations.map((one) => one.by),
      ["UBOB"],
    );
    assert.equal((await press("UCAROL", [...(held?.confirmations ?? [])])).kind, "counted");
    const after = await bench.request(requestId);
    assert.deepEqual(
      after.held?.confirmations.map((one) => one.by),
      ["UCAROL"],
      "a confirmation that has lapsed is not shown as if it counted",
    );
    assert.equal((await press("UBOB")).kind, "carried-out");
    assert.deepEqual((await bench.events(requestId)).slice(-5), [
      "carry-out-given",
      "carry-out-lapsed",
      "carry-out-given",
      "carry-out-given",
      "carried-out",
    ]);
    for await (const { id, field } of differences(bench.store, () => {})) assert.fail(`${id} ${field}`);
  });

  test("confirmations count although the clock was set back after the hold began", async () => {
    const { bench, requestId } = await heldForTwo();
    bench.clock.setAhead(-2 * hourMs);
    const press = async (one: string) => (await bench.holding.carryOut({ requestId, by: one, origin: click })).kind;
    assert.deepEqual([await press("UBOB"), await press("UBOB")], ["counted", "counted-before"]);
    const { held } = await bench.request(requestId);
    assert.deepEqual(
      held?.confirmations.map((one) => one.by),
      ["UBOB"],
    );
    const toDecide = async (who: string) => (await bench.overview.toDecide(who, () => true)).requests.length;
    assert.deepEqual([await toDecide("UBOB"), await toDecide("UCAROL")], [0, 1]);
    assert.equal(await press("UCAROL"), "carried-out");
  });

  test("confirmations of an earlier hold do not count in a later one", async () => {
    const bench = await working();
    const requestId = await bench.asked({ approvalRule: { needed: 2 } });
    for (const one of ["UBOB", "UCAROL"])
      await bench.requests.decide({ requestId, decision: "approve", by: one, origin: click });
    const press = async (one: string) => (await bench.holding.carryOut({ requestId, by: one, origin: click })).kind;
    for (const times of [1, 2]) {
      bench.clock.advance(3 * dayMs);
      await poll(bench);
      const { held } = await bench.request(requestId);
      assert.deepEqual(held?.confirmations, [], `hold ${times}`);
      assert.deepEqual([await press("UBOB"), await press("UCAROL")], ["counted", "carried-out"]);
    }
  });

  test("Cancel ends the held operations of a bulk request and keeps its counts right", async () => {
    const bench = await working();
    const requestId = await bench.approved({ subMchids: ["1900000001", "1900000002", "1900000003"] });
    const [attempt] = await bench.claim(1);
    assert.ok(attempt);
    await bench.operations.conclude(attempt, { kind: "accepted", status: 200, requestId: "wx" }, { kind: "succeed" });
    bench.clock.advance(3 * dayMs);
    assert.deepEqual(await poll(bench), []);
    assert.equal((await bench.holding.cancel({ requestId, ...by })).kind, "cancelled");
    const { state, counts, stopped } = await bench.request(requestId);
    assert.deepEqual([state, stopped?.by], ["done", "UAPPROVER"]);
    assert.deepEqual(counts, { total: 3, excluded: 0, open: 0, succeeded: 1, failed: 0, uncertain: 0, cancelled: 2 });
    assert.equal((await bench.holding.cancel({ requestId, ...by })).kind, "too-late");
    assert.equal((await bench.holding.carryOut({ requestId, ...by })).kind, "too-late");
    assert.deepEqual(await poll(bench), []);
  });

  test("what a stop and the end of a hold left undone in one round is listed together, also after the first list", async () => {
    const bench = await working();
    const numbers = ["1900000001", "1900000002", "1900000003"];
    const requestId = await bench.approved({ object: "both", subMchids: numbers });
    const [attempt] = await bench.claim(1);
    assert.ok(attempt);
    assert.equal((await bench.requests.stop({ requestId, ...by })).kind, "stopped");
    await bench.operations.conclude(attempt, accepted, { kind: "continue", step: "goldplan" });
    const lists: string[][] = [];
    /** Posts everything that is due, as the reporter does. */
    async function post(): Promise<void> {
      bench.clock.advance(10_000);
      for (let post = await claimPost(bench); post; post = await claimPost(bench)) {
        if (post.kind === "not-started") {
          const rows = await bench.bulk.results(requestId, { of: "not-started", afterSeq: 0, max: 10 });
          lists.push(rows.map(({ subMchid }) => subMchid));
        }
        await bench.outbox.recordShown(post, "us", { channelId: "COPS", ts: post.posted?.ts ?? `17.${lists.length}` });
      }
    }
    await post();
    bench.clock.advance(3 * dayMs);
    assert.deepEqual(await poll(bench), []);
    assert.equal((await bench.holding.cancel({ requestId, ...by })).kind, "cancelled");
    await post();
    await post();
    assert.deepEqual(lists, [numbers.slice(1), numbers]);
  });

  for (const how of ["cancelled", "expired"] as const)
    test(`what had started fails when its hold is ${how}: WeChat Pay may have acted on it`, async () => {
      const bench = await working();
      const subMchids = ["1900000001", "1900000002", "1900000003", "1900000004"];
      const requestId = await bench.approved({ subMchids });
      const claimed = await bench.claim(3);
      const [refusedOne, lost, left] = claimed;
      assert.ok(refusedOne && lost && left);
      const again = { kind: "again", dueAt: bench.clock.now() + 1_000, endpoint: 1 } as const;
      await bench.operations.conclude(refusedOne, refused, again);
      const timeout = { kind: "unreachable", why: "timeout", mayHaveActed: true } as const;
      await bench.operations.conclude(lost, timeout, again);
      bench.clock.advance(3 * dayMs);
      assert.deepEqual(await poll(bench), []);
      if (how === "cancelled") assert.equal((await bench.holding.cancel({ requestId, ...by })).kind, "cancelled");
      else {
        bench.clock.advance(heldForMs);
        assert.equal(await bench.holding.expireDue(8), 1);
      }
      const { state, counts } = await bench.request(requestId);
      assert.equal(state, "done");
      const ends = { open: 0, succeeded: 0, failed: 3, uncertain: 2, cancelled: 1 };
      assert.deepEqual(counts, { total: 4, excluded: 0, ...ends });
      const operations = await bench.db.selectFrom("operations").select(["state", "topic"]).orderBy("seq").execute();
      assert.deepEqual(
        operations.map(({ state, topic }) => [state, topic]),
        [
          ["failed", "no-auth"],
          ["failed", "unreachable"],
          ["failed", "unfinished"],
          ["cancelled", null],
        ],
      );
      // The instance that made the call learns that its result no longer counts.
      assert.equal(await bench.operations.conclude(left, refused, { kind: "fail" }), "lost");
      const differing: string[] = [];
      for await (const { id, field } of differences(bench.store, () => {})) differing.push(`${id} ${field}`);
      assert.deepEqual(differing, []);
      assert.equal((await bench.operations.retry({ requestId, round: 1, ...by })).kind, "retried");
      assert.equal((await poll(bench)).length, 3);
    });

  test("a single request whose call may have acted ends as not certain", async () => {
    const bench = await working();
    const requestId = await bench.approved();
    await bench.claimed();
    bench.clock.advance(3 * dayMs);
    assert.deepEqual(await poll(bench), []);
    assert.equal((await bench.holding.cancel({ requestId, ...by })).kind, "cancelled");
    const { operation, counts } = await bench.request(requestId);
    assert.deepEqual([operation.state, operation.result, counts.uncertain], ["failed", { kind: "unfinished" }, 1]);
    assert.equal((await bench.requests.stop({ requestId, ...by })).kind, "too-late");
  });

  test("Stop on a held request cancels it", async () => {
    const bench = await working();
    const requestId = await heldRequest(bench, { subMchids: ["1900000001", "1900000002"] });
    assert.equal((await bench.requests.stop({ requestId, ...by })).kind, "stopped");
    assert.equal((await bench.request(requestId)).state, "done");
    assert.equal((await bench.events(requestId)).at(-1), "cancelled-held");
  });

  test("undecided, a hold expires after REQUEST_TTL, and a late click reports it", async () => {
    const bench = await working();
    const requestId = await heldRequest(bench);
    bench.clock.advance(heldForMs - 1);
    assert.equal(await bench.holding.expireDue(10), 0);
    bench.clock.advance(1);
    const late = await bench.holding.carryOut({ requestId, ...by });
    assert.ok(late.kind === "too-late");
    assert.equal(late.end?.how, "held-expired");
    assert.equal(await bench.holding.expireDue(10), 0);
    assert.deepEqual([late.request.state, late.request.stopped, late.request.counts.cancelled], ["done", undefined, 1]);
  });

  test("approvers are reminded of a held request in the time that its hold has, until somebody decides", async () => {
    const bench = await working();
    const requestId = await heldRequest(bench);
    const since = bench.clock.now();
    const [request, ...more] = await bench.reminders.due(10);
    assert.ok(request && more.length === 0);
    assert.deepEqual([request.id, request.createdAt, request.expiresAt], [requestId, since, since + heldForMs]);
    const nothing = { newRequest: false, reminder: false, escalation: false };
    assert.deepEqual(dueOf(request, { afterMs: 1, to: "SONCALL" }, since), nothing);
    bench.clock.advance(heldForMs / 15);
    const recipients = { copies: [], reminders: ["UBOB"] };
    const [upTo, nextAt] = [bench.clock.now(), since + heldForMs / 2];
    const record = { request, recipients, upTo, nextAt };
    assert.equal(await bench.reminders.record([record]), 1);
    assert.equal(await bench.reminders.record([record]), 0);
    bench.clock.advance(heldForMs / 2);
    assert.equal((await bench.reminders.due(10)).length, 1);
    await bench.holding.carryOut({ requestId, ...by });
    assert.deepEqual(await bench.reminders.due(10), []);
  });

  test("while it is held, a second request for the same sub-merchant is refused; after Cancel it is not", async () => {
    const bench = await working();
    const requestId = await heldRequest(bench, { subMchid: "1900000001" });
    const second = await bench.requests.submit(aRequest({ subMchid: "1900000001" }));
    assert.ok(second.kind === "open-already" && second.request.id === requestId);
    await bench.holding.cancel({ requestId, ...by });
    assert.equal((await bench.requests.submit(aRequest({ subMchid: "1900000001" }))).kind, "recorded");
  });

  test("approvers find a held request among those that wait for them, and in the list of pending ones", async () => {
    const bench = await working();
    const requestId = await heldRequest(bench);
    const undecided = await bench.asked();
    const { requests } = await bench.overview.toDecide("UBOB", ({ requestedBy }) => requestedBy === "UASKER");
    assert.deepEqual(
      requests.map(({ id }) => id),
      [requestId, undecided],
    );
    const { entries } = await bench.pending.page();
    assert.deepEqual(
      entries.map(({ id, isHeld, expiresAt }) => [id, isHeld, expiresAt]),
      [
        [requestId, true, bench.clock.now() + heldForMs],
        [undecided, false, bench.clock.now() + hourMs],
      ],
    );
  });
});
