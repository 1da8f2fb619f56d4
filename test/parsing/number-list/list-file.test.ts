/** Large files are read in a thread of their own, so that nobody else waits, and with the answers of small ones. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { directoryRows, inTurns } from "../../../src/parsing/directory/source.ts";
import { readListFile } from "../../../src/parsing/number-list/files/list-file.ts";
import { readNumberList } from "../../../src/parsing/number-list/number-list.ts";
import { workbook } from "./workbook-file.ts";

const options = { ours: "1900000100", action: "OPEN", isFile: true } as const;

function textOf(count: number, line: (subMchid: string) => string): string {
  return Array.from({ length: count }, (_, nth) => line(String(1900000000 + nth))).join("");
}

/** What it resolves to, and how often the event loop turned meanwhile. */
async function whileTurning<Result>(running: Promise<Result>): Promise<{ result: Result; turns: number }> {
  let turns = 0;
  let isOver = false;
  const turn = () => {
    turns += 1;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  try {
    return { result: await running, turns };
  } finally {
    isOver = true;
  }
}

describe("a large list", () => {
  const texts = {
    "of numbers alone": textOf(6_000, (one) => `${one}\n`),
    "with two numbers in each line": textOf(3_000, (one) => `1900000109 店 ${one}\n`),
    "with names and a header": `商户号,名称\n${textOf(11_000, (one) => `${one},店\n`)}`,
  };
  for (const [what, text] of Object.entries(texts))
    test(`${what} is read while the event loop turns, with the same answer as in one go`, async () => {
      const { result, turns } = await whileTurning(readListFile(Buffer.from(text), options));
      assert.deepEqual(result, { kind: "read", list: readNumberList(text, options) });
      assert.ok(turns > 1, `${turns} turns`);
    });

  test("in a workbook arrives as the numbers, not as the cells", async () => {
    const rows = Array.from({ length: 3_000 }, (_, nth) => [String(1900000000 + nth)]);
    const { result, turns } = await whileTurning(readListFile(workbook(rows), options));
    assert.deepEqual(result, { kind: "read", list: readNumberList(rows.flat().join("\n"), options) });
    assert.ok(turns > 1, `${turns} turns`);
  });

  test("that takes more memory or time than the limits allow is not finished", async () => {
    const text = Buffer.from(texts["of numbers alone"]);
    const little = { memoryMaxMb: 8, timeoutMs: 60_000 };
    assert.deepEqual(await readListFile(text, options, little), { kind: "not-finished" });
    const short = { memoryMaxMb: 512, timeoutMs: 1 };
    assert.deepEqual(await readListFile(text, options, short), { kind: "not-finished" });
    assert.deepEqual(await readListFile(workbook([["x"]]), options, short), { kind: "workbook-too-large" });
  });

  test("whose thread dies is not finished, says why, and does not keep the next one waiting", async () => {
    const text = Buffer.from(texts["of numbers alone"]);
    // No thread gets a function, so that starting one fails.
    await assert.rejects(readListFile(text, { ...options, ours: (() => {}) as unknown as string }));
    const read = await readListFile(text, { ...options, action: "neither" as "OPEN" });
    assert.ok(read.kind === "not-finished" && read.error instanceof Error, read.kind);
    assert.equal((await readListFile(text, options)).kind, "read");
  });

  test("keeps only the names of numbers that a request may have", () => {
    const read = readNumberList(texts["with names and a header"], options);
    assert.ok(read.kind === "list");
    assert.deepEqual([read.subMchids.length, read.tooMany], [10_000, 999]);
    assert.deepEqual(Object.keys(read.labels), read.subMchids);
  });
});

test("a small text is read at once", async () => {
  const { turns } = await whileTurning(readListFile(Buffer.from("1900000109"), options));
  assert.equal(turns, 0);
});

test("a directory is read while the event loop turns, even if it has only problems", async () => {
  const source = directoryRows(`sub_mchid,name\n${"1900000109,\n".repeat(3_000)}`, undefined);
  assert.ok(source.kind === "rows");
  const count = async () => {
    let rows = 0;
    for await (const { kind } of inTurns(source.rows)) rows += Number(kind === "problem");
    return rows;
  };
  const { result, turns } = await whileTurning(count());
  assert.equal(result, 3_000);
  assert.ok(turns > 10, `${turns} turns`);
});
