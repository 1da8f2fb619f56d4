/** Our own CSV files, uploaded as they are. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { byteOrderMark, csvLine } from "../../../src/ledger/audit/csv-writer.ts";
import { ownHeaders } from "../../../src/parsing/column-headers.ts";
import { readNumberList } from "../../../src/parsing/number-list/number-list.ts";
import { textsOf } from "../../../src/text/texts.ts";

for (const locale of ["en", "zh-CN"] as const)
  test(`the columns of our own file in ${locale} need no remark, and those of another file do`, () => {
    const { columns } = textsOf(locale).bulk.file;
    assert.ok(Object.values(ownHeaders).some((own) => own.join() === columns.join()));
    const row = columns.map((_, at) => (at === 0 ? "1900000109" : at === 1 ? "蓝海火锅" : "2026-11-30 1042"));
    const file = byteOrderMark + csvLine(columns) + csvLine(row);
    const read = readNumberList(file, { isFile: true, action: "OPEN" });
    assert.ok(read.kind === "list");
    assert.deepEqual([read.subMchids, read.problems], [["1900000109"], []]);
    const other = readNumberList(byteOrderMark + csvLine(columns.with(-1, "x")) + csvLine(row), { isFile: true });
    assert.ok(other.kind === "list" && other.problemCount > 0);
  });
