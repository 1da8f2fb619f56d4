/** A ledger has one owner: the first workspace, app and provider that use it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createInstances } from "../../../src/ledger/instances/instances.ts";
import { checkOwner, claimOwnership, OwnedByAnother, type Owner } from "../../../src/ledger/instances/ownership.ts";
import { deadAfterMs } from "../../../src/storage/schema.ts";
import { atOnce, onEveryEngine } from "../builders.ts";

const ours: Owner = { team: "T1", app: "A1", mchid: "1900000100" };

onEveryEngine("a ledger", (fresh) => {
  test("in which something has happened refuses another workspace, app or provider", async () => {
    const { claimant, asked } = await owned();
    await asked();
    const others = [
      { ...ours, team: "T2" },
      { ...ours, app: "A2" },
      { ...ours, mchid: "1900000200" },
      { team: undefined, app: undefined, mchid: "1900000200" },
    ];
    for (const other of others) {
      await assert.rejects(checkOwner(claimant, other), OwnedByAnother);
      await assert.rejects(claimOwnership(claimant, other), OwnedByAnother);
    }
    for (const same of [ours, { ...ours, app: undefined }, { ...ours, team: undefined, app: undefined }])
      await claimOwnership(claimant, same);
  });

  test("in which nothing has happened passes to the first deployment that uses it", async () => {
    const { claimant, asked } = await owned();
    await claimOwnership(claimant, { ...ours, mchid: "1900000200" });
    await asked();
    await assert.rejects(claimOwnership(claimant, ours), OwnedByAnother);
  });

  test("records facts that Slack did not return at first, and gives the operations of older versions their provider", async () => {
    const { claimant, asked, db } = await bench();
    await asked();
    await db.updateTable("operations").set({ mchid: "" }).execute();
    await claimOwnership(claimant, { ...ours, app: undefined });
    const operations = await db.selectFrom("operations").select("mchid").execute();
    assert.deepEqual(
      operations.map(({ mchid }) => mchid),
      [ours.mchid],
    );
    await claimOwnership(claimant, ours);
    await assert.rejects(claimOwnership(claimant, { ...ours, app: "A2" }), OwnedByAnother);
  });

  test("is claimed by one of two deployments that start together", async () => {
    const { claimant, asked } = await bench();
    await asked();
    const claims = await atOnce(2, (nth) =>
      claimOwnership(claimant, { ...ours, app: `A${nth}` }).then(
        () => "claimed",
        (error: unknown) => (error instanceof OwnedByAnother ? "refused" : error),
      ),
    );
    assert.ok(claims.includes("claimed"));
    const again = await Promise.allSettled([0, 1].map((nth) => claimOwnership(claimant, { ...ours, app: `A${nth}` })));
    assert.equal(again.filter(({ status }) => status === "rejected").length, 1);
  });

  test("in which nothing has happened does not pass to another while an instance works on it", async () => {
    const { claimant, store, clock } = await owned();
    const instance = (id: string) => createInstances({ store, clock, id, mode: "socket" });
    await instance("us").seen();
    const theirs = { ...claimant, instance: "them" };
    await instance("them").seen();
    const other = { ...ours, mchid: "1900000200" };
    await assert.rejects(checkOwner(theirs, other), OwnedByAnother);
    await assert.rejects(claimOwnership(theirs, other), OwnedByAnother);
    await claimOwnership(claimant, ours);
    await instance("us").left();
    await checkOwner(theirs, other);
    await claimOwnership(theirs, other);
    await assert.rejects(claimOwnership(claimant, ours), OwnedByAnother);
  });

  test("is claimed by exactly one of two deployments that start together while it is empty", async () => {
    const { claimant, store, clock } = await bench();
    const claims = await atOnce(2, async (nth) => {
      await createInstances({ store, clock, id: `i${nth}`, mode: "socket" }).seen();
      return claimOwnership({ ...claimant, instance: `i${nth}` }, { ...ours, app: `A${nth}` }).then(
        () => "claimed",
        (error: unknown) => (error instanceof OwnedByAnother ? "refused" : error),
      );
    });
    assert.deepEqual(claims.toSorted(), ["claimed", "refused"]);
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
    await made.db.deleteFrom("instances").execute();
    const claimant = { store: made.store, clock: made.clock, instance: "us" };
    return { ...made, claimant };
  }

  async function owned() {
    const made = await bench();
    await claimOwnership(made.claimant, ours);
    return made;
  }
});
