/** A ledger has one owner: the first workspace, app and provider that use it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createInstances, deadAfterMs } from "../../../src/ledger/instances/instances.ts";
import { checkOwner, claimOwnership, OwnedByAnother, type Owner } from "../../../src/ledger/instances/ownership.ts";
import { atOnce, onEveryEngine } from "../builders.ts";

const ours: Owner = { team: "T1", app: "A1", mchid: "1900000100" };

onEveryEngine("a ledger", (fresh) => {
  test("in which something has happened refuses another workspace, app or provider", async () => {
    const { store, asked } = await owned();
    await asked();
    const others = [
      { ...ours, team: "T2" },
      { ...ours, app: "A2" },
      { ...ours, mchid: "1900000200" },
      { team: undefined, app: undefined, mchid: "1900000200" },
    ];
    for (const other of others) {
      await assert.rejects(checkOwner(store, other), OwnedByAnother);
      await assert.rejects(claimOwnership(store, other), OwnedByAnother);
    }
    for (const same of [ours, { ...ours, app: undefined }, { ...ours, team: undefined, app: undefined }])
      await claimOwnership(store, same);
  });

  test("in which nothing has happened passes to whoever uses it first", async () => {
    const { store, asked } = await owned();
    await claimOwnership(store, { ...ours, mchid: "1900000200" });
    await asked();
    await assert.rejects(claimOwnership(store, ours), OwnedByAnother);
  });

  test("learns what Slack did not say at first, and gives the operations of older versions their provider", async () => {
    const { store, asked, db } = await bench();
    await asked();
    await db.updateTable("operations").set({ mchid: "" }).execute();
    await claimOwnership(store, { ...ours, app: undefined });
    const operations = await db.selectFrom("operations").select("mchid").execute();
    assert.deepEqual(
      operations.map(({ mchid }) => mchid),
      [ours.mchid],
    );
    await claimOwnership(store, ours);
    await assert.rejects(claimOwnership(store, { ...ours, app: "A2" }), OwnedByAnother);
  });

  test("is claimed by one of two deployments that start together", async () => {
    const { store, asked } = await bench();
    await asked();
    const claims = await atOnce(2, (nth) =>
      claimOwnership(store, { ...ours, app: `A${nth}` }).then(
        () => "claimed",
        (error: unknown) => (error instanceof OwnedByAnother ? "refused" : error),
      ),
    );
    assert.ok(claims.includes("claimed"));
    const again = await Promise.allSettled([0, 1].map((nth) => claimOwnership(store, { ...ours, app: `A${nth}` })));
    assert.equal(again.filter(({ status }) => status === "rejected").length, 1);
  });

  test("knows the instances that are alive", async () => {
    const { store, clock } = await bench();
    const instance = (id: string, mode: "http" | "socket") => createInstances({ store, clock, id, mode });
    const [one, two, other] = [instance("1", "socket"), instance("2", "socket"), instance("3", "http")];
    for (const each of [one, two, other]) await each.seen();
    assert.deepEqual([await one.count("socket"), await one.count("http")], [2, 1]);
    clock.advance(deadAfterMs);
    await one.seen();
    assert.equal(await one.count("socket"), 1);
    await two.seen();
    await one.left();
    assert.equal(await two.count("socket"), 1);
  });

  async function bench() {
    const made = await fresh();
    return { ...made, store: made.store };
  }

  async function owned() {
    const made = await bench();
    await claimOwnership(made.store, ours);
    return made;
  }
});
