/** The thread shows each outcome once, after the message above it is up to date. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  accepted,
  type Bench,
  claimPost as claim,
  claimedPost,
  click,
  leaseMs,
  onEveryEngine,
  posted,
  refused,
} from "../builders.ts";

/** The rounds whose outcome the thread shows or will show. */
async function told({ db }: Bench): Promise<number[]> {
  const posts = db.selectFrom("posts").select("round").where("kind", "=", "outcome").orderBy("round");
  return (await posts.execute()).map((post) => post.round);
}

onEveryEngine("the thread", (fresh) => {
  test("waits until the request's message is posted", async () => {
    const bench = await fresh();
    const requestId = await bench.asked();
    const message = await claimedPost(bench);
    await bench.decided(requestId, "reject");
    assert.equal(await claim(bench, "other"), undefined);
    await bench.outbox.recordShown(message, "us", { channelId: "COPS", ts: "17.1" });
    assert.equal((await claimedPost(bench)).kind, "message");
  });

  test("shows an outcome after the message shows it, and not before", async () => {
    const bench = await fresh();
    const requestId = await posted(bench, "17.1");
    await bench.decided(requestId, "reject");
    const edit = await claimedPost(bench);
    assert.equal(edit.kind, "message");
    assert.equal(await claim(bench, "other"), undefined);
    await bench.outbox.recordShown(edit, "us", { channelId: "COPS", ts: "17.1" });
    assert.equal((await claimedPost(bench)).kind, "outcome");
  });

  test("continues under the message that was clicked, if Slack's reply to its posting was lost", async () => {
    const bench = await fresh();
    const requestId = await bench.asked();
    await claimedPost(bench, "dead");
    await bench.outbox.recordMessageTs(requestId, "17.1");
    assert.equal((await bench.request(requestId)).messageTs, "17.1");
    await bench.decided(requestId, "reject");
    bench.clock.advance(leaseMs);
    const edit = await claimedPost(bench, "heir");
    assert.deepEqual([edit.kind, edit.posted?.ts], ["message", "17.1"]);
    await bench.outbox.recordShown(edit, "heir", { channelId: "COPS", ts: "17.1" });
    assert.equal((await claimedPost(bench, "heir")).kind, "outcome");
  });

  test("ignores the timestamp of a click if the ledger already has one", async () => {
    const bench = await fresh();
    const requestId = await posted(bench, "17.1");
    const other = await bench.asked();
    await bench.outbox.recordMessageTs(requestId, "99.9");
    assert.equal((await bench.request(requestId)).messageTs, "17.1");
    assert.equal((await bench.request(other)).messageTs, undefined);
  });

  test("shows the outcomes of two rounds in their order, although Slack did not accept the first at once", async () => {
    const bench = await fresh();
    const requestId = await posted(bench, "17.1");
    await bench.decided(requestId, "approve");
    await bench.operations.conclude(await bench.claimed(), refused, { kind: "fail" });
    const shown = { channelId: "COPS", ts: "17.1" };
    await bench.outbox.recordShown(await claimedPost(bench), "us", shown);
    const first = await claimedPost(bench);
    assert.deepEqual([first.kind, first.round], ["outcome", 1]);
    await bench.outbox.postpone(first, "us", { dueAt: bench.clock.now() + 30_000 });

    await bench.operations.retry({ requestId, round: 1, by: "UASKER", origin: click });
    await bench.operations.conclude(await bench.claimed(), accepted, { kind: "succeed" });
    await bench.outbox.recordShown(await claimedPost(bench), "us", shown);
    const rounds: number[] = [];
    for (const waitMs of [0, 30_000]) {
      bench.clock.advance(waitMs);
      for (let post = await claim(bench); post; post = await claim(bench)) {
        rounds.push(post.round);
        await bench.outbox.recordShown(post, "us", { channelId: "COPS", ts: `17.${2 + rounds.length}` });
      }
    }
    assert.deepEqual(rounds, [1, 2]);
  });

  for (const [path, rounds] of [
    ["asked", []],
    ["approved", []],
    ["succeeded", [1]],
    ["failed", [1]],
    ["expired", [0]],
  ] as const) {
    test(`shows ${rounds.length === 0 ? "no outcome yet" : "one outcome"} when a request was ${path}`, async () => {
      const bench = await fresh();
      await bench[path]();
      assert.deepEqual(await told(bench), rounds);
    });
  }

  test("reports a rejection, but not a withdrawal, which the requester made", async () => {
    const bench = await fresh();
    const rejected = await bench.asked();
    await bench.decided(await bench.asked(), "withdraw");
    assert.deepEqual(await told(bench), []);
    await bench.decided(rejected, "reject");
    assert.deepEqual(await told(bench), [0]);
  });

  test("shows the outcome of every round", async () => {
    const bench = await fresh();
    const requestId = await bench.failed();
    await bench.operations.retry({ requestId, round: 1, by: "UASKER", origin: click });
    assert.deepEqual(await told(bench), [1]);
    await bench.operations.conclude(await bench.claimed(), refused, { kind: "fail" });
    assert.deepEqual(await told(bench), [1, 2]);
  });
});
