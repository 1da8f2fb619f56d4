/** RETAIN: what is pruned, and what stays whatever its age. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { sql } from "kysely";
import { createLedger } from "../../../src/ledger/ledger.ts";
import { resubmissionKey } from "../../../src/ledger/queries/bulk/resubmission.ts";
import { createRoles } from "../../../src/ledger/roles.ts";
import { accepted, type Bench, click, onEveryEngine } from "../builders.ts";
import { age, audited, dayMs, pruneAll, requestIds, retainMs, sealAll, show } from "./pruning.ts";

/** Each of these sub-merchants is switched again, so that nothing about their earlier operations is the newest. */
async function switchAgain(bench: Bench, subMchids: readonly string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const subMchid of subMchids) ids.push(await bench.succeeded({ subMchid, action: "CLOSE" }));
  await show(bench);
  return ids;
}

onEveryEngine("pruning", (fresh, { engine }) => {
  test("removes a request whose sub-merchant was switched again, with everything that belongs to it", async () => {
    const bench = await fresh();
    const old = await bench.succeeded({ subMchid: "1900000109", givenNames: { "1900000109": "蓝海火锅" } });
    assert.equal(await bench.count("given_names"), 1);
    const events = await bench.events(old);
    await age(bench);
    const kept = await switchAgain(bench, ["1900000109"]);
    const before = await bench.history.status("1900000109");
    assert.deepEqual(await pruneAll(bench), { requests: 1, operations: 1, events: events.length });
    assert.deepEqual(await requestIds(bench), kept);
    assert.equal(await bench.requests.find(old), undefined);
    assert.deepEqual(await bench.events(old), []);
    assert.deepEqual([await bench.count("operations"), await bench.count("attempts")], [1, 1]);
    assert.equal(await bench.count("given_names"), 0);
    assert.deepEqual(await bench.history.status("1900000109"), before);
    assert.deepEqual(await audited(bench.store), []);
  });

  test("removes requests that ended in any way", async () => {
    const bench = await fresh();
    const subMchids = ["1900000201", "1900000202", "1900000203", "1900000204", "1900000205"] as const;
    await bench.failed({ subMchid: subMchids[0] });
    await bench.decided(await bench.asked({ subMchid: subMchids[1] }), "reject");
    await bench.decided(await bench.asked({ subMchid: subMchids[2] }), "withdraw", "UASKER");
    await bench.expired({ subMchid: subMchids[3] });
    const half = await bench.asked({ subMchid: subMchids[4], approvalRule: { needed: 2 } });
    for (const by of ["UBOB", "UCAR"])
      await bench.requests.decide({ requestId: half, decision: "approve", by, origin: click });
    await bench.operations.conclude(await bench.claimed(), accepted, { kind: "succeed" });
    await age(bench);
    const kept = await switchAgain(bench, subMchids);
    assert.equal((await pruneAll(bench)).requests, subMchids.length);
    assert.deepEqual(await requestIds(bench), kept);
    assert.equal(await bench.count("approvals"), 0);
    assert.deepEqual(await audited(bench.store), []);
  });

  test("leaves what ended within RETAIN, what is open, and what Slack does not show yet", async () => {
    const bench = await fresh();
    const open = await bench.asked({ subMchid: "1900000302", ttlMs: 9 * retainMs });
    const unshown = await bench.succeeded({ subMchid: "1900000303" });
    await age(bench);
    const recent = await bench.succeeded({ subMchid: "1900000301" });
    const kept = await switchAgain(bench, ["1900000301", "1900000303"]);
    await bench.db.updateTable("posts").set({ shown: 0 }).where("request_id", "=", unshown).execute();
    bench.clock.advance(retainMs - dayMs);
    assert.equal((await pruneAll(bench)).requests, 0);
    assert.deepEqual((await requestIds(bench)).sort(), [open, unshown, recent, ...kept].sort());
    await show(bench);
    bench.clock.advance(2 * dayMs);
    assert.equal((await pruneAll(bench)).requests, 2);
    assert.deepEqual((await requestIds(bench)).sort(), [open, ...kept].sort());
    assert.equal((await bench.decided(open, "approve")).state, "approved");
    assert.deepEqual(await audited(bench.store), []);
  });

  test("leaves each sub-merchant's last success, the failure after it, and the newest operation", async () => {
    const bench = await fresh();
    const subMchid = "1900000401";
    const ids = [
      await bench.succeeded({ subMchid }),
      await bench.failed({ subMchid }),
      await bench.succeeded({ subMchid, action: "CLOSE" }),
      await bench.failed({ subMchid }),
      await bench.failed({ subMchid }),
      await bench.decided(await bench.asked({ subMchid }), "reject").then(({ id }) => id),
      await bench.decided(await bench.asked({ subMchid }), "withdraw", "UASKER").then(({ id }) => id),
    ];
    await bench.succeeded();
    await age(bench);
    const before = await bench.history.status(subMchid);
    assert.equal((await pruneAll(bench)).requests, 4);
    const left = await requestIds(bench);
    assert.deepEqual(left.slice(0, 3), [ids[2], ids[4], ids[6]]);
    assert.deepEqual(await bench.history.status(subMchid), before);
    assert.deepEqual(await audited(bench.store), []);
  });

  test("leaves the newest operation of each object of a sub-merchant, until both are switched again", async () => {
    const bench = await fresh();
    const subMchid = "1900000451";
    const both = await bench.approved({ subMchid, object: "both" });
    await bench.operations.conclude(await bench.claimed(), accepted, { kind: "continue", step: "goldplan" });
    await bench.operations.conclude(await bench.claimed(), accepted, { kind: "succeed" });
    await age(bench);
    await bench.succeeded({ subMchid, object: "receipt" });
    await show(bench);
    const before = await bench.history.status(subMchid);
    assert.equal((await pruneAll(bench)).requests, 0);
    await bench.succeeded({ subMchid, object: "goldplan", action: "CLOSE" });
    await show(bench);
    assert.equal((await pruneAll(bench)).requests, 1);
    assert.equal(await bench.requests.find(both), undefined);
    const after = await bench.history.status(subMchid);
    assert.deepEqual(after.previous[0], before.previous[0]);
    assert.deepEqual(await audited(bench.store), []);
  });

  test("leaves a bulk request as long as one of its operations is the newest, and then removes it whole", async () => {
    const bench = await fresh();
    const subMchids = ["1900000501", "1900000502", "1900000503"];
    const bulk = await bench.approved({ subMchids });
    for (const attempt of await bench.claim(3)) await bench.operations.conclude(attempt, accepted, { kind: "succeed" });
    await age(bench);
    await switchAgain(bench, subMchids.slice(1));
    assert.equal((await pruneAll(bench)).requests, 0);
    assert.equal((await bench.request(bulk)).counts.total, 3);
    await switchAgain(bench, subMchids.slice(0, 1));
    assert.deepEqual((await pruneAll(bench)).operations, 3);
    assert.equal(await bench.requests.find(bulk), undefined);
    assert.deepEqual(await audited(bench.store), []);
  });

  test("leaves the resubmission of a stopped request while that one stays", async () => {
    const bench = await fresh();
    const stopped = await bench.approved({ subMchids: ["1900000601", "1900000602"] });
    const [attempt] = await bench.claim(1);
    assert.ok(attempt);
    await bench.requests.stop({ requestId: stopped, by: "UBOB", origin: click });
    await bench.operations.conclude(attempt, accepted, { kind: "succeed" });
    const [left = ""] = await bench.bulk.notStarted(stopped);
    const again = await bench.succeeded({ subMchid: left, sourceKey: resubmissionKey(stopped, 1) });
    await age(bench);
    await switchAgain(bench, [left]);
    await pruneAll(bench);
    assert.deepEqual((await requestIds(bench)).slice(0, 2), [stopped, again]);
    assert.deepEqual(await bench.bulk.notStarted(stopped), []);
  });

  test("leaves a request that someone changed in the database, so that the audit goes on naming it", async () => {
    const bench = await fresh();
    const changed = await bench.succeeded({ subMchid: "1900000701" });
    await age(bench);
    await switchAgain(bench, ["1900000701"]);
    await bench.db.updateTable("requests").set({ decided_by: "UEVE" }).where("id", "=", changed).execute();
    assert.equal((await pruneAll(bench)).requests, 0);
    assert.deepEqual(await audited(bench.store), [`request ${changed} decided_by`]);
  });

  test("removes old refusals and exports, and of the events about a role all but the newest", async () => {
    const bench = await fresh();
    const { db, clock } = bench;
    const roles = createRoles({ db, clock, instance: "us", admins: [] });
    const [bob, car] = (["UBOB", "UCAR"] as const).map((id) => ({ kind: "user", id }) as const);
    assert.ok(bob && car);
    const by = { by: "UADMIN", origin: click };
    await roles.grant({ holder: bob, role: "approver", only: undefined, until: clock.now() + 900 * dayMs, ...by });
    await roles.grant({ holder: bob, role: "approver", ...by });
    await roles.grant({ holder: car, role: "requester", ...by });
    await roles.revoke({ holder: car, role: "requester", ...by });
    const refused = { why: "needs-role", role: "approver", kind: "refuse" } as const;
    await bench.refusals.note({ by: "UEVE", origin: click, refused, asked: "approve" });
    await bench.trail.taken("UADMIN", click, { from: 0, to: 1 });
    await age(bench);
    await bench.refusals.note({ by: "UEVE", origin: click, refused, asked: "approve" });
    await pruneAll(bench);
    const rows = await db.selectFrom("events").select(["what", "at"]).orderBy("seq").execute();
    assert.deepEqual(
      rows.map(({ what }) => what),
      ["grant-changed", "revoked", "refused", "pruned"],
    );
    assert.deepEqual(
      (await roles.list()).map(({ holder, role }) => `${holder.id} ${role}`),
      ["UBOB approver"],
    );
    assert.deepEqual(await audited(bench.store), []);
  });

  test("removes notices to one person that Slack has shown", async () => {
    const bench = await fresh();
    const notice = { kind: "notice", round: 0, channel_id: "UBOB", due_at: bench.clock.now(), tries: 0 } as const;
    for (const [id, shown] of [
      ["shown", 1],
      ["not-shown", 0],
    ] as const)
      await bench.db
        .insertInto("posts")
        .values({ ...notice, id, shown, wanted: 1, request_id: null, ts: null, lease_owner: null, lease_until: null })
        .execute();
    bench.clock.advance(retainMs + dayMs);
    await pruneAll(bench);
    const left = await bench.db.selectFrom("posts").select("id").execute();
    assert.deepEqual(
      left.map(({ id }) => id),
      ["not-shown"],
    );
  });

  test("never removes the newest seal, from which the next one continues", async () => {
    const bench = await fresh();
    const first = await bench.asked({ subMchid: "1900000801", ttlMs: 9 * retainMs });
    await bench.asked({ subMchid: "1900000802", ttlMs: 9 * retainMs });
    const by = { decision: "withdraw", by: "UASKER", origin: click } as const;
    await bench.requests.decide({ requestId: first, ...by });
    await age(bench);
    // The newest seal belongs to the request's end.
    await sealAll(bench);
    await bench.asked({ subMchid: "1900000801" });
    await show(bench);
    const newest = await bench.sealing.newest();
    assert.equal((await bench.retention.pruneRequests({ retainMs, after: undefined })).kind, "pruned");
    assert.deepEqual(await bench.sealing.newest(), newest);
    assert.ok(await bench.requests.find(first));
    await sealAll(bench);
    assert.equal((await pruneAll(bench)).requests, 1);
    assert.deepEqual(await audited(bench.store), []);
  });

  test("goes on where it ended, a batch at a time, and leaves the rest to the next one", async () => {
    const bench = await fresh();
    const subMchids = Array.from({ length: 3 }, (_, n) => String(1_900_000_900 + n));
    const many = subMchids.map((first, n) => [first, ...Array.from({ length: 599 }, (_, m) => `19${n}${m + 100_000}`)]);
    for (const subMchids of many) {
      const id = await bench.asked({ subMchids });
      await bench.decided(id, "withdraw", "UASKER");
      await bench.decided(await bench.asked({ subMchids }), "withdraw", "UASKER");
    }
    await age(bench);
    await bench.succeeded();
    await sealAll(bench);
    const first = await bench.retention.pruneRequests({ retainMs, after: undefined });
    assert.ok(first.kind === "pruned");
    assert.deepEqual([first.requests, first.operations], [1, 600]);
    assert.deepEqual(await audited(bench.store), []);
    assert.deepEqual(await pruneAll(bench), { requests: 2, operations: 1_200, events: 4 });
    assert.equal(await bench.count("requests"), 4);
    assert.deepEqual(await audited(bench.store), []);
  });

  test("is done by one instance at a time, and by another one a minute after the first died", async () => {
    const bench = await fresh();
    const { store, clock, random } = bench;
    const other = createLedger({ store, clock, random, mchid: "1900000100", instance: "other" });
    for (const subMchid of ["1900001001", "1900001002"]) await bench.succeeded({ subMchid });
    await age(bench);
    await switchAgain(bench, ["1900001001"]);
    await sealAll(bench);
    assert.equal((await bench.retention.pruneRequests({ retainMs, after: undefined })).kind, "pruned");
    await switchAgain(bench, ["1900001002"]);
    await sealAll(bench);
    assert.deepEqual(await other.retention.pruneRequests({ retainMs, after: undefined }), { kind: "elsewhere" });
    assert.deepEqual(await other.retention.pruneEvents({ retainMs, after: undefined }), { kind: "elsewhere" });
    clock.advance(60_000);
    assert.partialDeepStrictEqual(await other.retention.pruneRequests({ retainMs, after: undefined }), { requests: 1 });
  });

  test("knows which missing requests it may have removed", async () => {
    const bench = await fresh();
    const old = await bench.request(await bench.succeeded({ subMchid: "1900001101" }));
    assert.equal(await bench.retention.of(old.number), undefined);
    await age(bench);
    const [id = ""] = await switchAgain(bench, ["1900001101"]);
    await pruneAll(bench);
    const kept = await bench.request(id);
    assert.deepEqual(await bench.retention.of(old.number), await bench.retention.last());
    assert.equal((await bench.retention.last())?.retainMs, retainMs);
    assert.equal(await bench.retention.of(kept.number + 1), undefined);
    assert.equal(await bench.retention.of(1_000), undefined);
  });

  test("the database still refuses to remove any other event or seal, and to change what was pruned", async () => {
    const bench = await fresh();
    await bench.succeeded({ subMchid: "1900001201" });
    await age(bench);
    await switchAgain(bench, ["1900001201"]);
    await pruneAll(bench);
    for (const change of [
      "delete from events",
      "delete from seals",
      "update events set actor = 'UEVE'",
      "update pruned_ranges set last_position = 99",
      "delete from pruned_ranges",
      ...(engine === "postgres" ? ["truncate events", "truncate pruned_ranges"] : []),
    ])
      await assert.rejects(sql.raw(change).execute(bench.db), /is append-only/, change);
    assert.deepEqual(await audited(bench.store), []);
  });

  test("leaves nothing of a removed reason in the file", {
    skip: engine === "sqlite" ? false : "PostgreSQL removes it when it vacuums",
  }, async () => {
    const bench = await fresh();
    const { address } = bench.store;
    assert.ok(address.engine === "sqlite");
    const reason = "the reason of a request that is pruned";
    await bench.succeeded({ subMchid: "1900001301", reason });
    await age(bench);
    await switchAgain(bench, ["1900001301"]);
    const written = async () => {
      await sql`pragma wal_checkpoint(truncate)`.execute(bench.db);
      return readFileSync(address.path).includes(reason);
    };
    assert.equal(await written(), true);
    await pruneAll(bench);
    assert.equal(await written(), false);
  });
});
