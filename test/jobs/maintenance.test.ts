/** The newest hash of the audit trail in the log: a log archive is an anchor outside the database. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { pino } from "pino";
import { createMaintenance, logAnchor } from "../../src/jobs/maintenance.ts";
import { createRoles } from "../../src/ledger/roles.ts";
import { hourMs, onEveryEngine } from "../ledger/builders.ts";

interface Anchor {
  auditPosition: number;
  auditHash: string;
  auditEvent: number;
}

onEveryEngine("the log", (fresh) => {
  test("names the newest hash and event at the start, hourly, and whenever it is asked to", async () => {
    const bench = await fresh();
    const { db, clock } = bench;
    const anchors: Anchor[] = [];
    const log = pino({}, { write: (line: string) => anchors.push(JSON.parse(line)) });
    const roles = createRoles({ db, clock, instance: "us", admins: [] });
    const { anchor } = createMaintenance({ ledger: bench, roles, clock, log, changed: () => {} });
    const logged = async (count: number) => {
      while (anchors.length < count) await nextTurn();
      return anchors[count - 1];
    };
    const newest = async () => {
      const seal = db.selectFrom("seals").select("hash").orderBy("position", "desc").limit(1);
      return (await seal.executeTakeFirst())?.hash;
    };
    await bench.asked();
    anchor.start();
    const first = await logged(1);
    assert.deepEqual([first?.auditPosition, first?.auditHash], [0, "0".repeat(64)]);
    await bench.sealing.sealNext(8);
    while (clock.nextWake() === undefined) await nextTurn();
    clock.advance(hourMs);
    const second = await logged(2);
    assert.deepEqual([second?.auditPosition, second?.auditHash], [1, await newest()]);
    assert.equal(second?.auditEvent, first?.auditEvent);
    await anchor.stop();
    await bench.asked();
    await logAnchor(bench, log);
    assert.equal((await logged(3))?.auditEvent, (second?.auditEvent ?? 0) + 1);
  });
});
