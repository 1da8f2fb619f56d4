/** Roles: granted and revoked one by one, kept in the ledger's database, and never guessed when that is away. */
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { Role } from "../../src/receipt/policy.ts";
import { createRoles, type Roles } from "../../src/receipt/roles.ts";
import { systemClock } from "../../src/system.ts";
import { engines } from "../storage/engines.ts";
import { atOnce, type Bench, onEveryEngine, withoutAudit } from "./builders.ts";

const rolesOf = ({ db, clock }: Bench, admins: string[] = []) => createRoles({ db, clock, admins });

const change = (userId: string, role: Role, by = "UADMIN") => ({ userId, role, by });

async function audit({ db }: Bench): Promise<unknown[]> {
  const events = await db.selectFrom("events").selectAll().orderBy("seq").execute();
  return events.map(({ at, actor, what, detail_json }) => ({ at, actor, what, ...JSON.parse(detail_json ?? "{}") }));
}

onEveryEngine("roles", (fresh) => {
  test("are held by nobody at first", async () => {
    const roles = rolesOf(await fresh());
    assert.deepEqual(await roles.of("UANN"), new Set());
    assert.deepEqual(await roles.list(), []);
    assert.deepEqual(await roles.holders("approver"), []);
  });

  test("are granted to one person, one by one", async () => {
    const roles = rolesOf(await fresh());
    assert.equal(await roles.grant(change("UANN", "requester")), "granted");
    assert.equal(await roles.grant(change("UANN", "admin")), "granted");
    assert.equal(await roles.grant(change("UBOB", "approver")), "granted");
    assert.deepEqual(await roles.of("UANN"), new Set(["requester", "admin"]));
    assert.deepEqual(await roles.of("UBOB"), new Set(["approver"]));
    assert.deepEqual(await roles.of("UAN"), new Set());
    assert.deepEqual(await roles.of("UANN:requester"), new Set());
  });

  test("are revoked one by one", async () => {
    const roles = rolesOf(await fresh());
    await roles.grant(change("UANN", "requester"));
    await roles.grant(change("UANN", "approver"));
    await roles.grant(change("UBOB", "approver"));
    assert.equal(await roles.revoke(change("UANN", "approver")), "revoked");
    assert.deepEqual(await roles.of("UANN"), new Set(["requester"]));
    assert.deepEqual(await roles.holders("approver"), ["UBOB"]);
    assert.equal(await roles.revoke(change("UANN", "approver")), "had-it-not");
    assert.equal(await roles.grant(change("UANN", "approver")), "granted");
  });

  test("granted twice stay as they were granted first", async () => {
    const bench = await fresh();
    const roles = rolesOf(bench);
    await roles.grant(change("UANN", "approver", "UFIRST"));
    const before = await roles.list();
    bench.clock.advance(1_000);
    assert.equal(await roles.grant(change("UANN", "approver", "USECOND")), "had-it-already");
    assert.deepEqual(await roles.list(), before);
    assert.equal(await bench.count("events"), 1);
  });

  test("granted by many at once are granted by exactly one of them", async () => {
    const bench = await fresh();
    const answers = await atOnce(8, (nth) => rolesOf(bench).grant(change("UANN", "approver", `U${nth}`)));
    assert.equal(answers.filter((answer) => answer === "granted").length, 1);
    assert.equal(await bench.count("events"), 1);
  });

  test("revoked by many at once are revoked by exactly one of them", async () => {
    const bench = await fresh();
    await rolesOf(bench).grant(change("UANN", "approver"));
    const answers = await atOnce(8, (nth) => rolesOf(bench).revoke(change("UANN", "approver", `U${nth}`)));
    assert.equal(answers.filter((answer) => answer === "revoked").length, 1);
    assert.equal(await bench.count("events"), 2);
  });

  test("of many people granted at once are all there", async () => {
    const roles = rolesOf(await fresh());
    await atOnce(12, (nth) => roles.grant(change(`U${nth}`, "requester")));
    assert.equal((await roles.holders("requester")).length, 12);
  });

  test("are listed with who granted them and when, the settings' admins first, then by user", async () => {
    const bench = await fresh();
    const roles = rolesOf(bench, ["UZED"]);
    await roles.grant(change("UBOB", "approver", "UZED"));
    bench.clock.advance(1_000);
    await roles.grant(change("UANN", "requester", "UBOB"));
    const at = bench.clock.now();
    assert.deepEqual(await roles.list(), [
      { userId: "UZED", role: "admin", by: "settings", at: 0 },
      { userId: "UANN", role: "requester", by: "UBOB", at },
      { userId: "UBOB", role: "approver", by: "UZED", at: at - 1_000 },
    ]);
  });

  test("stand in the settings for their admins, whatever is granted and revoked", async () => {
    const bench = await fresh();
    const roles = rolesOf(bench, ["UZED"]);
    assert.deepEqual(await roles.of("UZED"), new Set(["admin"]));
    assert.equal(await roles.revoke(change("UZED", "admin")), "stands-in-settings");
    assert.equal(await bench.count("events"), 0);
    await roles.grant(change("UZED", "approver"));
    await roles.grant(change("UZED", "admin"));
    assert.deepEqual(await roles.of("UZED"), new Set(["approver", "admin"]));
    assert.deepEqual(await roles.holders("admin"), ["UZED"]);
    assert.equal(await roles.revoke(change("UZED", "approver")), "revoked");
    assert.deepEqual(await roles.of("UZED"), new Set(["admin"]));
  });

  test("changes are audited: who, whom, what, when", async () => {
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

  test("do not change when the change cannot be audited", async () => {
    const bench = await fresh();
    const roles = rolesOf(bench);
    await roles.grant(change("UBOB", "approver"));
    await withoutAudit(bench.db, async () => {
      await assert.rejects(roles.grant(change("UANN", "approver")));
      await assert.rejects(roles.revoke(change("UBOB", "approver")));
    });
    assert.deepEqual(await roles.holders("approver"), ["UBOB"]);
  });
});

const acts: Record<string, (roles: Roles) => Promise<unknown>> = {
  of: (roles) => roles.of("UZED"),
  list: (roles) => roles.list(),
  holders: (roles) => roles.holders("admin"),
  grant: (roles) => roles.grant(change("UANN", "approver")),
  revoke: (roles) => roles.revoke(change("UANN", "approver")),
};

for (const engine of engines) {
  describe(`roles in a closed database (${engine.name})`, { skip: engine.skip }, () => {
    let roles: Roles;
    before(async () => {
      const store = await engine.open();
      roles = createRoles({ db: store.db, clock: systemClock, admins: ["UZED"] });
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
