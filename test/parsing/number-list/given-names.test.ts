/** Which words beside a number are a merchant's name, and when a name agrees with the directory. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { agreesWithName } from "../../../src/domain/directory/merchant.ts";
import { isNoName } from "../../../src/parsing/number-list/context/no-names.ts";
import { readNumberList } from "../../../src/parsing/number-list/number-list.ts";

const number = "1900000111";

function labelsIn(text: string): Record<string, string> {
  const read = readNumberList(text, { action: "OPEN" });
  assert.ok(read.kind === "list" && read.subMchids.includes(number), text);
  return read.labels;
}

describe("words that are no name", () => {
  for (const text of [
    `开通：${number}\n关闭：1900000112`,
    `${number} except 1900000112`,
    `微信支付商户号 ${number}`,
    `微信支付特约商户号：${number}`,
    `请开通 ${number}，谢谢`,
    `麻烦帮忙开通一下：${number}`,
    `@bob ${number} ASAP`,
    `Hi, can you please open ${number}? Thanks!`,
    `Please open the receipts for ${number}`,
    `开通商家小票 ${number} 尽快`,
    `ID: ${number}`,
    `https://wiki.example/list ${number}`,
    `${number} :white_check_mark:`,
    `${number} instead of 1900000112`,
    `12月1日 ${number}`,
    `${number} 2家店`,
    `商户号,是否开通\n${number},是`,
    `商户号,联系人,城市\n${number},张三,深圳`,
  ])
    test(text, () => assert.deepEqual(labelsIn(text), {}));
});

describe("words that are a name", () => {
  for (const [text, label] of [
    [`红湖火锅 ${number}`, "红湖火锅"],
    [`请开通 红湖火锅 ${number}，谢谢`, "请开通 红湖火锅"],
    [`${number} 红湖火锅（总店）`, "红湖火锅 总店"],
    [`请开通 ${number} 红湖火锅`, "红湖火锅"],
    [`Openrice ${number}`, "Openrice"],
    [`Thankshop ${number} ASAP`, "Thankshop"],
    [`@bob 红湖火锅 ${number}`, "红湖火锅"],
    [`急脚鬼小吃 ${number}`, "急脚鬼小吃"],
    [`红湖火锅3号店 ${number}`, "红湖火锅3号店"],
    [`${number} 红湖火锅3号店`, "红湖火锅3号店"],
    [`85度C ${number}`, "85度C"],
    [`2. KFC2 红湖24h店 ${number}`, "KFC2 红湖24h店"],
    [`店名：红湖火锅 ${number}`, "红湖火锅"],
    [`商户号：${number}；商户名：红湖火锅；联系人：张三`, "红湖火锅"],
    [`红湖火锅 ${number} 联系电话：13800138000`, "红湖火锅"],
    [`商户号,是否开通,联系人,店\n${number},是,张三,红湖火锅`, "红湖火锅"],
    [`商戶號,聯絡人,品牌\n${number},張三,紅湖火鍋`, "紅湖火鍋"],
  ])
    test(`${text}`, () => assert.deepEqual(labelsIn(text ?? ""), { [number]: label }));
});

test("a name is found at once after any number of other words", () => {
  for (const words of ["请", "麻烦开通", "除了", "是的", "不要开通", "and ", "please open the "])
    assert.ok(!isNoName(`${words.repeat(90 / words.length)}红湖`), words);
});

describe("of several names in a line, each belongs to the number on its side", () => {
  const other = "1900000112";
  for (const [text, labels] of [
    [`${number} 红湖火锅 ${other} 蓝海火锅`, { [number]: "红湖火锅", [other]: "蓝海火锅" }],
    [`请开通 ${number}红湖2店${other}蓝海3店`, { [number]: "红湖2店", [other]: "蓝海3店" }],
    [`红湖火锅 ${number} 蓝海火锅 ${other}`, { [number]: "红湖火锅", [other]: "蓝海火锅" }],
    [`红湖火锅 ${number}、${other}`, { [number]: "红湖火锅" }],
  ] as const)
    test(text, () => assert.deepEqual(labelsIn(text), labels));
});

test("no digits of a link are a number, and the link is reported", () => {
  for (const link of [
    "https://evil.example/1900010040?x=12345678",
    "evil.example/1900010040?x=12345678,1900010041",
    "see https://a.example/?a=1900010040&b=1900010041",
  ]) {
    const read = readNumberList(`${link}\n${number}`);
    assert.ok(read.kind === "list");
    assert.deepEqual(read.subMchids, [number], link);
    assert.deepEqual(
      read.problems.map(({ line, text }) => [line, text]),
      [[1, link.replace("see ", "")]],
    );
  }
});

test("words agree with the directory if its name is among them, as whole words", () => {
  for (const given of ["红湖火锅", "红湖火锅 总店", "红湖 火锅", "请开通 红湖火锅", "《红湖火锅》店"])
    assert.ok(agreesWithName(given, "红湖火锅"), given);
  for (const given of ["蓝海火锅", "红湖", "火锅", "红湖茶馆 总店", "老红湖火锅", "红湖火锅城"])
    assert.ok(!agreesWithName(given, "红湖火锅"), given);
});
