/** Stop, while others stop the same request or claim its operations: each operation ends once. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { sql } from "kysely";
import { isOnPostgres } from "../../../src/storage/statement.ts";
import { atOnce, type Bench, click, hourMs, onEveryEngine, serverError } from "../builders.ts";

const many = Array.from({ length: 40 }, (_, nth) => String(1_910_000_000 + nth));

onEveryEngine("a stop", (fresh) => {
  /** A request for many whose calls all ended uncertain, and that somebody has just retried. */
  async function retriedAfterUncertain(bench: Bench): Promise<string> {
    const requestId = await bench.approved({ subMchids: many });
    const attempts = await bench.claim(many.length);
    assert.equal(attempts.length, many.length);
    for (const attempt of attempts) await bench.operations.conclude(attempt, serverError, { kind: "fail" });
    const retried = await bench.operations.retry({ requestId, round: 1, by: "UASKER", origin: click });
    assert.equal(retried.kind, "retried");
    return requestId;
  }

  async function idsOf({ db }: Bench, state: "failed" | "running"): Promise<string[]> {
    const rows = await db.selectFrom("operations").select("id").where("state", "=", state).execute();
    return rows.map(({ id }) => id).sort();
  }

  test("by several people at once ends each operation once", async () => {
    const bench = await fresh();
    const requestId = await retriedAfterUncertain(bench);
    const answers = await atOnce(4, (nth) => bench.requests.stop({ requestId, by: `U${nth}`, origin: click }));
    assert.deepEqual(answers.map(({ kind }) => kind).sort(), ["stopped", "too-late", "too-late", "too-late"]);
    const { state, counts } = await bench.request(requestId);
    assert.equal((await idsOf(bench, "failed")).length, many.length);
    assert.equal(state, "done");
    assert.deepEqual([counts.open, counts.failed, counts.uncertain], [0, many.length, many.length]);
    assert.equal((await bench.events(requestId)).filter((what) => what === "stopped").length, 1);
  });

  test("leaves alone what is claimed at the same time", async () => {
    const bench = await fresh();
    const requestId = await retriedAfterUncertain(bench);
    const stopping = bench.requests.stop({ requestId, by: "UBOB", origin: click });
    const claimed = (await atOnce(10, () => bench.claim(2))).flat();
    assert.equal((await stopping).kind, "stopped");
    const called = claimed.map(({ operationId }) => operationId).sort();
    assert.deepEqual(await idsOf(bench, "running"), called, "a call is under way, so its operation is open");
    for (const attempt of claimed)
      assert.equal(await bench.operations.conclude(attempt, serverError, { kind: "fail" }), "concluded");
    const { state, counts } = await bench.request(requestId);
    assert.equal(state, "done");
    assert.deepEqual([counts.open, counts.failed], [0, many.length]);
  });

  test("that is delivered again after a Retry does not stop the new round", async () => {
    const bench = await fresh();
    const requestId = await bench.approved({ subMchids: many });
    const stop = { requestId, by: "UBOB", origin: click, sourceKey: "the click" };
    const [first = assert.fail("nothing was claimed")] = await bench.claim(1);
    assert.equal((await bench.requests.stop(stop)).kind, "stopped");
    assert.equal(await bench.operations.conclude(first, serverError, { kind: "fail" }), "concluded");
    assert.equal((await bench.operations.retry({ requestId, round: 1, by: "UBOB", origin: click })).kind, "retried");
    assert.equal((await bench.requests.stop(stop)).kind, "too-late");
    assert.equal((await bench.claim(1)).length, 1);
  });

  test("and the end of an outage at the same time wait for each other", async () => {
    const bench = await fresh();
    const input = { staleAfterMs: hourMs, heldForMs: 24 * hourMs };
    await bench.holding.holdStale(input);
    const requestId = await bench.approved({ subMchids: many });
    const { db } = bench;
    const rows = await db.selectFrom("operations").select("id").orderBy("seq", "desc").execute();
    // PostgreSQL then finds them in another order than that of the request.
    for (const { id } of rows) await db.updateTable("operations").set({ endpoint: 1 }).where("id", "=", id).execute();
    if (isOnPostgres(db)) await sql`analyze operations`.execute(db);
    bench.clock.advance(3 * 24 * hourMs);
    const race = () => [
      bench.requests.stop({ requestId, by: "UBOB", origin: click }),
      delay(100).then(() => bench.holding.holdStale(input)),
    ];
    const started = isOnPostgres(db)
      ? await db.transaction().execute(async (transaction) => {
          // Both have to wait for the first operation, so that each could lock what the other needs next.
          const first = transaction.selectFrom("operations").select("id").orderBy("seq").limit(1);
          await first.forUpdate().execute();
          const both = race();
          await delay(300);
          return both;
        })
      : race();
    await Promise.all(started);
    assert.deepEqual(await idsOf(bench, "running"), []);
    assert.equal((await bench.request(requestId)).state, "done");
  });
});
