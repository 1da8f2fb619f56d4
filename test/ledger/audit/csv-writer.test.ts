import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { csvLine } from "../../../src/ledger/audit/csv-writer.ts";

describe("a spreadsheet neither executes nor reformats a field", () => {
  const rows: [value: unknown, field: string][] = [
    ["new store", '"new store"'],
    ["", '""'],
    [null, '""'],
    [0, '"0"'],
    ["特约商户", '"特约商户"'],
    ['he said "no", twice\nand left', '"he said ""no"", twice\nand left"'],
    ["a - b = c", '"a - b = c"'],
    ['{"round":1}', '"{""round"":1}"'],
    ["=1+1", '"`=1+1"'],
    ["+1", '"`+1"'],
    ["-1", '"`-1"'],
    ["@SUM(A1)", '"`@SUM(A1)"'],
    ["＝1+1", '"`＝1+1"'],
    ["  =1+1", '"`  =1+1"'],
    ['"=1+1', '"`""=1+1"'],
    ["'=1+1", '"`\'=1+1"'],
    ["“＠x", '"`“＠x"'],
    ["\t=1", '"`\t`=1"'],
    ["\tindented", '"`\tindented"'],
    ["\rreturned", '"`\rreturned"'],
    ["fine;=1+1", '"fine;`=1+1"'],
    ["fine\n@x", '"fine\n`@x"'],
    ["123456789", '"123456789"'],
    ["1900000109", '"`1900000109"'],
    [1_900_000_109, '"`1900000109"'],
    ["9".repeat(32), `"\`${"9".repeat(32)}"`],
    ["007", '"`007"'],
  ];
  for (const [value, field] of rows) test(JSON.stringify(value), () => assert.equal(csvLine([value]), `${field}\r\n`));
});

test("a field with millions of formula signs is scanned only once", () => {
  const field = '" \n;'.repeat(500_000);
  const plain = field.replaceAll('"', '""');
  assert.equal(csvLine([field]), `"${plain}"\r\n`);
});

test("commas separate fields, and lines end as RFC 4180 requires", () => {
  assert.equal(csvLine(["a", null, "b,c"]), '"a","","b,c"\r\n');
});
