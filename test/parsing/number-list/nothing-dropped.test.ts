/**
 * Nothing that holds four digits or more in a row is ever dropped silently: it is taken or reported, whatever the text.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { csvLine } from "../../../src/ledger/audit/csv-writer.ts";
import { parseCommand } from "../../../src/parsing/command/command.ts";
import { type NumberList, readNumberList } from "../../../src/parsing/number-list/number-list.ts";
import { withoutControls } from "../../../src/parsing/plain-text.ts";
import { runs } from "../../fuzz/runs.ts";

const ours = "1230000109";
const everyProblem = { ours, problemsMax: Number.POSITIVE_INFINITY };

const digits = fc.oneof(
  fc.stringMatching(/^[0-9]{1,14}$/),
  fc.stringMatching(/^1[0-9]{9}$/),
  fc.constantFrom(
    ours,
    "20261128",
    "13800138000",
    "1.9E+09",
    "1,90000E+09",
    "2026-11-28",
    "2026年11月28日",
    "1900 000 109",
    "１９００００００",
  ),
);
const separator = fc.constantFrom(
  " ",
  "\t",
  ",",
  ", ",
  ";",
  "，",
  "、",
  "\n",
  "\r\n",
  "|",
  "/",
  "-",
  ".",
  "_",
  "(",
  "）",
  "~",
  "至",
  "'",
  '"',
  "\u00a0",
  "\u200b",
);
const word = fc.constantFrom(
  "店",
  "shop",
  "合计",
  "张三",
  "O",
  "a",
  "²",
  "①",
  "é",
  "+",
  "#",
  "@",
  "¥",
  "和",
  "and",
  "特约商户号",
  "sub_mchid",
  "除",
  "外",
  "except ",
  "订单号",
  "tel ",
  " - ",
  " 到 ",
  "\n\n",
  "|---|",
  "mchid",
  "MCHID",
  "x",
);
const anyText = fc
  .array(
    fc.oneof({ weight: 4, arbitrary: digits }, { weight: 4, arbitrary: separator }, { weight: 2, arbitrary: word }),
    { maxLength: 40 },
  )
  .map((pieces) => pieces.join(""));
const cell = fc.oneof(
  digits,
  word,
  fc.constant(""),
  fc.tuple(word, digits).map((pair) => pair.join("")),
  fc.tuple(digits, word).map((pair) => pair.join(" ")),
);
const table = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.constantFrom("\t", ",", ";", "csv", "|"), fc.boolean())
  .chain(([width, between, isNamed]) =>
    fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 }).map((rows) => {
      const head = isNamed ? [Array.from({ length: width }, (_, nth) => (nth === 0 ? "特约商户号" : `列${nth}`))] : [];
      const written = (row: readonly string[]) => {
        if (between === "|") return `| ${row.join(" | ")} |\n`;
        return between === "csv" ? csvLine(row) : `${row.join(between)}\n`;
      };
      return [...head, ...rows].map(written).join("");
    }),
  );
/** One table under the other, with an empty line between them or without. */
const tables = fc.tuple(table, fc.constantFrom("", "\n"), table).map((parts) => parts.join(""));

/** The text as people see it: without invisible characters, and with plain digits. */
const seen = (text: string) =>
  withoutControls(text)
    .replace(/[０-９]/g, (digit) => digit.normalize("NFKC"))
    .replace(/[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]/g, "");

/** Rows of four digits or more, with the line on which each stands. */
function longRuns(text: string): string[] {
  return seen(text).match(/[0-9]{4,}/g) ?? [];
}

/** What of a text a person hears of: the numbers that are taken, and every problem's words. */
function heard({ subMchids, problems }: NumberList): string {
  const words = problems.map(
    (problem) => `${"text" in problem ? problem.text : ""} ${"joined" in problem ? problem.joined : ""}`,
  );
  return seen([...subMchids, ...words].join("\n"));
}

/** The columns that were reported as a whole, by their names. */
const isWhole = ({ problems }: NumberList) => problems.some(({ problem }) => problem === "other-column");

function assertNothingDropped(text: string, list: NumberList): void {
  const said = heard(list);
  for (const run of longRuns(text)) {
    if (said.includes(run)) continue;
    // A column is reported by its name: what is taken or reported of the others is looked at in the tables' own test.
    assert.ok(isWhole(list), `${run} of ${JSON.stringify(text)} is dropped; heard: ${said}`);
  }
}

test("of any text, everything with four digits in a row is taken or reported", () => {
  fc.assert(
    fc.property(fc.oneof(anyText, table, tables, fc.string({ unit: "binary" })), fc.boolean(), (text, isFile) => {
      const read = readNumberList(text, { ...everyProblem, isFile });
      if (read.kind === "list") return assertNothingDropped(text, read);
      // Nothing is taken before somebody has said which column, and whichever they choose, the rest is reported.
      assertNothingDropped(text, read.all);
      for (const { list } of read.columns) assertNothingDropped(text, list);
    }),
    runs(300),
  );
});

test("of a table with a named column, every number in it is taken or reported, and every other column with digits by its name", () => {
  // A row that names a column begins another table, and so may one after an empty row.
  const value = cell.filter((text) => !/商户号|mch/i.test(text));
  const row = fc.tuple(value, value, value).filter((cells) => cells.some((each) => each.trim() !== ""));
  const rows = fc.array(row, { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(rows, (cells) => {
      const text = [["店", "特约商户号", "备注"], ...cells].map(csvLine).join("");
      const read = readNumberList(text, everyProblem);
      assert.ok(read.kind === "list");
      const said = heard(read);
      for (const [, number] of cells)
        for (const run of longRuns(number)) assert.ok(said.includes(run), `${run} in ${JSON.stringify(text)}`);
      for (const [column, name] of [
        [0, "店"],
        [2, "备注"],
      ] as const) {
        const hasDigits = cells.some((row) => longRuns(row[column]).length > 0);
        const isReported = read.problems.some((problem) => problem.problem === "other-column" && problem.text === name);
        assert.equal(isReported, hasDigits, `column ${name} of ${JSON.stringify(text)}`);
      }
    }),
    runs(200),
  );
});

test("of any text, numbers are digits, none twice and never our own, and each problem has a line of the text", () => {
  fc.assert(
    fc.property(fc.oneof(anyText, table, tables, fc.string({ unit: "binary" })), (text) => {
      const read = readNumberList(text, { ours });
      const lines = withoutControls(text).split(/[\n\u2028\u2029]/).length;
      for (const list of read.kind === "list" ? [read] : [read.all, ...read.columns.map(({ list }) => list)]) {
        for (const subMchid of list.subMchids) assert.match(subMchid, /^[0-9]{1,32}$/);
        assert.equal(new Set(list.subMchids).size, list.subMchids.length);
        assert.ok(!list.subMchids.includes(ours));
        assert.ok(list.problems.length <= Math.min(20, list.problemCount));
        for (const { line } of list.problems) assert.ok(line >= 1 && line <= lines, `line ${line} of ${lines}`);
      }
    }),
    runs(300),
  );
});

test("of any command, everything with four digits in a row is taken, kept in the reason, or the command is refused", () => {
  const verb = fc.constantFrom("open ", "close ", "开通", "grant <@U0ANN> requester for ", "status ", "history ");
  fc.assert(
    fc.property(verb, anyText, (typed, text) => {
      const read = parseCommand(typed + text, ours);
      if (!read.ok) return;
      const said = seen(JSON.stringify(read.command));
      for (const run of longRuns(text))
        assert.ok(said.includes(run), `${run} of ${JSON.stringify(typed + text)}: ${said}`);
    }),
    runs(500),
  );
});
