/** Roles: granted and revoked one by one, stored in the ledger's database, and never guessed if it is down. */
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { Grant, Holder } from "../../src/domain/grant.ts";
import type { Role } from "../../src/domain/policy.ts";
import { createRoles, groupsMax, type Roles } from "../../src/ledger/roles.ts";
import { systemClock } from "../../src/system-clock.ts";
import { engines } from "../storage/engines.ts";
import { atOnce, type Bench, click, hourMs, onEveryEngine, withoutAudit } from "./builders.ts";

const rolesOf = ({ db, clock }: Bench, admins: string[] = []) => createRoles({ db, clock, instance: "us", admins });

/** Ids that begin with S are groups, as in Slack. */
const holder = (id: string): Holder => ({ kind: id.startsWith("S") ? "group" : "user", id });

const change = (id: string, role: Role, by = "UADMIN") => ({ holder: holder(id), role, by, origin: click });

const grantOf = (id: string, role: Role, what: Partial<Grant>): Grant => ({
  holder: holder(id),
  role,
  by: "UADMIN",
  at: 0,
  until: undefined,
  only: undefined,
  ...what,
});

/** The roles of a user's own grants. */
const held = async (roles: Roles, userId: string) => (await roles.of(holder(userId))).map(({ role }) => role);

const holders = async (roles: Roles, role: Role) => (await roles.holders(role)).map(({ id }) => id);

async function audit({ db }: Bench) {
  const events = await db.selectFrom("events").selectAll().orderBy("seq").execute();
  return events.map(({ at, actor, what, detail_json }) => {
    const { v: _, ...detail } = JSON.parse(detail_json ?? "{}");
    return { at, actor, what, ...detail };
  });
}

onEveryEngine("roles", (fresh) => {
  test("have no holders at first", async () => {
    const roles = rolesOf(await fresh());
    assert.deepEqual(await held(roles, "UANN"), []);
    assert.deepEqual(await roles.list(), []);
    assert.deepEqual(await holders(roles, "approver"), []);
  });

  test("are granted to one person, one by one", async () => {
    const roles = rolesOf(await fresh());
    assert.equal((await roles.grant(change("UANN", "requester"))).kind, "granted");
    assert.equal((await roles.grant(change("UANN", "admin"))).kind, "granted");
    assert.equal((await roles.grant(change("UBOB", "approver"))).kind, "granted");
    assert.deepEqual(await held(roles, "UANN"), ["requester", "admin"]);
    assert.deepEqual(await held(roles, "UBOB"), ["approver"]);
    assert.deepEqual(await held(roles, "UAN"), []);
    assert.deepEqual(await held(roles, "UANN:requester"), []);
  });

  test("are revoked one by one", async () => {
    const roles = rolesOf(await fresh());
    await roles.grant(change("UANN", "requester"));
    await roles.grant(change("UANN", "approver"));
    await roles.grant(change("UBOB", "approver"));
    assert.equal(await roles.revoke(change("UANN", "approver")), "revoked");
    assert.deepEqual(await held(roles, "UANN"), ["requester"]);
    assert.deepEqual(await holders(roles, "approver"), ["UBOB"]);
    assert.equal(await roles.revoke(change("UANN", "approver")), "had-it-not");
    assert.equal((await roles.grant(change("UANN", "approver"))).kind, "granted");
  });

  test("that are granted twice keep the first grant", async () => {
    const bench = await fresh();
    const roles = rolesOf(bench);
    await roles.grant(change("UANN", "approver", "UFIRST"));
    const before = await roles.list();
    bench.clock.advance(1_000);
    assert.equal((await roles.grant(change("UANN", "approver", "USECOND"))).kind, "had-it-already");
    assert.deepEqual(await roles.list(), before);
    assert.equal(await bench.count("events"), 1);
  });

  test("granted by many people at once are granted by exactly one of them", async () => {
    const bench = await fresh();
    const answers = await atOnce(8, (nth) => rolesOf(bench).grant(change("UANN", "approver", `U${nth}`)));
    assert.equal(answers.filter((answer) => answer.kind === "granted").length, 1);
    assert.equal(await bench.count("events"), 1);
  });

  test("revoked by many people at once are revoked by exactly one of them", async () => {
    const bench = await fresh();
    await rolesOf(bench).grant(change("UANN", "approver"));
    const answers = await atOnce(8, (nth) => rolesOf(bench).revoke(change("UANN", "approver", `U${nth}`)));
    assert.equal(answers.filter((answer) => answer === "revoked").length, 1);
    assert.equal(await bench.count("events"), 2);
  });

  test("granted to many people at once are all stored", async () => {
    const roles = rolesOf(await fresh());
    await atOnce(12, (nth) => roles.grant(change(`U${nth}`, "requester")));
    assert.equal((await roles.holders("requester")).length, 12);
  });

  test("are listed with who granted them and when: the settings' admins first, then by user, then by group", async () => {
    const bench = await fresh();
    const roles = rolesOf(bench, ["UZED"]);
    await roles.grant(change("UBOB", "approver", "UZED"));
    bench.clock.advance(1_000);
    await roles.grant({ ...change("UANN", "requester", "UBOB"), only: ["19*"] });
    await roles.grant({ ...change("SOPS", "approver"), until: bench.clock.now() + hourMs });
    const at = bench.clock.now();
    assert.deepEqual(await roles.list(), [
      grantOf("UZED", "admin", { by: "settings" }),
      grantOf("UANN", "requester", { by: "UBOB", at, only: ["19*"] }),
      grantOf("UBOB", "approver", { by: "UZED", at: at - 1_000 }),
      grantOf("SOPS", "approver", { at, until: at + hourMs }),
    ]);
  });

  test("of the settings' admins stay, whatever is granted and revoked", async () => {
    const bench = await fresh();
    const roles = rolesOf(bench, ["UZED"]);
    assert.deepEqual(await held(roles, "UZED"), ["admin"]);
    assert.equal(await roles.revoke(change("UZED", "admin")), "stands-in-settings");
    assert.equal(await bench.count("events"), 0);
    await roles.grant(change("UZED", "approver"));
    await roles.grant(change("UZED", "admin"));
    assert.deepEqual(await held(roles, "UZED"), ["admin", "approver", "admin"]);
    assert.deepEqual(await holders(roles, "admin"), ["UZED"]);
    assert.equal(await roles.revoke(change("UZED", "approver")), "revoked");
    assert.deepEqual(await held(roles, "UZED"), ["admin", "admin"]);
  });

  test("are changed with an audit event: who, whom, what, when", async () => {
    const bench = await fresh();
    const roles = rolesOf(bench);
    await roles.grant(change("UANN", "approver", "UADMIN"));
    bench.clock.advance(500);
    await roles.revoke(change("UANN", "approver", "UOTHER"));
    const at = bench.clock.now();
    assert.deepEqual(await audit(bench), [
      { at: at - 500, actor: "UADMIN", what: "granted", userId: "UANN", role: "approver" },
      { at, actor: "UOTHER", what: "revoked", userId: "UANN", role: "approver" },
    ]);
  });

  test("of a group are separate from those of a user with the same id", async () => {
    const roles = rolesOf(await fresh());
    await roles.grant(change("SOPS", "approver"));
    await roles.grant(change("UANN", "requester"));
    assert.deepEqual(await held(roles, "SOPS"), ["approver"]);
    assert.deepEqual(await roles.of({ kind: "user", id: "SOPS" }), []);
    assert.deepEqual(
      (await roles.about("UANN")).toGroups.map(({ holder }) => holder),
      [holder("SOPS")],
    );
    assert.equal(await roles.revoke(change("SOPS", "approver")), "revoked");
    assert.deepEqual((await roles.about("UANN")).toGroups, []);
  });

  test("have a maximum number of groups, whose grants can still be changed", async () => {
    const roles = rolesOf(await fresh());
    await atOnce(groupsMax, (nth) => roles.grant(change(`S${nth}`, "requester")));
    assert.deepEqual(await roles.grant(change("SMORE", "requester")), { kind: "too-many-groups", max: groupsMax });
    assert.equal((await roles.grant(change("S1", "approver"))).kind, "granted");
    assert.equal((await roles.grant(change("UANN", "approver"))).kind, "granted");
    await roles.revoke(change("S2", "requester"));
    assert.equal((await roles.grant(change("SMORE", "requester"))).kind, "granted");
  });

  test("granted for a time are held until then, and no longer", async () => {
    const bench = await fresh();
    const roles = rolesOf(bench);
    const until = bench.clock.now() + hourMs;
    for (const id of ["UANN", "SOPS"]) await roles.grant({ ...change(id, "approver"), until });
    bench.clock.advance(hourMs - 1);
    assert.deepEqual(await held(roles, "UANN"), ["approver"]);
    assert.deepEqual(await holders(roles, "approver"), ["UANN", "SOPS"]);
    bench.clock.advance(1);
    assert.deepEqual(await held(roles, "UANN"), []);
    assert.deepEqual(await roles.list(), []);
    assert.deepEqual((await roles.about("UANN")).toGroups, []);
    assert.equal(await roles.revoke(change("UANN", "approver")), "had-it-not");
  });

  test("that have ended are removed once, with an event, by one of many instances", async () => {
    const bench = await fresh();
    const roles = rolesOf(bench);
    const at = bench.clock.now();
    await roles.grant({ ...change("UANN", "requester"), until: at + 2_000, only: ["19*"] });
    await roles.grant({ ...change("SOPS", "approver"), until: at + 1_000 });
    await roles.grant({ ...change("UBOB", "approver"), until: at + hourMs });
    await roles.grant(change("UCAROL", "admin"));
    assert.deepEqual(await roles.endDue(10), []);
    bench.clock.advance(2_000);
    const ended = (await atOnce(6, () => rolesOf(bench).endDue(10))).flat();
    assert.deepEqual(ended, [
      grantOf("UANN", "requester", { at, until: at + 2_000, only: ["19*"] }),
      grantOf("SOPS", "approver", { at, until: at + 1_000 }),
    ]);
    assert.deepEqual((await audit(bench)).slice(-2), [
      {
        at: at + 2_000,
        actor: "bot",
        what: "grant-ended",
        userId: "UANN",
        role: "requester",
        until: at + 2_000,
        only: ["19*"],
      },
      { at: at + 2_000, actor: "bot", what: "grant-ended", groupId: "SOPS", role: "approver", until: at + 1_000 },
    ]);
    assert.equal(await bench.count("keyv"), 2);
  });

  test("that have ended are removed a limited number at a time", async () => {
    const bench = await fresh();
    const roles = rolesOf(bench);
    for (const id of ["U1", "U2", "U3", "S1"])
      await roles.grant({ ...change(id, "approver"), until: bench.clock.now() + 1 });
    bench.clock.advance(1);
    const taken = [await roles.endDue(3), await roles.endDue(3), await roles.endDue(3)];
    assert.deepEqual(
      taken.map(({ length }) => length),
      [3, 1, 0],
    );
  });

  test("granted again at the moment they end are granted, and the end is recorded", async () => {
    const bench = await fresh();
    const roles = rolesOf(bench);
    await roles.grant({ ...change("UANN", "approver"), until: bench.clock.now() + 1 });
    bench.clock.advance(1);
    assert.equal((await roles.grant(change("UANN", "approver"))).kind, "granted");
    assert.deepEqual(await roles.endDue(10), []);
    assert.deepEqual(await held(roles, "UANN"), ["approver"]);
    assert.deepEqual(
      (await audit(bench)).map(({ what }) => what),
      ["granted", "grant-ended", "granted"],
    );
  });

  test("granted again with another end or restriction are changed, and both terms are reported and recorded", async () => {
    const bench = await fresh();
    const roles = rolesOf(bench);
    const at = bench.clock.now();
    const until = at + hourMs;
    const plain = grantOf("UANN", "requester", { at });
    const limited = grantOf("UANN", "requester", { at, by: "UBOB", until, only: ["19*", "18*"] });
    await roles.grant(change("UANN", "requester"));
    const terms = { until, only: ["19*", "18*"] };
    assert.deepEqual(await roles.grant({ ...change("UANN", "requester", "UBOB"), ...terms }), {
      kind: "changed",
      before: plain,
      grant: limited,
    });
    assert.deepEqual(await roles.list(), [limited]);
    assert.deepEqual(await roles.grant({ ...change("UANN", "requester"), until, only: ["18*", "19*"] }), {
      kind: "had-it-already",
      grant: limited,
    });
    assert.equal((await roles.grant(change("UANN", "requester"))).kind, "changed");
    bench.clock.advance(hourMs);
    assert.deepEqual(await held(roles, "UANN"), ["requester"], "the replaced end has no effect");
    assert.deepEqual(await roles.endDue(10), []);
    const [, first, second] = await audit(bench);
    assert.deepEqual(first, {
      at,
      actor: "UBOB",
      what: "grant-changed",
      userId: "UANN",
      role: "requester",
      ...terms,
      before: {},
    });
    assert.deepEqual(second, {
      at,
      actor: "UADMIN",
      what: "grant-changed",
      userId: "UANN",
      role: "requester",
      before: terms,
    });
  });

  test("of the last admin who is a member can neither be revoked nor given an end", async () => {
    const bench = await fresh();
    const roles = rolesOf(bench);
    const members = ["UANN", "UBOB"];
    const until = bench.clock.now() + hourMs;
    await roles.grant(change("UANN", "admin"));
    await roles.grant(change("UGONE", "admin"));
    await roles.grant(change("SOPS", "admin"));
    await roles.grant({ ...change("UBOB", "admin"), until });
    const before = await roles.list();
    assert.equal(await roles.revoke({ ...change("UANN", "admin"), members }), "last-admin");
    assert.deepEqual(await roles.grant({ ...change("UANN", "admin"), until, members }), { kind: "last-admin" });
    assert.deepEqual(await roles.list(), before);
    assert.equal(await bench.count("events"), 4);

    assert.equal(await roles.revoke({ ...change("SOPS", "admin"), members }), "revoked");
    assert.equal(await roles.revoke({ ...change("UGONE", "admin"), members }), "revoked");
    assert.equal((await roles.grant({ ...change("UBOB", "admin"), members })).kind, "changed");
    assert.equal(await roles.revoke({ ...change("UANN", "admin"), members }), "revoked");
  });

  test("of an admin that end can be revoked, whoever else is an admin; those without an end cannot", async () => {
    const bench = await fresh();
    const roles = rolesOf(bench);
    const until = bench.clock.now() + hourMs;
    const members = ["UANN", "UBOB"];
    for (const id of ["UANN", "SOPS"]) {
      await roles.grant({ ...change(id, "admin"), until });
      assert.equal(await roles.revoke({ ...change(id, "admin"), members }), "revoked");
    }
    // Its members are the only admins.
    await roles.grant(change("SOPS", "admin"));
    assert.equal(await roles.revoke({ ...change("SOPS", "admin"), members }), "last-admin");
  });

  test("of a granted admin can be revoked while the settings name an admin who is a member", async () => {
    const roles = rolesOf(await fresh(), ["UZED"]);
    await roles.grant(change("UANN", "admin"));
    assert.equal(await roles.revoke({ ...change("UANN", "admin"), members: ["UANN"] }), "last-admin");
    assert.equal(await roles.revoke({ ...change("UANN", "admin"), members: ["UANN", "UZED"] }), "revoked");
  });

  test("of two admins who revoke each other at once stay with one of them", async () => {
    const bench = await fresh();
    const members = ["UANN", "UBOB"];
    for (let round = 0; round < 5; round++) {
      for (const id of members) await rolesOf(bench).grant(change(id, "admin"));
      const answers = await Promise.all([
        rolesOf(bench).revoke({ ...change("UANN", "admin", "UBOB"), members }),
        rolesOf(bench).revoke({ ...change("UBOB", "admin", "UANN"), members }),
      ]);
      assert.deepEqual(answers.toSorted(), ["last-admin", "revoked"]);
      assert.equal((await rolesOf(bench).holders("admin")).length, 1);
    }
  });

  test("of a settings' admin cannot be given an end", async () => {
    const bench = await fresh();
    const until = bench.clock.now() + hourMs;
    const granted = await rolesOf(bench, ["UZED"]).grant({ ...change("UZED", "admin"), until, members: ["UZED"] });
    assert.deepEqual(granted, { kind: "stands-in-settings" });
  });

  test("do not change if the audit trail cannot be written", async () => {
    const bench = await fresh();
    const roles = rolesOf(bench);
    await roles.grant(change("UBOB", "approver"));
    await roles.grant({ ...change("UEVE", "requester"), until: bench.clock.now() });
    await withoutAudit(bench.db, async () => {
      await assert.rejects(roles.grant(change("UANN", "approver")));
      await assert.rejects(roles.revoke(change("UBOB", "approver")));
      await assert.rejects(roles.endDue(1));
    });
    assert.equal((await roles.endDue(1)).length, 1);
    assert.deepEqual(await holders(roles, "approver"), ["UBOB"]);
  });
});

const acts: Record<string, (roles: Roles) => Promise<unknown>> = {
  of: (roles) => roles.of(holder("UZED")),
  list: (roles) => roles.list(),
  holders: (roles) => roles.holders("admin"),
  grant: (roles) => roles.grant(change("UANN", "approver")),
  revoke: (roles) => roles.revoke(change("UANN", "approver")),
  about: (roles) => roles.about("UZED"),
  endDue: (roles) => roles.endDue(1),
};

for (const engine of engines) {
  describe(`roles in a closed database (${engine.name})`, { skip: engine.skip }, () => {
    let roles: Roles;
    before(async () => {
      const store = await engine.open();
      roles = createRoles({ db: store.db, clock: systemClock, instance: "us", admins: ["UZED"] });
      await roles.grant(change("UANN", "approver"));
      await store.close();
    });

    for (const [name, act] of Object.entries(acts))
      test(`are not guessed: ${name} rejects`, () => assert.rejects(act(roles)));
  });
}

onEveryEngine("roles that cannot be read", (fresh) => {
  for (const [name, act] of Object.entries(acts))
    test(`are not guessed: ${name} rejects`, async () => {
      const bench = await fresh();
      await bench.db.schema.alterTable("keyv").renameTo("keyv_away").execute();
      try {
        await assert.rejects(act(rolesOf(bench, ["UZED"])));
      } finally {
        await bench.db.schema.alterTable("keyv_away").renameTo("keyv").execute();
      }
    });
});
