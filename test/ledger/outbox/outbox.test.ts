/** The outbox: one instance at a time posts what Slack has to show, in an order that a reader can follow. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { progressMs, settleMs } from "../../../src/ledger/outbox/enqueue.ts";
import type { ClaimedPost } from "../../../src/ledger/outbox/outbox.ts";
import { accepted, atOnce, claimPost as claim, claimedPost, leaseMs, onEveryEngine, posted } from "../builders.ts";

onEveryEngine("a post", (fresh) => {
  test("is due as soon as a request is submitted, and is then shown", async () => {
    const bench = await fresh();
    assert.equal(await claim(bench), undefined);
    const requestId = await bench.asked();
    const { id: _, ...post } = await claimedPost(bench);
    const expected = {
      requestId,
      channelId: "COPS",
      kind: "message",
      round: 0,
      notice: undefined,
      posted: undefined,
      wanted: 1,
      tries: 1,
      refused: undefined,
    };
    assert.deepEqual(post, expected);
  });

  test("that Slack shows is not due again, and its timestamp is known", async () => {
    const bench = await fresh();
    const requestId = await posted(bench, "17.1");
    bench.clock.advance(leaseMs * 2);
    assert.equal(await claim(bench), undefined);
    assert.deepEqual(await bench.outbox.dueChannels(), []);
    assert.equal((await bench.request(requestId)).messageTs, "17.1");
  });

  test("is claimed by exactly one of several instances", async () => {
    const bench = await fresh();
    for (let i = 0; i < 6; i++) await bench.asked();
    const claims = await atOnce(12, (nth) => claim(bench, `instance-${nth}`));
    // PostgreSQL skips rows that others are claiming, so that some may be left for the next poll.
    for (let i = 0; i < 6; i++) claims.push(await claim(bench, `late-${i}`));
    const ids = claims.flatMap((post) => post?.id ?? []);
    assert.equal(ids.length, 6);
    assert.equal(new Set(ids).size, 6);
  });

  test("is claimed alone: one claim leases one post", async () => {
    const bench = await fresh();
    for (let i = 0; i < 3; i++) await bench.asked();
    await claimedPost(bench);
    const leased = await bench.db.selectFrom("posts").select("id").where("lease_owner", "is not", null).execute();
    assert.equal(leased.length, 1);
  });

  test("that waits longest is claimed first", async () => {
    const bench = await fresh();
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) {
      ids.push(await bench.asked());
      bench.clock.advance(1);
    }
    for (const id of ids) assert.equal((await claimedPost(bench)).requestId, id);
  });

  test("is claimed for its own channel only", async () => {
    const bench = await fresh();
    await bench.asked({ channelId: "CBUSY" });
    const elsewhere = await bench.asked({ channelId: "CFREE" });
    assert.equal((await claim(bench, "us", "CFREE"))?.requestId, elsewhere);
    assert.equal(await claim(bench, "us", "CFREE"), undefined);
    assert.equal(await claim(bench, "us", "CQUIET"), undefined);
  });

  test("is taken over when the lease of a dead instance ends, and a late reply changes nothing", async () => {
    const bench = await fresh();
    const requestId = await bench.asked();
    const late = await claimedPost(bench, "dead");
    bench.clock.advance(leaseMs - 1);
    assert.equal(await claim(bench, "heir"), undefined);
    bench.clock.advance(1);
    const taken = await claimedPost(bench, "heir");
    assert.equal(taken.tries, 2);

    await bench.outbox.recordShown(late, "dead", { channelId: "COPS", ts: "17.1" });
    assert.equal((await bench.request(requestId)).messageTs, undefined);
    await bench.outbox.postpone(late, "dead", { dueAt: bench.clock.now(), again: true });
    assert.equal(await claim(bench, "third"), undefined);
    await bench.outbox.recordShown(taken, "heir", { channelId: "COPS", ts: "17.2" });
    assert.equal((await bench.request(requestId)).messageTs, "17.2");
  });

  test("that was edited by an instance that stood still is edited again, with what the next one showed", async () => {
    const bench = await fresh();
    const ends: ((late: ClaimedPost, ts: string) => Promise<unknown>)[] = [
      (late, ts) => bench.outbox.recordShown(late, "frozen", { channelId: "COPS", ts }),
      (late) => bench.outbox.postpone(late, "frozen", { dueAt: bench.clock.now() + 1_000 }),
    ];
    for (const [nth, end] of ends.entries()) {
      const [requestId, ts] = [await bench.asked({ subMchid: `190000000${nth}` }), `17.${nth}`];
      await bench.outbox.recordShown(await claimedPost(bench), "us", { channelId: "COPS", ts });
      await bench.decided(requestId, "reject");
      const late = await claimedPost(bench, "frozen");
      bench.clock.advance(leaseMs);
      const showAll = async () => {
        const shown: string[] = [];
        for (let post = await claim(bench, "heir"); post; post = await claim(bench, "heir")) {
          await bench.outbox.recordShown(post, "heir", { channelId: "COPS", ts: post.posted?.ts ?? `${ts}1` });
          shown.push(post.id);
        }
        return shown;
      };
      assert.ok((await showAll()).includes(late.id));
      await end(late, ts);
      assert.deepEqual(await showAll(), [late.id]);
    }
  });

  test("that Slack did not accept is due again at the given time, and its tries are counted until Slack accepts it", async () => {
    const bench = await fresh();
    const requestId = await bench.asked();
    const dueAt = bench.clock.now() + 30_000;
    await bench.outbox.postpone(await claimedPost(bench), "us", { dueAt });
    assert.deepEqual(await bench.outbox.dueChannels(), [{ channelId: "COPS", lane: "first", dueAt }]);
    bench.clock.advance(29_999);
    assert.equal(await claim(bench), undefined);
    bench.clock.advance(1);
    const second = await claimedPost(bench);
    assert.equal(second.tries, 2);
    await bench.outbox.recordShown(second, "us", { channelId: "COPS", ts: "17.1" });
    await bench.decided(requestId, "reject");
    assert.equal((await claimedPost(bench)).tries, 1);
  });

  test("that changes starts counting its tries again", async () => {
    const bench = await fresh();
    const requestId = await bench.asked();
    for (const tries of [1, 2]) {
      const post = await claimedPost(bench);
      assert.equal(post.tries, tries);
      await bench.outbox.postpone(post, "us", { dueAt: bench.clock.now() });
    }
    await bench.decided(requestId, "withdraw");
    assert.equal((await claimedPost(bench)).tries, 1);
  });

  test("is posted again if its message was deleted in Slack", async () => {
    const bench = await fresh();
    const requestId = await posted(bench, "17.1");
    await bench.decided(requestId, "withdraw");
    const edit = await claimedPost(bench);
    assert.equal(edit.posted?.ts, "17.1");
    await bench.outbox.postpone(edit, "us", { dueAt: bench.clock.now(), again: true });
    assert.equal((await claimedPost(bench)).posted?.ts, undefined);
  });
});

onEveryEngine("the channels with something to show", (fresh) => {
  test("are listed once for each lane, with the time of their earliest post, the longest waiting first", async () => {
    const bench = await fresh();
    const since = bench.clock.now();
    for (const channelId of ["CB", "CA", "CB", "CC", "CA"]) {
      await bench.asked({ channelId });
      bench.clock.advance(1);
    }
    assert.deepEqual(await bench.outbox.dueChannels(), [
      { channelId: "CB", lane: "first", dueAt: since },
      { channelId: "CA", lane: "first", dueAt: since + 1 },
      { channelId: "CC", lane: "first", dueAt: since + 3 },
    ]);
  });

  test("have a message that people wait for before 120 files that Slack refuses", async () => {
    const bench = await fresh();
    for (let nth = 0; nth < 120; nth++) {
      const numbers = [0, 1].map((each) => String(1_910_000_000 + 2 * nth + each));
      await bench.asked({ subMchids: numbers });
      await bench.outbox.recordShown(await claimedPost(bench), "us", { channelId: "COPS", ts: `${nth}.1` });
    }
    const files = await bench.db.selectFrom("posts").select("id").where("kind", "=", "list").execute();
    assert.equal(files.length, 120);
    await bench.db
      .updateTable("posts")
      .set({ refused: "file_uploads_disabled", tries: 9 })
      .where("kind", "=", "list")
      .execute();
    bench.clock.advance(600_000);
    const requestId = await bench.asked();
    const post = await claimedPost(bench);
    assert.deepEqual([post.kind, post.requestId], ["message", requestId]);
  });

  test("are no longer listed once Slack shows everything", async () => {
    const bench = await fresh();
    await bench.asked({ channelId: "CA" });
    await bench.asked({ channelId: "CB" });
    const post = (await claim(bench, "us", "CA")) ?? assert.fail();
    await bench.outbox.recordShown(post, "us", { channelId: "COPS", ts: "17.1" });
    assert.deepEqual(
      (await bench.outbox.dueChannels()).map((channel) => channel.channelId),
      ["CB"],
    );
  });

  test("are none in an empty ledger", async () => {
    assert.deepEqual(await (await fresh()).outbox.dueChannels(), []);
  });
});

onEveryEngine("a change to a request", (fresh) => {
  test("edits the message that Slack already shows", async () => {
    const bench = await fresh();
    const requestId = await posted(bench, "17.1");
    await bench.decided(requestId, "withdraw");
    const edit = await claimedPost(bench);
    assert.deepEqual([edit.kind, edit.posted?.ts, edit.wanted, edit.tries], ["message", "17.1", 2, 1]);
  });

  test("in a bulk request is shown no sooner than its progress interval, even while its message is being posted", async () => {
    const bench = await fresh();
    await bench.approved({ subMchids: ["1900000001", "1900000002", "1900000003"] });
    const [first, second] = await bench.claim(2);
    const showing = await claimedPost(bench);
    for (const attempt of [first, second])
      await bench.operations.conclude(attempt ?? assert.fail(), accepted, { kind: "succeed" });
    await bench.outbox.recordShown(showing, "us", { channelId: "COPS", ts: "17.1" });
    bench.clock.advance(progressMs - 1);
    assert.notEqual((await claim(bench))?.kind, "message");
    bench.clock.advance(1);
    assert.equal((await claim(bench, "later"))?.kind, "message");
  });

  test("during posting makes the message due again", async () => {
    const bench = await fresh();
    const requestId = await bench.asked();
    const post = await claimedPost(bench);
    await bench.decided(requestId, "withdraw");
    assert.equal(await claim(bench, "other"), undefined);
    await bench.outbox.recordShown(post, "us", { channelId: "COPS", ts: "17.1" });
    const again = await claimedPost(bench);
    assert.deepEqual([again.id, again.posted?.ts, again.wanted], [post.id, "17.1", 2]);
    await bench.outbox.recordShown(again, "us", { channelId: "COPS", ts: "17.1" });
    assert.equal(await claim(bench), undefined);
  });

  test("that only starts work waits briefly, so that a quick outcome needs one edit", async () => {
    const bench = await fresh();
    const requestId = await posted(bench);
    await bench.decided(requestId, "approve");
    bench.clock.advance(settleMs - 1);
    assert.equal(await claim(bench), undefined);
    await bench.operations.conclude(await bench.claimed(), accepted, { kind: "succeed" });
    assert.equal((await claimedPost(bench)).kind, "message");
  });
});
