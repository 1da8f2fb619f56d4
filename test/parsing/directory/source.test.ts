/** Reading a file of names: its columns by their headers, every row an entry or a problem, at once or in a stream. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { DirectoryRow } from "../../../src/parsing/directory/rows.ts";
import { directoryRowStream, directoryRows } from "../../../src/parsing/directory/source.ts";
import { decodeParts, encodingOf } from "../../../src/parsing/number-list/decode-file.ts";
import { readWorkbook } from "../../../src/parsing/number-list/xlsx/workbook.ts";

import { workbook } from "../number-list/workbook-file.ts";

const ours = "1230000109";

function read(text: string): (string | undefined)[][] | string {
  const source = directoryRows(text, ours);
  if (source.kind === "columns") return source.problem;
  return [...source.rows].map((row) =>
    row.kind === "entry"
      ? [row.entry.subMchid, row.entry.name, row.entry.note]
      : [`${row.problem.line}`, row.problem.problem],
  );
}

test("columns are found by their headers, in other people's files and in our own", () => {
  const rows: [header: string, line: string][] = [
    ["sub_mchid,name,note", "1900000109,蓝海火锅,总店"],
    ["序号,特约商户号（必填）,商户名称,备注", "1,1900000109,蓝海火锅,总店"],
    ["商户简称;商户号;说明", "蓝海火锅;1900000109;总店"],
    ["Merchant ID\tMerchant Name\tRemark", "1900000109\t蓝海火锅\t总店"],
    ["商户名称,商户简称,商户号,备注", "蓝海火锅,蓝海,1900000109,总店"],
    ["店,微信支付商户号,备注", "蓝海火锅,1900000109,总店"],
    ["店鋪名稱,微信子商戶號,備註", "蓝海火锅,1900000109,总店"],
    ["門市編號,特約商戶號,商戶名稱,備註", "1,1900000109,蓝海火锅,总店"],
    ["特约商户号【必填】,商户 名称（必填）【唯一】,备注", "1900000109,蓝海火锅,总店"],
    ['\ufeff"sub_mchid","name","note"', '"`1900000109","蓝海火锅","总店"'],
  ];
  for (const [header, line] of rows)
    assert.deepEqual(read(`${header}\r\n${line}\r\n`), [["1900000109", "蓝海火锅", "总店"]], header);
  assert.deepEqual(read("我司商户名录\n\nsub_mchid,name\n1900000109,蓝海火锅"), [
    ["1900000109", "蓝海火锅", undefined],
  ]);
});

test("columns that are missing or not certain are reported instead of guessed", () => {
  assert.equal(read("1900000109,蓝海火锅"), "no-column");
  assert.equal(read("sub_mchid,店长\n1900000109,张三"), "no-column");
  assert.equal(read("sub_mchid,商户名称,特约商户名称\n1900000109,甲,乙"), "two-columns");
});

test("every row is an entry or a problem with its line", () => {
  const rows: [row: string, result: (string | undefined)[]][] = [
    ["1900000109,蓝海火锅,", ["1900000109", "蓝海火锅", undefined]],
    ["１９０００００１０９,蓝海\u202e火锅\u200b,", ["1900000109", "蓝海火锅", undefined]],
    ['1900000109,"蓝海\n  火锅",', ["1900000109", "蓝海 火锅", undefined]],
    ["1900000109,`=HYPERLINK(1),`-", ["1900000109", "=HYPERLINK(1)", "-"]],
    ["1900000109,,", ["2", "no-name"]],
    ["1900000109,\u200b,", ["2", "no-name"]],
    ["1900000109,#N/A,", ["2", "no-name"]],
    ["#REF!,蓝海火锅,", ["2", "not-digits"]],
    [",蓝海火锅,", ["2", "no-number"]],
    ["19000001O9,蓝海火锅,", ["2", "not-digits"]],
    ["1900000109 蓝海,蓝海火锅,", ["2", "not-digits"]],
    ["1.9E+09,蓝海火锅,", ["2", "shortened"]],
    ["1234,蓝海火锅,", ["2", "too-short"]],
    ["3800000219,合计,", ["2", "other-label"]],
    ["3800000219,小 计：,", ["2", "other-label"]],
    [`${"1".repeat(33)},蓝海火锅,`, ["2", "too-long"]],
    [`${ours},我们,`, ["2", "ours"]],
    [`1900000109,${"长".repeat(129)},`, ["2", "name-too-long"]],
    [`1900000109,蓝海,${"长".repeat(201)}`, ["2", "note-too-long"]],
  ];
  for (const [row, result] of rows) assert.deepEqual(read(`sub_mchid,name,note\n${row}`), [result], row);
});

test("a merchant may have a word for a sum as its name or note, and a sum stays a problem wherever it stands", () => {
  const [a, b, c] = ["1900000109", "1900000110", "1900000111"];
  for (const word of ["Total", "汇总", "总和", "合计", "Grand Total", "小计（含税）"]) {
    const merchants = [`${a},蓝海,`, `${b},${word},`, `${c},红海,${word}`];
    const expected = [
      [a, "蓝海", undefined],
      [b, word, undefined],
      [c, "红海", word],
    ];
    assert.deepEqual(read(`sub_mchid,name,note\n${merchants.join("\n")}`), expected, word);
  }
  assert.deepEqual(read(`sub_mchid,name\n${a},Total`), [[a, "Total", undefined]]);
  const sums: [rows: string[], line: number][] = [
    [[`,${a},蓝海`, `,${b},红海`, ",3800000219,合计"], 4],
    [[`,${a},蓝海`, ",,Total"], 3],
    [[`,${a},蓝海`, ",Total,"], 3],
    [[`,${a},蓝海`, ",合计,1"], 3],
    [[`,${a},蓝海`, "合计,3800000219,2"], 3],
    [[`,${a},蓝海`, ",1,Total"], 3],
    [[`,${a},蓝海`, ",1900000109.5,Total"], 3],
    [[`,${a},蓝海`, ",19000001090,Total"], 3],
    [[`,${a},蓝海`, `,${ours},Total`], 3],
    [[`,${a},蓝海`, `,${c},红海`, `,${b},平均值`], 4],
    [[",19000001,蓝海", ",1000000110,红海", ",1019000112,Total"], 4],
    [[",1019000111,Total", ",19000001,蓝海", ",1000000110,红海"], 2],
  ];
  for (const [rows, line] of sums) {
    const found = read(`序号,sub_mchid,name\n${rows.join("\n")}`);
    assert.ok(typeof found !== "string");
    const problems = found.filter(([first]) => first === `${line}`).map(([, problem]) => problem);
    assert.deepEqual(problems, ["other-label"], rows.join());
  }
});

test("the sum of a column is a problem whatever stands beside it", () => {
  for (const name of ["2", "3 家", "蓝海", "Total"])
    assert.deepEqual(read(`sub_mchid,name\n1900000109,蓝海\n1900000110,红海\n3800000219,${name}\n1900000111,黄海`), [
      ["1900000109", "蓝海", undefined],
      ["1900000110", "红海", undefined],
      ["4", name === "Total" ? "other-label" : "sum"],
      ["1900000111", "黄海", undefined],
    ]);
});

const none = { count: 0, numbers: [] };

test("each other sheet of a workbook that may contain numbers is a problem before the rows of the first", () => {
  const cells = [
    ["sub_mchid", "name"],
    ["1900000109", "蓝海火锅"],
  ];
  const rows = cells.map((row, nth) => ({ line: nth + 1, text: row.join("\t"), cells: row }));
  const source = directoryRows(
    { rows, hiddenRows: none, struckRows: none, hiddenColumns: [], otherSheets: ["华东", "华南"] },
    ours,
  );
  assert.ok(source.kind === "rows");
  assert.deepEqual(
    [...source.rows].map((row) => (row.kind === "problem" ? row.problem : row.entry.subMchid)),
    [
      { line: 0, problem: "other-sheet", text: "华东" },
      { line: 0, problem: "other-sheet", text: "华南" },
      "1900000109",
    ],
  );
});

test("a formula without a result is a problem of its row, and no name, note or number", async () => {
  const formula = { formula: "X1", raw: "" };
  const book = await readWorkbook(
    workbook([
      ["sub_mchid", "name", "note", "other"],
      [formula, "蓝海火锅"],
      ["1900000109", formula],
      ["1900000110", "蓝海火锅", formula],
      ["1900000111", "蓝海火锅", null, formula],
      ["1900000112", { raw: "#N/A", type: "e" }],
    ]),
  );
  assert.ok(book.kind === "rows");
  const source = directoryRows(book, ours);
  assert.ok(source.kind === "rows");
  assert.deepEqual(
    [...source.rows].map((row) => (row.kind === "problem" ? row.problem : row.entry.subMchid)),
    [
      { line: 2, problem: "formula", text: "A2" },
      { line: 3, problem: "formula", text: "B3" },
      { line: 4, problem: "formula", text: "C4" },
      "1900000111",
      { line: 6, problem: "no-name", subMchid: "1900000112" },
    ],
  );
});

test("a stream is read as the whole text is, wherever its parts end", async () => {
  const cell = fc.oneof(fc.constantFrom("蓝海", "a\nb", 'x"y', "1,2", "", "\r\n"), fc.string({ maxLength: 5 }));
  const row = fc.tuple(fc.constantFrom("1900000109", "19O0", ""), cell, fc.boolean());
  await fc.assert(
    fc.asyncProperty(fc.array(row), fc.array(fc.nat(40)), fc.constantFrom("\n", "\r\n"), async (rows, cuts, end) => {
      const lines = rows.map(([number, name, isQuoted]) =>
        isQuoted ? `${number},"${name.replaceAll('"', '""')}"` : `${number},${name}`,
      );
      const text = ["sub_mchid,name", ...lines].join(end);
      async function* parts(): AsyncGenerator<string> {
        let at = 0;
        for (const cut of cuts) {
          yield text.slice(at, at + cut);
          at += cut;
        }
        yield text.slice(at);
      }
      const streamed = await directoryRowStream(parts(), ours);
      assert.equal(streamed.kind, "rows");
      const found: DirectoryRow[] = [];
      if (streamed.kind === "rows") for await (const each of streamed.rows) found.push(each);
      const whole = directoryRows(text, ours);
      assert.deepEqual(found, whole.kind === "rows" ? [...whole.rows] : whole);
    }),
  );
});

test("a stream finds the end of a row behind more text than a cell can hold", async () => {
  const long = `"${"x".repeat(9_000)}`;
  const text = `sub_mchid,name\n1900000109,${long}\n1900000110,${"y".repeat(30_000)}\n1900000111,蓝海"\n1900000112,茶`;
  async function* parts() {
    for (let at = 0; at < text.length; at += 1_000) yield text.slice(at, at + 1_000);
  }
  const streamed = await directoryRowStream(parts(), ours);
  const whole = directoryRows(text, ours);
  assert.ok(streamed.kind === "rows" && whole.kind === "rows");
  const found: DirectoryRow[] = [];
  for await (const each of streamed.rows) found.push(each);
  assert.deepEqual(found, [...whole.rows]);
});

test("the encoding of a stream is recognized: UTF-8, UTF-16 and GB 18030, and nothing that is not text", async () => {
  const text = "sub_mchid,name\n1900000109,蓝海火锅\n";
  const utf16 = Buffer.from(`\ufeff${text}`, "utf16le");
  const gb = Buffer.from([
    ...Buffer.from("sub_mchid,name\n1900000109,"),
    0xc0,
    0xb6,
    0xba,
    0xa3,
    0xbb,
    0xf0,
    0xb9,
    0xf8,
    0x0a,
  ]);
  const rows: [bytes: Buffer, encoding: string | undefined][] = [
    [Buffer.from(text), "utf-8"],
    [Buffer.from(`\ufeff${text}`), "utf-8"],
    [utf16, "utf-16le"],
    [Buffer.from(utf16).swap16(), "utf-16be"],
    [gb, "gb18030"],
    [Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 1]), undefined],
  ];
  for (const [bytes, encoding] of rows) {
    async function* open(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < bytes.length; at += 5) yield bytes.subarray(at, at + 5);
    }
    const found = await encodingOf(open);
    assert.equal(found, encoding);
    if (!found) continue;
    let decoded = "";
    for await (const part of decodeParts(found, open())) decoded += part;
    assert.equal(decoded.replace(/^\ufeff/, ""), text, found);
  }
});
