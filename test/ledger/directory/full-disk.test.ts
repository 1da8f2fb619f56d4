/** A disk that an import of the directory fills: what it leaves behind is removed once there is room. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { createLedger } from "../../../src/ledger/ledger.ts";
import { openStore } from "../../../src/storage/open.ts";
import { mountSmallDisk } from "../../e2e/support/small-disk.ts";
import { hourMs, onEveryEngine, virtualClock } from "../builders.ts";
import { imported, type Named, rowsOf } from "./rows.ts";

const inUse: Named[] = [["1900000109", "蓝海火锅", "总店"]];
const disk = await mountSmallDisk("24m");

function* many(count: number): Generator<Named> {
  for (let nth = 0; nth < count; nth += 1) yield [String(1_600_000_000 + nth), `门店 ${nth} 号`];
}

/** As the bot's maintenance does, poll after poll. */
async function pruneAll({ directory }: Pick<ReturnType<typeof createLedger>, "directory">): Promise<void> {
  for (let idle = 0; idle < 3; idle += 1) while ((await directory.prune()) > 0);
}

test("an import that fills the disk leaves rows behind, which are removed some hours later, once there is room", {
  skip: disk.skip,
}, async (t) => {
  const store = await openStore({ engine: "sqlite", path: join(disk.path, "receipts.db") });
  t.after(() => store.close());
  const clock = virtualClock();
  const random = { id: () => "1", fraction: () => 0 };
  const ledger = createLedger({ store, clock, random, mchid: "", instance: "us" });
  const count = async (table: "directory" | "directory_bigrams" | "directory_versions") =>
    Number(
      (
        await store.db
          .selectFrom(table)
          .select(({ fn }) => fn.countAll().as("n"))
          .executeTakeFirst()
      )?.n,
    );
  await imported(ledger, inUse);
  const before = [await count("directory"), await count("directory_bigrams")];

  let empty = () => {};
  async function* filling() {
    yield* rowsOf(many(5_000));
    // Not a single page is left.
    empty = disk.fill(1_000_000, 100_000, 10_000, 4_096);
    yield* rowsOf(many(100_000));
  }
  await assert.rejects(ledger.directory.stage(filling()), /disk is full/);
  const left = await count("directory");
  assert.ok(left > 1_000, `${left} rows`);
  clock.advance(3 * hourMs);
  await assert.rejects(pruneAll(ledger), /disk is full/);
  empty();
  await pruneAll(ledger);
  assert.deepEqual([await count("directory"), await count("directory_bigrams")], before);
  assert.equal(await count("directory_versions"), 1);
});

onEveryEngine("an import whose rows can be neither completed nor removed", (fresh) => {
  test("is removed some hours later, and never what is in use", async () => {
    const bench = await fresh();
    await imported(bench, inUse);
    const rename = (from: string, to: string) => bench.db.schema.alterTable(from).renameTo(to).execute();
    async function* failing() {
      yield* rowsOf(many(2_500));
      await rename("directory_bigrams", "bigrams_away");
    }
    await assert.rejects(bench.directory.stage(failing()));
    await rename("bigrams_away", "directory_bigrams");
    assert.ok((await bench.count("directory")) > 2_000);
    await pruneAll(bench);
    assert.ok((await bench.count("directory")) > 2_000);
    bench.clock.advance(3 * hourMs);
    await pruneAll(bench);
    assert.deepEqual([await bench.count("directory"), await bench.count("directory_versions")], [1, 1]);
    assert.equal((await bench.directory.find("蓝海"))?.merchants.length, 1);
  });
});
