/**
 * Someone writes to the database by hand. Each forgery gives no role and decides nothing, or is named by the audit, or
 * both; with LEDGER_KEY, whoever lacks the key can forge neither a grant nor an approval.
 */
import assert from "node:assert/strict";
import { createSecretKey } from "node:crypto";
import { test } from "node:test";
import type { Holder } from "../../../src/domain/grant.ts";
import type { Role } from "../../../src/domain/policy.ts";
import { badMacs } from "../../../src/ledger/audit/keys/mac-verification.ts";
import { type LedgerKey, signWith } from "../../../src/ledger/audit/keys/macs.ts";
import { differences } from "../../../src/ledger/audit/replay/differences.ts";
import { verify } from "../../../src/ledger/audit/verification.ts";
import { createRoles, type Roles } from "../../../src/ledger/roles.ts";
import { writerVersion } from "../../../src/storage/migrations/writer-version.ts";
import { accepted, type Bench, click, hourMs, onEveryEngine, refused } from "../builders.ts";
import { imported } from "../directory/rows.ts";

const key = createSecretKey(Buffer.from("a key for tests, of 32 bytes and more"));
const eve: Holder = { kind: "user", id: "UEVE" };

interface Scene extends Bench {
  roles: Roles;
  /** The grants that were reported as giving no role. */
  reported: string[];
  /** Approved and done, with success and without; undecided; approved and not started; one of two approvals given. */
  done: string;
  refused: string;
  undecided: string;
  queued: string;
  half: string;
}

/** A ledger in use, with a key or without. */
async function scene(fresh: () => Promise<Bench>, ledgerKey: LedgerKey | undefined): Promise<Scene> {
  const bench = await fresh();
  signWith(bench.db, ledgerKey);
  const reported: string[] = [];
  const { db, clock } = bench;
  const unbacked = ({ holder, role }: { holder: Holder; role: Role }) => reported.push(`${holder.id} ${role}`);
  const roles = createRoles({ db, clock, instance: "us", admins: [], unbacked });
  const by = { by: "UADMIN", origin: click };
  const until = clock.now() + hourMs;
  await roles.grant({ holder: { kind: "user", id: "UBOB" }, role: "approver", ...by });
  await roles.grant({ holder: { kind: "user", id: "UBOB" }, role: "approver", until, ...by });
  await roles.grant({ holder: { kind: "group", id: "SOPS" }, role: "requester", only: ["19*"], ...by });
  await imported(bench, [
    ["1900000801", "蓝海火锅", "总店"],
    ["1900000802", "红海烧烤"],
  ]);
  const done = await bench.succeeded();
  const refusedOne = await bench.failed();
  const undecided = await bench.asked({ subMchids: ["1900000801", "1900000802"] });
  const half = await bench.asked({ approvalRule: { needed: 2 } });
  await bench.requests.decide({ requestId: half, decision: "approve", by: "UBOB", origin: click });
  const queued = await bench.approved();
  return { ...bench, roles, reported, done, refused: refusedOne, undecided, queued, half };
}

/** What the audit names: differences, and MACs if there is a key. */
async function named({ db, store }: Bench, ledgerKey?: LedgerKey): Promise<string[]> {
  const found: string[] = [];
  const trail = await verify(db);
  if (trail.kind !== "intact") found.push(trail.kind);
  for await (const { of, field } of differences(store, () => {})) found.push(`${of} ${field}`);
  if (ledgerKey) for await (const { of } of badMacs(store)) found.push(`MAC of ${of}`);
  return [...new Set(found)].toSorted();
}

async function rolesOf({ roles }: Scene, holder: Holder = eve): Promise<string[]> {
  const held = (await roles.of(holder)).map(({ role }) => role);
  const listed = (await roles.list()).filter((grant) => grant.holder.id === holder.id);
  assert.deepEqual(
    listed.map(({ role }) => role),
    held,
  );
  return held;
}

function grantRow(holder: string, role: Role, terms: object = {}) {
  const value = JSON.stringify({ value: { by: "UADMIN", at: 1, ...terms } });
  return { key: `grant:${holder}:${role}`, value, expires_at: null };
}

/** An event as the bot would write it, but for its MAC. */
async function forgeEvent(
  { db, clock }: Bench,
  what: string,
  detail: object,
  { actor = "UADMIN", requestId = null }: { actor?: string; requestId?: string | null } = {},
): Promise<void> {
  const row = { at: clock.now(), actor, what, request_id: requestId, operation_id: null, origin: "command COPS" };
  const detail_json = JSON.stringify({ v: writerVersion, ...detail });
  const { seq } = await db
    .insertInto("events")
    .values({ ...row, detail_json })
    .returning("seq")
    .executeTakeFirstOrThrow();
  await db.insertInto("unsealed").values({ event_seq: seq }).execute();
}

interface Forgery {
  what: string;
  forge(scene: Scene): Promise<unknown>;
  /** What the audit names without a key, and with one beside that. */
  named: string[];
  withKey?: string[];
  /** A forged role that only the key refuses. */
  needsKey?: true;
}

const forgeries: Forgery[] = [
  {
    what: "a grant without its event",
    forge: ({ db }) => db.insertInto("keyv").values(grantRow("UEVE", "approver")).execute(),
    named: ["grant terms"],
    withKey: ["MAC of grant"],
  },
  {
    what: "an event about a grant without the grant",
    forge: (bench) => forgeEvent(bench, "granted", { userId: "UEVE", role: "approver" }),
    named: ["grant terms"],
    withKey: ["MAC of event"],
  },
  {
    what: "a grant with its event",
    async forge(bench) {
      await forgeEvent(bench, "granted", { userId: "UEVE", role: "approver" });
      await bench.db.insertInto("keyv").values(grantRow("UEVE", "approver")).execute();
    },
    named: [],
    withKey: ["MAC of event", "MAC of grant"],
    needsKey: true,
  },
  {
    what: "a grant of an earlier time, put back after it was revoked",
    async forge({ db, roles }) {
      const change = { holder: eve, role: "approver", by: "UADMIN", origin: click } as const;
      await roles.grant(change);
      const kept = await db.selectFrom("keyv").selectAll().where("key", "=", "grant:UEVE:approver").execute();
      await roles.revoke(change);
      await db.insertInto("keyv").values(kept).execute();
    },
    named: ["grant terms"],
    withKey: ["MAC of grant"],
  },
  ...["", "nothing", "[]", '{"value":null}', '{"value":{"by":"UADMIN","at":"1"}}'].map((value) => ({
    what: `a grant that reads ${value || "empty"}`,
    forge: ({ db }: Scene) => db.updateTable("keyv").set({ value }).where("key", "=", "grant:UBOB:approver").execute(),
    named: ["grant expires_at", "grant terms"],
    withKey: ["MAC of grant"],
  })),
  {
    what: "an end of a grant that is no time",
    forge: ({ db }) =>
      db.updateTable("keyv").set({ expires_at: 9e15 }).where("key", "=", "grant:UBOB:approver").execute(),
    named: ["grant expires_at"],
  },
  {
    what: "a longer end of a grant",
    forge: ({ db }) =>
      db.updateTable("keyv").set({ expires_at: null }).where("key", "=", "grant:UBOB:approver").execute(),
    named: ["grant expires_at"],
  },
  {
    what: "a group's wider restriction",
    forge: ({ db }) =>
      db
        .updateTable("keyv")
        .set({ value: JSON.stringify({ value: { by: "UADMIN", at: 1 } }) })
        .where("key", "=", "group-grant:SOPS:requester")
        .execute(),
    named: ["grant terms"],
    withKey: ["MAC of grant"],
  },
  {
    what: "a removed grant",
    forge: ({ db }) => db.deleteFrom("keyv").where("key", "=", "grant:UBOB:approver").execute(),
    named: ["grant terms"],
  },
  {
    what: "an approved state",
    async forge({ db, undecided }) {
      const approved = { state: "approved", decided_by: "UBOB", decided_at: 1 } as const;
      await db.updateTable("requests").set(approved).where("id", "=", undecided).execute();
      await db
        .updateTable("operations")
        .set({ state: "queued", due_at: 0 })
        .where("request_id", "=", undecided)
        .execute();
    },
    named: ["operation state", "request decided_at", "request decided_by", "request state"],
    withKey: ["MAC of approval"],
  },
  {
    what: "an approved state with its event",
    async forge(bench) {
      const { db, undecided: requestId } = bench;
      await forgeEvent(bench, "approved", {}, { actor: "UBOB", requestId });
      const approved = { state: "approved", decided_by: "UBOB", decided_at: bench.clock.now() } as const;
      await db.updateTable("requests").set(approved).where("id", "=", requestId).execute();
      await db
        .updateTable("operations")
        .set({ state: "queued", due_at: 0 })
        .where("request_id", "=", requestId)
        .execute();
    },
    named: [],
    withKey: ["MAC of approval", "MAC of event"],
    needsKey: true,
  },
  {
    what: "another approver",
    forge: ({ db, done }) => db.updateTable("requests").set({ decided_by: "UEVE" }).where("id", "=", done).execute(),
    named: ["request decided_by"],
    withKey: ["MAC of approval"],
  },
  {
    what: "a result that is better than the attempt's",
    forge: ({ db, done }) =>
      db.updateTable("operations").set({ state: "failed", topic: "no-auth" }).where("request_id", "=", done).execute(),
    named: ["operation state"],
  },
  {
    what: "another reason for a failure",
    async forge({ db, refused }) {
      await db.updateTable("operations").set({ topic: "unfinished" }).where("request_id", "=", refused).execute();
      await db.updateTable("requests").set({ uncertain: 1 }).where("id", "=", refused).execute();
    },
    named: ["operation topic", "request uncertain"],
  },
  {
    what: "an operation that is to run again",
    async forge({ db, done }) {
      await db.updateTable("operations").set({ state: "queued", due_at: 0 }).where("request_id", "=", done).execute();
      await db.updateTable("requests").set({ state: "approved", open: 1 }).where("id", "=", done).execute();
    },
    named: ["operation state", "request open", "request state"],
  },
  {
    what: "an operation that was made to run again, and ran",
    async forge(bench) {
      const { db, done, operations } = bench;
      await db
        .updateTable("operations")
        .set({ state: "queued", due_at: 0, attempts: 0 })
        .where("request_id", "=", done)
        .execute();
      await db
        .updateTable("requests")
        .set({ state: "approved", open: 1, succeeded: 0 })
        .where("id", "=", done)
        .execute();
      await db
        .deleteFrom("attempts")
        .where("operation_id", "in", (on) => on.selectFrom("operations").select("id").where("request_id", "=", done))
        .execute();
      const attempt = (await bench.claim(8)).find(({ requestId }) => requestId === done);
      assert.ok(attempt);
      await operations.conclude(attempt, accepted, { kind: "succeed" });
    },
    named: [
      "operation attempt-ended",
      "operation attempt-started",
      "operation operation-succeeded",
      "request open",
      "request state",
      "request succeeded",
    ],
  },
  {
    what: "other words of WeChat Pay",
    async forge({ db, done }) {
      const result_json = JSON.stringify({ ...accepted, requestId: "wx-2" });
      await db
        .updateTable("attempts")
        .set({ result_json })
        .where("operation_id", "in", (on) => on.selectFrom("operations").select("id").where("request_id", "=", done))
        .execute();
    },
    named: ["operation attempt 1.1 (SHA-256)"],
  },
  {
    what: "another sub-merchant in an approved request",
    forge: ({ db, queued }) =>
      db.updateTable("operations").set({ sub_mchid: "1999999999" }).where("request_id", "=", queued).execute(),
    named: ["operation sub_mchid", "request sub_mchid"],
    withKey: ["MAC of approval"],
  },
  {
    what: "another action of an approved operation",
    forge: ({ db, queued }) =>
      db.updateTable("operations").set({ action: "CLOSE" }).where("request_id", "=", queued).execute(),
    named: ["operation action"],
  },
  {
    what: "an approval that nobody gave",
    forge: ({ db, half }) => db.insertInto("approvals").values({ request_id: half, approver: "UEVE", at: 1 }).execute(),
    named: ["request approval of UEVE"],
    withKey: ["MAC of approval"],
  },
  {
    what: "fewer approvals needed",
    forge: ({ db, half }) => db.updateTable("requests").set({ approvals_needed: 1 }).where("id", "=", half).execute(),
    named: ["request approvals_needed"],
  },
  {
    what: "another name beside a number",
    forge: ({ db }) =>
      db.updateTable("directory").set({ name: "红海烧烤一店" }).where("sub_mchid", "=", "1900000801").execute(),
    named: ["directory digest"],
  },
  {
    what: "a name that was added where the export does not look",
    forge: ({ db }) =>
      db
        .insertInto("directory")
        .values({ version: 1, sub_mchid: "1900000803", position: -5, name: "蓝海火锅", note: null })
        .execute(),
    named: ["directory entries"],
  },
  {
    what: "another directory in use",
    forge: ({ db }) => db.updateTable("ledger_info").set({ value: "7" }).where("name", "=", "directory").execute(),
    named: ["directory digest", "directory entries", "directory imported_at", "directory imported_by"],
  },
  {
    what: "a directory that is gone",
    forge: ({ db }) => db.deleteFrom("ledger_info").where("name", "=", "directory").execute(),
    named: ["directory digest", "directory entries", "directory imported_at", "directory imported_by"],
  },
  {
    what: "another importer",
    forge: ({ db }) => db.updateTable("directory_versions").set({ imported_by: "UEVE" }).execute(),
    named: ["directory imported_by"],
  },
  {
    what: "another reason",
    forge: ({ db, undecided }) =>
      db.updateTable("requests").set({ reason: "urgent" }).where("id", "=", undecided).execute(),
    named: ["request reason (SHA-256)"],
  },
  {
    what: "a request that is gone",
    async forge({ db, undecided }) {
      await db.deleteFrom("posts").where("request_id", "=", undecided).execute();
      await db.deleteFrom("operations").where("request_id", "=", undecided).execute();
      await db.deleteFrom("requests").where("id", "=", undecided).execute();
    },
    named: ["request state"],
  },
];

onEveryEngine("a ledger that someone writes to", (fresh) => {
  for (const ledgerKey of [undefined, key]) {
    const under = ledgerKey ? " (with LEDGER_KEY)" : "";

    test(`has nothing to report while only the bot writes${under}`, async () => {
      const bench = await scene(fresh, ledgerKey);
      assert.deepEqual(await named(bench, ledgerKey), []);
      assert.deepEqual(await rolesOf(bench, { kind: "user", id: "UBOB" }), ["approver"]);
      assert.equal((await bench.roles.about("UANN")).toGroups.length, 1);
      assert.deepEqual(bench.reported, []);
    });

    for (const forgery of forgeries)
      test(`is found out: ${forgery.what}${under}`, async () => {
        const bench = await scene(fresh, ledgerKey);
        await forgery.forge(bench);
        const expected = ledgerKey ? [...forgery.named, ...(forgery.withKey ?? [])] : forgery.named;
        assert.deepEqual(await named(bench, ledgerKey), expected.toSorted());
        if (ledgerKey || !forgery.needsKey) assert.deepEqual(await rolesOf(bench), []);
      });
  }

  for (const value of ["nothing", '{"value":null}'])
    test(`a grant that reads ${value} is reported, and an admin can revoke it or grant the role properly`, async () => {
      const bench = await scene(fresh, undefined);
      const { db, roles, reported } = bench;
      const change = { holder: eve, by: "UADMIN", origin: click, members: ["UEVE", "UADMIN"] } as const;
      for (const role of ["approver", "requester"] as const) await roles.grant({ ...change, role });
      await db.updateTable("keyv").set({ value }).where("key", "like", "grant:UEVE:%").execute();
      assert.deepEqual(await rolesOf(bench), []);
      assert.deepEqual(reported.toSorted(), ["UEVE approver", "UEVE requester"]);
      assert.equal(await roles.revoke({ ...change, role: "requester" }), "revoked");
      assert.equal((await roles.grant({ ...change, role: "approver" })).kind, "granted");
      assert.deepEqual(await rolesOf(bench), ["approver"]);
      assert.deepEqual(await named(bench), []);
    });

  test("a forged grant is reported once, and an admin can revoke it or grant the role properly", async () => {
    const bench = await scene(fresh, undefined);
    const { db, roles, reported } = bench;
    await db
      .insertInto("keyv")
      .values([grantRow("UEVE", "approver"), grantRow("UEVE", "admin")])
      .execute();
    assert.deepEqual(await rolesOf(bench), []);
    assert.deepEqual(await roles.holders("admin"), []);
    assert.deepEqual(reported.toSorted(), ["UEVE admin", "UEVE approver"]);
    const change = { holder: eve, by: "UADMIN", origin: click, members: ["UEVE", "UADMIN"] } as const;
    assert.equal((await roles.grant({ ...change, role: "approver" })).kind, "granted");
    assert.deepEqual(await rolesOf(bench), ["approver"]);
  });

  test("a grant does not outlast its end, whatever the database contains", async () => {
    const bench = await scene(fresh, undefined);
    await bench.db.updateTable("keyv").set({ expires_at: null }).execute();
    bench.clock.advance(2 * hourMs);
    assert.deepEqual(await rolesOf(bench, { kind: "user", id: "UBOB" }), []);
  });

  test("with LEDGER_KEY, no call is made without an approval", async () => {
    const bench = await scene(fresh, key);
    const { db, operations, undecided, queued } = bench;
    const approved = { state: "approved", decided_by: "UBOB", decided_at: 1 } as const;
    await db.updateTable("requests").set(approved).where("id", "=", undecided).execute();
    await db
      .updateTable("operations")
      .set({ state: "queued", due_at: 0 })
      .where("request_id", "=", undecided)
      .execute();
    const attempts = await bench.claim(8);
    const verdicts = new Map<string, boolean>();
    for (const attempt of attempts) verdicts.set(attempt.subMchid, await operations.isApproved(attempt));
    const own = (await bench.request(queued)).operation.subMchid;
    assert.deepEqual(Object.fromEntries(verdicts), { "1900000801": false, "1900000802": false, [own]: true });
    const [real] = attempts.filter(({ requestId }) => requestId === queued);
    assert.ok(real);
    assert.equal(await operations.isApproved({ ...real, action: "CLOSE" }), false);
    assert.equal(await operations.isApproved({ ...real, subMchid: "1999999999" }), false);
  });

  for (const [what, forge] of [
    [
      "what has ended",
      async ({ db, done }: Scene) => {
        await db
          .updateTable("operations")
          .set({ state: "queued", due_at: 0, attempts: 0, round: 2 })
          .where("request_id", "=", done)
          .execute();
        await db.updateTable("requests").set({ state: "approved", open: 1 }).where("id", "=", done).execute();
        return done;
      },
    ],
    [
      "what was stopped",
      async ({ db, requests, queued }: Scene) => {
        await requests.stop({ requestId: queued, by: "UBOB", origin: click });
        await db
          .updateTable("operations")
          .set({ state: "queued", due_at: 0 })
          .where("request_id", "=", queued)
          .execute();
        await db.updateTable("requests").set({ state: "approved", open: 1 }).where("id", "=", queued).execute();
        return queued;
      },
    ],
    [
      "what is held",
      async ({ db, clock, holding, queued }: Scene) => {
        clock.advance(2 * hourMs);
        assert.ok(await holding.holdStale({ staleAfterMs: hourMs, heldForMs: hourMs }));
        await db
          .updateTable("operations")
          .set({ state: "queued", due_at: 0 })
          .where("request_id", "=", queued)
          .execute();
        await db.updateTable("requests").set({ held_at: null, held_until: null }).where("id", "=", queued).execute();
        return queued;
      },
    ],
    [
      "what is held and had started",
      async (bench: Scene) => {
        const { db, clock, holding, queued } = bench;
        await bench.claim(8);
        clock.advance(2 * hourMs);
        assert.ok(await holding.holdStale({ staleAfterMs: hourMs, heldForMs: hourMs }));
        await db
          .updateTable("operations")
          .set({ state: "queued", due_at: 0 })
          .where("request_id", "=", queued)
          .execute();
        return queued;
      },
    ],
    [
      "what was changed while it was undecided",
      async ({ db, decided, undecided }: Scene) => {
        await db
          .updateTable("operations")
          .set({ sub_mchid: "1999999999" })
          .where("request_id", "=", undecided)
          .where("sub_mchid", "=", "1900000802")
          .execute();
        await decided(undecided, "approve");
        return undecided;
      },
    ],
    [
      "what became another action while it was undecided",
      async ({ db, decided, undecided }: Scene) => {
        await db.updateTable("requests").set({ action: "CLOSE" }).where("id", "=", undecided).execute();
        await db.updateTable("operations").set({ action: "CLOSE" }).where("request_id", "=", undecided).execute();
        await decided(undecided, "approve");
        return undecided;
      },
    ],
    [
      "what was excluded and put back",
      async ({ db, requests, decided, undecided }: Scene) => {
        await requests.exclude({ requestId: undecided, subMchids: ["1900000802"], by: "UBOB", origin: click });
        await decided(undecided, "approve");
        const change = { state: "queued", due_at: 0, left_out_by: null } as const;
        await db.updateTable("operations").set(change).where("request_id", "=", undecided).execute();
        return undecided;
      },
    ],
    [
      "one sub-merchant twice, in the place of another",
      async (bench: Scene) => {
        const { db, decided, undecided, operations } = bench;
        await decided(undecided, "approve");
        const [first, second] = (await bench.claim(8)).filter(({ requestId }) => requestId === undecided);
        assert.ok(first && second);
        await operations.conclude(first, accepted, { kind: "succeed" });
        await operations.handBack(second);
        const set = (id: string, sub_mchid: string) =>
          db.updateTable("operations").set({ sub_mchid }).where("id", "=", id).execute();
        await set(first.operationId, "1900000899");
        await set(second.operationId, first.subMchid);
        return undecided;
      },
    ],
  ] as const)
    test(`with LEDGER_KEY, no call is made for ${what}`, async () => {
      const bench = await scene(fresh, key);
      const forged = await forge(bench);
      const attempts = (await bench.claim(8)).filter(({ requestId }) => requestId === forged);
      assert.ok(attempts.length > 0);
      for (const attempt of attempts) assert.equal(await bench.operations.isApproved(attempt), false);
    });

  test("with LEDGER_KEY, operations that were retried, carried out or handed back are called", async () => {
    const bench = await scene(fresh, key);
    const { operations, holding, clock, refused: failed, queued } = bench;
    assert.equal((await operations.retry({ requestId: failed, round: 1, by: "UBOB", origin: click })).kind, "retried");
    for (const attempt of await bench.claim(8)) await operations.handBack(attempt);
    clock.advance(2 * hourMs);
    assert.ok(await holding.holdStale({ staleAfterMs: hourMs, heldForMs: hourMs }));
    for (const requestId of [failed, queued])
      assert.equal((await holding.carryOut({ requestId, by: "UBOB", origin: click })).kind, "carried-out");
    const attempts = await bench.claim(8);
    assert.equal(attempts.length, 2);
    for (const attempt of attempts) assert.equal(await operations.isApproved(attempt), true);
    assert.deepEqual(await named(bench, key), []);
  });

  test("with LEDGER_KEY, a confirmation of a hold that nobody gave does not count", async () => {
    const bench = await scene(fresh, key);
    const { holding, clock, half } = bench;
    await bench.requests.decide({ requestId: half, decision: "approve", by: "UCAROL", origin: click });
    clock.advance(2 * hourMs);
    assert.ok(await holding.holdStale({ staleAfterMs: hourMs, heldForMs: hourMs }));
    await forgeEvent(bench, "carry-out-given", {}, { actor: "UEVE", requestId: half });
    const carryOut = (by: string) => holding.carryOut({ requestId: half, by, origin: click });
    assert.equal((await carryOut("UBOB")).kind, "counted");
    assert.equal((await carryOut("UCAROL")).kind, "carried-out");
  });

  test("with LEDGER_KEY, an approval that nobody gave does not count", async () => {
    const bench = await scene(fresh, key);
    const requestId = await bench.asked({ approvalRule: { needed: 2 } });
    await bench.db.insertInto("approvals").values({ request_id: requestId, approver: "UEVE", at: 1 }).execute();
    const decide = (by: string) => bench.requests.decide({ requestId, decision: "approve", by, origin: click });
    assert.equal((await decide("UBOB")).kind, "counted");
    assert.equal((await decide("UCAROL")).kind, "decided");
  });

  test("nothing is reported about a request that was stopped, retried, excluded from and overtaken", async () => {
    const bench = await scene(fresh, key);
    const { requests, operations } = bench;
    const again = { kind: "again", dueAt: 0, endpoint: 1 } as const;
    const requestId = await bench.asked({ subMchids: ["1900000901", "1900000902", "1900000903", "1900000904"] });
    await requests.exclude({ requestId, subMchids: ["1900000904"], by: "UBOB", origin: click });
    await bench.decided(requestId, "approve");
    const mine = async () => (await bench.claim(8)).filter((attempt) => attempt.requestId === requestId);
    const [first, second, third] = await mine();
    assert.ok(first && second && third);
    await operations.conclude(first, refused, { kind: "fail" });
    await operations.conclude(second, refused, again);
    await operations.handBack(third);
    assert.equal((await requests.stop({ requestId, by: "UBOB", origin: click })).kind, "stopped");
    bench.clock.advance(60_000);
    const [late] = await mine();
    assert.ok(late);
    bench.clock.advance(60_000);
    const [over] = await mine();
    assert.ok(over);
    await operations.conclude(over, refused, { kind: "fail" });
    assert.equal(await operations.conclude(late, accepted, { kind: "succeed" }), "lost");
    assert.equal((await operations.retry({ requestId, round: 1, by: "UBOB", origin: click })).kind, "retried");
    assert.deepEqual(await named(bench, key), []);
    for (const attempt of await mine()) await operations.conclude(attempt, accepted, { kind: "succeed" });
    await requests.decide({ requestId: bench.half, decision: "reject", by: "UBOB", origin: click, reason: "no" });
    bench.clock.advance(48 * hourMs);
    await requests.expireDue(8);
    await bench.roles.endDue(8);
    assert.deepEqual(await named(bench, key), []);
  });
});
