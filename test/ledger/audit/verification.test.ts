/** Verifying the audit trail: every change, removal, insertion or swap is found, and the first is named. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { sql, type Transaction } from "kysely";
import { chainedColumns, linkHash } from "../../../src/ledger/audit/hash-chain.ts";
import { type Verification, verify, verifyTail } from "../../../src/ledger/audit/verification.ts";
import type { Schema } from "../../../src/storage/schema.ts";
import { unguarded } from "../../storage/engines.ts";
import { type Bench, onEveryEngine, recordedEvent, withEvents } from "../builders.ts";

const sealed = 9;
const waiting = 2;

type Tamper = (on: Transaction<Schema>, bench: Bench) => Promise<unknown>;

/** A ledger with `sealed` events at positions 1, 2, … of the chain, and `waiting` unsealed events. */
async function chained(fresh: () => Promise<Bench>): Promise<Bench> {
  const bench = await fresh();
  await withEvents(bench, sealed);
  assert.equal(await bench.sealing.sealNext(sealed), sealed);
  await withEvents(bench, waiting);
  return bench;
}

/** The verdict after the owner of the database has tampered with the ledger; the change is undone afterwards. */
async function foundAfter(
  bench: Bench,
  tamper: Tamper,
  expected?: string,
  judge: (on: Transaction<Schema>) => Promise<Verification> = (on) => verify(on, expected),
): Promise<Verification> {
  return unguarded(bench.store, async () => {
    const transaction = await bench.db.startTransaction().execute();
    try {
      await tamper(transaction, bench);
      return await judge(transaction);
    } finally {
      await transaction.rollback().execute();
    }
  });
}

async function hashAt(on: Transaction<Schema> | Bench["db"], position: number): Promise<string> {
  const seal = on.selectFrom("seals").select("hash").where("position", "=", position);
  return (await seal.executeTakeFirstOrThrow()).hash;
}

async function seqAt(on: Transaction<Schema>, position: number): Promise<number> {
  const seal = on.selectFrom("seals").select("event_seq").where("position", "=", position);
  return (await seal.executeTakeFirstOrThrow()).event_seq;
}

/** An event with the next number, without a seal and not listed as unsealed. */
async function inserted(on: Transaction<Schema>): Promise<number> {
  const event = { at: 1_764_000_000_000, actor: "UEVE", what: "approved", request_id: null, operation_id: null };
  const row = on.insertInto("events").values({ ...event, detail_json: '{"v":2}', origin: null });
  return (await row.returning("seq").executeTakeFirstOrThrow()).seq;
}

/** Moves the seals from a position on by one, up or down, by way of negative positions. */
async function shift(on: Transaction<Schema>, from: number, by: 1 | -1): Promise<void> {
  await sql`update seals set position = -(position + ${sql.lit(by)}) where position >= ${from}`.execute(on);
  await sql`update seals set position = -position where position < 0`.execute(on);
}

const removeEvent =
  (position: number): Tamper =>
  async (on) =>
    on
      .deleteFrom("events")
      .where("seq", "=", await seqAt(on, position))
      .execute();

const removeSeal =
  (position: number): Tamper =>
  (on) =>
    on.deleteFrom("seals").where("position", "=", position).execute();

const removeWithSeal =
  (position: number): Tamper =>
  async (on, bench) => {
    await removeEvent(position)(on, bench);
    await removeSeal(position)(on, bench);
  };

/** Removes an event and its seal, and moves up those after it. */
const removeWithoutGap =
  (position: number): Tamper =>
  async (on, bench) => {
    await removeWithSeal(position)(on, bench);
    await shift(on, position + 1, -1);
  };

/** With a hash that matches the link before it. */
const insertAt =
  (position: number): Tamper =>
  async (on) => {
    const seq = await inserted(on);
    await shift(on, position, 1);
    const event = on.selectFrom("events").select(chainedColumns).where("seq", "=", seq);
    const before = position === 1 ? "0".repeat(64) : await hashAt(on, position - 1);
    const hash = linkHash(before, await event.executeTakeFirstOrThrow());
    await on.insertInto("seals").values({ position, event_seq: seq, hash }).execute();
  };

/** Swaps two events; their hashes stay at their positions, or move with the events. */
const swap =
  (one: number, other: number, hashesGoAlong: boolean): Tamper =>
  async (on) => {
    const column = hashesGoAlong ? "position" : "event_seq";
    const [ofOne, ofOther] = hashesGoAlong ? [one, other] : [await seqAt(on, one), await seqAt(on, other)];
    const move = (from: number, to: number) =>
      on
        .updateTable("seals")
        .set({ [column]: to })
        .where(column, "=", from)
        .execute();
    await move(ofOne, -1);
    await move(ofOther, ofOne);
    await move(-1, ofOther);
  };

const columns = ["at", "actor", "what", "request_id", "operation_id", "detail_json", "origin"] as const;

const changeEvent =
  (position: number, column: (typeof columns)[number]): Tamper =>
  async (on) =>
    on
      .updateTable("events")
      .set({ [column]: column === "at" ? 1 : "other" })
      .where("seq", "=", await seqAt(on, position))
      .execute();

/** PostgreSQL does not allow an event's number to be updated, but the event can be inserted under another. */
const renumberEvent =
  (position: number): Tamper =>
  async (on, { store }) => {
    const seq = await seqAt(on, position);
    const overriding = store.engine === "postgres" ? sql`overriding system value` : sql``;
    const rest = sql.join([...columns].map((column) => sql.ref(column)));
    await sql`insert into events (seq, ${rest}) ${overriding} select 1000000, ${rest} from events where seq = ${seq}`.execute(
      on,
    );
    await on.deleteFrom("events").where("seq", "=", seq).execute();
    await on.updateTable("seals").set({ event_seq: 1_000_000 }).where("event_seq", "=", seq).execute();
  };

const changeHash =
  (position: number): Tamper =>
  (on) =>
    on
      .updateTable("seals")
      .set({ hash: "f".repeat(64) })
      .where("position", "=", position)
      .execute();

const found: readonly { what: string; tamper: Tamper; kind: Verification["kind"]; position: number }[] = [
  ...columns.flatMap((column) =>
    [1, 5, sealed].map((position) => ({
      what: `the ${column} of the event at ${position} was changed`,
      tamper: changeEvent(position, column),
      kind: "changed" as const,
      position,
    })),
  ),
  { what: "the seq of an event was changed", tamper: renumberEvent(4), kind: "changed", position: 4 },
  { what: "a hash was changed", tamper: changeHash(4), kind: "changed", position: 4 },
  { what: "an event was removed", tamper: removeEvent(4), kind: "removed", position: 4 },
  { what: "the newest event was removed", tamper: removeEvent(sealed), kind: "removed", position: sealed },
  { what: "a seal was removed", tamper: removeSeal(4), kind: "seal-removed", position: 4 },
  { what: "an event was removed with its seal", tamper: removeWithSeal(4), kind: "seal-removed", position: 4 },
  { what: "the first event was removed with its seal", tamper: removeWithSeal(1), kind: "seal-removed", position: 1 },
  { what: "an event was removed without a gap", tamper: removeWithoutGap(4), kind: "changed", position: 4 },
  { what: "an event was inserted", tamper: insertAt(4), kind: "inserted", position: 4 },
  { what: "an event was inserted before the first", tamper: insertAt(1), kind: "inserted", position: 1 },
  { what: "two events were swapped", tamper: swap(3, 7, false), kind: "changed", position: 3 },
  { what: "two events were swapped with their hashes", tamper: swap(3, 4, true), kind: "changed", position: 3 },
];

onEveryEngine("verifying the audit trail", (fresh) => {
  test("finds an unchanged ledger intact, and reports the sealed and unsealed events and the newest hash", async () => {
    const bench = await chained(fresh);
    const verified = await verify(bench.db);
    assert.ok(verified.kind === "intact");
    assert.equal(verified.sealed, sealed);
    assert.equal(verified.newest, await hashAt(bench.db, sealed));
    assert.equal(verified.unsealed, waiting);
    assert.equal(verified.nextToSeal?.detail_json, '{"v":2,"nth":0}');
  });

  test("finds an empty ledger intact", async () => {
    const { db } = await fresh();
    const verified = await verify(db);
    assert.ok(verified.kind === "intact");
    assert.deepEqual([verified.sealed, verified.unsealed, verified.nextToSeal], [0, 0, undefined]);
  });

  test("finds several pages of events intact, and then a change in the last event", async () => {
    const bench = await fresh();
    const many = 2_100;
    await bench.db.transaction().execute(async (on) => {
      for (let nth = 0; nth < many; nth++) await recordedEvent(on);
    });
    while ((await bench.sealing.sealNext(500)) > 0);
    const verified = await verify(bench.db);
    assert.equal(verified.kind === "intact" && verified.sealed, many);
    const changed = await foundAfter(bench, changeEvent(many, "actor"));
    assert.equal(changed.kind === "changed" && changed.position, many);
  });

  for (const { what, tamper, kind, position } of found)
    test(`finds that ${what}`, async () => {
      const verified = await foundAfter(await chained(fresh), tamper);
      assert.equal(verified.kind, kind);
      assert.equal("position" in verified ? verified.position : undefined, position);
    });

  test("shows a changed event as it is now, and names the event before a removed one", async () => {
    const bench = await chained(fresh);
    const changed = await foundAfter(bench, changeEvent(5, "actor"));
    assert.ok(changed.kind === "changed");
    assert.deepEqual([changed.event.actor, changed.event.detail_json], ["other", '{"v":2,"nth":4}']);
    const removed = await foundAfter(bench, removeEvent(5));
    assert.ok(removed.kind === "removed");
    assert.equal(removed.after?.detail_json, '{"v":2,"nth":3}');
  });

  test("finds an event that was inserted after the chain, bypassing the bot", async () => {
    const verified = await foundAfter(await chained(fresh), inserted);
    assert.ok(verified.kind === "unaccounted");
    assert.equal(verified.event.actor, "UEVE");
  });

  test("finds a seal at a position before the first", async () => {
    const verified = await foundAfter(await chained(fresh), async (on) => {
      const seal = { position: 0, event_seq: await inserted(on), hash: "0".repeat(64) };
      await on.insertInto("seals").values(seal).execute();
    });
    assert.ok(verified.kind === "inserted");
    assert.equal(verified.event.actor, "UEVE");
  });

  test("finds that the newest seal was removed from its event", async () => {
    const verified = await foundAfter(await chained(fresh), removeSeal(sealed));
    assert.ok(verified.kind === "unaccounted");
  });

  test("finds that an event was removed before it was sealed", async () => {
    const verified = await foundAfter(await chained(fresh), async (on) => {
      const { seq } = await on.selectFrom("unsealed").select("event_seq as seq").limit(1).executeTakeFirstOrThrow();
      await on.deleteFrom("events").where("seq", "=", seq).execute();
    });
    assert.equal(verified.kind, "removed-unsealed");
  });

  describe("against a hash that was kept elsewhere", () => {
    const cutShort: Tamper = async (on, bench) => {
      for (const position of [sealed, sealed - 1]) await removeWithSeal(position)(on, bench);
    };

    test("finds a chain that has grown since intact", async () => {
      const bench = await chained(fresh);
      for (const position of [1, 4, sealed])
        assert.equal((await verify(bench.db, await hashAt(bench.db, position))).kind, "intact");
    });

    test("finds that the end of the chain was removed, which only the hash can show", async () => {
      const bench = await chained(fresh);
      const kept = await hashAt(bench.db, sealed);
      assert.equal((await foundAfter(bench, cutShort)).kind, "intact");
      assert.equal((await foundAfter(bench, cutShort, kept)).kind, "not-the-chain");
    });

    test("finds that the chain was rewritten", async () => {
      const bench = await chained(fresh);
      const kept = await hashAt(bench.db, sealed);
      const anew: Tamper = async (on, given) => {
        await changeEvent(2, "actor")(on, given);
        const events = on.selectFrom("events").innerJoin("seals", "seals.event_seq", "events.seq");
        let hash = "0".repeat(64);
        for (const { position, ...event } of await events
          .select(["position", ...chainedColumns])
          .orderBy("position")
          .execute()) {
          hash = linkHash(hash, event);
          await on.updateTable("seals").set({ hash }).where("position", "=", position).execute();
        }
      };
      assert.equal((await foundAfter(bench, anew)).kind, "intact");
      assert.equal((await foundAfter(bench, anew, kept)).kind, "not-the-chain");
    });
  });

  test("finds any tampering with sealed events, and names the first", async () => {
    const bench = await chained(fresh);
    const place = fc.integer({ min: 1, max: sealed });
    const one: fc.Arbitrary<{ first: number; tamper: Tamper }> = fc.oneof(
      fc
        .tuple(place, fc.constantFrom(...columns))
        .map(([at, column]) => ({ first: at, tamper: changeEvent(at, column) })),
      place.map((at) => ({ first: at, tamper: renumberEvent(at) })),
      place.map((at) => ({ first: at, tamper: changeHash(at) })),
      place.map((at) => ({ first: at, tamper: removeEvent(at) })),
      fc.integer({ min: 1, max: sealed - 1 }).map((at) => ({ first: at, tamper: removeWithSeal(at) })),
      fc.integer({ min: 1, max: sealed - 1 }).map((at) => ({ first: at, tamper: removeWithoutGap(at) })),
      place.map((at) => ({ first: at, tamper: insertAt(at) })),
      fc
        .tuple(place, place, fc.boolean())
        .filter(([a, b]) => a !== b)
        .map(([a, b, along]) => ({ first: Math.min(a, b), tamper: swap(a, b, along) })),
    );
    await fc.assert(
      fc.asyncProperty(one, async ({ first, tamper }) => {
        const verified = await foundAfter(bench, tamper);
        assert.ok("position" in verified, verified.kind);
        assert.equal(verified.position, first);
      }),
      { numRuns: 60 },
    );
    assert.equal((await verify(bench.db)).kind, "intact");
  });
});

onEveryEngine("verifying the tail of the chain", (fresh) => {
  test("finds a problem among the newest events, and does not check older ones", async () => {
    const bench = await chained(fresh);
    const tail = (on: Transaction<Schema>) => verifyTail(on, 3);
    const found = (tamper: Tamper) => foundAfter(bench, tamper, undefined, tail);
    const intact = await found(async () => {});
    assert.deepEqual(intact, await verify(bench.db));
    assert.partialDeepStrictEqual(await found(removeEvent(sealed)), { kind: "removed", position: sealed });
    assert.partialDeepStrictEqual(await found(removeEvent(sealed - 2)), { kind: "removed", position: sealed - 2 });
    assert.partialDeepStrictEqual(await found(removeSeal(sealed - 1)), { kind: "seal-removed", position: sealed - 1 });
    assert.partialDeepStrictEqual(await found(removeSeal(sealed - 3)), { kind: "seal-removed", position: sealed - 3 });
    assert.equal((await found(async (on) => inserted(on))).kind, "unaccounted");
    assert.equal((await found(removeEvent(2))).kind, "intact");
  });

  test("of a short chain is verifying all of it", async () => {
    const bench = await chained(fresh);
    for (const seals of [sealed, sealed + 1]) {
      const tail = (on: Transaction<Schema>) => verifyTail(on, seals);
      assert.partialDeepStrictEqual(await foundAfter(bench, removeEvent(1), undefined, tail), {
        kind: "removed",
        position: 1,
      });
    }
  });
});
