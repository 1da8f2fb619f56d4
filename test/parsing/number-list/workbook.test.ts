/** Excel files: the first sheet's cells are read exactly or reported, and a file that is too much is refused. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readNumberList } from "../../../src/parsing/number-list/number-list.ts";
import { numberText } from "../../../src/parsing/number-list/xlsx/cell-text.ts";
import { readWorkbook, type WorkbookLimits } from "../../../src/parsing/number-list/xlsx/workbook.ts";
import { type Cell, workbook, workbookOf, workbookOfSheets, zip } from "./workbook-file.ts";

const [a, b, c] = ["1900000109", "1900000110", "1900000111"] as const;

async function listed(rows: readonly (readonly Cell[])[]) {
  const read = await readWorkbook(workbook(rows));
  assert.ok(read.kind === "rows", read.kind);
  return readNumberList(read, { isFile: true });
}

describe("numbers in a workbook", () => {
  test("under a known header, as texts and as floats, with the names next to them", async () => {
    const list = await listed([
      ["门店", "特约商户号", "日期"],
      ["甲", a, "11 月"],
      [],
      ["乙", Number(b), null],
      ["丙", { raw: "1.900000111E9" }, null],
      ["合计", 3, null],
    ]);
    assert.ok(list.kind === "list");
    assert.deepEqual(list.subMchids, [a, b, c]);
    assert.deepEqual(list.labels, { [a]: "甲", [b]: "乙", [c]: "丙" });
    assert.deepEqual(list.problems, [{ line: 6, problem: "too-short", text: "3" }]);
  });

  test("without a header, phone numbers and order numbers next to them are reported", async () => {
    const list = await listed([
      ["甲", Number(a), 13800138000],
      ["乙", Number(b), { raw: "4.2000012345678901E+27" }],
    ]);
    assert.ok(list.kind === "list");
    assert.deepEqual(list.subMchids, [a, b]);
    assert.deepEqual(
      list.problems.map(({ problem }) => problem),
      ["too-long", "shortened"],
    );
  });

  test("cells that hold none are reported one by one, and the rest is read", async () => {
    const list = await listed([
      ["门店", "特约商户号"],
      ["甲", a],
      ["乙", { raw: "1900000111", style: "date" }],
      ["丙", { raw: "#N/A", type: "e" }],
      ["丁", { raw: "#VALUE!", type: "e" }],
      ["戊", -1900000112],
      ["己", "1.9E +09"],
      ["庚", { raw: "46000", style: "date" }],
      ["辛", b],
    ]);
    assert.ok(list.kind === "list");
    assert.deepEqual(list.subMchids, [a, b]);
    assert.deepEqual(list.problems, [
      { line: 3, problem: "no-number", text: "########" },
      { line: 4, problem: "no-number", text: "#N/A" },
      { line: 5, problem: "no-number", text: "#VALUE!" },
      { line: 6, problem: "not-digits", text: "−1900000112", wrong: { character: "−", place: 1 } },
      { line: 7, problem: "shortened", text: "1.9E +09" },
      { line: 8, problem: "date", text: "2025-12-09" },
    ]);
  });

  test("formatted as a date that does not exist are reported without a header too", async () => {
    const list = await listed([
      ["甲", a],
      ["乙", { raw: "1900000111", style: "date" }],
      ["丙", -1900000112],
    ]);
    assert.ok(list.kind === "list");
    assert.deepEqual(list.subMchids, [a]);
    assert.deepEqual(
      list.problems.map(({ line, problem, text }) => [line, problem, text]),
      [
        [2, "no-number", "########"],
        [3, "not-digits", "−1900000112"],
      ],
    );
  });

  const uncalculated: Record<string, Cell> = {
    "as POI writes it": { formula: "B2+1" },
    "as openpyxl writes it": { formula: "B2+1", raw: "" },
    "for a text": { formula: 'B2&amp;""', type: "str" },
  };
  for (const [how, cell] of Object.entries(uncalculated))
    test(`a formula without a result, ${how}, is reported at its cell with and without a header`, async () => {
      const problem = { line: 3, problem: "formula", text: "B3" };
      for (const header of ["特约商户号", "x"]) {
        const list = await listed([
          ["门店", header],
          ["甲", a],
          ["乙", cell],
          ["丙", b],
        ]);
        assert.ok(list.kind === "list");
        assert.deepEqual([list.subMchids, list.problems], [[a, b], [problem]], header);
      }
    });

  test("the digits of a formula without a result are not read, and those of a result are", async () => {
    const list = await listed([
      ["特约商户号"],
      [{ formula: `IF(1,${b},${c})` }],
      [{ formula: "A9", raw: a }],
      [{ formula: "A9", raw: b, type: "str" }],
    ]);
    assert.ok(list.kind === "list");
    assert.deepEqual(list.subMchids, [a, b]);
    assert.deepEqual(
      list.problems.map(({ line, problem }) => [line, problem]),
      [[2, "formula"]],
    );
  });

  test("alone in their column without a header, an error is reported too", async () => {
    const list = await listed([[a], [{ raw: "#REF!", type: "e" }], [b], [{ raw: "#N/A", type: "e", formula: "X1" }]]);
    assert.ok(list.kind === "list");
    assert.deepEqual(list.subMchids, [a, b]);
    assert.deepEqual(list.problems, [
      { line: 2, problem: "no-number", text: "#REF!" },
      { line: 4, problem: "no-number", text: "#N/A" },
    ]);
  });

  test("have no name if its search failed, and the error beside them is no problem of the list", async () => {
    const failed: Cell = { raw: "#N/A", type: "e", formula: "VLOOKUP(A1,X:Y,2,0)" };
    for (const header of [[], [["特约商户号", "名称"]]]) {
      const list = await listed([...header, [a, failed], [b, "乙"]]);
      assert.ok(list.kind === "list");
      assert.deepEqual([list.subMchids, list.labels, list.problems], [[a, b], { [b]: "乙" }, []]);
    }
  });

  test("in two columns are not guessed at", async () => {
    const list = await listed([
      ["甲", 1230000109, Number(a)],
      ["乙", 1230000109, Number(b)],
    ]);
    assert.ok(list.kind === "which-column");
    assert.deepEqual(
      list.columns.map(({ name }) => name),
      ["B", "C"],
    );
  });
});

describe("the other sheets of a workbook", () => {
  async function read(sheets: Parameters<typeof workbookOfSheets>[0]) {
    const found = await readWorkbook(workbookOfSheets(sheets));
    assert.ok(found.kind === "rows", found.kind);
    return found;
  }
  const first = [["特约商户号"], [a]];

  test("are reported by their names, each once and before the lines, if they may contain numbers", async () => {
    const list = readNumberList(
      await read({
        十月: [...first, ["x"]],
        十一月: [["特约商户号"], [b], [Number(c)]],
        说明: [["只填第一个工作表"], ["第 1 步", 250]],
        "A & B": [[Number(c)]],
      }),
      { isFile: true },
    );
    assert.ok(list.kind === "list");
    assert.deepEqual(list.subMchids, [a]);
    assert.deepEqual(list.problems, [
      { line: 0, problem: "other-sheet", text: "十一月" },
      { line: 0, problem: "other-sheet", text: "A & B" },
      { line: 3, problem: "no-number", text: "x" },
    ]);
    assert.equal(list.problemCount, 3);
  });

  const cells: Record<string, [cell: Cell, isReported: boolean]> = {
    "four digits": ["合同 4711", true],
    "full-width digits": ["１９００", true],
    "a number with a mark that nobody sees": ["19\u200b00", true],
    "a date": [{ raw: "46000", style: "date" }, true],
    "a number that Excel shows as an impossible date": [{ raw: "1900000111", style: "date" }, true],
    "a number of which Excel kept the beginning": [{ raw: "1E+20" }, true],
    "a shortened number": ["1.9E+09", true],
    "a formula without a result": [{ formula: "one!A2" }, true],
    "an error": [{ raw: "#N/A", type: "e" }, false],
    "three digits": [999, false],
    words: ["一二三四", false],
  };
  for (const [what, [cell, isReported]] of Object.entries(cells))
    test(`${isReported ? "are reported" : "stay silent"} with ${what}`, async () =>
      assert.deepEqual(
        (await read({ one: first, two: [[null, "x"], [cell]] })).otherSheets,
        isReported ? ["two"] : [],
      ));

  test("are reported beside a question about columns, and if the first is empty", async () => {
    const question = readNumberList(
      await read({
        one: [
          ["甲", 1230000109, a],
          ["乙", 1230000109, b],
        ],
        two: [[c]],
      }),
    );
    assert.ok(question.kind === "which-column");
    for (const { problems } of [question.all, ...question.columns.map(({ list }) => list)])
      assert.deepEqual(problems[0], { line: 0, problem: "other-sheet", text: "two" });
    const empty = readNumberList(await read({ one: [], two: [[c]] }));
    assert.ok(empty.kind === "list");
    assert.deepEqual([empty.subMchids, empty.problemCount], [[], 1]);
  });

  test("have names without control characters, as short as other reported text", async () => {
    const list = readNumberList(await read({ one: first, [`two_x001B_[31m${"x".repeat(300)}`]: [[c]] }));
    assert.ok(list.kind === "list");
    assert.equal(list.problems[0]?.text, `two[31m${"x".repeat(193)}`);
  });

  test("may be charts, also before the first one with cells", async () => {
    const { rows, otherSheets } = await read({ chart: "chart", one: first, more: "chart", two: [[b]] });
    assert.deepEqual([rows.length, otherSheets], [2, ["two"]]);
  });
});

test("a float is read exactly, or looks like what it is", () => {
  const values: Record<string, string> = {
    "1900000109": a,
    "1900000109.0": a,
    "1.900000109E9": a,
    "1.900000109e+9": a,
    "19000001.09E2": a,
    "0": "0",
    "0.5": "0.5",
    "1900000109.0000002": "1900000109.0000002",
    "1.9000001095E9": "1900000109.5",
    "-5": "−5",
    "-1.900000109E9": "−1900000109",
    "123456789012345": "123456789012345",
    "1234567890123456": "1.23456E+15",
    "1.2345678901234568E+19": "1.23456E+19",
    TRUE: "TRUE",
  };
  for (const [raw, text] of Object.entries(values)) assert.equal(numberText(raw), text, raw);
});

describe("a file that is refused", () => {
  const limits: WorkbookLimits = { bytesMax: 5_000_000, memoryMaxMb: 64, timeoutMs: 30_000 };
  const bomb = Buffer.alloc(50_000_000);
  const files: Record<string, [file: Buffer, kind: "too-large" | "broken", limits?: WorkbookLimits]> = {
    "a zip bomb": [workbook([[a]], { bomb }), "too-large"],
    "a zip bomb whose directory says that it is small": [
      zip({ "xl/workbook.xml": bomb }, { "xl/workbook.xml": 10 }),
      "too-large",
    ],
    "one whose directory says that it is larger than it is": [
      zip({ "xl/workbook.xml": "x" }, { "xl/workbook.xml": 4_000_000_000 }),
      "too-large",
    ],
    "one whose directory is wrong by little": [zip({ "xl/workbook.xml": "x" }, { "xl/workbook.xml": 2 }), "broken"],
    "a single cell at the end of an endless sheet": [
      workbookOf(`<sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>`),
      "too-large",
    ],
    "one that takes too long": [workbook([[a]]), "too-large", { ...limits, timeoutMs: 1 }],
    "an archive of something else": [zip({ "a.txt": "hello" }), "broken"],
    "half a workbook": [workbook([[a]]).subarray(0, 300), "broken"],
    "nothing but the beginning": [Buffer.from("PK\u0003\u0004"), "broken"],
    "a single cell at the end of an endless second sheet": [
      workbookOfSheets(
        { one: [[a]], two: [] },
        {
          "xl/worksheets/sheet2.xml": `<worksheet><sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>`,
        },
      ),
      "too-large",
    ],
    "a formula at the end of an endless sheet": [
      workbookOf(`<sheetData><row r="1048576"><c r="XFD1048576"><f>A1</f></c></row></sheetData>`),
      "too-large",
    ],
    "a sheet that is no XML": [workbook([[a]], { "xl/worksheets/sheet1.xml": "<worksheet><sheetData><row" }), "broken"],
  };
  for (const [what, [file, kind, own = limits]] of Object.entries(files))
    test(what, async () => assert.deepEqual(await readWorkbook(file, own), { kind }));
});
