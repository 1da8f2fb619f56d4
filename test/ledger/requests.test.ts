/** Submitting: everything or nothing is recorded, once for each payload, and one open request for each sub-merchant. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { SubmitResult } from "../../src/ledger/requests/new-request.ts";
import {
  accepted,
  aRequest,
  atOnce,
  type Bench,
  click,
  hourMs,
  onEveryEngine,
  type What,
  withoutAudit,
} from "./builders.ts";

type Path = (bench: Bench, what: What) => Promise<unknown>;

/** Ways in which a request occupies its number. */
const open: Record<string, Path> = {
  undecided: (bench, what) => bench.asked(what),
  approved: (bench, what) => bench.approved(what),
  async running(bench, what) {
    await bench.approved(what);
    await bench.claimed();
  },
  async "between two attempts"(bench, what) {
    await bench.approved(what);
    const again = { kind: "again", dueAt: bench.clock.now() + 500, endpoint: 0 } as const;
    await bench.operations.conclude(await bench.claimed(), accepted, again);
  },
  async "retried by a person"(bench, what) {
    const requestId = await bench.failed(what);
    await bench.operations.retry({ requestId, round: 1, by: "UASKER", origin: click });
  },
};

/** Ways in which it ends and frees its number. */
const ended: Record<string, Path> = {
  rejected: async (bench, what) => bench.decided(await bench.asked(what), "reject"),
  withdrawn: async (bench, what) => bench.decided(await bench.asked(what), "withdraw", "UASKER"),
  expired: (bench, what) => bench.expired(what),
  succeeded: (bench, what) => bench.succeeded(what),
  failed: (bench, what) => bench.failed(what),
};

onEveryEngine("submitting a request", (fresh) => {
  test("writes the request, its operation, its post and its audit event", async () => {
    const { requests, clock, db, events } = await fresh();
    const asked = await requests.submit(aRequest({ action: "CLOSE", subMchid: "1900000109", reason: "moved out" }));
    assert.equal(asked.kind, "recorded");
    const requestId = asked.kind === "recorded" ? asked.requestId : "";
    const now = clock.now();
    const { operation, ...request } = (await requests.find(requestId)) ?? assert.fail();
    assert.deepEqual(request, {
      id: requestId,
      number: 1001,
      action: "CLOSE",
      object: "receipt",
      scene: undefined,
      reason: "moved out",
      ticket: undefined,
      requestedBy: "UASKER",
      channelId: "COPS",
      state: "pending",
      createdAt: now,
      expiresAt: now + hourMs,
      decision: undefined,
      decisionReason: undefined,
      endedAt: undefined,
      approvalsNeeded: 1,
      approvals: [],
      held: undefined,
      remindedUntil: undefined,
      remindedAt: undefined,
      escalatedAt: undefined,
      messageTs: undefined,
      round: 1,
      counts: { total: 1, excluded: 0, open: 1, succeeded: 0, failed: 0, uncertain: 0, cancelled: 0 },
      excludedBy: [],
      retried: undefined,
      stopped: undefined,
      holdExpired: undefined,
      notStarted: { stopped: 0, stoppedBy: [], expired: 0 },
      resubmissions: [],
    });
    const { id: _, seq: __, ...rest } = operation;
    assert.deepEqual(rest, {
      subMchid: "1900000109",
      name: undefined,
      isUnlisted: false,
      state: "waiting",
      step: "receipt",
      round: 1,
      attempts: 0,
      dueAt: undefined,
      endedAt: undefined,
      result: undefined,
      superseded: false,
    });
    const { kind, channel_id, due_at } = await db.selectFrom("posts").selectAll().executeTakeFirstOrThrow();
    assert.deepEqual({ kind, channel_id, due_at }, { kind: "message", channel_id: "COPS", due_at: now });
    assert.deepEqual(await events(requestId), ["asked"]);
  });

  test("writes nothing if it cannot write everything", async () => {
    const { requests, db, count } = await fresh();
    await withoutAudit(db, () => assert.rejects(requests.submit(aRequest())));
    for (const table of ["requests", "operations", "posts"] as const) assert.equal(await count(table), 0, table);
  });

  test("for another number is not blocked by an open request", async () => {
    const bench = await fresh();
    await bench.asked({ subMchid: "1900000109" });
    await bench.asked({ subMchid: "190000010" });
    assert.equal(await bench.count("requests"), 2);
  });

  test("is not found under an unknown id", async () => {
    const { requests } = await fresh();
    assert.equal(await requests.find("no-such-request"), undefined);
  });
});

onEveryEngine("a payload that is delivered again", (fresh) => {
  for (const [state, path] of Object.entries({ ...open, ...ended })) {
    test(`is recognized when its request is ${state}`, async () => {
      const bench = await fresh();
      const submission = aRequest();
      await path(bench, submission);
      const first = await bench.db.selectFrom("requests").select("id").executeTakeFirstOrThrow();
      const eventsBefore = await bench.count("events");
      bench.clock.advance(90 * 24 * hourMs);
      assert.deepEqual(await bench.requests.submit(submission), { kind: "repeated", requestId: first.id });
      assert.equal(await bench.count("requests"), 1);
      assert.equal(await bench.count("events"), eventsBefore);
    });
  }

  test("is recorded once, however many deliveries arrive at once", async () => {
    const { requests, count } = await fresh();
    const submission = aRequest();
    const answers = await atOnce(12, () => requests.submit(submission));
    assert.deepEqual(tally(answers), { recorded: 1, repeated: 11 });
    assert.equal(new Set(answers.map((answer) => answer.kind !== "open-already" && answer.requestId)).size, 1);
    assert.equal(await count("events"), 1);
  });

  test("can be recorded after it was refused, because a refusal writes nothing", async () => {
    const bench = await fresh();
    const first = await bench.asked({ subMchid: "1900000109" });
    const second = aRequest({ subMchid: "1900000109" });
    assert.equal((await bench.requests.submit(second)).kind, "open-already");
    await bench.decided(first, "reject");
    assert.equal((await bench.requests.submit(second)).kind, "recorded");
  });
});

onEveryEngine("a second request for a sub-merchant", (fresh) => {
  for (const [state, path] of Object.entries(open)) {
    test(`is refused with the first while that is ${state}`, async () => {
      const bench = await fresh();
      await path(bench, { subMchid: "1900000109", requestedBy: "UFIRST" });
      const answer = await bench.requests.submit(aRequest({ subMchid: "1900000109", action: "CLOSE" }));
      assert.equal(answer.kind, "open-already");
      if (answer.kind !== "open-already") return;
      assert.equal(answer.request.requestedBy, "UFIRST");
      assert.equal(answer.request.operation.subMchid, "1900000109");
      assert.equal(await bench.count("requests"), 1);
      assert.equal(await bench.count("posts"), state === "retried by a person" ? 2 : 1);
    });
  }

  for (const [state, path] of Object.entries(ended)) {
    test(`is recorded when the first is ${state}`, async () => {
      const bench = await fresh();
      await path(bench, { subMchid: "1900000109" });
      await bench.asked({ subMchid: "1900000109" });
      assert.equal(await bench.count("requests"), 2);
    });
  }

  test("is recorded exactly once when many are submitted at the same time, and the results of the others name it", async () => {
    const { requests, count } = await fresh();
    const answers = await atOnce(20, (nth) =>
      requests.submit(aRequest({ subMchid: "1900000109", requestedBy: `U${nth}`, action: nth % 2 ? "OPEN" : "CLOSE" })),
    );
    assert.deepEqual(tally(answers), { recorded: 1, "open-already": 19 });
    const recorded = answers.find((answer) => answer.kind === "recorded");
    for (const answer of answers)
      if (answer.kind === "open-already") assert.equal(answer.request.id, recorded?.requestId);
    for (const table of ["requests", "operations", "posts", "events"] as const) assert.equal(await count(table), 1);
  });

  test("is either recorded or refused with the first while the first is being rejected", async () => {
    const bench = await fresh();
    for (let i = 0; i < 10; i++) {
      const subMchid = String(i + 1);
      const requestId = await bench.asked({ subMchid });
      const [, answer] = await Promise.all([
        bench.decided(requestId, "reject"),
        bench.requests.submit(aRequest({ subMchid })),
      ]);
      assert.match(answer.kind, /^(recorded|open-already)$/);
    }
  });
});

function tally(answers: readonly SubmitResult[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind } of answers) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}
