/** Importing a directory: what is new, changed and gone, one import at a time, and nothing of a wrong file. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { StagedRow } from "../../../src/ledger/directory/staging.ts";
import { atOnce, click, hourMs, onEveryEngine } from "../builders.ts";
import { entry, imported, type Named, rowsOf, staged } from "./rows.ts";

const admin = { by: "UADMIN", origin: click };
const first: Named[] = [
  ["1900000109", "蓝海火锅", "总店"],
  ["1900000110", "红海烧烤"],
  ["1900000111", "绿洲茶馆"],
];
const second: Named[] = [
  ["1900000109", "蓝海火锅", "一店"],
  ["1900000110", "红海烧烤"],
  ["1900000112", "金沙面馆"],
];

onEveryEngine("a directory", (fresh) => {
  test("shows what is new, changed and removed before the import takes effect, and records it", async () => {
    const bench = await fresh();
    const { directory } = bench;
    assert.equal(await directory.current(), undefined);
    await imported(bench, first);
    const version = await staged(bench, second);
    assert.equal((await directory.current())?.entries, 3);
    assert.deepEqual(await directory.changes(version), {
      added: 1,
      changed: 1,
      removed: 1,
      samples: {
        added: [entry(["1900000112", "金沙面馆"])],
        changed: [
          { before: entry(["1900000109", "蓝海火锅", "总店"]), after: entry(["1900000109", "蓝海火锅", "一店"]) },
        ],
        removed: [entry(["1900000111", "绿洲茶馆"])],
      },
    });
    assert.equal((await directory.find("绿洲"))?.merchants.length, 1);
    bench.clock.advance(1_000);
    assert.equal((await directory.adopt(version, admin)).kind, "imported");
    assert.equal((await directory.find("绿洲"))?.merchants.length, 0);
    assert.deepEqual(await directory.current(), {
      version: version.version,
      entries: 3,
      digest: version.digest,
      importedBy: "UADMIN",
      importedAt: bench.clock.now(),
    });
    const events = bench.db.selectFrom("events").select("detail_json").where("what", "=", "directory-imported");
    const details = (await events.orderBy("seq").execute()).map(({ detail_json }) => JSON.parse(detail_json ?? ""));
    assert.deepEqual(
      details.map(({ entries, added, changed, removed }) => [entries, added, changed, removed]),
      [
        [3, 3, 0, 0],
        [3, 1, 1, 1],
      ],
    );
    assert.equal(details[1].digest, version.digest);
  });

  test("that has not changed is not imported again", async () => {
    const bench = await fresh();
    await imported(bench, first);
    const again = await bench.directory.adopt(await staged(bench, first), admin);
    assert.deepEqual(again, { kind: "unchanged" });
  });

  test("is imported once when several people import at the same time, and the others are notified", async () => {
    const bench = await fresh();
    await imported(bench, first);
    const versions = await atOnce(4, (nth) => staged(bench, [["1900000109", `蓝海 ${nth}`]]));
    const results = await atOnce(4, async (nth) => {
      const version = versions[nth];
      assert.ok(version);
      return bench.directory.adopt(version, admin);
    });
    assert.deepEqual(results.map(({ kind }) => kind).toSorted(), ["imported", "overtaken", "overtaken", "overtaken"]);
    assert.equal((await bench.directory.find("蓝海"))?.merchants.length, 1);
    const [winner] = versions.filter((_, nth) => results[nth]?.kind === "imported");
    assert.ok(winner);
    const again = await atOnce(2, () => bench.directory.adopt(winner, admin));
    assert.deepEqual(again, [{ kind: "unchanged" }, { kind: "unchanged" }]);
    assert.equal((await bench.directory.find("蓝海"))?.merchants.length, 1);
  });

  test("that is submitted twice at the same time is imported once, and stays whole", async () => {
    const bench = await fresh();
    await imported(bench, first);
    const version = await staged(bench, second);
    const results = await atOnce(2, () => bench.directory.adopt(version, admin));
    assert.deepEqual(results.map(({ kind }) => kind).toSorted(), ["imported", "unchanged"]);
    assert.equal((await bench.directory.find("19000001"))?.merchants.length, 3);
  });

  test("keeps nothing of a file with problems, and reports every kind with its line", async () => {
    const bench = await fresh();
    await imported(bench, first);
    async function* rows(): AsyncGenerator<StagedRow<{ line: number; problem: "no-name" }>> {
      yield { kind: "entry", line: 2, entry: entry(["1900000109", "蓝海火锅"]) };
      yield { kind: "entry", line: 3, entry: entry(["1900000109", "蓝海火锅"]) };
      yield { kind: "problem", problem: { line: 4, problem: "no-name" } };
      yield { kind: "entry", line: 5, entry: entry(["1900000109", "红海火锅"]) };
    }
    assert.deepEqual(await bench.directory.stage(rows()), {
      kind: "refused",
      count: 2,
      problems: [
        { line: 4, problem: "no-name" },
        { line: 5, problem: "listed-twice", subMchid: "1900000109", name: "红海火锅", earlier: "蓝海火锅" },
      ],
    });
    assert.equal(await bench.count("directory"), 3);
    assert.equal(await bench.count("directory_versions"), 1);
  });

  test("is not deleted by a file without rows", async () => {
    const bench = await fresh();
    await imported(bench, first);
    assert.deepEqual(await bench.directory.stage(rowsOf([])), { kind: "empty" });
    assert.equal((await bench.directory.current())?.entries, 3);
  });

  test("takes equal rows once and finds contradictions across batches", async () => {
    const bench = await fresh();
    const many = Array.from({ length: 2_500 }, (_, nth): Named => [String(1_600_000_000 + nth), `商户 ${nth}`]);
    const repeated = await staged(bench, [...many, ...many.slice(0, 10)]);
    assert.equal(repeated.entries, 2_500);
    const contradicted = await bench.directory.stage(rowsOf([...many, ["1600000003", "别的"]]));
    assert.equal(contradicted.kind === "refused" && contradicted.problems[0]?.line, 2_502);
  });

  test("forgets versions that are not in use some hours later, and never the one in use", async () => {
    const bench = await fresh();
    await imported(bench, first);
    await imported(bench, second);
    const undecided = await staged(bench, first);
    const emptied = async () => {
      while ((await bench.directory.prune()) > 0);
      await bench.directory.prune();
    };
    await emptied();
    assert.equal(await bench.count("directory"), 9);
    bench.clock.advance(3 * hourMs);
    await emptied();
    await emptied();
    assert.equal(await bench.count("directory"), 3);
    assert.equal(await bench.count("directory_versions"), 1);
    assert.equal((await bench.directory.find("金沙"))?.merchants.length, 1);
    assert.deepEqual(await bench.directory.adopt(undecided, admin), { kind: "gone" });
  });
});
