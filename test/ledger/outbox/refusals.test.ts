/** Posts that Slack permanently refuses: nothing waits for them for ever. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { enqueueCopy } from "../../../src/ledger/outbox/enqueue.ts";
import { type Bench, claimPost as claim, claimedPost, onEveryEngine } from "../builders.ts";

const abandoned = { error: "is_archived", dueAt: undefined, isToTell: false };

/** What Slack does not show yet. */
async function waiting({ db }: Bench): Promise<string[]> {
  const posts = db.selectFrom("posts").select("kind").whereRef("shown", "<", "wanted").orderBy("kind");
  return (await posts.execute()).map(({ kind }) => kind);
}

onEveryEngine("a post that Slack permanently refuses", (fresh) => {
  test("is checked again with what waits in its thread, and abandoned with it", async () => {
    const bench = await fresh();
    const requestId = await bench.asked({ subMchids: ["1900000101", "1900000102"] });
    await bench.outbox.recordRefusal(await claimedPost(bench), "us", { ...abandoned, dueAt: bench.clock.now() });
    assert.deepEqual(await waiting(bench), ["list", "message"]);
    await bench.outbox.recordRefusal(await claimedPost(bench), "us", abandoned);
    assert.deepEqual(await waiting(bench), []);
    await bench.decided(requestId, "reject");
    const message = await claimedPost(bench);
    await bench.outbox.recordShown(message, "us", { channelId: "COPS", ts: "17.1" });
    assert.equal((await claimedPost(bench)).kind, "outcome");
  });

  test("leaves the thread of a message that Slack shows waiting for nothing", async () => {
    const bench = await fresh();
    const requestId = await bench.asked();
    await bench.outbox.recordShown(await claimedPost(bench), "us", { channelId: "COPS", ts: "17.1" });
    await bench.decided(requestId, "reject");
    await bench.outbox.recordRefusal(await claimedPost(bench), "us", abandoned);
    assert.equal((await claimedPost(bench)).kind, "outcome");
  });

  test("does not keep later copies of the request from the people who can decide", async () => {
    const bench = await fresh();
    const requestId = await bench.asked();
    await bench.outbox.recordRefusal(await claimedPost(bench), "us", abandoned);
    await bench.db
      .transaction()
      .execute((transaction) => enqueueCopy(transaction, { requestId, userId: "UBOSS", now: bench.clock.now() }));
    assert.equal((await claim(bench, "us", "UBOSS"))?.kind, "copy");
  });
});
