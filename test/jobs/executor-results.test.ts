/** What becomes of a result: what the ledger records of it, and what the operator reads in the log. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { AttemptResult } from "../../src/domain/attempt-result.ts";
import type { EndedOperation } from "../../src/domain/telemetry/metrics.ts";
import { createLog } from "../../src/log.ts";
import { accepted, onEveryEngine, refused } from "../ledger/builders.ts";
import { executorLeaseMs, scene } from "./executor-builders.ts";

onEveryEngine("a result", (fresh) => {
  test("that the ledger can never take is recorded in a reduced form, and its call is not made again", async (t) => {
    const bench = await fresh();
    const play = scene(bench, t);
    const requestId = await bench.approved();
    play.executor({
      answer: () => refused,
      operations: {
        async conclude(attempt, result, next) {
          // As PostgreSQL does where the database's encoding lacks a character.
          if ("message" in result)
            throw Object.assign(new Error("no equivalent in encoding"), { code: "22P05", severity: "ERROR" });
          return bench.operations.conclude(attempt, result, next);
        },
      },
    });
    await play.pass(10 * 60_000);
    assert.equal(play.calls.length, 1);
    const { operation, state } = await bench.request(requestId);
    assert.equal(state, "done");
    assert.deepEqual(operation.result, { kind: "refused", fault: "no-auth", status: 403 });
  });

  test("that the ledger refuses in its reduced form too is tried until the lease ends, and never without a pause", async (t) => {
    const bench = await fresh();
    const play = scene(bench, t);
    await bench.approved();
    let tries = 0;
    const executor = play.executor({
      operations: {
        isApproved: async () => false,
        async conclude() {
          tries += 1;
          // As a trigger of a newer version does.
          throw Object.assign(new Error("this ledger is written by a newer version"), {
            code: "P0001",
            severity: "ERROR",
          });
        },
      },
    });
    await play.pass(executorLeaseMs - 1);
    // Twice at once, then every half second.
    assert.ok(tries >= 2 && tries <= 2 + executorLeaseMs / 500, String(tries));
    await Promise.all([executor.stop(), play.pass(executorLeaseMs)]);
  });

  test("on which the operator has to act is in the log, in the words that the team reads", async (t) => {
    const lines: string[] = [];
    const log = createLog({
      level: "warn",
      secrets: [],
      destination: { write: (line) => void lines.push(line) },
    });
    const bench = await fresh();
    const play = scene(bench, t);
    const unverified: AttemptResult = { kind: "unverified", why: "wrong-signature", status: 200 };
    await bench.approved();
    await bench.approved();
    play.executor({
      answer: ({ nth }) => (nth === 1 ? refused : unverified),
      log,
      explain: ({ kind }) => (kind === "unverified" ? "It could not be verified. Check the key." : undefined),
    });
    await play.pass(10 * 60_000);
    const said = lines.map((line) => JSON.parse(line)).map(({ level, msg }) => [level, msg]);
    const words = "It could not be verified. Check the key.";
    // Tried again five times, and then left to a person.
    assert.deepEqual(said, [...Array.from({ length: 5 }, () => [40, words]), [50, words]]);
  });

  test("is counted once, when it ends its operation: outcome, fault and time since the approval", async (t) => {
    const bench = await fresh();
    const play = scene(bench, t);
    for (let nth = 0; nth < 3; nth++) await bench.approved();
    const unverified: AttemptResult = { kind: "unverified", why: "wrong-signature", status: 200 };
    const ended: EndedOperation[] = [];
    play.executor({
      answer: ({ nth }) => (nth === 1 ? accepted : nth === 2 ? refused : unverified),
      metrics: { operationEnded: (operation) => ended.push(operation), leaseLost: () => {} },
    });
    await play.pass(10 * 60_000);
    assert.deepEqual(ended.map(({ outcome, fault }) => `${outcome} ${fault}`).toSorted(), [
      "failed no-auth",
      "succeeded undefined",
      "uncertain unverified",
    ]);
    assert.ok(ended.every(({ action }) => action === "OPEN"));
    const succeeded = ended.find(({ outcome }) => outcome === "succeeded");
    const uncertain = ended.find(({ outcome }) => outcome === "uncertain");
    assert.ok((succeeded?.sinceApprovalMs ?? -1) >= 0);
    // After five more attempts, with pauses that double.
    assert.ok((uncertain?.sinceApprovalMs ?? 0) > (succeeded?.sinceApprovalMs ?? 0) + 10_000);
  });
});
