/** The audit trail: who did what to which request and when, in order. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { writerVersion } from "../../../src/storage/migrations/writer-version.ts";
import { accepted, type Bench, click, leaseMs, onEveryEngine, refused, serverError } from "../builders.ts";

/** One line for each event, with what an auditor reads first. */
async function audit({ db, clock }: Bench, since: number): Promise<string[]> {
  const events = await db.selectFrom("events").selectAll().orderBy("seq").execute();
  assert.ok(events.every((event) => event.at <= clock.now()));
  return events.map(({ at, actor, what, detail_json }) => {
    const { v, ...detail } = JSON.parse(detail_json ?? "{}");
    assert.equal(v, writerVersion);
    if ("resultHash" in detail) {
      assert.match(detail.resultHash, /^[0-9a-f]{64}$/);
      detail.resultHash = "…";
    }
    return [at - since, actor, what, ...(Object.keys(detail).length > 0 ? [JSON.stringify(detail)] : [])].join(" ");
  });
}

onEveryEngine("the audit trail", (fresh) => {
  test("records the whole life of a request, event by event", async () => {
    const bench = await fresh();
    const { operations, clock } = bench;
    const since = clock.now();
    const requestId = await bench.asked({ subMchid: "1900000109", action: "CLOSE" });
    clock.advance(10);
    await bench.decided(requestId, "approve", "UAPPROVER");
    clock.advance(10);
    const again = { kind: "again", dueAt: clock.now(), endpoint: 0 } as const;
    await operations.conclude(await bench.claimed(), serverError, again);
    const late = await bench.claimed();
    clock.advance(leaseMs);
    await operations.conclude(await bench.claimed(), refused, { kind: "fail" });
    await operations.conclude(late, accepted, { kind: "succeed" });
    clock.advance(10);
    await operations.retry({ requestId, round: 1, by: "UASKER", origin: click });
    await operations.conclude(await bench.claimed(), accepted, { kind: "succeed" });
    assert.deepEqual(await audit(bench, since), [
      `0 UASKER asked {"action":"CLOSE","subMchids":["1900000109"],"needed":1}`,
      "10 UAPPROVER approved",
      `20 bot attempt-started {"round":1,"attempt":1}`,
      `20 bot attempt-ended {"round":1,"attempt":1,"result":"refused","resultHash":"…","next":"again"}`,
      `20 bot attempt-started {"round":1,"attempt":2}`,
      `10020 bot attempt-started {"round":1,"attempt":3}`,
      `10020 bot attempt-ended {"round":1,"attempt":3,"result":"refused","resultHash":"…","next":"fail"}`,
      `10020 bot operation-failed {"round":1,"attempt":3,"outcome":"failed","topic":"no-auth"}`,
      '10020 bot request-done {"round":1,"succeeded":0,"failed":1,"uncertain":0}',
      `10020 bot attempt-overtaken {"round":1,"attempt":2,"result":"accepted","resultHash":"…"}`,
      `10030 UASKER retried {"round":2,"operations":1}`,
      `10030 bot attempt-started {"round":2,"attempt":1}`,
      `10030 bot attempt-ended {"round":2,"attempt":1,"result":"accepted","resultHash":"…","next":"succeed"}`,
      `10030 bot operation-succeeded {"round":2,"attempt":1}`,
      '10030 bot request-done {"round":2,"succeeded":1,"failed":0,"uncertain":0}',
    ]);
  });

  for (const [decision, event] of [
    ["reject", "rejected"],
    ["withdraw", "withdrawn"],
  ] as const) {
    test(`records who ended a request by ${decision}`, async () => {
      const bench = await fresh();
      await bench.decided(await bench.asked(), decision, "USOMEBODY");
      assert.equal((await audit(bench, bench.clock.now())).at(-1), `0 USOMEBODY ${event}`);
    });
  }

  test("records that the bot expired a request", async () => {
    const bench = await fresh();
    await bench.expired();
    assert.equal((await audit(bench, bench.clock.now())).at(-1), "0 bot expired");
  });

  test("records that an attempt was handed back without a call", async () => {
    const bench = await fresh();
    await bench.approved();
    const attempt = await bench.claimed();
    const before = await bench.count("events");
    await bench.operations.handBack(attempt);
    assert.equal(await bench.count("events"), before + 1);
  });

  test("records where each event came from: a command, a click, or an instance of the bot", async () => {
    const bench = await fresh();
    await bench.succeeded({ origin: { from: "command", channelId: "CTYPED" } });
    await bench.decided(await bench.asked(), "reject");
    await bench.expired();
    const events = await bench.db.selectFrom("events").select(["what", "origin"]).execute();
    for (const { what, origin } of events) {
      if (what === "asked") assert.match(origin ?? "", /^command C(TYPED|OPS)$/);
      else assert.equal(origin, what === "approved" || what === "rejected" ? "click COPS" : "instance us", what);
    }
  });

  test("names the request and the operation that each event is about", async () => {
    const bench = await fresh();
    const requestId = await bench.succeeded();
    const { id } = (await bench.request(requestId)).operation;
    const events = await bench.db.selectFrom("events").select(["what", "request_id", "operation_id"]).execute();
    for (const event of events) {
      assert.equal(event.request_id, requestId);
      const isAboutTheWhole = ["asked", "approved", "request-done"].includes(event.what);
      assert.equal(event.operation_id, isAboutTheWhole ? null : id, event.what);
    }
  });
});
