/** Operations: one instance claims each under a lease, and only the holder of the lease concludes it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { begunMax } from "../../../src/domain/retry-policy.ts";
import {
  accepted,
  atOnce,
  type Bench,
  click,
  leaseMs,
  onEveryEngine,
  refused,
  serverError,
  withoutAudit,
} from "../builders.ts";

/** Everything that a late result must not change. */
async function allButAttempts({ db }: Bench): Promise<unknown> {
  const read = (table: "requests" | "operations" | "posts") => db.selectFrom(table).selectAll().orderBy("id").execute();
  return [await read("requests"), await read("operations"), await read("posts")];
}

async function attemptRecord({ db }: Bench, id: string) {
  return db.selectFrom("attempts").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
}

onEveryEngine("claiming", (fresh) => {
  test("takes an approved operation and records its attempt", async () => {
    const bench = await fresh();
    const requestId = await bench.approved({ subMchid: "1900000109", action: "CLOSE" });
    const attempt = await bench.claimed();
    const { id, operationId, ...rest } = attempt;
    assert.deepEqual(rest, {
      requestId,
      subMchid: "1900000109",
      action: "CLOSE",
      object: "receipt",
      step: "receipt",
      scene: undefined,
      round: 1,
      number: 1,
      tries: 1,
      endpoint: 0,
      isOneOfMany: false,
      mayHaveActedBefore: false,
      confirmedAt: bench.clock.now(),
    });
    const { operation } = await bench.request(requestId);
    assert.equal(operation.id, operationId);
    assert.equal(operation.state, "running");
    assert.equal(operation.attempts, 1);
    const written = await attemptRecord(bench, id);
    assert.equal(written.started_at, bench.clock.now());
    assert.equal(written.ended_at, null);
    assert.deepEqual(await bench.events(requestId), ["asked", "approved", "attempt-started"]);
  });

  test("takes no operation that is undecided, leased, or finished", async () => {
    const bench = await fresh();
    await bench.asked();
    await bench.succeeded();
    await bench.failed();
    await bench.approved();
    await bench.claimed();
    assert.deepEqual(await bench.claim(8), []);
  });

  test("takes up to its limit, the earliest submitted first", async () => {
    const bench = await fresh();
    const ids = [await bench.approved(), await bench.approved(), await bench.approved()];
    const first = await bench.claim(2);
    const second = await bench.claim(2);
    assert.deepEqual(
      [first, second].map((claims) => claims.map((claim) => claim.requestId)),
      [ids.slice(0, 2), ids.slice(2)],
    );
  });

  test("claims as many as allowed at once, each with its own attempt, abandoned ones first", async () => {
    const bench = await fresh();
    const subMchids = Array.from({ length: 70 }, (_, i) => String(1_800_000_000 + i));
    await bench.approved({ subMchids });
    const abandoned = await bench.claim(3);
    bench.clock.advance(leaseMs);
    const single = await bench.approved();
    const attempts = await bench.claim(100);
    assert.equal(attempts.length, 71);
    assert.deepEqual(
      attempts.slice(0, 4).map(({ operationId, number }) => [operationId, number]),
      [...abandoned.map(({ operationId }) => [operationId, 2]), [(await bench.request(single)).operation.id, 1]],
    );
    assert.deepEqual(
      attempts.filter(({ isOneOfMany }) => isOneOfMany).map(({ subMchid }) => subMchid),
      subMchids,
    );
    assert.equal(new Set(attempts.map(({ id }) => id)).size, 71);
    for (const { id, operationId, number } of attempts) {
      const { operation_id, ended_at, number: written } = await attemptRecord(bench, id);
      assert.deepEqual([operation_id, ended_at, written], [operationId, null, number]);
    }
  });

  test("keeps the rate of all instances together, also when they claim at the same moment", async () => {
    const bench = await fresh();
    for (let i = 0; i < 12; i++) await bench.approved();
    const rateLimit = { perSecond: 1, burst: 5 };
    const claims = await atOnce(6, () => bench.operations.claimDue({ limit: 2, leaseMs, rateLimit }));
    const claimed = claims.flatMap(({ attempts }) => attempts);
    assert.ok(claimed.length >= 1 && claimed.length <= 5, `${claimed.length} claimed`);
    const more = await bench.operations.claimDue({ limit: 12, leaseMs, rateLimit });
    assert.equal(claimed.length + more.attempts.length, 5);
    assert.equal(await bench.count("attempts"), 5);
  });

  test("keeps the rate while the clock is a little behind that of the last claim", async () => {
    const bench = await fresh();
    for (let i = 0; i < 12; i++) await bench.approved();
    const rateLimit = { perSecond: 10, burst: 1 };
    const claim = async () => (await bench.operations.claimDue({ limit: 8, leaseMs, rateLimit })).attempts.length;
    bench.clock.advance(60_000);
    assert.equal(await claim(), 1);
    for (const backMs of [10, 500, 1_400]) {
      bench.clock.setAhead(-backMs);
      assert.equal(await claim(), 0);
    }
    bench.clock.advance(2_010);
    assert.equal(await claim(), 1);
  });

  test("never gives the same operation to two executors", async () => {
    const bench = await fresh();
    for (let i = 0; i < 20; i++) await bench.approved();
    const claims = (await atOnce(8, () => bench.claim(4))).flat();
    // PostgreSQL skips rows that others are claiming, so that some may be left for the next poll.
    claims.push(...(await bench.claim(20)));
    assert.equal(claims.length, 20);
    assert.equal(new Set(claims.map((claim) => claim.operationId)).size, 20);
    assert.equal(await bench.count("attempts"), 20);
  });

  test("takes nothing if it cannot write the audit trail", async () => {
    const bench = await fresh();
    const requestId = await bench.approved();
    await withoutAudit(bench.db, () => assert.rejects(bench.claim(8)));
    assert.equal((await bench.request(requestId)).operation.state, "queued");
    assert.equal(await bench.count("attempts"), 0);
  });

  test("knows when the next operation can be claimed", async () => {
    const bench = await fresh();
    assert.equal(await bench.operations.nextDue(), undefined);
    await bench.approved();
    const approvedAt = bench.clock.now();
    bench.clock.advance(70);
    assert.equal(await bench.operations.nextDue(), approvedAt);
    const attempt = await bench.claimed();
    assert.equal(await bench.operations.nextDue(), bench.clock.now() + leaseMs);
    const dueAt = bench.clock.now() + 500;
    await bench.operations.conclude(attempt, serverError, { kind: "again", dueAt, endpoint: 0 });
    assert.equal(await bench.operations.nextDue(), dueAt);
  });

  test("can be undone: an attempt that is handed back makes its operation due immediately for any instance", async () => {
    const bench = await fresh();
    const requestId = await bench.approved();
    const attempt = await bench.claimed();
    await bench.operations.handBack(attempt);
    assert.equal((await bench.request(requestId)).operation.state, "queued");
    assert.equal((await bench.claimed()).operationId, attempt.operationId);
  });

  test("can be undone: an attempt that is handed back does not count", async () => {
    const bench = await fresh();
    const requestId = await bench.approved();
    const again = { kind: "again", dueAt: bench.clock.now(), endpoint: 1 } as const;
    await bench.operations.conclude(await bench.claimed(), serverError, again);
    for (let turn = 0; turn < begunMax; turn++) {
      const attempt = await bench.claimed();
      assert.deepEqual([attempt.number, attempt.endpoint], [2, 1]);
      await bench.operations.handBack(attempt);
      const { operation } = await bench.request(requestId);
      assert.deepEqual([operation.attempts, operation.result], [1, serverError]);
      assert.equal(await bench.count("attempts"), 1);
    }
    await bench.operations.conclude(await bench.claimed(), accepted, { kind: "succeed" });
    assert.equal((await bench.request(requestId)).operation.attempts, 2);
  });

  test("cannot be undone after another instance has taken over the lease", async () => {
    const bench = await fresh();
    const requestId = await bench.approved();
    const late = await bench.claimed();
    bench.clock.advance(leaseMs);
    await bench.claimed();
    await bench.operations.handBack(late);
    const { operation } = await bench.request(requestId);
    assert.deepEqual([operation.state, operation.attempts], ["running", 2]);
    assert.equal(await bench.count("attempts"), 2);
  });
});

onEveryEngine("a lease", (fresh) => {
  test("keeps others out until it ends, and then the operation is taken over", async () => {
    const bench = await fresh();
    const requestId = await bench.approved();
    const dead = await bench.claimed();
    bench.clock.advance(leaseMs - 1);
    assert.deepEqual(await bench.claim(8), []);
    bench.clock.advance(1);
    const heir = await bench.claimed();
    assert.equal(heir.operationId, dead.operationId);
    assert.equal(heir.number, 2);
    assert.notEqual(heir.id, dead.id);
    assert.deepEqual(await bench.events(requestId), ["asked", "approved", "attempt-started", "attempt-started"]);
  });

  test("that has ended is taken over by exactly one of several instances", async () => {
    const bench = await fresh();
    await bench.approved();
    await bench.claimed();
    bench.clock.advance(leaseMs);
    const claims = await atOnce(8, () => bench.claim(8));
    assert.equal(claims.flat().length, 1);
  });

  test("that has ended still counts for its holder until another takes it over", async () => {
    const bench = await fresh();
    const requestId = await bench.approved();
    const slow = await bench.claimed();
    bench.clock.advance(leaseMs * 2);
    assert.equal(await bench.operations.conclude(slow, accepted, { kind: "succeed" }), "concluded");
    assert.equal((await bench.request(requestId)).state, "done");
  });

  const meanwhile = {
    "is running": async () => {},
    "has succeeded": async ({ operations }, heir) =>
      void (await operations.conclude(heir, accepted, { kind: "succeed" })),
    "is to retry": async ({ operations, clock }, heir) =>
      void (await operations.conclude(heir, serverError, { kind: "again", dueAt: clock.now(), endpoint: 1 })),
    "has failed and was retried by a person": async (bench, heir) => {
      await bench.operations.conclude(heir, refused, { kind: "fail" });
      await bench.operations.retry({ requestId: heir.requestId, round: 1, by: "UASKER", origin: click });
      await bench.claimed();
    },
  } satisfies Record<string, (bench: Bench, heir: Awaited<ReturnType<Bench["claimed"]>>) => Promise<void>>;

  for (const [what, happen] of Object.entries(meanwhile)) {
    for (const kind of ["succeed", "fail", "again"] as const) {
      test(`lost to one who ${what}: a late ${kind} is recorded for its own attempt and changes nothing else`, async () => {
        const bench = await fresh();
        await bench.approved();
        const late = await bench.claimed();
        bench.clock.advance(leaseMs);
        await happen(bench, await bench.claimed());
        bench.clock.advance(1);
        const before = await allButAttempts(bench);
        const next = kind === "again" ? { kind, dueAt: bench.clock.now(), endpoint: 1 } : { kind };
        assert.equal(await bench.operations.conclude(late, accepted, next), "lost");
        assert.deepEqual(await allButAttempts(bench), before);
        const { ended_at, result_json } = await attemptRecord(bench, late.id);
        assert.equal(ended_at, bench.clock.now());
        assert.deepEqual(JSON.parse(result_json ?? ""), accepted);
        assert.equal((await bench.events(late.requestId)).at(-1), "attempt-overtaken");
      });
    }
  }
});

onEveryEngine("concluding", (fresh) => {
  test("a success ends the operation and makes its request done", async () => {
    const bench = await fresh();
    const requestId = await bench.approved();
    const attempt = await bench.claimed();
    bench.clock.advance(800);
    assert.equal(await bench.operations.conclude(attempt, accepted, { kind: "succeed" }), "concluded");
    const { state, operation } = await bench.request(requestId);
    assert.equal(state, "done");
    assert.equal(operation.state, "succeeded");
    assert.equal(operation.endedAt, bench.clock.now());
    assert.deepEqual(operation.result, accepted);
    const ends = ["attempt-started", "attempt-ended", "operation-succeeded", "request-done"];
    assert.deepEqual(await bench.events(requestId), ["asked", "approved", ...ends]);
  });

  test("a failure ends the operation, keeps its result unchanged, and makes its request done", async () => {
    const bench = await fresh();
    const requestId = await bench.approved();
    await bench.operations.conclude(await bench.claimed(), refused, { kind: "fail" });
    const { state, operation } = await bench.request(requestId);
    assert.equal(state, "done");
    assert.equal(operation.state, "failed");
    assert.deepEqual(operation.result, refused);
    const ends = ["attempt-started", "attempt-ended", "operation-failed", "request-done"];
    assert.deepEqual(await bench.events(requestId), ["asked", "approved", ...ends]);
  });

  test("with another attempt to come queues the operation for that time and endpoint", async () => {
    const bench = await fresh();
    const requestId = await bench.approved();
    const dueAt = bench.clock.now() + 500;
    await bench.operations.conclude(await bench.claimed(), serverError, { kind: "again", dueAt, endpoint: 1 });
    const { state, operation } = await bench.request(requestId);
    assert.equal(state, "approved");
    assert.equal(operation.state, "queued");
    assert.equal(operation.dueAt, dueAt);
    assert.deepEqual(operation.result, serverError);
    bench.clock.advance(499);
    assert.deepEqual(await bench.claim(8), []);
    bench.clock.advance(1);
    const second = await bench.claimed();
    assert.deepEqual([second.round, second.number, second.endpoint], [1, 2, 1]);
  });

  test("is rolled back if the audit trail cannot be written, and can be tried again", async () => {
    const bench = await fresh();
    const requestId = await bench.approved();
    const attempt = await bench.claimed();
    const conclude = () => bench.operations.conclude(attempt, accepted, { kind: "succeed" });
    await withoutAudit(bench.db, () => assert.rejects(conclude()));
    assert.equal((await bench.request(requestId)).operation.state, "running");
    assert.equal((await attemptRecord(bench, attempt.id)).ended_at, null);
    assert.equal(await conclude(), "concluded");
  });

  test("the same attempt twice counts once", async () => {
    const bench = await fresh();
    await bench.approved();
    const attempt = await bench.claimed();
    const answers = await atOnce(4, () => bench.operations.conclude(attempt, accepted, { kind: "succeed" }));
    assert.deepEqual(answers, ["concluded", "concluded", "concluded", "concluded"]);
    assert.equal(await bench.count("posts"), 2);
    const { counts } = await bench.request(attempt.requestId);
    assert.deepEqual([counts.open, counts.succeeded], [0, 1]);
  });
});
