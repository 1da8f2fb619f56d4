/** The overview for one person. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Shortlist, shortlistMax, undecidedMax } from "../../../src/ledger/queries/overview.ts";
import { type Bench, click, hourMs, onEveryEngine, refused } from "../builders.ts";

const idsOf = ({ requests }: Shortlist) => requests.map(({ id }) => id);
const dayMs = 24 * hourMs;

/** Runs an action several times, an instant apart; returns the ids. */
async function times(count: number, bench: Bench, make: () => Promise<string>): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < count; i++) {
    ids.push(await make());
    bench.clock.advance(1_000);
  }
  return ids;
}

onEveryEngine("an overview", (fresh) => {
  test("lists the oldest requests that the person may decide, and whether there are more", async () => {
    const bench = await fresh();
    const notAnns = ({ requestedBy }: { requestedBy: string }) => requestedBy !== "UANN";
    const ttlMs = dayMs;
    await times(3, bench, () => bench.asked({ requestedBy: "UANN", ttlMs }));
    await bench.decided(await bench.asked({ ttlMs }), "reject");
    await bench.asked({ ttlMs: 1_000 });
    const mine = await times(shortlistMax, bench, () => bench.asked({ ttlMs }));
    const some = await bench.overview.toDecide("UBOB", notAnns);
    assert.deepEqual([idsOf(some), some.hasMore, some.more], [mine, false, 0]);
    await bench.asked({ ttlMs });
    const more = await bench.overview.toDecide("UBOB", notAnns);
    assert.deepEqual([idsOf(more), more.hasMore, more.more], [mine, true, 1]);
  });

  test("lists the requests that wait for this person, however many they have approved before", async () => {
    const bench = await fresh();
    const several = { ttlMs: dayMs, approvalRule: { needed: 2 } };
    const approve = (requestId: string, by: string) =>
      bench.requests.decide({ requestId, decision: "approve", by, origin: click });
    const given = await times(shortlistMax, bench, () => bench.asked(several));
    for (const requestId of given) await approve(requestId, "UBOB");
    const [first = "", ...more] = await times(2, bench, () => bench.asked(several));
    await approve(first, "UDAN");
    const bobs = await bench.overview.toDecide("UBOB", () => true);
    assert.deepEqual([idsOf(bobs), bobs.hasMore], [[first, ...more], false]);
    const dans = await bench.overview.toDecide("UDAN", () => true);
    assert.deepEqual([idsOf(dans), dans.hasMore], [given, true]);
    const lapsed = [{ by: "UBOB", at: (await bench.request(given[0] ?? "")).approvals[0]?.at ?? 0 }];
    await bench.requests.decide({ requestId: given[0] ?? "", decision: "approve", by: "UEVE", origin: click, lapsed });
    assert.deepEqual(idsOf(await bench.overview.toDecide("UBOB", () => true)), [given[0], first, ...more]);
  });

  test("lists the held requests that this person has not confirmed since the hold began", async () => {
    const bench = await fresh();
    const hold = () => bench.holding.holdStale({ staleAfterMs: hourMs, heldForMs: dayMs });
    const several = { ttlMs: dayMs, approvalRule: { needed: 2 } };
    const ids = await times(shortlistMax + 2, bench, async () => {
      const requestId = await bench.asked(several);
      for (const by of ["UBOB", "UDAN"])
        await bench.requests.decide({ requestId, decision: "approve", by, origin: click });
      return requestId;
    });
    const held = ids;
    bench.clock.advance(dayMs);
    assert.equal((await hold())?.requests, held.length);
    const waiting = async (of: string) => idsOf(await bench.overview.toDecide(of, () => true));
    assert.deepEqual(await waiting("UBOB"), held.slice(0, shortlistMax));
    for (const requestId of held.slice(0, shortlistMax))
      await bench.holding.carryOut({ requestId, by: "UBOB", origin: click });
    assert.deepEqual(await waiting("UBOB"), held.slice(shortlistMax));
    assert.deepEqual(await waiting("UDAN"), held.slice(0, shortlistMax));
    const [again = ""] = held;
    await bench.holding.carryOut({ requestId: again, by: "UDAN", origin: click });
    bench.clock.advance(dayMs - 1);
    assert.equal((await hold())?.requests, 1);
    bench.clock.advance(1);
    assert.deepEqual(await waiting("UBOB"), [again]);
  });

  test("lists held and undecided requests in one order, by when they were submitted, like the list of all", async () => {
    const bench = await fresh();
    const hold = () => bench.holding.holdStale({ staleAfterMs: hourMs, heldForMs: 3 * dayMs });
    const asked = (ttlMs: number) => () => bench.asked({ ttlMs });
    const [oldest = "", heldFirst = ""] = await times(2, bench, asked(5 * dayMs));
    await bench.decided(heldFirst, "approve");
    bench.clock.advance(dayMs);
    await hold();
    const [between = "", heldLater = ""] = await times(2, bench, asked(3 * dayMs));
    await bench.decided(heldLater, "approve");
    bench.clock.advance(dayMs);
    await hold();
    const sameInstant = [await bench.asked({ ttlMs: dayMs }), await bench.asked({ ttlMs: dayMs })].toSorted();
    const waiting = idsOf(await bench.overview.toDecide("UBOB", () => true));
    assert.deepEqual(waiting, [oldest, heldFirst, between, heldLater, sameInstant[0]]);
    const all = await bench.pending.page();
    assert.deepEqual(
      all.entries.map(({ id }) => id),
      [oldest, heldFirst, between, heldLater, ...sameInstant],
    );
  });

  test("reports that there may be more after many requests that only others may decide", async () => {
    const bench = await fresh();
    for (let i = 0; i < undecidedMax; i++) await bench.asked({ requestedBy: "UANN" });
    await bench.asked();
    const notAnns = ({ requestedBy }: { requestedBy: string }) => requestedBy !== "UANN";
    assert.deepEqual(await bench.overview.toDecide("UBOB", notAnns), { requests: [], hasMore: true, more: undefined });
  });

  test("lists a person's requests newest first, in any state, each bulk request once", async () => {
    const bench = await fresh();
    await bench.asked({ requestedBy: "UBOB" });
    const asked = await times(2, bench, () => bench.asked({ requestedBy: "UANN", ttlMs: dayMs }));
    const subMchids = ["1800000001", "1800000002", "1800000003"];
    const many = await bench.asked({ requestedBy: "UANN", subMchids, ttlMs: dayMs });
    bench.clock.advance(1_000);
    await bench.decided(many, "withdraw", "UANN");
    const list = await bench.overview.requestedBy("UANN");
    assert.deepEqual([idsOf(list), list.hasMore], [[many, ...asked.toReversed()], false]);
    await times(shortlistMax, bench, () => bench.asked({ requestedBy: "UANN" }));
    const longer = await bench.overview.requestedBy("UANN");
    assert.deepEqual([longer.requests.length, longer.hasMore], [shortlistMax, true]);
    assert.ok(!idsOf(longer).includes(many));
  });

  test("lists failures since a given time, latest first, of one person or all, until they are retried", async () => {
    const bench = await fresh();
    await bench.failed({ requestedBy: "UANN" });
    bench.clock.advance(dayMs);
    const since = bench.clock.now();
    const anns = await times(2, bench, () => bench.failed({ requestedBy: "UANN" }));
    await bench.succeeded({ requestedBy: "UANN" });
    const [bobs = ""] = await times(1, bench, () => bench.failed({ requestedBy: "UBOB" }));
    assert.deepEqual(idsOf(await bench.overview.failed({ since })), [bobs, ...anns.toReversed()]);
    assert.deepEqual(idsOf(await bench.overview.failed({ since, requestedBy: "UANN" })), anns.toReversed());
    assert.deepEqual((await bench.overview.failed({ since })).requests[0]?.operation.result, refused);
    await bench.operations.retry({ requestId: bobs, round: 1, by: "UBOB", origin: click });
    assert.deepEqual(idsOf(await bench.overview.failed({ since })), anns.toReversed());
    assert.equal((await bench.overview.failed({ since: 0 })).hasMore, false);
  });
});
