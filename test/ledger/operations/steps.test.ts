/** Requests for the receipt and 点金计划: two steps of one operation, in order, each with attempts of its own. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { reopenAfterMs } from "../../../src/domain/goldplan/reopening.ts";
import { accepted, aRequest, type Bench, click, onEveryEngine, refused, serverError } from "../builders.ts";

const number = "1900000109";
const both = { subMchid: number, object: "both", scene: "MINIPROGRAM" } as const;
const goldplan = { ...both, object: "goldplan" } as const;
const next = { kind: "continue", step: "goldplan" } as const;
const again = (bench: Bench) => ({ kind: "again", dueAt: bench.clock.now(), endpoint: 1 }) as const;
const at = { by: "UBOB", origin: click };

/** A request for both whose receipt has been switched. */
async function halfDone(bench: Bench, action: "OPEN" | "CLOSE" = "OPEN"): Promise<string> {
  const requestId = await bench.approved({ ...both, action });
  await bench.operations.conclude(await bench.claimed(), accepted, next);
  return requestId;
}

async function closed(bench: Bench): Promise<void> {
  const requestId = await bench.approved({ ...goldplan, action: "CLOSE" });
  await bench.operations.conclude(await bench.claimed(), accepted, { kind: "succeed" });
  assert.equal((await bench.request(requestId)).state, "done");
}

onEveryEngine("an operation in two steps", (fresh) => {
  test("starts with the receipt, and goes on to 点金计划 only once that has succeeded", async () => {
    const bench = await fresh();
    const requestId = await bench.approved(both);
    const first = await bench.claimed();
    assert.deepEqual([first.step, first.object, first.scene, first.tries], ["receipt", "both", "MINIPROGRAM", 1]);
    await bench.operations.conclude(first, serverError, again(bench));
    const second = await bench.claimed();
    assert.deepEqual([second.step, second.number, second.tries], ["receipt", 2, 2]);
    await bench.operations.conclude(second, accepted, next);
    assert.equal((await bench.request(requestId)).state, "approved");
    const third = await bench.claimed();
    assert.deepEqual([third.step, third.number, third.tries, third.endpoint], ["goldplan", 3, 1, 0]);
    await bench.operations.conclude(third, accepted, { kind: "succeed" });
    const { state, counts } = await bench.request(requestId);
    assert.deepEqual([state, counts.succeeded], ["done", 1]);
  });

  test("stays the only open operation of its sub-merchant between the steps", async () => {
    const bench = await fresh();
    await halfDone(bench);
    for (const object of ["receipt", "goldplan", "both"] as const) {
      const submitted = await bench.requests.submit(aRequest({ subMchid: number, object }));
      assert.equal(submitted.kind, "open-already", object);
    }
  });

  test("is retried at the step that failed", async () => {
    const bench = await fresh();
    const requestId = await halfDone(bench);
    await bench.operations.conclude(await bench.claimed(), refused, { kind: "fail" });
    const ended = await bench.request(requestId);
    assert.deepEqual([ended.operation.state, ended.operation.step, ended.counts.failed], ["failed", "goldplan", 1]);
    assert.equal((await bench.operations.retry({ requestId, round: 1, ...at })).kind, "retried");
    const retried = await bench.claimed();
    assert.deepEqual([retried.step, retried.round, retried.number, retried.tries], ["goldplan", 2, 1, 1]);
  });

  test("can be stopped between the steps: the receipt stays switched", async () => {
    const bench = await fresh();
    const requestId = await bench.approved({ ...both, subMchids: [number, "1900000110"] });
    const [attempt = assert.fail()] = await bench.claim(1);
    await bench.operations.conclude(attempt, accepted, next);
    await bench.requests.stop({ requestId, ...at });
    const { state, counts } = await bench.request(requestId);
    assert.deepEqual([state, counts.cancelled, counts.succeeded], ["done", 2, 0]);
    const [receipt, goldplan] = await bench.history.previous(number, ["receipt", "goldplan"]);
    assert.equal(receipt?.lastSet?.action, "OPEN");
    assert.equal(receipt?.lastSet?.endedAt, bench.clock.now());
    assert.equal(goldplan?.lastSet, undefined);
  });

  test("finishes both steps if its first call was under way when the request was stopped", async () => {
    const bench = await fresh();
    const requestId = await bench.approved({ ...both, subMchids: [number, "1900000110"] });
    const [attempt = assert.fail()] = await bench.claim(1);
    assert.equal((await bench.requests.stop({ requestId, ...at })).kind, "stopped");
    await bench.operations.conclude(attempt, accepted, next);
    assert.equal((await bench.requests.stop({ requestId, ...at })).kind, "too-late");
    await bench.operations.conclude(await bench.claimed(), accepted, { kind: "succeed" });
    const { state, counts } = await bench.request(requestId);
    assert.deepEqual([state, counts.cancelled, counts.succeeded], ["done", 1, 1]);
  });

  test("supersedes an earlier failure about the receipt, although it was stopped between the steps", async () => {
    const bench = await fresh();
    const earlier = await bench.failed({ subMchid: number, action: "CLOSE" });
    const requestId = await bench.approved({ ...both, subMchids: [number, "1900000110"] });
    const [attempt = assert.fail()] = await bench.claim(1);
    await bench.operations.conclude(attempt, accepted, next);
    await bench.requests.stop({ requestId, ...at });
    assert.equal((await bench.request(earlier)).operation.superseded, true);
    assert.equal((await bench.operations.retry({ requestId: earlier, round: 1, ...at })).kind, "too-late");
  });

  test("tells of each object what the bot last did with it", async () => {
    const bench = await fresh();
    await halfDone(bench);
    await bench.operations.conclude(await bench.claimed(), refused, { kind: "fail" });
    const { previous } = await bench.history.status(number);
    const told = previous.map(({ step, lastSet, failure }) => [step, lastSet?.action, failure?.result?.kind]);
    assert.deepEqual(told, [
      ["receipt", "OPEN", undefined],
      ["goldplan", undefined, "refused"],
    ]);
  });

  test("is not superseded by a later request for the other object", async () => {
    const bench = await fresh();
    const requestId = await bench.failed({ subMchid: number });
    await closed(bench);
    assert.equal((await bench.request(requestId)).operation.superseded, false);
    assert.equal((await bench.operations.retry({ requestId, round: 1, ...at })).kind, "retried");
  });

  test("is superseded by a later request for both", async () => {
    const bench = await fresh();
    const requestId = await bench.failed({ subMchid: number });
    await halfDone(bench);
    assert.equal((await bench.request(requestId)).operation.superseded, true);
  });

  test("does not keep a bulk request for the other object from being retried", async () => {
    const bench = await fresh();
    const requestId = await bench.approved({ subMchids: [number, "1900000110"] });
    for (const attempt of await bench.claim(2)) await bench.operations.conclude(attempt, refused, { kind: "fail" });
    await bench.asked(goldplan);
    assert.equal((await bench.operations.retry({ requestId, round: 1, ...at })).kind, "retried");
    const { counts } = await bench.request(requestId);
    assert.deepEqual([counts.open, counts.failed], [1, 1]);
    assert.equal((await bench.claimed()).subMchid, "1900000110");
  });

  test("takes the Retry button from an earlier failure, although a request for the other object came in between", async () => {
    const bench = await fresh();
    const failed = await bench.failed(goldplan);
    const wanted = async () => {
      const posts = bench.db.selectFrom("posts").select("wanted").where("request_id", "=", failed);
      return (await posts.where("kind", "=", "message").executeTakeFirstOrThrow()).wanted;
    };
    await bench.succeeded({ subMchid: number, action: "CLOSE" });
    const before = await wanted();
    await bench.approved(both);
    assert.equal((await bench.request(failed)).operation.superseded, true);
    assert.equal(await wanted(), before + 1);
  });

  test("records its object and scene where people read them later", async () => {
    const bench = await fresh();
    const requestId = await halfDone(bench);
    const { object, scene } = await bench.request(requestId);
    assert.deepEqual([object, scene], ["both", "MINIPROGRAM"]);
    const asked = await bench.db.selectFrom("events").select("detail_json").where("what", "=", "asked").execute();
    assert.match(asked.at(-1)?.detail_json ?? "", /"object":"both","scene":"MINIPROGRAM"/);
    assert.deepEqual((await bench.history.requests({ object: "goldplan" })).entries.length, 1);
    assert.deepEqual((await bench.history.requests({ object: "receipt" })).entries.length, 1);
    await bench.operations.conclude(await bench.claimed(), accepted, { kind: "succeed" });
    await bench.succeeded({ subMchid: "1900000110" });
    assert.deepEqual((await bench.history.requests({ object: "goldplan" })).entries.length, 1);
    assert.deepEqual((await bench.history.requests({ object: "receipt" })).entries.length, 2);
  });
});

onEveryEngine("opening 点金计划 within 24 hours of closing", (fresh) => {
  const knownTo = (bench: Bench, requestId: string, of: "left" | "failed") =>
    bench.goldplan.reopening(requestId, { now: bench.clock.now(), of });

  test("is known before anyone decides, with the time from which it works", async () => {
    const bench = await fresh();
    await closed(bench);
    const closedAt = bench.clock.now();
    bench.clock.advance(reopenAfterMs / 2);
    const requestId = await bench.asked({ ...both, subMchids: [number, "1900000110"] });
    const expected = { count: 1, first: [number], closedAt, from: closedAt + reopenAfterMs };
    assert.deepEqual(await knownTo(bench, requestId, "left"), expected);
    bench.clock.advance(reopenAfterMs / 2);
    assert.equal(await knownTo(bench, requestId, "left"), undefined);
  });

  test("is not retried before that time", async () => {
    const bench = await fresh();
    await closed(bench);
    const closedAt = bench.clock.now();
    const requestId = await bench.failed(goldplan);
    const early = await bench.operations.retry({ requestId, round: 1, ...at });
    assert.deepEqual(early.kind === "too-soon" && early.reopening.from, closedAt + reopenAfterMs);
    assert.equal((await bench.request(requestId)).round, 1);
    bench.clock.advance(reopenAfterMs);
    assert.equal((await bench.operations.retry({ requestId, round: 1, ...at })).kind, "retried");
  });

  test("is retried where the ledger knows of no closing", async () => {
    const bench = await fresh();
    const requestId = await bench.failed(goldplan);
    assert.equal((await bench.operations.retry({ requestId, round: 1, ...at })).kind, "retried");
  });
});

onEveryEngine("receipts opened alone", (fresh) => {
  test("have their message updated when 点金计划 is opened, because it offers that", async () => {
    const bench = await fresh();
    const requestId = await bench.succeeded({ subMchid: number });
    const wanted = async () => {
      const posts = bench.db.selectFrom("posts").select("wanted").where("request_id", "=", requestId);
      return (await posts.where("kind", "=", "message").executeTakeFirstOrThrow()).wanted;
    };
    const before = await wanted();
    await bench.succeeded(goldplan);
    assert.equal(await wanted(), before + 1);
  });

  test("lack 点金计划 until this bot opens it, and after it closes it again", async () => {
    const bench = await fresh();
    const requestId = await bench.succeeded({ subMchid: number });
    assert.deepEqual(await bench.goldplan.without(requestId), [number]);
    await bench.succeeded(goldplan);
    assert.deepEqual(await bench.goldplan.without(requestId), []);
    await closed(bench);
    assert.deepEqual(await bench.goldplan.without(requestId), [number]);
  });
});
