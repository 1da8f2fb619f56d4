/** The figures for monitoring: what they count, and that they cost the same however large the ledger is. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { sql } from "kysely";
import { postPauseMs } from "../../../src/domain/time/post-pauses.ts";
import { figureQueries, readFigures } from "../../../src/ledger/queries/figures.ts";
import { fill } from "../../bench/load/filled-ledger.ts";
import { engines, type TestStore } from "../../storage/engines.ts";
import { accepted, claimedPost, click, onEveryEngine } from "../builders.ts";

const isAny = ({ pending, held }: { pending: number; held: number }) => pending + held > 0;

onEveryEngine("figures", (fresh) => {
  test("count open operations by state, and show how long the oldest has waited", async () => {
    const bench = await fresh();
    const start = bench.clock.now();
    await bench.asked({ subMchids: ["1900000101", "1900000102"], action: "CLOSE" });
    bench.clock.advance(60_000);
    await bench.asked();
    await bench.approved();
    await bench.approved();
    const [attempt] = await bench.claim(1);
    assert.ok(attempt);
    const figures = await readFigures(bench.db);
    assert.deepEqual(figures.requests.filter(isAny), [
      { object: "receipt", action: "OPEN", pending: 1, held: 0 },
      { object: "receipt", action: "CLOSE", pending: 1, held: 0 },
    ]);
    assert.deepEqual(figures.operations, { waiting: 3, queued: 1, running: 1, held: 0 });
    assert.equal(figures.oldestUndecidedAt, start);
    assert.equal(figures.oldestQueuedAt, start + 60_000);
    const wanted = await bench.db.selectFrom("posts").select("due_at").whereRef("shown", "<", "wanted").execute();
    assert.equal(figures.posts, wanted.length);
    assert.equal(figures.oldestPostAt, Math.min(...wanted.map(({ due_at }) => due_at)));
    const unsealed = await bench.db.selectFrom("unsealed").select("event_seq").execute();
    assert.equal(figures.unsealed, unsealed.length);
    assert.equal(figures.oldestUnsealedAt, start);
    assert.equal(figures.rate.share, 1);
    assert.equal(figures.backedUpAt, undefined);
    await bench.sealing.sealNext(1_000);
    const sealed = await readFigures(bench.db);
    assert.deepEqual([sealed.unsealed, sealed.oldestUnsealedAt], [0, undefined]);
  });

  test("show how long Slack has not shown a change, although each try makes it due again later", async () => {
    const bench = await fresh();
    await bench.asked();
    const [{ id = "" } = {}] = await bench.db.selectFrom("posts").select("id").execute();
    const start = bench.clock.now();
    const age = async () => bench.clock.now() - ((await readFigures(bench.db)).oldestPostAt ?? 0);
    for (let tries = 1; bench.clock.now() - start < 600_000; tries++) {
      const post = await bench.outbox.claim({ owner: "us", channelId: "COPS", lane: "first", leaseMs: 12_000 });
      assert.equal(post?.id, id);
      const inMs = postPauseMs(tries);
      await bench.outbox.postpone(post, "us", { dueAt: bench.clock.now() + inMs });
      assert.equal(await age(), bench.clock.now() - start);
      bench.clock.advance(inMs);
      assert.equal(await age(), bench.clock.now() - start);
    }
  });

  test("count a change that Slack permanently refuses apart, with what waits for it, so that it is never the oldest", async () => {
    const bench = await fresh();
    const figures = async () => {
      const { posts, postsRefused, oldestPostAt } = await readFigures(bench.db);
      return { posts, postsRefused, ageMs: oldestPostAt === undefined ? undefined : bench.clock.now() - oldestPostAt };
    };
    const requestId = await bench.asked({ subMchids: ["1900000101", "1900000102"] });
    assert.deepEqual(await figures(), { posts: 2, postsRefused: 0, ageMs: 0 });
    const refusal = { error: "is_archived", dueAt: bench.clock.now() + 600_000, isToTell: false };
    await bench.outbox.recordRefusal(await claimedPost(bench), "us", refusal);
    bench.clock.advance(3_600_000);
    assert.deepEqual(await figures(), { posts: 0, postsRefused: 2, ageMs: undefined });
    await bench.asked({ channelId: "CELSEWHERE", subMchid: "1900000103" });
    bench.clock.advance(60_000);
    assert.deepEqual(await figures(), { posts: 1, postsRefused: 2, ageMs: 60_000 });
    // Claimed: Slack is asked once more, and then accepts it.
    const message = await claimedPost(bench);
    assert.deepEqual([message.requestId, message.refused], [requestId, "is_archived"]);
    assert.deepEqual(await figures(), { posts: 1, postsRefused: 2, ageMs: 60_000 });
    await bench.outbox.recordShown(message, "us", { channelId: "COPS", ts: "17.1" });
    const { posts, postsRefused } = await figures();
    assert.deepEqual({ posts, postsRefused }, { posts: 2, postsRefused: 0 });
  });

  test("count a round's outcome as refused while Slack refuses the one before it in the thread", async () => {
    const bench = await fresh();
    const requestId = await bench.failed();
    const shown = { channelId: "COPS", ts: "17.1" };
    await bench.outbox.recordShown(await claimedPost(bench), "us", shown);
    const refusal = { error: "restricted_action_thread_locked", dueAt: bench.clock.now() + 600_000, isToTell: false };
    await bench.outbox.recordRefusal(await claimedPost(bench), "us", refusal);
    await bench.operations.retry({ requestId, round: 1, by: "UASKER", origin: click });
    await bench.operations.conclude(await bench.claimed(), accepted, { kind: "succeed" });
    await bench.outbox.recordShown(await claimedPost(bench), "us", shown);
    const { posts, postsRefused } = await readFigures(bench.db);
    assert.deepEqual({ posts, postsRefused }, { posts: 0, postsRefused: 2 });
  });

  test("count operations on hold separately", async () => {
    const bench = await fresh();
    await bench.approved();
    await bench.holding.beat(1_000);
    bench.clock.advance(3_600_000);
    await bench.holding.holdStale({ staleAfterMs: 60_000, heldForMs: 3_600_000 });
    const { requests, operations } = await readFigures(bench.db);
    assert.deepEqual(requests.filter(isAny), [{ object: "receipt", action: "OPEN", pending: 0, held: 1 }]);
    assert.deepEqual(operations, { waiting: 0, queued: 0, running: 0, held: 1 });
  });
});

/** What each query may read: an index that has only the rows that it counts, or a table of a few rows. */
const expected: Readonly<Record<keyof typeof figureQueries, RegExp>> = {
  undecided: /requests_(pending|undecided)/,
  heldRequests: /requests_held/,
  queuedOperations: /operations_due/,
  runningOperations: /operations_leased/,
  heldOperations: /operations_held/,
  unshownPosts: /posts_due/,
  unsealedEvents: /unsealed/,
  presentRate: /paces/,
  lastBackup: /ledger_info/,
};

for (const { name, engine, skip, open } of engines) {
  describe(`in a large ledger (${name})`, { skip }, () => {
    let store: TestStore;
    before(async () => {
      store = await open();
      await fill(store, 20_000, Date.now());
    });
    after(() => store.close());

    for (const [query, index] of Object.entries(expected))
      test(`${query} is read from an index on the rows that it counts`, async () => {
        const asked = figureQueries[query as keyof typeof figureQueries];
        const explain = engine === "sqlite" ? sql`explain query plan ` : sql`explain `;
        const { rows } = await sql<Record<string, string>>`${explain}${asked}`.execute(store.db);
        const plan = rows.map((row) => row["detail"] ?? row["QUERY PLAN"] ?? "").join("\n");
        assert.match(plan, index, plan);
        assert.doesNotMatch(plan, /Seq Scan on (requests|operations|posts|events|seals|attempts)\b/, plan);
        // SQLite says so where it reads a whole table.
        assert.doesNotMatch(plan, /SCAN (requests|operations|posts|events|seals|attempts)\b(?! USING)/, plan);
      });
  });
}
