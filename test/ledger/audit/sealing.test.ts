/**
 * Sealing: every event gets one position in the chain, regardless of which instance seals it and when it was committed.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Kysely, sql } from "kysely";
import { Migrator } from "kysely/migration";
import { chainedColumns, genesisHash, linkHash } from "../../../src/ledger/audit/hash-chain.ts";
import { createLedger } from "../../../src/ledger/ledger.ts";
import { migrate, migrations } from "../../../src/storage/migrations/migrations.ts";
import type { Schema } from "../../../src/storage/schema.ts";
import { openSqlite, sqliteDialect } from "../../../src/storage/sqlite/dialect.ts";
import { systemClock, systemRandom } from "../../../src/system-clock.ts";
import { atOnce, type Bench, onEveryEngine, recordedEvent, withEvents } from "../builders.ts";

/** Checks that every link matches the one before; returns the events' numbers in the order of the chain. */
async function chain({ db }: Bench): Promise<number[]> {
  const links = await db
    .selectFrom("seals")
    .innerJoin("events", "events.seq", "seals.event_seq")
    .select(["position", "hash", ...chainedColumns])
    .orderBy("position")
    .execute();
  let previous = genesisHash;
  for (const [nth, { position, hash, ...event }] of links.entries()) {
    assert.equal(position, nth + 1);
    assert.equal(hash, linkHash(previous, event));
    previous = hash;
  }
  return links.map(({ seq }) => Number(seq));
}

onEveryEngine("sealing", (fresh, engine) => {
  test("gives every event one position, in order, a few at a time", async () => {
    const bench = await fresh();
    await withEvents(bench, 7);
    for (const sealed of [3, 3, 1, 0]) assert.equal(await bench.sealing.sealNext(3), sealed);
    const numbers = await chain(bench);
    assert.equal(numbers.length, 7);
    assert.deepEqual(
      numbers,
      numbers.toSorted((one, other) => one - other),
    );
    assert.equal(await bench.count("unsealed"), 0);
  });

  test("continues where the chain ends", async () => {
    const bench = await fresh();
    for (let step = 0; step < 3; step++) {
      await withEvents(bench, 2);
      assert.equal(await bench.sealing.sealNext(10), 2);
    }
    assert.equal((await chain(bench)).length, 6);
  });

  test("by many instances at once seals every event exactly once", async () => {
    const bench = await fresh();
    await withEvents(bench, 40);
    const { store, clock, random } = bench;
    const other = createLedger({ store, clock, random, mchid: "1900000100", instance: "other" });
    let rounds = 0;
    while ((await bench.count("unsealed")) > 0) {
      assert.ok(rounds++ < 100, "one instance succeeds in every round");
      await atOnce(6, (nth) => (nth % 2 === 0 ? bench : other).sealing.sealNext(1 + nth * 3));
    }
    assert.equal((await chain(bench)).length, 40);
  });

  test("seals every event while others are being written", async () => {
    const bench = await fresh();
    let isWriting = true;
    const sealing = (async () => {
      while (isWriting || (await bench.count("unsealed")) > 0) await bench.sealing.sealNext(5);
    })();
    await atOnce(8, () => withEvents(bench, 10));
    isWriting = false;
    await sealing;
    assert.equal((await chain(bench)).length, 80);
  });

  test("ignores events that were rolled back", async () => {
    const bench = await fresh();
    await assert.rejects(
      bench.db.transaction().execute(async (transaction) => {
        await recordedEvent(transaction);
        throw new Error("no");
      }),
    );
    assert.equal(await bench.sealing.sealNext(10), 0);
  });

  test("does not wait for an event that is committed late, and seals it once it is there", {
    skip: engine.name === "PostgreSQL" ? false : "writers on SQLite follow each other",
  }, async () => {
    const bench = await fresh();
    const late = await bench.db.startTransaction().execute();
    await recordedEvent(late);
    await withEvents(bench, 1);
    assert.equal(await bench.sealing.sealNext(10), 1);
    await late.commit().execute();
    assert.equal(await bench.sealing.sealNext(10), 1);
    const [first = 0, second = 0] = await chain(bench);
    assert.ok(first > second, "the one with the lower number is sealed after the other");
  });

  test("the database refuses to change or remove events and seals", async () => {
    const bench = await fresh();
    await withEvents(bench, 2);
    await bench.sealing.sealNext(10);
    for (const change of [
      "update events set actor = 'UEVE'",
      "delete from events",
      "update seals set hash = 'x'",
      "delete from seals",
      ...(engine.name === "PostgreSQL" ? ["truncate events", "truncate seals"] : []),
    ])
      await assert.rejects(sql.raw(change).execute(bench.db), /(events|seals) is append-only/, change);
    assert.equal((await chain(bench)).length, 2);
  });
});

test("a ledger from before the chain is sealed completely, in the order of the events' numbers", async () => {
  const db = new Kysely<Schema>({ dialect: sqliteDialect(openSqlite(":memory:")) });
  const oldest = Object.fromEntries(Object.entries(migrations("sqlite")).slice(0, 1));
  const { error } = await new Migrator({ db, provider: { getMigrations: async () => oldest } }).migrateToLatest();
  assert.equal(error, undefined);
  for (const what of Array.from({ length: 12 }, () => "asked"))
    await sql`insert into events (at, actor, what) values (1764000000000, 'UOLD', ${what})`.execute(db);
  await migrate({ db, engine: "sqlite" });
  const store = { db, engine: "sqlite", close: () => db.destroy() } as const;
  const { sealing } = createLedger({
    store,
    clock: systemClock,
    random: systemRandom,
    mchid: "1900000100",
    instance: "us",
  });
  assert.equal(await sealing.sealNext(20), 12);
  const seals = await db.selectFrom("seals").select("event_seq").orderBy("position").execute();
  assert.deepEqual(
    seals.map((seal) => seal.event_seq),
    Array.from({ length: 12 }, (_, nth) => nth + 1),
  );
  await store.close();
});
