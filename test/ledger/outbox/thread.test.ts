/** The thread: tells each outcome once, after the message above it shows as much. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Bench,
  claimPost as claim,
  claimedPost,
  click,
  leaseMs,
  onEveryEngine,
  posted,
  refused,
} from "../builders.ts";

/** The rounds whose outcome the thread tells, or is to tell. */
async function told({ db }: Bench): Promise<number[]> {
  const posts = db.selectFrom("posts").select("round").where("kind", "=", "outcome").orderBy("round");
  return (await posts.execute()).map((post) => post.round);
}

onEveryEngine("the thread", (fresh) => {
  test("waits until the request's own message is there", async () => {
    const bench = await fresh();
    const requestId = await bench.asked();
    const message = await claimedPost(bench);
    await bench.decided(requestId, "reject");
    assert.equal(await claim(bench, "other"), undefined);
    await bench.outbox.shown(message, "us", { channelId: "COPS", ts: "17.1" });
    assert.equal((await claimedPost(bench)).kind, "message");
  });

  test("tells an outcome once the message shows it, and not before", async () => {
    const bench = await fresh();
    const requestId = await posted(bench, "17.1");
    await bench.decided(requestId, "reject");
    const edit = await claimedPost(bench);
    assert.equal(edit.kind, "message");
    assert.equal(await claim(bench, "other"), undefined);
    await bench.outbox.shown(edit, "us", { channelId: "COPS", ts: "17.1" });
    assert.equal((await claimedPost(bench)).kind, "outcome");
  });

  test("goes on in the message that a click has told of, should its posting's answer be lost", async () => {
    const bench = await fresh();
    const requestId = await bench.asked();
    await claimedPost(bench, "dead");
    await bench.outbox.recordMessageTs(requestId, "17.1");
    assert.equal((await bench.request(requestId)).messageTs, "17.1");
    await bench.decided(requestId, "reject");
    bench.clock.advance(leaseMs);
    const edit = await claimedPost(bench, "heir");
    assert.deepEqual([edit.kind, edit.posted?.ts], ["message", "17.1"]);
    await bench.outbox.shown(edit, "heir", { channelId: "COPS", ts: "17.1" });
    assert.equal((await claimedPost(bench, "heir")).kind, "outcome");
  });

  test("does not follow a click on a message that the ledger knows better", async () => {
    const bench = await fresh();
    const requestId = await posted(bench, "17.1");
    const other = await bench.asked();
    await bench.outbox.recordMessageTs(requestId, "99.9");
    assert.equal((await bench.request(requestId)).messageTs, "17.1");
    assert.equal((await bench.request(other)).messageTs, undefined);
  });

  for (const [path, rounds] of [
    ["asked", []],
    ["approved", []],
    ["succeeded", [1]],
    ["failed", [1]],
    ["expired", [0]],
  ] as const) {
    test(`tells ${rounds.length === 0 ? "nothing yet" : "once"} when a request was ${path}`, async () => {
      const bench = await fresh();
      await bench[path]();
      assert.deepEqual(await told(bench), rounds);
    });
  }

  test("tells of a rejection, and not of a withdrawal: who withdraws knows of it", async () => {
    const bench = await fresh();
    const rejected = await bench.asked();
    await bench.decided(await bench.asked(), "withdraw");
    assert.deepEqual(await told(bench), []);
    await bench.decided(rejected, "reject");
    assert.deepEqual(await told(bench), [0]);
  });

  test("tells the outcome of every round", async () => {
    const bench = await fresh();
    const requestId = await bench.failed();
    await bench.operations.retry({ requestId, round: 1, by: "UASKER", origin: click });
    assert.deepEqual(await told(bench), [1]);
    await bench.operations.conclude(await bench.claimed(), refused, { kind: "fail" });
    assert.deepEqual(await told(bench), [1, 2]);
  });
});
