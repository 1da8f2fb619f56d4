/** The audit of a ledger that release 0.1.0 wrote: nothing about it is wrong, before and after it is migrated. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, describe, test } from "node:test";
import { differences } from "../../../src/ledger/audit/replay/differences.ts";
import { verify } from "../../../src/ledger/audit/verification.ts";
import { createRoles } from "../../../src/ledger/roles.ts";
import { openStore, openUnchanged } from "../../../src/storage/open.ts";
import type { Store } from "../../../src/storage/schema.ts";

const written = readFileSync(new URL("fixtures/ledger-0.1.0.sql", import.meta.url), "utf8");
/** Shortly after the last event of the ledger. */
const clock = { now: () => Date.UTC(2026, 0, 5, 9, 1), monotonic: () => 0, sleep: async () => {} };

describe("a ledger of release 0.1.0", () => {
  const folder = mkdtempSync(join(tmpdir(), "receipt-older-"));
  const address = { engine: "sqlite", path: join(folder, "receipts.db") } as const;
  before(() => {
    const database = new DatabaseSync(address.path);
    database.exec(written);
    database.close();
  });
  after(() => rmSync(folder, { recursive: true }));

  async function differencesIn(store: Store): Promise<[requests: number, differing: string[]]> {
    const differing: string[] = [];
    let requests = 0;
    const progress = (count: number) => {
      requests = count;
    };
    for await (const { of, id, field } of differences(store, progress)) differing.push(`${of} ${id} ${field}`);
    return [requests, differing];
  }

  for (const [when, open] of [
    ["as it is", openUnchanged],
    ["migrated", openStore],
  ] as const)
    test(`matches its trail, ${when}`, async () => {
      const store = await open(address);
      assert.equal((await verify(store.db)).kind, "intact");
      assert.deepEqual(await differencesIn(store), [11, []]);
      await store.close();
    });

  for (const [topic, result, uncertain] of [
    ["unfinished", { kind: "unfinished" }, 1],
    ["server-error", { kind: "refused", fault: "server-error", status: 500 }, 1],
    ["unreachable", { kind: "unreachable", why: "timeout", mayHaveActed: true }, 1],
    ["unreachable", { kind: "unreachable", why: "refused", mayHaveActed: false }, 0],
    ["no-auth", { kind: "refused", fault: "no-auth", status: 403 }, 0],
  ] as const)
    test(`counts a failure as ${uncertain ? "not certain" : "certain"}: ${topic}, ${JSON.stringify(result)}`, async () => {
      const path = join(folder, `${topic}-${uncertain}.db`);
      const database = new DatabaseSync(path);
      database.exec(written);
      database.prepare("update operations set topic = ? where id = 'id-000004'").run(topic);
      database.prepare("update attempts set result_json = ? where id = 'id-000005'").run(JSON.stringify(result));
      database.close();
      const store = await openStore({ engine: "sqlite", path });
      const request = store.db.selectFrom("requests").select(["failed", "uncertain"]).where("id", "=", "id-000003");
      assert.deepEqual({ ...(await request.executeTakeFirst()) }, { failed: 1, uncertain });
      await store.close();
    });

  test("keeps its roles", async () => {
    const store = await openStore(address);
    const roles = createRoles({ db: store.db, clock, instance: "us", admins: [] });
    const held = (await roles.list()).map(({ holder, role }) => `${holder.id} ${role}`);
    assert.deepEqual(held, ["UCAR admin", "SOPS requester"]);
    await store.close();
  });

  test("is found to differ once someone changes it", async () => {
    const store = await openStore(address);
    await store.db.updateTable("requests").set({ decided_by: "UEVE" }).where("state", "=", "done").execute();
    const [, differing] = await differencesIn(store);
    assert.ok(differing.length > 1, `only ${differing}`);
    assert.ok(differing.every((difference) => difference.endsWith(" decided_by")));
    await store.close();
  });
});
