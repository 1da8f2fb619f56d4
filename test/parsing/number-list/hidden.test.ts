/** Excel files: what a person does not see there is not read, and if it may contain numbers, the person is told. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { directoryRows } from "../../../src/parsing/directory/source.ts";
import { readNumberList } from "../../../src/parsing/number-list/number-list.ts";
import { readWorkbook } from "../../../src/parsing/number-list/xlsx/workbook.ts";
import { plainProblemLine } from "../../../src/slack/blocks/forms/list-problem.ts";
import { en } from "../../../src/text/en/catalogue.ts";
import { workbookHiding, workbookOf, workbookOfSheets } from "./workbook-file.ts";

const [a, b, c, d, e] = ["1900000109", "1900000110", "1900000111", "1900000112", "1900000113"] as const;

async function opened(file: Buffer) {
  const read = await readWorkbook(file);
  assert.ok(read.kind === "rows", read.kind);
  return read;
}

async function listed(file: Buffer) {
  const list = readNumberList(await opened(file), { isFile: true });
  assert.ok(list.kind === "list");
  return list;
}

describe("hidden rows", () => {
  test("are left out, and one problem says how many may contain numbers, with the first few", async () => {
    const list = await listed(
      workbookHiding({ rows: [3, 4, 5, 6, 8] }, [
        ["特约商户号", "电话"],
        [a],
        [b, 13800138000],
        [`张三（${c}）`],
        [Number(d), 13800138001],
        [e],
        ["x"],
        ["小计", 4],
      ]),
    );
    assert.deepEqual(list.subMchids, [a]);
    assert.deepEqual(list.problems, [
      { line: 0, problem: "hidden-rows", text: `${b} 张三（${c}） ${d}`, count: 4 },
      { line: 7, problem: "no-number", text: "x" },
    ]);
  });

  test("show a number rather than the date in front of it", async () => {
    const list = await listed(
      workbookHiding({ rows: [2] }, [
        ["日期", "特约商户号"],
        [{ raw: "46000", style: "date" }, b],
        [null, a],
      ]),
    );
    assert.deepEqual(list.problems[0], { line: 0, problem: "hidden-rows", text: b, count: 1 });
  });

  test("without anything like a number stay silent", async () => {
    const list = await listed(workbookHiding({ rows: [2] }, [["特约商户号", "备注"], [null, "第 1 页"], [a]]));
    assert.deepEqual([list.subMchids, list.problems], [[a], []]);
  });

  test("are no gap below which another table begins", async () => {
    const rows = [["特约商户号", "合同"], [a], [b], ["待定", "乙店"], [c, "20000001"]];
    const list = await listed(workbookHiding({ rows: [3] }, rows));
    assert.deepEqual(list.subMchids, [a, c]);
    assert.deepEqual(
      list.problems.map(({ line, problem }) => [line, problem]),
      [
        [0, "hidden-rows"],
        [1, "other-column"],
        [4, "no-number"],
      ],
    );
  });

  test("do not count towards the maximum of a request", async () => {
    const rows = Array.from({ length: 12_000 }, (_, nth) => [1_900_000_000 + nth, ...new Array(9).fill("x")]);
    const list = await listed(workbookHiding({ rows: rows.slice(2).map((_, nth) => nth + 3) }, rows));
    assert.deepEqual([list.subMchids.length, list.tooMany, list.problemCount], [2, 0, 1]);
  });

  const ways: Record<string, string> = {
    "a filter of Excel": '<row r="2" hidden="1">',
    "another program": "<row r='2' hidden = 'true'>",
    "a height of nothing": '<row r="2" ht="0" customHeight="1">',
    "a row that leaves its number to its cells": '<row hidden="1">',
    "a namespace": '<x:row r="2" spans="1:1" x14ac:dyDescent="0.2" hidden="1">',
  };
  for (const [how, row] of Object.entries(ways))
    test(`are recognized if ${how} hides them`, async () => {
      const x = row.startsWith("<x:") ? "x:" : "";
      const cell = (at: string, number: string) => `<${x}c r="${at}"><${x}v>${number}</${x}v></${x}c>`;
      const rows = [`<${x}row r="1">${cell("A1", a)}</${x}row>`, `${row}${cell("A2", b)}</${x}row>`];
      const list = await listed(workbookOf(`<${x}sheetData>${rows.join("")}</${x}sheetData>`));
      assert.deepEqual([list.subMchids, list.problems.map(({ text }) => text)], [[a], [b]]);
    });

  test("of a directory keep it from being imported, and its visible rows are read", async () => {
    const source = directoryRows(
      await opened(
        workbookHiding({ rows: [3], columns: [3] }, [
          ["sub_mchid", "name", "phone"],
          [a, "蓝海火锅", 13800138000],
          [b, "红海火锅"],
        ]),
      ),
      undefined,
    );
    assert.ok(source.kind === "rows");
    assert.deepEqual(
      [...source.rows].map((row) => (row.kind === "problem" ? row.problem : row.entry.subMchid)),
      [{ line: 0, problem: "hidden-rows", text: b, count: 1 }, a],
    );
  });

  test("are told with what to do, without a line", () => {
    assert.equal(
      plainProblemLine({ line: 0, problem: "hidden-rows", text: `${a} ${b}`, count: 12 }, en),
      `12 hidden rows may contain numbers (such as ${a} ${b}) and are not read. Unhide them to include them, or delete them.`,
    );
    assert.equal(
      plainProblemLine({ line: 3, problem: "formula", text: "B3" }, en),
      "line 3: cell B3 has a formula whose result is not in the file; open the file in Excel, save it and try again",
    );
  });
});

describe("hidden columns", () => {
  test("are left out, and each one that may contain numbers is reported by its letter", async () => {
    const list = await listed(
      workbookHiding({ columns: [1, 3, 4] }, [
        ["旧特约商户号", "特约商户号", "sub_mchid", "说明"],
        [d, a, b, "x"],
        [e, Number(c), null, "y"],
      ]),
    );
    assert.deepEqual(list.subMchids, [a, c]);
    assert.deepEqual(list.problems, [
      { line: 0, problem: "hidden-column", text: "A" },
      { line: 0, problem: "hidden-column", text: "C" },
    ]);
  });

  test("are not among those between which a person chooses", async () => {
    const list = await listed(
      workbookHiding({ columns: [2] }, [
        ["甲", 1230000109, a],
        ["乙", 1230000109, b],
      ]),
    );
    assert.deepEqual([list.subMchids, list.problems.map(({ text }) => text)], [[a, b], ["B"]]);
  });

  test("can be very many", async () => {
    const cells = `<sheetData><row r="1"><c r="A1"><v>${a}</v></c><c r="C1"><v>${b}</v></c></row></sheetData>`;
    const list = await listed(workbookOf(`<cols><col min="2" max="16384" width="0"/></cols>${cells}`));
    assert.deepEqual([list.subMchids, list.problems.map(({ text }) => text)], [[a], ["C"]]);
  });
});

describe("hidden sheets", () => {
  const sheets = { 旧: [["特约商户号"], [b]], 图: "chart", 新: [["特约商户号"], [a]], 更多: [[c]] } as const;

  for (const state of ["hidden", "veryHidden"] as const)
    test(`the first visible sheet is read, not one that is ${state}`, async () => {
      const list = await listed(workbookOfSheets(sheets, {}, { 旧: state, 更多: "visible" }));
      assert.deepEqual(list.subMchids, [a]);
      assert.deepEqual(list.problems, [
        { line: 0, problem: "other-sheet", text: "旧" },
        { line: 0, problem: "other-sheet", text: "更多" },
      ]);
    });

  test("are reported if no other has cells", async () => {
    const list = await listed(workbookOfSheets({ 图: "chart", 旧: [[b]] }, {}, { 旧: "hidden" }));
    assert.deepEqual([list.subMchids, list.problems.map(({ text }) => text)], [[], ["旧"]]);
  });
});

describe("numbers with a line through them", () => {
  const struck = (raw: string) => ({ raw, style: "struck" }) as const;

  test("are not read, and one problem says in how many rows they are, with the first few", async () => {
    const rows = [
      ["特约商户号", "店"],
      [Number(a), "甲"],
      [struck(b), "乙"],
      [struck(c), struck("20261128")],
      [e, "丙"],
    ];
    const list = await listed(workbookOfSheets({ one: rows }));
    assert.deepEqual(list.subMchids, [a, e]);
    assert.deepEqual(list.problems, [
      { line: 0, problem: "struck-rows", text: `${b} ${c}`, count: 2 },
      { line: 3, problem: "no-number", text: "乙" },
    ]);
    assert.equal(
      plainProblemLine({ line: 0, problem: "struck-rows", text: `${b} ${c}`, count: 2 }, en),
      `In 2 rows, a number is struck through (such as ${b} ${c}) and is not read. Remove the lines to include them, or delete them.`,
    );
  });

  test("are no gap, and neither is a line through another cell than a number", async () => {
    const list = await listed(
      workbookOfSheets({ one: [["特约商户号", "合同"], [a], [struck(b)], ["待定", "乙店"], [c, struck("44")]] }),
    );
    assert.deepEqual(list.subMchids, [a, c]);
    assert.deepEqual(
      list.problems.map(({ line, problem }) => [line, problem]),
      [
        [0, "struck-rows"],
        [4, "no-number"],
      ],
    );
  });

  test("are found in part of a text, which would otherwise be joined to the rest", async () => {
    const run = (text: string, line: string) => `<r><rPr>${line}</rPr><t>${text}</t></r>`;
    const strings = `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>特约商户号</t></si><si>${run(a, "<strike/>")}${run(b, "<b/>")}</si><si>${run(c, '<strike val="0"/>')}</si></sst>`;
    const inline = `<is>${run(d, '<strike val="true"/>')}${run(e, "")}</is>`;
    const cells = [
      ...[0, 1, 2].map((nth) => `<c r="A${nth + 1}" t="s"><v>${nth}</v></c>`),
      `<c r="A4" t="inlineStr">${inline}</c>`,
    ];
    const rows = cells.map((cell, nth) => `<row r="${nth + 1}">${cell}</row>`).join("");
    const list = await listed(workbookOf(`<sheetData>${rows}</sheetData>`, { "xl/sharedStrings.xml": strings }));
    assert.deepEqual(list.subMchids, [c]);
    assert.deepEqual(list.problems, [{ line: 0, problem: "struck-rows", text: `${a}${b} ${d}${e}`, count: 2 }]);
  });

  test("keep a directory from being imported", async () => {
    const source = directoryRows(
      await opened(
        workbookOfSheets({
          one: [
            ["sub_mchid", "name"],
            [a, "甲"],
            [struck(b), "乙"],
          ],
        }),
      ),
      undefined,
    );
    assert.ok(source.kind === "rows");
    const kinds = [...source.rows].map((row) => (row.kind === "problem" ? row.problem.problem : row.entry.subMchid));
    assert.deepEqual(kinds, ["struck-rows", a, "no-number"]);
  });
});
