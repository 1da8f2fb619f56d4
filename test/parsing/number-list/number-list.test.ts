/**
 * Numbers as people paste and upload them: tables of what is taken and what is reported, and laws that hold for any
 * text.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { byteOrderMark, csvLine } from "../../../src/ledger/audit/csv-writer.ts";
import { directoryRows } from "../../../src/parsing/directory/source.ts";
import {
  columnsMax,
  type NumberList,
  type NumberListOptions,
  problemsMax,
  readNumberList,
} from "../../../src/parsing/number-list/number-list.ts";
import { subMchidsMax } from "../../../src/parsing/number-list/sub-mchid.ts";

const a = "1900000109";
const b = "1900000110";
const c = "1900000111";

/** Reads what leaves no doubt about its column. */
function listOf(source: Parameters<typeof readNumberList>[0], options: NumberListOptions = {}): NumberList {
  const read = readNumberList(source, options);
  assert.ok(read.kind === "list", "which column?");
  return read;
}

describe("real pasted input, and its result", () => {
  interface Row {
    text: string;
    subMchids: string[];
    problems?: string[];
    labels?: Record<string, string>;
  }
  const rows: Record<string, Row> = {
    "names beside numbers, in Chinese punctuation": {
      text: "深圳市福田区喜茶餐饮管理有限公司（1900000511）、北京市朝阳区李四火锅店（1900000512）、1900000513",
      subMchids: ["1900000511", "1900000512", "1900000513"],
      labels: { "1900000511": "深圳市福田区喜茶餐饮管理有限公司", "1900000512": "北京市朝阳区李四火锅店" },
    },
    "errors of a spreadsheet where a name was searched for": {
      text: `特约商户号,查询结果,品牌\n${a},#N/A,甲\n${b},#VALUE!,`,
      subMchids: [a, b],
      labels: { [a]: "甲" },
    },
    "a total under a named column": {
      text: `门店,特约商户号,笔数,金额\n甲,${a},3,\n合计,,4,,`,
      subMchids: [a],
      problems: ["no-number"],
      labels: { [a]: "甲" },
    },
    "a total in the named column": {
      text: `门店,备注,特约商户号,x,y\n甲,,${a},,\n合计,,4,,`,
      subMchids: [a],
      problems: ["too-short"],
      labels: { [a]: "甲" },
    },
    "a total beside a word": { text: "合计\t2", subMchids: [], problems: ["too-short"] },
    "a total below a list": {
      text: `${a}\t张三\n${b}\t李四\n2\t合计`,
      subMchids: [a, b],
      problems: ["too-short"],
      labels: { [a]: "张三", [b]: "李四" },
    },
    "a number that Excel shortened": { text: `特约商户号\n1,90000E+09\n${a}`, subMchids: [a], problems: ["shortened"] },
    "a mail with numbers in sentences and an order's": {
      text: `Hi, please open ${a} and ${b} today.\nShop ${c}, and also 1900000112; it paid by 1234567890123456789012345678.\nThanks!`,
      subMchids: [a, b, c, "1900000112"],
      problems: ["too-long"],
    },
    "a numbered list": { text: "1. 1900000961\n2. 1900000962", subMchids: ["1900000961", "1900000962"], labels: {} },
    "telephones and dates beside numbers": {
      text: `张三\t13800138000\t20261128\t${a}\n李四\t13800138001\t20261127\t${b}`,
      subMchids: [a, b],
      problems: ["too-long", "date", "too-long", "date"],
    },
    "8 digits typed alone": { text: "19000001", subMchids: ["19000001"] },
    "9 digits typed alone": { text: " 190000010\n", subMchids: ["190000010"] },
    "11 digits typed alone": { text: "19000001091", subMchids: ["19000001091"] },
  };
  for (const header of [
    "商户ID",
    "MCHID",
    "merchant no",
    "merchant id",
    "特约商户",
    "Merchant Number",
    "商户号码",
    "子商户ID",
  ])
    rows[`under the header ${header}`] = {
      text: `name,${header},amount\nA,${a},12\nB,${b},7`,
      subMchids: [a, b],
      labels: { [a]: "A", [b]: "B" },
    };
  rows["a table with a column of names"] = {
    text: `特约商户号,城市,商户名称\n${a},北京,7天酒店\n${b},上海,`,
    subMchids: [a, b],
    labels: { [a]: "7天酒店" },
  };
  for (const [what, { text, subMchids, problems = [], labels }] of Object.entries(rows))
    test(what, () => {
      const list = listOf(text);
      assert.deepEqual(list.subMchids, subMchids);
      assert.deepEqual(
        list.problems.map(({ problem }) => problem),
        problems,
      );
      if (labels) assert.deepEqual(list.labels, labels);
    });

  test("a single short number in a file was not typed on purpose", () => {
    const { subMchids, problems } = listOf("4", { isFile: true });
    assert.deepEqual(
      { subMchids, problems },
      { subMchids: [], problems: [{ line: 1, problem: "too-short", text: "4" }] },
    );
  });
});

describe("numbers are understood", () => {
  const forms: Record<string, string> = {
    "one a line": `${a}\n${b}\n${c}`,
    "one a line, from Windows, with empty lines": `\r\n${a}\r\n\r\n${b}\r\n${c}\r\n`,
    "separated by spaces": `${a} ${b}  ${c}`,
    "between commas": `${a},${b}, ${c},`,
    "between full-width commas, stops and semicolons": `${a}，${b}、${c}；`,
    "between semicolons": `${a}; ${b};${c}`,
    "in quotes": `"${a}","${b}"\n'${c}'`,
    "with a backtick in front, as our own files have it": `\`${a}\n\`${b}\n"\`${c}"`,
    "as a spreadsheet's decimals": `${a}.0\n${b}.0\n${c}.0`,
    "with non-breaking spaces between them": `${a}\u00a0${b}\u00a0\u00a0${c}`,
    "with breaks as Word has them within a paragraph": `${a}\v${b}\u0085${c}`,
    "with conjunctions": `${a}和${b} and ${c}`,
    "with words on one line": `please open ${a}, ${b} and ${c}`,
    "wrapped, with commas": `${a}, ${b},\n${c}`,
    "in full-width digits": "１９０００００１０９\n１９０００００１１０ １９０００００１１１",
    "in a list with points": `- ${a}\n- ${b}\n• ${c}`,
    "beside names": `Shop A\t${a}\nShop B\t${b}\n总店\t${c}`,
    "under a header": `name\tnumber\nShop A\t${a}\nShop B\t${b}\nShop C\t${c}`,
    "with lines of words between them": `for the spring campaign\n${a}\nand in Shenzhen\n${b}\n${c}\nsee mail of 12 May`,
    "beside an amount": `${a}\t12\n${b}\t7\n${c}\t9`,
    "in a column of that name, whatever stands beside": `date,sub_mchid,amount\n24 Nov,${a},12\n25 Nov,${b},7\n,${c},`,
    "in a column, beside a remark with another separator": `特约商户号,备注\n${a},旺角店;旧\n${b},"a\tb"\n${c},丙`,
    "in a column whose name says that it is needed": `门店,特约商户号（必填）,备注\n甲,${a},\n乙,${b},旧\n丙,${c},`,
    "in a column whose name has a star, a break and quotes": `"门店","*特约商户号\n(必填)"\n甲,${a}\n乙,${b}\n丙,${c}`,
    "in a column, beside one with the name alone": `特约商户,特约商户号\n甲,${a}\n乙,${b}\n丙,${c}`,
    "in a column of WeChat's numbers": `特约商户,微信支付特约商户号,商户号\n甲,${a},\n乙,${b},\n丙,${c},`,
    "in a column below a title": `商户清单\n\n序号;sub_mchid;店\n1;${a};甲\n2;${b};乙\n3;${c};丙`,
    "in rows that say of what kind they are": `特约商户,${a}\n特约商户,${b}\n特约商户,${c}`,
    "beside our own number, which is none": `门店\t${a}\n旺角店\t${b}\n总店\t${c}`,
  };
  for (const [form, text] of Object.entries(forms))
    test(form, () => {
      const { subMchids, problems } = listOf(text);
      assert.deepEqual(problems, []);
      assert.deepEqual(subMchids, [a, b, c]);
    });

  test("in our own file of results, under its present headers and its former ones", () => {
    const reason = "WECHATPAY_MCHID is wrong; contract 4711";
    for (const [number, why] of [
      ["sub-merchant", "reason"],
      ["sub-merchant", "reason for failure"],
      ["特约商户号", "原因"],
      ["特约商户号", "失败原因"],
    ] as const) {
      const lines = [[number, why], ...[a, b, c].map((each) => [each, reason])];
      const { subMchids, problems } = listOf(byteOrderMark + lines.map(csvLine).join(""));
      assert.deepEqual(subMchids, [a, b, c], why);
      assert.deepEqual(problems, [{ line: 1, problem: "other-column", text: why }]);
    }
  });

  test("in our own file of results, with what WeChat Pay said in it", () => {
    const head = ["sub-merchant", "action", "outcome", "WeChat Pay says", "ended (UTC)"];
    const rows = [a, b, c].map((number) => [number, "open", "failed", '特约商户"被处罚"中,\n1234567890', "2026-11-24"]);
    const { subMchids, problems } = listOf(byteOrderMark + [head, ...rows].map(csvLine).join(""));
    assert.deepEqual(subMchids, [a, b, c]);
    assert.deepEqual(problems, [
      { line: 1, problem: "other-column", text: "WeChat Pay says" },
      { line: 1, problem: "other-column", text: "ended (UTC)" },
    ]);
  });
});

describe("entries that are not accepted are reported with their line", () => {
  const told: Record<string, [text: string, problems: unknown[], subMchids?: string[]]> = {
    "a letter among the digits": [
      `${a}\n\n19000001O9`,
      [{ line: 3, problem: "not-digits", text: "19000001O9", wrong: { character: "O", place: 9 } }],
    ],
    "a number in exponents": [`1.9E+09\n${a}`, [{ line: 1, problem: "shortened", text: "1.9E+09" }]],
    "a telephone": [`${a}\n13800138000`, [{ line: 2, problem: "too-long", text: "13800138000", digits: 11 }]],
    "a number in groups": [`${a}\n1900 000 109`, [{ line: 2, problem: "grouped", text: "1900 000 109", joined: a }]],
    "a contract's number": [`${a} contract 4711`, [{ line: 1, problem: "too-short", text: "4711" }]],
    "a range": [`${a}\n${b}-${c}`, [{ line: 2, problem: "range", text: `${b}-${c}` }]],
    "a date beside a number": [`${a}\n2026-11-24 ${b}`, [{ line: 2, problem: "date", text: "2026-11-24" }], [a, b]],
    "another column of digits, once, by its header": [
      `商户号\t特约商户号\t日期\n1230000109\t${a}\t20261128\n1230000109\t${b}\t20261128`,
      [
        { line: 1, problem: "other-column", text: "商户号" },
        { line: 1, problem: "other-column", text: "日期" },
      ],
      [a, b],
    ],
    "another column without a name, by its letter": [
      `sub_mchid,\n${a},13800138000`,
      [{ line: 1, problem: "other-column", text: "B" }],
    ],
    "several numbers in a cell of the column": [
      `sub_mchid,x\n${a} 13800138000,`,
      [{ line: 2, problem: "too-long", text: "13800138000", digits: 11 }],
    ],
    "a number of 33 digits in the column": [
      `sub_mchid,x\n${a},\n${"1".repeat(33)},`,
      [{ line: 3, problem: "too-long", text: "1".repeat(33), digits: 33 }],
    ],
    "groups in the column": [
      `sub_mchid;x\n${a};1\n1900 000 109;2`,
      [{ line: 3, problem: "grouped", text: "1900 000 109", joined: a }],
    ],
    "a row that a comma has made longer than the names": [
      `shop,mchid,sub_mchid\nA,,${a}\nB, old,1230000109,${b}`,
      [{ line: 3, problem: "longer-than-head", text: `B, old,1230000109,${b}` }],
    ],
    "a number in the title of a table": [`${b}\nshop,sub_mchid\nA,${a}`, [{ line: 1, problem: "above-head", text: b }]],
    "a year in the title of a table": [
      `2026年11月 商户清单\nshop,sub_mchid\nA,${a}`,
      [{ line: 1, problem: "above-head", text: "2026年11月 商户清单" }],
    ],
    "rows within quotes that are not closed where they should be": [
      `sub_mchid,shop\n${a},"abc\n${b},def\n${c},g"`,
      [
        { line: 1, problem: "other-column", text: "shop" },
        { line: 3, problem: "within-quotes", text: `${b},def` },
        { line: 4, problem: "within-quotes", text: `${c},g` },
      ],
    ],
    "a quote that is never closed": [
      `sub_mchid,shop\n${a},"abc\n${b},def\nx,g`,
      [{ line: 4, problem: "no-number", text: "x" }],
      [a, b],
    ],
    "an error of a spreadsheet in a named column": [
      `sub_mchid,name\n${a},A\n#REF!,B`,
      [{ line: 3, problem: "no-number", text: "#REF!" }],
    ],
    "an error in the column of numbers without a header": [
      `${a},A\n#N/A,B\n${b},#N/A`,
      [{ line: 2, problem: "no-number", text: "#N/A" }],
      [a, b],
    ],
    "a row whose column is empty": [`sub_mchid,name\n${a},A\n,B`, [{ line: 3, problem: "no-number", text: "B" }]],
    "a row after a cell of several lines": [
      `sub_mchid,name\n${a},"A\nand\nmore"\nx,B`,
      [{ line: 5, problem: "no-number", text: "x" }],
    ],
  };
  for (const [what, [text, problems, subMchids = [a]]] of Object.entries(told))
    test(what, () => {
      const read = listOf(text);
      assert.deepEqual(read.problems, problems);
      assert.equal(read.problemCount, problems.length);
      assert.deepEqual(read.subMchids, subMchids);
    });

  test("a line without a number, where every line has to have one", () => {
    const { problems } = listOf(`numbers\n${a}\nShop B\n${b}\n合计 3`, { isEveryLineANumber: true });
    assert.deepEqual(problems, [
      { line: 3, problem: "no-number", text: "Shop B" },
      { line: 5, problem: "no-number", text: "合计 3" },
    ]);
  });

  test("a first line that is not the numbers' header, where every line has to have a number", () => {
    const isReported: Record<string, boolean> = {
      numbers: false,
      "Numbers:": false,
      "sub-merchant numbers": false,
      商户号: false,
      "号码（必填）": false,
      特约商户号列表: false,
      蓝海火锅: true,
      "保留:": true,
      "保留以下号码：": true,
      "Do not leave out": true,
      "Do not leave out these, numbers": true,
    };
    for (const [text, reported] of Object.entries(isReported)) {
      const { subMchids, problems } = listOf(`${text}\n${a}\n${b}`, { isEveryLineANumber: true });
      assert.deepEqual(subMchids, [a, b], text);
      assert.deepEqual(problems, reported ? [{ line: 1, problem: "no-number", text }] : [], text);
    }
    assert.deepEqual(listOf(`保留:\n商户号\n${a}\n${b}`, { isEveryLineANumber: true }).problems, [
      { line: 1, problem: "no-number", text: "保留:" },
    ]);
    const beside = (names: string) => listOf(`${names}\n甲\t${a}\n乙\t${b}`, { isEveryLineANumber: true }).problemCount;
    assert.deepEqual([beside("店\t号码"), beside("号码\t店"), beside("华东\t全部")], [0, 1, 1]);
  });

  test("our own number, anywhere in the text", () => {
    for (const text of [
      `${a}\n1230000109`,
      `sub_mchid,x\n${a},\n1230000109,`,
      `A\t1230000109\t${a}\nB\t1230000109\t${a}`,
    ]) {
      const { subMchids, problems } = listOf(text, { ours: "1230000109" });
      assert.deepEqual(subMchids, [a]);
      assert.ok(problems.length > 0 && problems.every(({ problem }) => problem === "ours"), JSON.stringify(problems));
    }
    assert.deepEqual(listOf("1230000109", { ours: "1230000109" }).subMchids, []);
  });

  test("the first of many, some of each kind, and how many there are", () => {
    const { problems, problemCount } = listOf(`${a}\n${"13800138000\n".repeat(500)}4711\n1900 000 109`);
    assert.equal(problems.length, problemsMax);
    assert.equal(problemCount, 502);
    assert.deepEqual(
      problems.slice(-2).map(({ problem }) => problem),
      ["too-short", "grouped"],
    );
  });
});

describe("words next to numbers that give them another meaning", () => {
  const [from, to, other] = ["1900000511", "1900000513", "1900000600"];
  const ranges = ["-", " - ", " — ", " – ", "至", " 到 ", "~", " ～ ", " − ", " to ", " through ", "..", " … ", "->"];
  for (const sign of ranges)
    test(`a range with ${JSON.stringify(sign)}`, () => {
      const text = `${from}${sign}${to}`;
      const { subMchids, problems } = listOf(`${text}\n${other}`);
      assert.deepEqual(
        { subMchids, problems },
        { subMchids: [other], problems: [{ line: 1, problem: "range", text }] },
      );
    });

  const excepted = (...numbers: string[]) => numbers.map((text) => ({ line: 1, problem: "excepted", text }));
  const told: Record<string, [text: string, problems: unknown[], subMchids: string[]]> = {
    "a range between names": [
      `甲店（${from}）至乙店（${to}）`,
      [{ line: 1, problem: "range", text: `${from}）至乙店（${to}` }],
      [],
    ],
    "a range of three": [
      `${from}-${to} - ${other}`,
      [
        { line: 1, problem: "range", text: `${from}-${to}` },
        { line: 1, problem: "range", text: other },
      ],
      [],
    ],
    "a range over two lines": [`${from} 至\n${to}`, [{ line: 1, problem: "range", text: from }], [to]],
    "a range over three lines": [`${from}\n至\n${to}`, [{ line: 2, problem: "range", text: "至" }], [from, to]],
    "a range over three lines, with dots": [
      `${from}\n...\n${to}`,
      [{ line: 2, problem: "range", text: "..." }],
      [from, to],
    ],
    "numbers that the bot's own message does not list": [
      `\`${from}\` \`${to}\` and 309 more (list in the thread)\n${other} 等，另有 309 个（名单见消息列）`,
      [
        { line: 1, problem: "unlisted", text: "and 309 more" },
        { line: 2, problem: "unlisted", text: "另有 309 个" },
      ],
      [from, to, other],
    ],
    "a count of fewer numbers than are listed": [
      `${from}、${to} 等 5 家`,
      [{ line: 1, problem: "unlisted", text: "等 5 家" }],
      [from, to],
    ],
    "a count of the numbers that are listed": [`${from}、${to} 等2家，还有很多\n另有 3 家`, [], [from, to]],
    "abbreviated numbers": [
      "1900000021、022、023",
      ["022", "023"].map((text) => ({ line: 1, problem: "abbreviated", text })),
      ["1900000021"],
    ],
    "abbreviated numbers with other separators": [
      "1900000021, 022; 1900000031 和 32 and 1900000041 042",
      ["022", "32", "042"].map((text) => ({ line: 1, problem: "abbreviated", text })),
      ["1900000021", "1900000031", "1900000041"],
    ],
    "counts that are no abbreviations": [`${from} 3 stores, ${to} 12 Nov\n${other}\t300`, [], [from, to, other]],
    "an exception in Chinese": [`除 ${from} 外`, excepted(from), []],
    "an exception of two": [`除甲（${from}）、乙（${to}）以外，${other}`, excepted(from, to), [other]],
    "an exception after others": [`${other}，不含 ${from}、${to}`, excepted(from, to), [other]],
    "an exception in English": [`except ${from} and ${to}. Then ${other}`, excepted(from, to), [other]],
    "an exception behind the number": [`${from}除外，${other}`, excepted(from), [other]],
    "an exception on the line above": [
      `除以下商户外：\n${from}\n${to}\n开通：\n${other}`,
      [
        { line: 1, problem: "excepted", text: "除以下商户外：" },
        { line: 2, problem: "excepted", text: from },
        { line: 3, problem: "excepted", text: to },
      ],
      [other],
    ],
    "an exception to a list above it": [
      `${from}\n${to}\n以上除${to}外都开通`,
      [{ line: 3, problem: "excepted", text: to }],
      [from],
    ],
    "an exception to a list below it": [`其中 ${to} 不开通\n${from}\n${to}`, excepted(to), [from]],
    "a number with a space before its last digits": [
      `${from}\n19000001 09\n190000010 9`,
      [
        { line: 2, problem: "grouped", text: "19000001 09", joined: "1900000109" },
        { line: 3, problem: "grouped", text: "190000010 9", joined: "1900000109" },
      ],
      [from],
    ],
    "a number that another one replaces": [
      `${from} instead of ${to}\n${other} 而不是 ${to}`,
      [excepted(to)[0], { line: 2, problem: "excepted", text: to }],
      [from, other],
    ],
    "what is to be removed is no exception": [`剔除 ${from}，删除${to}`, [], [from, to]],
    "labels of other numbers": [
      `${other} 订单号：${from}、${to}`,
      [from, to].map((text) => ({ line: 1, problem: "other-label", text, label: "订单号" })),
      [other],
    ],
  };
  for (const [label, text] of [
    ["手机", "手机：190000051"],
    ["联系电话", "联系电话 190000051"],
    ["电话", "电话(190000051)"],
    ["phone", "phone 190000051"],
    ["Tel", "Tel. 190000051"],
    ["身份证号", "身份证号：190000051"],
    ["ID card", "ID card 190000051"],
    ["运单号", "运单号190000051"],
    ["单号", "单号 190000051"],
    ["invoice", "invoice 190000051"],
    ["order no", "order no. 190000051"],
    ["Order", "Order #: 190000051"],
    ["服务商号", "服务商号：190000051"],
    ["服务商", "服务商 190000051"],
    ["上级商户号", "上级商户号 190000051"],
    ["sp_mchid", '"sp_mchid":"190000051"'],
  ] as const)
    told[`beside ${label}: ${text}`] = [
      text,
      [{ line: 1, problem: "other-label", text: "190000051", label: label.replace("联系", "") }],
      [],
    ];
  const sum = (line: number, text: string) => ({ line, problem: "sum", text });
  const total = (line: number, text: string, label: string) => ({ line, problem: "other-label", text, label });
  Object.assign(told, {
    "a total in a row of words": [`${from}\n${to}\n合计：3800001024`, [total(3, "3800001024", "合计")], [from, to]],
    "a total in a cell of its own": [`甲\t${from}\n小 计\t3800001024`, [total(2, "3800001024", "小 计")], [from]],
    "a total of a named column": [
      `商户号,店\n${from},甲\n${to},乙\n190000051100,Grand total`,
      [total(4, "190000051100", "Grand total")],
      [from, to],
    ],
    "a total without a label": [`${from}\n${to}\n3800001024`, [sum(3, "3800001024")], [from, to]],
    "a total without a label in a named column": [
      `店,商户号,金额\n甲,${from},1.5\n乙,${to},2\n丙,${other},3\n,5700001624,6.5`,
      [sum(5, "5700001624")],
      [from, to, other],
    ],
    "totals without labels above their numbers": [`3800001024\n${from}\n${to}`, [sum(1, "3800001024")], [from, to]],
    "subtotals without labels, and a grand total": [
      `商户号\n10000001\n10000005\n20000006\n10000020\n10000100\n20000120\n40000126`,
      [sum(4, "20000006"), sum(7, "20000120"), sum(8, "40000126")],
      ["10000001", "10000005", "10000020", "10000100"],
    ],
    "a number that is the sum of one other, or of some that do not stand together": [
      `10000001\n10000001\n10000002\n10000005\n20000006`,
      [],
      ["10000001", "10000002", "10000005", "20000006"],
    ],
    "a name that begins like a total": [`合计店 ${from}\n总部 ${to}`, [], [from, to]],
    "an amount of money": [
      `${from} 12345678元\n金额 12345678\n${to} 87654321 RMB`,
      [
        { line: 1, problem: "not-digits", text: "12345678元", wrong: undefined },
        total(2, "12345678", "金额"),
        { line: 3, problem: "not-digits", text: "87654321 RMB", wrong: undefined },
      ],
      [from, to],
    ],
    "a name that begins like an amount": [`${from}元祖食品\n${to} 元气森林`, [], [from, to]],
  } satisfies typeof told);
  for (const text of [
    `不开通 ${from}`,
    `先不开 ${from}`,
    `不开通的商户：${from}`,
    `请勿关闭${from}`,
    `do not open ${from}`,
    `Please don’t close ${from}`,
    `not to be opened: ${from}`,
    `${from} 不开通`,
    `${from}（先不开，等通知）`,
    `${from}\t甲\t不用开通`,
    `${from} 不用再开通了`,
    `${from} - do not open`,
    `店,商户号,备注\n甲,${from},暂不开通`,
    `店,商户号,备注\n甲,${from},除外`,
    `店,商户号\n甲,${from}（不开通）`,
    `店,商户号\n甲（先不开）,${from}`,
    `${from} 先不要开`,
    `${from} 暂时不用开通`,
    `${from} 这家先别开通`,
    `${from} 甲店 不开`,
    `${from} 甲店（商户要求不开通）`,
    `${from} Red Lake - do not open`,
  ])
    told[`words that say no: ${text}`] = [
      `${text}\n${text.includes("店,") ? `乙,${other}` : other}`,
      [{ line: text.split("\n").length, problem: "excepted", text: from }],
      [other],
    ];
  for (const words of [" 改为 ", "写错了，应为：", " should be ", " was replaced by "])
    told[`a number in whose place another one is given:${words}`] = [`${from}${words}${to}`, excepted(from), [to]];
  told["words that say no of the next number"] = [`${from}，不开通 ${to}`, excepted(to), [from]];
  told["words that say no of the number in front, before a comma"] = [
    `${from} 不开，${to} 不开通, ${other} 开`,
    excepted(from, to),
    [other],
  ];
  told["words that say no, above"] = [
    `不开通的：\n${from}\n开通的：\n${to}`,
    [
      { line: 1, problem: "excepted", text: "不开通的：" },
      { line: 2, problem: "excepted", text: from },
    ],
    [to],
  ];
  told["words that say no, above rows of a column"] = [
    `商户号,店\n${from},甲\n以下不开通,\n${to},乙`,
    [
      { line: 3, problem: "no-number", text: "以下不开通" },
      { line: 4, problem: "excepted", text: to },
    ],
    [from],
  ];
  for (const words of ["之前不开通，现在要开", "为什么不开通", "小票不开", "不开心餐厅", "蓝海 不开心餐厅"])
    told[`what is to be opened: ${words}`] = [`${from} ${words}`, [], [from]];
  for (const label of ["尚未开通：", "没开通 ", "开不了 ", "not yet open: ", "不开心餐厅 "])
    told[`what is to be opened: ${label}`] = [`${label}${from}`, [], [from]];
  for (const label of ["商户号", "特约商户号：", "子商户 ", "清单：", "名单：", "手机店 ", "merchant no. ", "open "])
    told[`beside ${label}`] = [`${label}${other}`, [], [other]];
  for (const [what, [text, problems, subMchids]] of Object.entries(told))
    test(what, () => {
      const list = listOf(text);
      assert.deepEqual({ problems: list.problems, subMchids: list.subMchids }, { problems, subMchids });
    });
});

describe("a list for both actions, in a request to open", () => {
  const given: Record<
    string,
    [text: string, subMchids: string[], others: [line: number, text: string, words: string][]]
  > = {
    "under words of their own": [
      `开通：\n${a}\n请关闭以下商户：\n${b}\n${c}`,
      [a],
      [
        [4, b, "请关闭以下商户："],
        [5, c, "请关闭以下商户："],
      ],
    ],
    "after words on their lines": [
      `open: ${a}\nclose: ${b}\n${c}`,
      [a],
      [
        [2, b, "close:"],
        [3, c, "close:"],
      ],
    ],
    "in one line": [
      `关闭 ${a}、${b}，开通 ${c}`,
      [c],
      [
        [1, a, "关闭"],
        [1, b, "关闭"],
      ],
    ],
    "in a column": [`商户号,操作\n${a},开通\n${b},关闭`, [a], [[3, b, "关闭"]]],
    "in a column without a header": [`${a}\tOPEN\n${b}\tClose`, [a], [[2, b, "Close"]]],
    "in a column with the other action alone, as an earlier request has it": [
      `商户号,操作\n${a},关闭\n${b},关闭`,
      [a, b],
      [],
    ],
    "after the numbers": [
      `${a} 甲 开通\n${b} 乙 关闭\n${c}（关闭）`,
      [a],
      [
        [2, b, "关闭"],
        [3, c, "关闭"],
      ],
    ],
    "after the numbers, with the other action alone": [`${a} 甲 关闭\n${b} 关闭`, [a, b], []],
    "with courtesies": [`麻烦关闭 ${a}；开通 ${b}`, [b], [[1, a, "麻烦关闭"]]],
    "in one sentence in English": [
      `Could you please close ${a} and open ${b}`,
      [b],
      [[1, a, "Could you please close"]],
    ],
    "as what is still to be done": [`待关闭：${a}\n待开通：${b}`, [b], [[1, a, "待关闭："]]],
    "in other words": [`启用：${a}\n停用：${b}`, [a], [[2, b, "停用："]]],
    "in other words above": [`打开以下：\n${a}\n取消开通：\n${b}`, [a], [[4, b, "取消开通："]]],
    "in other words in English": [`turn on ${a}, turn off ${b}`, [a], [[1, b, "turn off"]]],
    "in a column with the present state": [`商户号,小票状态\n${a},开通\n${b},关闭`, [a, b], []],
    "in a column with the present status": [`Sub-merchant ID\tCurrent status\n${a}\topen\n${b}\tclose`, [a, b], []],
    "as what is closed now, or part of a name": [`已关闭：${a}\nClose Friends Cafe ${b}\n关闭店 ${c}`, [a, b, c], []],
  };
  for (const [where, [text, subMchids, others]] of Object.entries(given))
    test(where, () => {
      const problems = others.map(([line, text, words]) => ({ line, problem: "other-action", text, words }));
      const list = listOf(text, { action: "OPEN" });
      assert.deepEqual({ subMchids: list.subMchids, problems: list.problems }, { subMchids, problems });
    });

  test("under words of their own in a column", () => {
    const list = listOf(`商户号\t店\n${a}\t甲\n以下关闭\t\n${b}\t乙\n以下开通\t\n${c}\t丙`, { action: "OPEN" });
    assert.deepEqual(list.subMchids, [a, c]);
    assert.deepEqual(list.problems[1], { line: 4, problem: "other-action", text: b, words: "以下关闭" });
  });

  test("is read completely if no action is known", () => {
    assert.deepEqual(listOf(`关闭：${a}`).subMchids, [a]);
  });
});

describe("a column that says yes or no of the request, in one to open", () => {
  const given: Record<string, [text: string, subMchids: string[], doubted: [text: string, words: string][]]> = {
    "with 否": [`商户号,是否开通\n${a},是\n${b},否\n${c},是`, [a, c], [[b, "是否开通 = 否"]]],
    "with N, before the numbers": [`开通（Y/N）\t商户号\nY\t${a}\nn\t${b}`, [a], [[b, "开通（Y/N） = n"]]],
    "with FALSE": [`Open?;sub_mchid\nTRUE;${a}\nFALSE;${b}`, [a], [[b, "Open? = FALSE"]]],
    "with 0": [`商户号,需要开通商家小票\n${a},1\n${b},0`, [a], [[b, "需要开通商家小票 = 0"]]],
    "with ×": [`| 商户号 | 是否处理 |\n|---|---|\n| ${a} | √ |\n| ${b} | × |`, [a], [[b, "是否处理 = ×"]]],
    "without a header of the numbers": [`店\t是否开通\n${a}\t是\n${b}\t不`, [a], [[b, "是否开通 = 不"]]],
    "in a text with spaces": [`商户号 是否开通\n${a} 甲 是\n${b} 乙 否`, [a], [[b, "是否开通 = 否"]]],
    "about the other action": [
      `商户号,是否关闭\n${a},是\n${b},否\n${c},`,
      [c],
      [
        [a, "是否关闭 = 是"],
        [b, "是否关闭 = 否"],
      ],
    ],
    "in traditional characters": [`商戶號,是否開通\n${a},是\n${b},否`, [a], [[b, "是否開通 = 否"]]],
    "with ticks and empty cells": [`商户号,是否开通,店\n${a},√,甲\n${b},,乙`, [a], [[b, "是否开通"]]],
    "with an empty cell beside both answers": [
      `商户号,是否开通\n${a},是\n${b},否\n${c},`,
      [a],
      [
        [b, "是否开通 = 否"],
        [c, "是否开通"],
      ],
    ],
    "about the other action, with ticks": [`商户号,是否关闭\n${a},√\n${b},`, [b], [[a, "是否关闭 = √"]]],
    "with other words beside yes": [
      `商户号,是否开通\n${a},是（加急）\n${b},待定\n${c},-`,
      [a],
      [
        [b, "是否开通 = 待定"],
        [c, "是否开通 = -"],
      ],
    ],
    "with the action for yes": [`商户号,是否开通\n${a},开通\n${b},是\n${c},待定`, [a, b], [[c, "是否开通 = 待定"]]],
    "of an approval": [
      `商户号,审核结果\n${a},通过\n${b},驳回\n${c},`,
      [a],
      [
        [b, "审核结果 = 驳回"],
        [c, "审核结果"],
      ],
    ],
    "of taking part": [`商户号,是否参加\n${a},是\n${b},否`, [a], [[b, "是否参加 = 否"]]],
    "with emoji": [`商户号,是否开通\n${a},✔️\n${b},✖️\n${c},:white_check_mark:`, [a, c], [[b, "是否开通 = ✖"]]],
    "with V beside empty cells": [`商户号,是否开通\n${a},V\n${b},`, [a], [[b, "是否开通"]]],
    "with no beside empty cells": [
      `商户号,是否开通\n${a},否\n${b},`,
      [],
      [
        [a, "是否开通 = 否"],
        [b, "是否开通"],
      ],
    ],
    "for each of the actions": [
      `商户号,是否开通,是否关闭\n${a},是,否\n${b},否,是\n${c},否,否`,
      [a],
      [
        [b, "是否开通 = 否"],
        [c, "是否开通 = 否"],
      ],
    ],
    "with the action alone, in a column of that name": [`商户号,开通\n${a},开通\n${b},`, [a, b], []],
    "with a line of text that has no answer": [
      `商户号 是否开通\n${a} 甲 是\n${b} 乙 否\n${c} 丙`,
      [a, c],
      [[b, "是否开通 = 否"]],
    ],
    "as marks on lines of text, which may also say what is done": [
      `1. ✅${a}\n2. ❌ ${b} 乙\n${c}`,
      [c],
      [
        [a, "✅"],
        [b, "❌"],
      ],
    ],
    "as marks behind": [
      `${a} ✔️\n${b} :x:`,
      [],
      [
        [a, "✔"],
        [b, ":x:"],
      ],
    ],
    "as the same mark on all lines": [`❌ ${a}\n${b}`, [a, b], []],
    "with one answer alone": [`商户号,是否开通\n${a},否\n${b},否`, [a, b], []],
    "with one answer alone, above an empty row": [`商户号,是否开通\n${a},是\n${b},是\n,`, [a, b], []],
    "without an answer yet": [`商户号,是否开通\n${a},\n${b},`, [a, b], []],
    "about what is so already": [`商户号,是否已开通\n${a},是\n${b},否`, [a, b], []],
    "about something else": [`商户号,是否直营,开通时间\n${a},是,否\n${b},否,是`, [a, b], []],
    "that a title only seems to name": [`Please open\n${a} Store N\n${b} Store T`, [a, b], []],
  };
  for (const [where, [text, subMchids, doubted]] of Object.entries(given))
    test(where, () => {
      const list = listOf(text, { action: "OPEN", isFile: true });
      const problems = list.problems.map((problem) =>
        problem.problem === "marked-no" || problem.problem === "unanswered" ? [problem.text, problem.words] : problem,
      );
      assert.deepEqual({ subMchids: list.subMchids, problems }, { subMchids, problems: doubted });
    });

  test("is read completely if no action is known", () => {
    assert.deepEqual(listOf(`商户号,是否开通\n${a},是\n${b},否`).subMchids, [a, b]);
  });
});

describe("tables of other shapes", () => {
  const shapes: Record<
    string,
    [text: string, subMchids: string[], problems?: unknown[], labels?: Record<string, string>]
  > = {
    "a second table below the first, with its own header": [
      `店,商户号,电话\n甲,${a},\n\n商户号,店\n${b},乙\n${c},丙`,
      [a, b, c],
      [],
      { [a]: "甲", [b]: "乙", [c]: "丙" },
    ],
    "a second table without an empty line between": [
      `店\t特约商户号\n甲\t${a}\n商户号\t店\n${b}\t乙`,
      [a, b],
      [],
      { [a]: "甲", [b]: "乙" },
    ],
    "a second table in traditional characters": [`店,特約商戶號\n甲,${a}\n商戶編號,店\n${b},乙`, [a, b], []],
    "the header again, as on a new page": [`商户号;店\n${a};甲\n商户号;店\n${b};乙`, [a, b], []],
    "a second table whose names say nothing": [
      `商户号,店\n${a},甲\n\n名称,编号\n乙,${b}\n丙,4200001234567890123456789012`,
      [a, b],
      [{ line: 6, problem: "too-long", text: "4200001234567890123456789012", digits: 28 }],
    ],
    "a second table with two columns of numbers": [
      `商户号,店\n${a},甲\n\n旧号,新号\n${b},${c}`,
      [a],
      [b, c].map((text) => ({ line: 5, problem: "several-columns", text })),
    ],
    "rows in groups, with empty lines between": [
      `商户号,店\n${a},甲\n\n${b},乙\n\n华东区,\n${c},丙`,
      [a, b, c],
      [{ line: 6, problem: "no-number", text: "华东区" }],
    ],
    "a kind in a row that has no number": [
      `类型,商户号,店\n特约商户,${a},甲\n特约商户,${a},甲\n特约商户,${a},甲\n特约商户,${a},甲\n特约商户,${b},乙\n特约商户,,丙\n特约商户,${c},丁`,
      [a, b, c],
      [{ line: 7, problem: "no-number", text: "特约商户  丙" }],
    ],
    "a table between pipes": [
      `| 商户号 | 名 |\n|---|:---:|\n| ${a} | 甲 |\n| ${b} | 乙 |\n| ${c} | 丙\\|丁 |`,
      [a, b, c],
      [],
      { [a]: "甲", [b]: "乙", [c]: "丙 丁" },
    ],
    "a table between pipes, with other columns": [
      `名 | 商户号 | 电话\n--- | --- | ---\n甲 | ${a} | 13800138000`,
      [a],
      [{ line: 1, problem: "other-column", text: "电话" }],
    ],
    "a remark of our own files in the column of names": [
      `特约商户号,商户名称\n${a},（名录中没有）\n${b},蓝海（旺角）`,
      [a, b],
      [],
      { [b]: "蓝海 旺角" },
    ],
    "two names for one number": [
      `甲店（${a}）\n乙店（${a}）\n甲 店（${a}）\n丙店（${b}）`,
      [a, b],
      [],
      { [a]: "甲店 / 乙店", [b]: "丙店" },
    ],
    "what each value is, in front of it": [
      `商户号：${a}，商户名称：蓝海火锅\nsub_mch_id=${b}\n"sub_mchid": "${c}"`,
      [a, b, c],
      [],
      { [a]: "蓝海火锅" },
    ],
    "a row between pipes": [`| ${a} | 名 |`, [a], [], { [a]: "名" }],
    "a list between pipes": [`| ${a} | ${b} |`, [a, b], []],
  };
  for (const [what, [text, subMchids, problems = [], labels]] of Object.entries(shapes))
    test(what, () => {
      const list = listOf(text, { isEveryLineANumber: true });
      assert.deepEqual({ subMchids: list.subMchids, problems: list.problems }, { subMchids, problems });
      if (labels) assert.deepEqual(list.labels, labels);
    });

  test("two columns of numbers between pipes are not guessed at", () => {
    const read = readNumberList(`| 旧号 | 新号 |\n|---|---|\n| ${a} | ${b} |`);
    assert.ok(read.kind === "which-column");
    assert.deepEqual(
      read.columns.map(({ name }) => name),
      ["旧号", "新号"],
    );
  });
});

describe("a table with numbers in more than one column is not guessed at", () => {
  const tables: Record<string, string> = {
    "two columns": `1230000109\t${a}\n1230000109\t${b}`,
    "two columns under names that do not say which": `old,new\n1230000109,${a}`,
    "two columns of the same name": `特约商户号,特约商户号\n1230000109,${a}\n1230000109,${b}`,
    "two columns, and a row with one of them": `shop,provider,partner\nA,1230000109,${a}\nB,1230000109,${b}\nC,1230000109,`,
    "two columns of which each row has one": `A,1900000112,\nB,,${b}`,
    "one row of numbers beside words": `旺角店;1230000109;${a}`,
    "columns separated by spaces": `1230000109 ${a}\n1230000109 ${b}`,
    "columns separated by spaces, under two names": `特约商户号 服务商号\n${a} 1230000109\n${b} 1230000110`,
    "columns with a space after each comma": `A, 1230000109, ${a}\nB, 1230000109, ${b}`,
  };
  for (const [what, text] of Object.entries(tables))
    test(what, () => {
      const read = readNumberList(text);
      assert.ok(read.kind === "which-column", JSON.stringify(read));
      assert.equal(read.columns.length, 2);
      assert.ok(read.columns.some(({ list }) => list.subMchids.includes(text.includes(a) ? a : b)));
    });

  test("each column comes with its name or letter, and with its numbers, of which others are reported", () => {
    const read = readNumberList(`店,旧号,新号\n甲,1900000112,${a}\n乙,1900000113,${b}`);
    assert.ok(read.kind === "which-column");
    assert.deepEqual(
      read.columns.map(({ name, list }) => [name, list.subMchids, list.problems]),
      [
        ["旧号", ["1900000112", "1900000113"], [{ line: 1, problem: "other-column", text: "新号" }]],
        ["新号", [a, b], [{ line: 1, problem: "other-column", text: "旧号" }]],
      ],
    );
    assert.deepEqual(read.all.subMchids, ["1900000112", a, "1900000113", b]);
  });

  test("too many columns of numbers are reported, and nothing is taken", () => {
    const row = (from: number) => Array.from({ length: columnsMax + 1 }, (_, nth) => from + nth).join("\t");
    const { subMchids, problems } = listOf(`${row(1_900_000_000)}\n${row(1_900_001_000)}`);
    assert.deepEqual(subMchids, []);
    assert.equal(problems[0]?.problem, "several-columns");
  });
});

test("a repeated number is taken once, and the repetition is counted", () => {
  const { subMchids, repeated } = listOf(`${a} ${b}\n${a}\n\`${a}`);
  assert.deepEqual({ subMchids, repeated }, { subMchids: [a, b], repeated: 2 });
});

test("more numbers than a request may have are counted, and none of them is lost sight of", () => {
  const numbers = Array.from({ length: subMchidsMax + 5 }, (_, nth) => String(1_900_000_000 + nth));
  const { subMchids, tooMany } = listOf([...numbers, numbers.at(-1)].join("\n"));
  assert.deepEqual(subMchids, numbers.slice(0, subMchidsMax));
  assert.equal(tooMany, 5);
});

test("a wide table is read, and rows that are not are counted apart from numbers", () => {
  const table = (rows: number, columns: number) => {
    const others = ",x".repeat(columns - 1);
    return `商户号${others}\n${Array.from({ length: rows }, (_, nth) => `${1_900_000_000 + nth}${others}`).join("\n")}`;
  };
  const wide = listOf(table(6_000, 20));
  assert.deepEqual([wide.subMchids.length, wide.tooMany, wide.notRead, wide.problemCount], [6_000, 0, 0, 0]);
  const wider = listOf(table(450, 1_000));
  assert.deepEqual([wider.subMchids.length, wider.tooMany, wider.notRead], [399, 0, 51]);
});

test("empty text and spaces are no numbers and no problems", () => {
  for (const text of ["", " ", "\n\n", "\ufeff", ",,,"])
    assert.deepEqual(listOf(text), {
      kind: "list",
      subMchids: [],
      labels: {},
      tooMany: 0,
      notRead: 0,
      problems: [],
      problemCount: 0,
      repeated: 0,
    });
});

const number = fc.stringMatching(/^[1-9][0-9]{9}$/);
const numbers = fc.uniqueArray(number, { minLength: 1, maxLength: 60 });

test("any numbers of one length are read unchanged, whatever separates them", () => {
  const between = fc.constantFrom("\n", "\r\n", " ", "\t", ",", ", ", ";", "，", "、", "\n\n", " | ");
  fc.assert(
    fc.property(numbers, between, fc.constantFrom("", "`", '"'), (given, separator, mark) => {
      const text = given.map((each) => `${mark}${each}${mark === '"' ? mark : ""}`).join(separator);
      const { subMchids, problemCount, repeated } = listOf(text);
      assert.deepEqual({ subMchids, problemCount, repeated }, { subMchids: given, problemCount: 0, repeated: 0 });
    }),
  );
});

test("a column with that name is read, whatever the other cells contain", () => {
  const remark = fc.string({ unit: fc.constantFrom(..."a1,;\"'`\n =中-".split("")), maxLength: 12 });
  fc.assert(
    fc.property(numbers, fc.infiniteStream(remark), (given, remarks) => {
      const rows = given.map((each) => [remarks.next().value, each, remarks.next().value]);
      const text = [["x", "sub_mchid", "y"], ...rows].map(csvLine).join("");
      const { subMchids, problems } = listOf(text.replaceAll(";", "."));
      assert.deepEqual(subMchids, given);
      assert.ok(problems.every(({ problem }) => problem === "other-column"));
    }),
  );
});

/**
 * The processor's time and not the clock's, because other tests may run beside this one; in microseconds, and at least
 * as much as a system can count.
 */
function microsecondsOfWork(work: () => void): number {
  const before = process.cpuUsage();
  work();
  return Math.max(1_000, process.cpuUsage(before).user);
}

test("the worst text is read about as fast as a plain list of that length", () => {
  const size = 500_000;
  const microsecondsOf = (piece: string) => microsecondsOfWork(() => readNumberList(piece.repeat(size / piece.length)));
  const plain = microsecondsOf(`${a}\n`);
  for (const piece of [
    '"',
    '"a,',
    '"",',
    ",",
    "x ",
    "1.9,\t",
    "\n",
    "1,",
    "1\u00a0",
    "和",
    "等",
    "(",
    "[ ",
    '"\n',
    `${a} ${b} x\n`,
  ]) {
    const times = microsecondsOf(piece) / plain;
    assert.ok(times < 10, `${JSON.stringify(piece)}: ${times.toFixed(1)} times as long`);
  }
});

test("a long cell of a spreadsheet is read as fast, whatever it contains", () => {
  const none = { count: 0, numbers: [] };
  const microsecondsOf = (piece: string) => {
    const cells = [piece.repeat(100_000)];
    const rows = [{ line: 1, text: cells.join(), cells }];
    const sheet = { rows, hiddenRows: none, struckRows: none, hiddenColumns: [], otherSheets: [] };
    return microsecondsOfWork(() => {
      readNumberList(sheet);
      directoryRows(sheet, undefined);
    });
  };
  microsecondsOf("x");
  const plain = microsecondsOf("x");
  for (const piece of ["(", "（", "[ "]) {
    const times = microsecondsOf(piece) / plain;
    assert.ok(times < 100, `${piece}: ${times.toFixed(1)} times as long`);
  }
});
