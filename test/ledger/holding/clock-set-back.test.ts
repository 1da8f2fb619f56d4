/** After the clock was set back, nothing waits until the time that it had shown before. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Bench, hourMs, leaseMs, onEveryEngine, serverError } from "../builders.ts";

const minuteMs = 60_000;
const aheadMs = 50 * minuteMs;
const given = { leaseMs, staleAfterMs: hourMs };

onEveryEngine("a clock that was set back", (fresh, engine) => {
  const skip = engine.name === "PostgreSQL" && "the server's clock counts";

  /** A ledger whose instance works under a clock that is ahead. */
  async function ahead(byMs = aheadMs): Promise<Bench> {
    const bench = await fresh();
    bench.clock.setAhead(byMs);
    await bench.holding.holdStale({ staleAfterMs: hourMs, heldForMs: hourMs });
    await bench.holding.beat(hourMs);
    return bench;
  }
  const operation = (bench: Bench) =>
    bench.db.selectFrom("operations").select(["due_at", "lease_until"]).executeTakeFirstOrThrow();
  const posts = (bench: Bench) => bench.db.selectFrom("posts").select(["due_at", "lease_until"]).execute();
  /** Claims the only operation, and has it wait for `waitMs` after a failure. */
  async function retriedIn(bench: Bench, waitMs: number): Promise<void> {
    const again = { kind: "again", dueAt: bench.clock.now() + waitMs, endpoint: 0 } as const;
    await bench.operations.conclude(await bench.claimed(), serverError, again);
  }

  test("a retry waits as long as it would have, from now on, and its message shows the new time", {
    skip,
  }, async () => {
    const bench = await ahead();
    const requestId = await bench.approved();
    await retriedIn(bench, 8_000);
    await bench.db
      .updateTable("posts")
      .set((post) => ({ shown: post.ref("wanted") }))
      .execute();
    bench.clock.setAhead(-aheadMs);
    assert.deepEqual(await bench.holding.followClock(given), { setBackMs: aheadMs, operations: 1, posts: 0 });
    assert.equal((await operation(bench)).due_at, bench.clock.now() + 8_000);
    assert.equal((await bench.request(requestId)).operation.dueAt, bench.clock.now() + 8_000);
    const [message] = await bench.outbox.dueChannels();
    assert.ok(message && message.dueAt <= bench.clock.now());
    assert.equal(await bench.holding.followClock(given), undefined, "once");
  });

  test("what was approved and not claimed is due", { skip }, async () => {
    const bench = await ahead();
    await bench.approved();
    bench.clock.setAhead(-aheadMs);
    await bench.holding.followClock(given);
    assert.equal((await operation(bench)).due_at, bench.clock.now());
    await bench.claimed();
  });

  test("a wait that the right clock recorded is not shortened", { skip }, async () => {
    const bench = await fresh();
    await bench.approved();
    await retriedIn(bench, 9 * minuteMs);
    const { due_at } = await operation(bench);
    bench.clock.setAhead(4 * minuteMs);
    await bench.holding.beat(hourMs);
    bench.clock.setAhead(-4 * minuteMs);
    assert.deepEqual(await bench.holding.followClock(given), { setBackMs: 4 * minuteMs, operations: 0, posts: 0 });
    assert.equal((await operation(bench)).due_at, due_at);
  });

  test("a lease ends when one that begins now would, and not earlier", { skip }, async () => {
    const bench = await ahead();
    await bench.approved();
    await bench.claimed();
    bench.clock.setAhead(-aheadMs);
    await bench.holding.followClock(given);
    assert.equal((await operation(bench)).lease_until, bench.clock.now() + leaseMs);
    bench.clock.advance(leaseMs - 1);
    assert.equal((await bench.claim(1)).length, 0);
    bench.clock.advance(1);
    assert.equal((await bench.claim(1)).length, 1);
  });

  test("posts and their leases no longer wait; a post that Slack did not accept keeps a wait it may have", {
    skip,
  }, async () => {
    const bench = await ahead();
    for (let requests = 0; requests < 3; requests++) await bench.asked();
    const claim = () => bench.outbox.claim({ owner: "dead", leaseMs: 12_000, channelId: "COPS" });
    const [, refused] = [await claim(), await claim()];
    assert.ok(refused);
    await bench.outbox.postpone(refused, "dead", { dueAt: bench.clock.now() + 30_000 });
    bench.clock.setAhead(-aheadMs);
    assert.deepEqual(await bench.holding.followClock(given), { setBackMs: aheadMs, operations: 0, posts: 3 });
    const now = bench.clock.now();
    const waits = (await posts(bench)).map(({ due_at, lease_until }) => [
      due_at - now,
      lease_until && lease_until - now,
    ]);
    assert.deepEqual(
      waits.sort(),
      [
        [3_000, null],
        [300_000, 12_000],
        [300_000, null],
      ].sort(),
    );
  });

  test("set back by more than STALE_AFTER, it looks like an outage: what was approved before is held", {
    skip,
  }, async () => {
    const bench = await ahead(3 * hourMs);
    const requestId = await bench.approved();
    await retriedIn(bench, 8_000);
    bench.clock.setAhead(-3 * hourMs);
    assert.equal((await bench.holding.followClock(given))?.operations, 1);
    assert.deepEqual(await bench.holding.holdStale({ staleAfterMs: hourMs, heldForMs: hourMs }), {
      requests: 1,
      operations: 1,
    });
    assert.equal((await bench.request(requestId)).operation.state, "held");
    assert.equal(await bench.holding.followClock(given), undefined);
  });

  test("corrections by a second, and a shared server's clock, change nothing", async () => {
    const bench = await ahead();
    await bench.approved();
    await bench.claimed();
    const before = await operation(bench);
    bench.clock.setAhead(engine.name === "PostgreSQL" ? -aheadMs : -1_000);
    assert.equal(await bench.holding.followClock(given), undefined);
    assert.deepEqual(await operation(bench), before);
  });
});
