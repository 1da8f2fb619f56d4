/** Numbers as people paste and upload them: tables of what is understood and what is told, and laws that hold for any text. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { byteOrderMark, csvLine } from "../../../src/ledger/audit/csv-writer.ts";
import { problemsMax, readNumberList } from "../../../src/parsing/number-list/number-list.ts";
import { subMchidsMax } from "../../../src/parsing/number-list/sub-mchid.ts";
import { withoutControls } from "../../../src/parsing/plain-text.ts";

const a = "1900000109";
const b = "1900000110";
const c = "1900000111";

describe("numbers are understood", () => {
  const forms: Record<string, string> = {
    "one a line": `${a}\n${b}\n${c}`,
    "one a line, from Windows, with empty lines": `\r\n${a}\r\n\r\n${b}\r\n${c}\r\n`,
    "between blanks": `${a} ${b}  ${c}`,
    "between commas": `${a},${b}, ${c},`,
    "between full-width commas, stops and semicolons": `${a}，${b}、${c}；`,
    "between semicolons": `${a}; ${b};${c}`,
    "in quotes": `"${a}","${b}"\n'${c}'`,
    "with a backtick in front, as our own files have it": `\`${a}\n\`${b}\n"\`${c}"`,
    "with thousands separators": "1,900,000,109\n1,900,000,110\n1,900,000,111",
    "with thousands separators, in quotes": '"1,900,000,109","1,900,000,110"\n"1,900,000,111"',
    "with unbreakable blanks between groups": `1900\u00a0000\u00a0109\n${b}\n${c}`,
    "as a spreadsheet's decimals": `${a}.0\n${b}.0\n${c}.00`,
    "with thousands separators, between blanks": "1,900,000,109 1,900,000,110 and 1,900,000,111",
    "with unbreakable blanks between them": `${a}\u00a0${b}\u00a0\u00a0${c}`,
    "with breaks as Word has them within a paragraph": `${a}\v${b}\u0085${c}`,
    "with conjunctions": `${a}和${b} and ${c}`,
    "with words on one line": `please open ${a}, ${b} and ${c}`,
    "wrapped, with commas": `${a}, ${b},\n${c}`,
    "in full-width digits": "１９０００００１０９\n１９０００００１１０ １９０００００１１１",
    "in a list with points": `- ${a}\n- ${b}\n• ${c}`,
    "beside names": `Shop A\t${a}\nShop B\t${b}\n${c}\t总店`,
    "under a header": `name\tnumber\nShop A\t${a}\nShop B\t${b}\nShop C\t${c}`,
    "in a column of that name, whatever stands beside": `date,sub_mchid,amount\n2026-11-24,${a},12\n2026-11-25,${b},7\n,${c},`,
    "in a Chinese column": `商户号\t特约商户号\t门店数\n1230000109\t${a}\t3\n1230000109\t${b}\t12\n1230000109\t${c}\t1`,
    "in a column, beside a provider's number and a remark with another separator": `特约商户号,服务商号,备注\n${a},1230000109,旺角店;旧\n${b},1230000109,"a\tb"\n${c},1230000109,丙`,
    "in a column whose name says that it is needed": `门店,特约商户号（必填）,服务商号\n甲,${a},1230000109\n乙,${b},1230000109\n丙,${c},1230000109`,
    "in a column whose name has a star, a break and quotes": `"门店","*特约商户号\n(必填)"\n甲,${a}\n乙,${b}\n丙,${c}`,
    "in a column that is only called 商户号": `门店\t商户号\t服务商号\n甲\t${a}\t1230000109\n乙\t${b}\t1230000109\n丙\t${c}\t1230000109`,
    "in a column, beside one with the name alone": `特约商户,特约商户号\n甲,${a}\n乙,${b}\n丙,${c}`,
    "in a column below a title": `2026年11月 商户清单\n\n序号;sub_mchid;mchid\n1;${a};1230000109\n2;${b};1230000109\n3;${c};1230000109`,
    "in rows that say of what kind they are": `特约商户,${a}\n特约商户,${b}\n特约商户,${c}`,
    "in a column with blanks between groups": "Sub-merchant ID;x\n1900 000 109;1\n1900 000 110;2\n1900 000 111;3",
  };
  for (const [form, text] of Object.entries(forms))
    test(form, () => {
      const { subMchids, problems } = readNumberList(text);
      assert.deepEqual(problems, []);
      assert.deepEqual(subMchids, [a, b, c]);
    });

  test("in our own file of results, with what WeChat Pay said in it", () => {
    const head = ["sub-merchant", "action", "outcome", "WeChat Pay says", "ended (UTC)"];
    const rows = [a, b, c].map((number) => [number, "open", "failed", '特约商户"被处罚"中,\n1234567890', "2026-11-24"]);
    const { subMchids, problemCount } = readNumberList(byteOrderMark + [head, ...rows].map(csvLine).join(""));
    assert.deepEqual({ subMchids, problemCount }, { subMchids: [a, b, c], problemCount: 0 });
  });
});

describe("what is not understood is told with its line", () => {
  const told: Record<string, [text: string, problems: unknown[], subMchids?: string[]]> = {
    "a letter among the digits": [
      `${a}\n\n19000001O9`,
      [{ line: 3, problem: "not-digits", text: "19000001O9", wrong: { character: "O", place: 9 } }],
    ],
    "a number in exponents": [`1.9E+09\n${a}`, [{ line: 1, problem: "shortened", text: "1.9E+09" }]],
    "a number that is too long": [`${a}\n${"1".repeat(33)}`, [{ line: 2, problem: "too-long", digits: 33 }]],
    "a line without any": [`${a}\nShop B`, [{ line: 2, problem: "no-number", text: "Shop B" }]],
    "a range": [`${a}\n${b}-${c}`, [{ line: 2, problem: "several-numbers", text: `${b}-${c}`, joint: "-" }]],
    "groups of a number among whole ones": [
      `${a}\n1900 0001`,
      [
        { line: 2, problem: "other-length", text: "1900" },
        { line: 2, problem: "other-length", text: "0001" },
      ],
    ],
    "an amount beside a number": [`${a}\n${b}\t12`, [{ line: 2, problem: "other-length", text: "12" }], [a, b]],
    "a day among words": [`${a}\nsee mail of 12 May`, [{ line: 2, problem: "other-length", text: "12" }]],
    "a day among words, before the numbers": [
      `mail of 12 May\n${a}\tShop A`,
      [{ line: 1, problem: "other-length", text: "12" }],
    ],
    "a date beside a number": [
      `${a}\n2026-11-24 ${b}`,
      [{ line: 2, problem: "several-numbers", text: "2026-11-24", joint: "-" }],
      [a, b],
    ],
    "digits of two lengths everywhere": [
      `${a}\t12`,
      [
        { line: 1, problem: "other-length", text: a },
        { line: 1, problem: "other-length", text: "12" },
      ],
      [],
    ],
    "words above a single number": [`abc\n${a}`, [{ line: 1, problem: "no-number", text: "abc" }]],
    "two columns of numbers": [
      `${a}\t1230000109\n${b}\t1230000109`,
      [
        { line: 1, problem: "several-columns", text: `${a}\t1230000109` },
        { line: 2, problem: "several-columns", text: `${b}\t1230000109` },
      ],
      [],
    ],
    "two columns of numbers under names that do not say which": [
      `old,new\n${a},${b}`,
      [
        { line: 1, problem: "no-number", text: "old new" },
        { line: 2, problem: "several-columns", text: `${a},${b}` },
      ],
      [],
    ],
    "two columns of numbers, and a row with one of them": [
      `shop,provider,merchant\nA,1230000109,${a}\nB,1230000109,${b}\nC,1230000109,`,
      [
        { line: 2, problem: "several-columns", text: `A,1230000109,${a}` },
        { line: 3, problem: "several-columns", text: `B,1230000109,${b}` },
        { line: 4, problem: "several-columns", text: "C,1230000109," },
      ],
      [],
    ],
    "a row of numbers beside words": [
      `旺角店;1230000109;${a}`,
      [{ line: 1, problem: "several-columns", text: `旺角店;1230000109;${a}` }],
      [],
    ],
    "a number that stands beside each, between blanks": [
      `${a} 1230000109\n${b} 1230000109\n${c}`,
      [
        { line: 1, problem: "several-columns", text: `${a} 1230000109` },
        { line: 2, problem: "several-columns", text: `${b} 1230000109` },
      ],
      [c],
    ],
    "two columns between blanks, under two names": [
      `特约商户号 服务商号\n${a} 1230000109\n${b} 1230000110`,
      [
        { line: 2, problem: "several-columns", text: `${a} 1230000109` },
        { line: 3, problem: "several-columns", text: `${b} 1230000110` },
      ],
      [],
    ],
    "two columns of the same name": [
      `特约商户号,特约商户号\n${a},1230000109\n${b},1230000109`,
      [
        { line: 2, problem: "several-columns", text: `${a},1230000109` },
        { line: 3, problem: "several-columns", text: `${b},1230000109` },
      ],
      [],
    ],
    "a row that a comma has made longer than the names": [
      `shop,mchid,sub_mchid\nA,1230000109,${a}\nB, old,1230000109,${b}`,
      [{ line: 3, problem: "longer-than-head", text: `B, old,1230000109,${b}` }],
    ],
    "a number in the title of a table": [`${b}\nshop,sub_mchid\nA,${a}`, [{ line: 1, problem: "above-head", text: b }]],
    "rows within quotes that are not closed where they should be": [
      `sub_mchid,shop\n${a},"abc\n${b},def\n${c},g"`,
      [
        { line: 3, problem: "within-quotes", text: `${b},def` },
        { line: 4, problem: "within-quotes", text: `${c},g` },
      ],
    ],
    "a quote that is never closed": [
      `sub_mchid,shop\n${a},"abc\n${b},def\nx,g`,
      [{ line: 4, problem: "not-digits", text: "x", wrong: undefined }],
      [a, b],
    ],
    "lines within quotes, without names": [
      `${a},"abc\n${b},def\nx"`,
      [{ line: 3, problem: "no-number", text: 'x"' }],
      [a, b],
    ],
    "a row whose column is empty": [`sub_mchid,name\n${a},A\n,B`, [{ line: 3, problem: "no-number", text: "B" }]],
    "a row after a cell of several lines": [
      `sub_mchid,name\n${a},"A\nand\nmore"\nx,B`,
      [{ line: 5, problem: "not-digits", text: "x", wrong: undefined }],
    ],
  };
  for (const [what, [text, problems, subMchids = [a]]] of Object.entries(told))
    test(what, () => {
      const read = readNumberList(text);
      assert.deepEqual(read.problems, problems);
      assert.equal(read.problemCount, problems.length);
      assert.deepEqual(read.subMchids, subMchids);
    });

  test("the first of many, and how many there are", () => {
    const { problems, problemCount } = readNumberList(`${a}\n${"wrong\n".repeat(500)}`);
    assert.equal(problems.length, problemsMax);
    assert.equal(problemCount, 500);
    assert.equal(problems.at(-1)?.line, problemsMax + 1);
  });
});

test("a number that stands there again counts once, and is counted", () => {
  const { subMchids, repeated } = readNumberList(`${a} ${b}\n${a}\n\`${a}`);
  assert.deepEqual({ subMchids, repeated }, { subMchids: [a, b], repeated: 2 });
});

test("more numbers than a request may have are counted, and none of them is lost sight of", () => {
  const numbers = Array.from({ length: subMchidsMax + 5 }, (_, nth) => String(1_900_000_000 + nth));
  const { subMchids, tooMany } = readNumberList([...numbers, numbers.at(-1)].join("\n"));
  assert.deepEqual(subMchids, numbers.slice(0, subMchidsMax));
  assert.equal(tooMany, 5);
});

test("nothing and blanks are no numbers and no problems", () => {
  for (const text of ["", " ", "\n\n", "\ufeff", ",,,"])
    assert.deepEqual(readNumberList(text), { subMchids: [], tooMany: 0, problems: [], problemCount: 0, repeated: 0 });
});

const number = fc.stringMatching(/^[1-9][0-9]{9}$/);
const numbers = fc.uniqueArray(number, { minLength: 1, maxLength: 60 });

test("any numbers of one length come back as they are, whatever stands between them", () => {
  const between = fc.constantFrom("\n", "\r\n", " ", "\t", ",", ", ", ";", "，", "、", "\n\n", " | ");
  fc.assert(
    fc.property(numbers, between, fc.constantFrom("", "`", '"'), (given, separator, mark) => {
      const text = given.map((each) => `${mark}${each}${mark === '"' ? mark : ""}`).join(separator);
      const { subMchids, problemCount, repeated } = readNumberList(text);
      assert.deepEqual({ subMchids, problemCount, repeated }, { subMchids: given, problemCount: 0, repeated: 0 });
    }),
  );
});

test("a column of that name comes back, whatever stands in the other cells", () => {
  const remark = fc.string({ unit: fc.constantFrom(..."a1,;\"'`\n =中-".split("")), maxLength: 12 });
  fc.assert(
    fc.property(numbers, fc.infiniteStream(remark), (given, remarks) => {
      const rows = given.map((each) => [remarks.next().value, each, remarks.next().value]);
      const text = [["x", "sub_mchid", "y"], ...rows].map(csvLine).join("");
      const { subMchids, problemCount } = readNumberList(text.replaceAll(";", "."));
      assert.deepEqual({ subMchids, problemCount }, { subMchids: given, problemCount: 0 });
    }),
  );
});

test("of any text, numbers are digits and none twice, and each problem has a line of the text", () => {
  const unit = fc.constantFrom(...'0123456789019 \n\t,;"`-.aO特１|'.split(""));
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit, maxLength: 300 }), fc.string({ unit: "binary" })), (text) => {
      const { subMchids, problems, problemCount } = readNumberList(text);
      for (const subMchid of subMchids) assert.match(subMchid, /^[0-9]{1,32}$/);
      assert.equal(new Set(subMchids).size, subMchids.length);
      assert.ok(problems.length <= Math.min(problemsMax, problemCount));
      const lines = withoutControls(text).split(/[\n\u2028\u2029]/).length;
      for (const { line } of problems) assert.ok(line >= 1 && line <= lines, `line ${line} of ${lines}`);
    }),
  );
});

test("the worst text is read about as fast as a plain list of that length", () => {
  const size = 500_000;
  const microsecondsOf = (piece: string) => {
    // The processor's time and not the clock's: other tests may run beside this one.
    const before = process.cpuUsage();
    readNumberList(piece.repeat(size / piece.length));
    return process.cpuUsage(before).user;
  };
  const plain = microsecondsOf(`${a}\n`);
  for (const piece of ['"', '"a,', '"",', ",", "x ", "1.9,\t", "\n", "1,", "1\u00a0", "和", '"\n', `${a} ${b} x\n`]) {
    const times = microsecondsOf(piece) / plain;
    assert.ok(times < 10, `${JSON.stringify(piece)}: ${times.toFixed(1)} times as long`);
  }
});
