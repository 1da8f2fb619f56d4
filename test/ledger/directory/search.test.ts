/** Finding merchants by a part of their name or number. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { searchForm } from "../../../src/domain/directory/merchant.ts";
import { createIndexWriter } from "../../../src/ledger/directory/index/index-writer.ts";
import type { FoundPage } from "../../../src/ledger/directory/search.ts";
import { type Bench, onEveryEngine } from "../builders.ts";
import { entry, imported, type Named } from "./rows.ts";

const merchants: Named[] = [
  ["1900000109", "蓝海火锅", "总店"],
  ["1900000110", "蓝海火锅二店"],
  ["1900000111", "红海烧烤（火车站店）"],
  ["1900000112", "ＫＦＣ  Spring Road"],
  ["2100000001", "𠮷野家"],
];

async function found(bench: Bench, text: string): Promise<string[]> {
  const page = await bench.directory.find(text);
  assert.ok(page);
  return page.merchants.map(({ subMchid }) => subMchid);
}

onEveryEngine("a search in the directory", (fresh) => {
  test("finds a part of a name or a number, whatever its width, capitals and spaces", async () => {
    const bench = await fresh();
    await imported(bench, merchants);
    const rows: [text: string, numbers: string[]][] = [
      ["火锅", ["1900000109", "1900000110"]],
      ["蓝海火锅", ["1900000109", "1900000110"]],
      ["火", ["1900000109", "1900000110", "1900000111"]],
      ["店", ["1900000110", "1900000111"]],
      ["(火车站店)", ["1900000111"]],
      ["kfc", ["1900000112"]],
      ["KFC spring", ["1900000112"]],
      ["G R", ["1900000112"]],
      ["𠮷", ["2100000001"]],
      ["𠮷野", ["2100000001"]],
      ["0011", ["1900000110", "1900000111", "1900000112"]],
      ["１９０００００１０９", ["1900000109"]],
      ["9", ["1900000109", "1900000110", "1900000111", "1900000112"]],
      ["锅火", []],
      ["海锅", []],
      ["%", []],
      ["火_", []],
    ];
    for (const [text, numbers] of rows) assert.deepEqual(await found(bench, text), numbers, text);
  });

  test("agrees with comparing every name, for any names and any part", async () => {
    const bench = await fresh();
    const character = fc.constantFrom(..."火锅海蓝店aB1 （");
    const name = fc.string({ unit: character, minLength: 1, maxLength: 8 }).filter((text) => searchForm(text) !== "");
    await fc.assert(
      fc.asyncProperty(fc.array(name, { minLength: 1, maxLength: 30 }), name, async (names, part) => {
        const named = names.map((each, nth): Named => [String(1_900_000_000 + nth * 37), each]);
        const { db } = bench;
        await db.deleteFrom("ledger_info").where("name", "=", "directory").execute();
        await imported(bench, named);
        const form = searchForm(part);
        const expected = named.filter(([number, each]) => searchForm(each).includes(form) || number.includes(form));
        assert.deepEqual(
          await found(bench, part),
          expected.slice(0, 20).map(([number]) => number),
        );
      }),
      { numRuns: 12 },
    );
  });

  test("goes through its pages to the end and back, in the order of the file", async () => {
    const bench = await fresh();
    const named = Array.from({ length: 131 }, (_, nth): Named => {
      return [String(1_900_000_000 + nth), nth % 3 === 0 ? `绿洲 ${nth}` : `蓝海 ${nth}`];
    });
    const expected = named.filter(([, name]) => name.startsWith("绿洲")).map(([number]) => number);
    await imported(bench, named);
    const pages: FoundPage[] = [];
    for (let page = await bench.directory.find("绿洲"); page; ) {
      pages.push(page);
      const { version, older } = page;
      page =
        older === undefined
          ? undefined
          : await bench.directory.find("绿洲", { version, direction: "older", position: older });
    }
    const numbers = (page: FoundPage | undefined) => page?.merchants.map(({ subMchid }) => subMchid);
    assert.deepEqual(
      pages.flatMap((page) => numbers(page) ?? []),
      expected,
    );
    assert.deepEqual(
      pages.map((page) => page.merchants.length),
      [20, 20, 4],
    );
    assert.equal(pages[0]?.newer, undefined);
    const last = pages.at(-1);
    const back = await bench.directory.find("绿洲", {
      version: last?.version ?? 0,
      direction: "newer",
      position: last?.newer ?? 0,
    });
    assert.deepEqual(numbers(back), numbers(pages[1]));
    const again = await bench.directory.find("绿洲", { version: 1, direction: "newer", position: back?.newer ?? 0 });
    assert.deepEqual(numbers(again), numbers(pages[0]));
    assert.equal(again?.newer, undefined);
  });

  test("starts over if the directory is replaced while someone is paging through it", async () => {
    const bench = await fresh();
    await imported(
      bench,
      Array.from({ length: 30 }, (_, nth): Named => [String(1_900_000_000 + nth), `绿洲 ${nth}`]),
    );
    const page = await bench.directory.find("绿洲");
    await imported(bench, [["1900000500", "绿洲茶馆"]]);
    const next = await bench.directory.find("绿洲", {
      version: page?.version ?? 0,
      direction: "older",
      position: page?.older ?? 0,
    });
    assert.deepEqual(
      next?.merchants.map(({ subMchid }) => subMchid),
      ["1900000500"],
    );
  });

  test("finds positions in several blocks of the index", async () => {
    const bench = await fresh();
    await imported(bench, [["1600000001", "蓝海火锅"]]);
    const version = (await bench.directory.current())?.version ?? 0;
    const index = createIndexWriter(bench.db, version);
    const far: [position: number, subMchid: string, name: string][] = [
      [65_535, "1600065535", "红海火锅"],
      [65_536, "1600065536", "火锅"],
      [200_000, "1600200000", "茶馆"],
      [999_999, "1600999999", "火锅茶馆"],
    ];
    await bench.db.deleteFrom("directory_bigrams").execute();
    await index.add(0, entry(["1600000001", "蓝海火锅"]));
    for (const [position, sub_mchid, name] of far) {
      await bench.db.insertInto("directory").values({ version, sub_mchid, position, name, note: null }).execute();
      await index.add(position, entry([sub_mchid, name]));
    }
    await index.finish();
    assert.deepEqual(await found(bench, "火锅"), ["1600000001", "1600065535", "1600065536", "1600999999"]);
    assert.deepEqual(await found(bench, "茶馆"), ["1600200000", "1600999999"]);
    assert.deepEqual(await found(bench, "锅茶"), ["1600999999"]);
    assert.deepEqual(await found(bench, "火"), ["1600000001", "1600065535", "1600065536", "1600999999"]);
  });

  test("knows whom a name means: the merchant with exactly this name, or the only one that contains it", async () => {
    const bench = await fresh();
    assert.deepEqual(await bench.directory.named("蓝海"), { kind: "no-directory" });
    await imported(bench, merchants);
    const meaning = async (text: string) => {
      const read = await bench.directory.named(text);
      if (read.kind === "one") return read.merchant.subMchid;
      return read.kind === "several" ? read.merchants.map(({ subMchid }) => subMchid) : read.kind;
    };
    assert.equal(await meaning("蓝海 火锅"), "1900000109");
    assert.equal(await meaning("二店"), "1900000110");
    assert.deepEqual(await meaning("火锅"), ["1900000109", "1900000110"]);
    assert.equal(await meaning("茶"), "none");
  });

  describe("among more similar names than are compared at once", () => {
    // The first and the last match; the others only have the same pairs of characters.
    const similar = (between: number): Named[] => [
      ["1900000000", "火锅火一店"],
      ...Array.from({ length: between }, (_, nth): Named => [String(1_900_000_001 + nth), `锅火锅 ${nth}`]),
      ["1900009999", "火锅火二店"],
    ];

    test("goes back to the matches before them, even over pages without any", async () => {
      const bench = await fresh();
      await imported(bench, similar(2_100));
      const at = (page: FoundPage | undefined, direction: "older" | "newer") => {
        const position = page?.[direction];
        assert.ok(page && position !== undefined, `no ${direction} page`);
        return bench.directory.find("火锅火", { version: page.version, direction, position });
      };
      const numbers = (page: FoundPage | undefined) => page?.merchants.map(({ subMchid }) => subMchid);
      const first = await bench.directory.find("火锅火");
      const last = await at(first, "older");
      const between = await at(last, "newer");
      assert.deepEqual([first, last, between].map(numbers), [["1900000000"], ["1900009999"], []]);
      const back = await at(between, "newer");
      assert.deepEqual([numbers(back), back?.newer], [["1900000000"], undefined]);
      assert.deepEqual(numbers(await at(between, "older")), ["1900009999"]);
    });

    test("does not report the first match as the only one, nor that there is none", async () => {
      const bench = await fresh();
      await imported(bench, similar(2_100));
      const meaning = await bench.directory.named("火锅火");
      assert.ok(meaning.kind === "not-all-compared");
      assert.deepEqual(
        meaning.merchants.map(({ subMchid }) => subMchid),
        ["1900000000"],
      );
      await imported(bench, similar(2_100).slice(1));
      assert.deepEqual(await bench.directory.named("火锅火"), { kind: "not-all-compared", merchants: [] });
    });
  });
});
