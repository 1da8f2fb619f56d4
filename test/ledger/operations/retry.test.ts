/** Retry: a person repeats a failed round, once, unless a later request has superseded it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import type { Store } from "../../../src/storage/schema.ts";
import {
  accepted,
  aRequest,
  atOnce,
  type Bench,
  click,
  leaseMs,
  onEveryEngine,
  refused,
  serverError,
  withoutAudit,
} from "../builders.ts";

const subMchid = "1900000109";
const retry = ({ operations }: Bench, requestId: string, round = 1, by = "UASKER") =>
  operations.retry({ requestId, round, by, origin: click });

onEveryEngine("a retry", (fresh) => {
  test("starts the next round, with its own attempts, at the primary endpoint", async () => {
    const bench = await fresh();
    const requestId = await bench.approved();
    const again = { kind: "again", dueAt: bench.clock.now(), endpoint: 1 } as const;
    await bench.operations.conclude(await bench.claimed(), serverError, again);
    await bench.operations.conclude(await bench.claimed(), refused, { kind: "fail" });
    bench.clock.advance(60_000);

    const answer = await retry(bench, requestId);
    const found = await bench.request(requestId);
    assert.deepEqual(answer, { kind: "retried", request: found });
    assert.equal(found.state, "approved");
    const { state, round, attempts, dueAt, endedAt, result } = found.operation;
    assert.deepEqual(
      { state, round, attempts, dueAt, endedAt, result },
      { state: "queued", round: 2, attempts: 0, dueAt: bench.clock.now(), endedAt: undefined, result: undefined },
    );
    const attempt = await bench.claimed();
    assert.deepEqual([attempt.round, attempt.number, attempt.endpoint], [2, 1, 0]);
    await bench.operations.conclude(attempt, accepted, { kind: "succeed" });
    assert.equal((await bench.request(requestId)).state, "done");
    const ofRound = (n: number) => bench.operations.resultOfRound(attempt.operationId, n);
    assert.deepEqual(
      [await ofRound(1), await ofRound(2), await ofRound(3)],
      [{ result: refused, step: "receipt" }, { result: accepted, step: "receipt" }, undefined],
    );
    assert.deepEqual((await bench.events(requestId)).slice(-5), [
      "retried",
      "attempt-started",
      "attempt-ended",
      "operation-succeeded",
      "request-done",
    ]);
  });

  test("works once for each round, however often and by however many people it is clicked", async () => {
    const bench = await fresh();
    const requestId = await bench.failed();
    const answers = await atOnce(12, (nth) => retry(bench, requestId, 1, `U${nth}`));
    assert.equal(answers.filter((answer) => answer.kind === "retried").length, 1);
    assert.equal(answers.filter((answer) => answer.kind === "too-late").length, 11);
    assert.equal((await bench.request(requestId)).operation.round, 2);

    await bench.operations.conclude(await bench.claimed(), refused, { kind: "fail" });
    assert.equal((await retry(bench, requestId, 1)).kind, "too-late");
    assert.equal((await bench.request(requestId)).operation.state, "failed");
    assert.equal((await retry(bench, requestId, 2)).kind, "retried");
    assert.equal((await bench.request(requestId)).operation.round, 3);
  });

  test("is refused while the request is undecided or running, and after it has succeeded", async () => {
    const bench = await fresh();
    const requestId = await bench.asked();
    assert.equal((await retry(bench, requestId)).kind, "too-late");
    await bench.decided(requestId, "approve");
    assert.equal((await retry(bench, requestId)).kind, "too-late");
    const attempt = await bench.claimed();
    assert.equal((await retry(bench, requestId)).kind, "too-late");
    await bench.operations.conclude(attempt, accepted, { kind: "succeed" });
    assert.equal((await retry(bench, requestId)).kind, "too-late");
    assert.ok(!(await bench.events(requestId)).includes("retried"));
  });

  test("of an unknown request reports it as unknown", async () => {
    assert.deepEqual(await retry(await fresh(), "no-such-request"), { kind: "unknown" });
  });

  test("is rolled back if the audit trail cannot be written", async () => {
    const bench = await fresh();
    const requestId = await bench.failed();
    const before = await bench.request(requestId);
    await withoutAudit(bench.db, () => assert.rejects(retry(bench, requestId)));
    assert.deepEqual(await bench.request(requestId), before);
  });

  test("occupies the number again, so that a new request for it is refused", async () => {
    const bench = await fresh();
    const requestId = await bench.failed({ subMchid });
    await retry(bench, requestId);
    const answer = await bench.requests.submit(aRequest({ subMchid }));
    assert.equal(answer.kind === "open-already" && answer.request.id, requestId);
  });
});

onEveryEngine("a failed request with a later one for the same number", (fresh) => {
  test("cannot be retried while the later one is undecided, but is not superseded yet", async () => {
    const bench = await fresh();
    const earlier = await bench.failed({ subMchid });
    await bench.asked({ subMchid });
    const answer = await retry(bench, earlier);
    assert.equal(answer.kind, "too-late");
    assert.equal(answer.kind === "too-late" && answer.request.operation.superseded, false);
  });

  for (const decision of ["reject", "withdraw"] as const) {
    test(`can be retried once the later one has ended by ${decision}`, async () => {
      const bench = await fresh();
      const earlier = await bench.failed({ subMchid });
      await bench.decided(await bench.asked({ subMchid }), decision);
      assert.equal((await bench.request(earlier)).operation.superseded, false);
      assert.equal((await retry(bench, earlier)).kind, "retried");
    });
  }

  for (const outcome of ["approved", "succeeded", "failed"] as const) {
    test(`is superseded permanently once the later one is ${outcome}`, async () => {
      const bench = await fresh();
      const earlier = await bench.failed({ subMchid, action: "OPEN" });
      const later = await bench[outcome]({ subMchid, action: "CLOSE" });
      assert.equal((await retry(bench, earlier)).kind, "too-late");
      assert.equal((await bench.request(earlier)).operation.superseded, true);
      assert.equal((await bench.request(later)).operation.superseded, false);
      await bench.asked();
      assert.equal((await bench.request(earlier)).operation.superseded, true);
    });
  }

  test("does not prevent a retry of the later one", async () => {
    const bench = await fresh();
    await bench.failed({ subMchid });
    await bench.succeeded({ subMchid });
    const latest = await bench.failed({ subMchid });
    assert.equal((await retry(bench, latest)).kind, "retried");
  });

  test("is not affected by requests for other numbers", async () => {
    const bench = await fresh();
    const earlier = await bench.failed({ subMchid });
    await bench.succeeded({ subMchid: "190000010" });
    assert.equal((await bench.request(earlier)).operation.superseded, false);
    assert.equal((await retry(bench, earlier)).kind, "retried");
  });

  test("gets its message updated when the later one is approved, because its Retry no longer works", async () => {
    const bench = await fresh();
    const earlier = await bench.failed({ subMchid });
    const other = await bench.failed();
    for (const requestId of [earlier, other]) await shownOnce(bench, requestId);
    assert.deepEqual(await unshown(bench), []);
    const later = await bench.asked({ subMchid });
    await shownOnce(bench, later);
    assert.deepEqual(await unshown(bench), []);
    await bench.decided(later, "approve");
    assert.deepEqual((await unshown(bench)).toSorted(), [`${earlier}:message:0`, `${later}:message:0`].toSorted());
  });

  test("reports that it is too late to retry while the later one is being submitted", async () => {
    const bench = await fresh();
    const earlier = await bench.failed({ subMchid });
    const { promise: isWritten, resolve: written } = Promise.withResolvers<void>();
    const { promise: mayCommit, resolve: commit } = Promise.withResolvers<void>();
    const asking = bench.db.transaction().execute(async (transaction) => {
      const operations = transaction
        .insertInto("operations")
        .columns(["id", "request_id", "mchid", "sub_mchid", "action", "state", "round", "attempts", "endpoint"]);
      await operations
        .expression(
          transaction
            .selectFrom("operations")
            .select(sql<string>`'later'`.as("id"))
            .select(["request_id", "mchid", "sub_mchid", "action"])
            .select([sql<"waiting">`'waiting'`.as("state"), "round", "attempts", "endpoint"]),
        )
        .execute();
      written();
      await mayCommit;
    });
    await isWritten;
    const retried = retry(bench, earlier);
    retried.catch(() => {});
    await untilOneWaits(bench.store);
    commit();
    await asking;
    assert.equal((await retried).kind, "too-late");
  });

  test("never has both requests open, and no one gets an error", async () => {
    const bench = await fresh();
    for (let i = 0; i < 10; i++) {
      const number = String(i + 1);
      const earlier = await bench.failed({ subMchid: number });
      const [asked, retried] = await Promise.all([
        bench.requests.submit(aRequest({ subMchid: number })),
        retry(bench, earlier),
      ]);
      const open = [asked.kind === "recorded", retried.kind === "retried"];
      assert.equal(open.filter(Boolean).length, 1, `${asked.kind}, ${retried.kind}`);
      await bench.claim(8);
    }
  });
});

/**
 * SQLite starts the second transaction only after the first has ended; PostgreSQL starts it, and it waits for a lock.
 */
async function untilOneWaits({ db, engine }: Store): Promise<void> {
  if (engine === "sqlite") return;
  for (;;) {
    const { rows } = await sql`select 1 from pg_locks where not granted and pid in (
      select pid from pg_stat_activity where query like '%operations%' and datname = current_database())`.execute(db);
    if (rows.length > 0) return;
  }
}

async function shownOnce({ outbox }: Bench, requestId: string): Promise<void> {
  for (let nth = 0; ; nth++) {
    const post = await outbox.claim({ owner: "us", leaseMs, channelId: "COPS" });
    if (!post) return;
    await outbox.recordShown(post, "us", { channelId: "COPS", ts: `${requestId}.${nth}` });
  }
}

async function unshown({ db }: Bench): Promise<string[]> {
  const rows = await db.selectFrom("posts").select("id").whereRef("shown", "<", "wanted").execute();
  return rows.map((row) => row.id);
}
