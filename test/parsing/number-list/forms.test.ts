/**
 * One table of the ways to write a number: the command, the form, a file, leaving out and a grant read all of them
 * alike.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Command, parseCommand } from "../../../src/parsing/command/command.ts";
import { readNumberList } from "../../../src/parsing/number-list/number-list.ts";
import { isUnusual, readSubMchid } from "../../../src/parsing/number-list/sub-mchid.ts";

const number = "1900000109";

const taken: Record<string, string> = {
  "as it is": number,
  "with a soft hyphen": "1900\u00ad000109",
  "with a zero-width space": "1900\u200b000109",
  "with a byte order mark": `\ufeff${number}`,
  "between marks of the direction of writing": `\u202e\u2066${number}\u2069\u202c`,
  "after a mark for writing from the right": `\u200f\u061c${number}`,
  "in full-width digits": "１９０００００１０９",
  "as a spreadsheet's decimal": "1900000109.0",
  "in quotes": `"${number}"`,
  "in Chinese quotes": `“${number}”`,
  "in brackets": `(${number})`,
  "in Chinese brackets": `（${number}）`,
  "in corner brackets": `【${number}】`,
  "between code marks": `\`${number}\``,
  "in bold": `*${number}*`,
  "in Markdown's bold": `**${number}**`,
  "before an ellipsis": `${number}…`,
  "before a question mark": `${number}?`,
  "with a backtick in front": `\`${number}`,
  "with an apostrophe in front": `'${number}`,
  "with a minus in front": `-${number}`,
  "before a comma": `${number},`,
  "before a full stop": `${number}.`,
  "before a semicolon": `${number};`,
  "before an exclamation mark": `${number}!`,
  "before a slash": `${number}/`,
  "before a Chinese comma": `${number}，`,
  "before a Chinese enumeration comma": `${number}、`,
  "before a Chinese full stop": `${number}。`,
  "before a Chinese semicolon": `${number}；`,
  "before a Chinese exclamation mark": `${number}！`,
};

const reported: Record<string, string> = {
  "in groups of four": "1900-0001-09",
  "in groups of three": "190-000-010-9",
  "in groups of three after a longer one": "1900-000-109",
  "with thousands separators": "1,900,000,109",
  "with full-width thousands separators": "1，900，000，109",
  "with dots": "1.900.000.109",
  "with apostrophes": "1'900'000'109",
  "with typographic apostrophes": "1’900’000’109",
  "with lines below": "1900_000_109",
  "with dashes": "1900–000–109",
  "with full-width hyphens": "1900－0001－09",
  "with spaces": "1900 000 109",
  "with non-breaking spaces": "1900\u00a0000\u00a0109",
  "with thin spaces": "1900\u2009000\u2009109",
  "with thousands separators, as decimals": "1,900,000,109.00",
  "as more decimals": "1900000109.00",
  "a suffix": "1900000109-2",
  "a suffix of three digits": "1900000109_001",
  "a suffix after a dash": "1900000109–12",
  "a suffix after a non-breaking hyphen": "1900000109‑2",
  "a fraction": "1900000109.5",
  "a fraction that ends in zero": "1900000109.50",
  "a version": "1900000109.0.1",
  "a digit that stands high": "1900000109²",
  "a digit in a circle": "1900000109①",
  "digits in circles only": "①⑨⓪⓪⓪⓪⓪①⓪⑨",
  "mathematical digits": "𝟏𝟗𝟎𝟎𝟎𝟎𝟎𝟏𝟎𝟗",
  "Arabic digits": "١٩٠٠٠٠٠١٠٩",
  "two numbers joined by a hyphen": "1900000109-1900000110",
  "two numbers joined by an invisible character": "1900000109\u200b1900000110",
  "two numbers joined by a mark that turns the direction of writing": "1900000109\u202e1900000110",
  "two numbers joined by a control character": "1900000109\u00001900000110",
  "a range": "1900000109~1900000110",
  "a range in Chinese": "1900000109至1900000110",
  "a range with 到": "1900000109到1900000110",
  "a range with dots": "1900000109…1900000110",
  "a range whose end is abbreviated": "1900000109～110",
  "a range without its end": "1900000109~",
  "an exception": "除1900000109外",
  "an exception after the number": "1900000109除外",
  "an exception with 不含": "不含1900000109",
  "an order's number": "订单号1900000109",
  "a telephone": "电话：190000010",
  "a line through it, in Slack": `~${number}~`,
  "a line through it, in Markdown": `~~${number}~~`,
  "a store's number": `门店编号${number}`,
  "a store's ID": `store ID: ${number}`,
  "a date": "2026-11-25",
  "a date with slashes": "2026/11/25",
  "a date in Chinese": "2026年11月25日",
  "groups of other lengths": "19-00-00-01-09",
  "groups with several signs": "1900-000.109",
  "one long group": "190000-0109",
  "two groups with a dot": "1900.0001",
  "a few digits with zeros after a dot": "1900.0000",
  "a letter among the digits": "19000001O9",
  "a letter after them": "1900000109a",
  "a Cyrillic letter among them": "190000О109",
  "a combining mark after them": "1900000109\u20e3",
  "a sign in front": "+1900000109",
  "a number sign in front": "#1900000109",
  "an at sign in front": "@1900000109",
  "a line below in front": "_1900000109_",
  "an amount of money": "¥1900000109",
  "a percentage": "19000001%",
  "an address": "a.b/1900000109",
  "an abbreviation in front": "No.1900000109",
  "a file's name": "1900000109.csv",
  "a sign between": "1900000109/1900000110",
  "more digits than there are": "1".repeat(33),
  "a shortened number": "1.9E+09",
  "a shortened number with a comma": "1,90000E+09",
  "a shortened number with spaces": "1.9E +09",
  "a shortened number joined to another": "1,90000E+09\u200b1900000109",
};

/** Digits with a mark for the missing ones. Only a grant takes the first: as the beginning of numbers. */
const incomplete: Record<string, string> = {
  "a beginning with a star": "19000001*",
  "a short beginning with a star": "1900*",
  "a beginning with a full-width star": "1900＊",
  "a whole number with a star": `${number}*`,
  "stars in the middle": "1900****09",
  "stars between spaces": "190 **** 109",
  "bullets at the end": "190000••••",
  "boxes at the end": "19000001□□",
  "dots in the middle": "190····109",
  "clipped, with an ellipsis": "19000001…",
  "clipped, with full stops": "19000001...",
  "clipped in front": "…00000109",
  "stars in front": "****000109",
  "question marks for the last digits": "19000001??",
  "one question mark for the rest": "19000001?",
};

/** What a command comes to where it is understood. */
function commandOf(text: string): Command | undefined {
  const parsed = parseCommand(text);
  return parsed.ok ? parsed.command : undefined;
}

/** The numbers that each way to give one takes from it; empty where something is reported. */
const readers: Record<string, (text: string) => readonly string[]> = {
  "the command": (text) => {
    const command = commandOf(`open ${text} new store`);
    if (command?.kind !== "change") return [];
    assert.equal(command.reason, "new store");
    return command.subMchids;
  },
  "the command, after another number": (text) => {
    const command = commandOf(`open 1900000110 ${text}`);
    return command?.kind === "change" ? command.subMchids.slice(1) : [];
  },
  status: (text) => {
    const command = commandOf(`status ${text}`);
    return command?.kind === "status" ? [command.subMchid] : [];
  },
  "a filter of history": (text) => {
    const command = commandOf(`history ${text}`);
    return command?.kind === "history" && command.subMchid !== undefined ? [command.subMchid] : [];
  },
  "a grant's limit": (text) => {
    const command = commandOf(`grant <@U0ANN> requester for ${text}`);
    return command?.kind === "grant" ? (command.only ?? []) : [];
  },
  "the form and leaving out": (text) => listed(text),
  "the form and leaving out, a line among others": (text) =>
    listed(`1900000110\n${text}\n1900000111`).filter((each) => !["1900000110", "1900000111"].includes(each)),
  "a file's column": (text) => listed(`shop;sub_mchid\nA;${text}`),
};

function listed(text: string): readonly string[] {
  const read = readNumberList(text);
  assert.ok(read.kind === "list");
  const { subMchids, problemCount } = read;
  assert.ok(problemCount > 0 || subMchids.length > 0, "it is reported");
  assert.ok(problemCount === 0 || !subMchids.includes(number), "taken and reported at once");
  return subMchids;
}

for (const [reader, read] of Object.entries(readers)) {
  describe(`${reader}: taken as the number that it is`, () => {
    for (const [form, text] of Object.entries(taken)) test(form, () => assert.deepEqual(read(text), [number]));
  });
  describe(`${reader}: reported, and nothing is guessed`, () => {
    for (const [form, text] of Object.entries(reported)) test(form, () => assert.deepEqual(read(text), []));
  });
  if (reader !== "a grant's limit")
    describe(`${reader}: incomplete, so reported`, () => {
      for (const [form, text] of Object.entries(incomplete)) test(form, () => assert.deepEqual(read(text), []));
    });
}

test("a beginning of numbers is digits only, too", () => {
  const only = (text: string) => {
    const command = commandOf(`grant <@U0ANN> requester for ${text}`);
    return command?.kind === "grant" ? command.only : undefined;
  };
  assert.deepEqual(only("１９００*"), ["1900*"]);
  assert.deepEqual(only("1900＊ and 1901*"), ["1900*", "1901*"]);
  for (const text of ["19²*", "①*", "19-00*", "19.0*", "* 1900*", "1900 000 109*"])
    assert.equal(only(text), undefined, text);
});

describe("names next to a number", () => {
  const forms: Record<string, [text: string, label: string | undefined]> = {
    "before it": ["张三（1900000109）", "张三"],
    "before it, in Latin letters": ["Shop A (1900000109)", "Shop A"],
    "after it": ["1900000109（张三）", "张三"],
    "without brackets": ["喜茶1900000109", "喜茶"],
    "before it and a colon": ["蓝海：1900000109", "蓝海"],
    "that only says what the number is": ["特约商户号：1900000109", undefined],
    "beside what the number is": ["商户号 1900000109 商户名称：蓝海", "蓝海"],
    "of more than one word": ["【Blue Sea】旺角店 1900000109", "Blue Sea 旺角店"],
    none: ["“1900000109”。", undefined],
  };
  for (const [where, [text, label]] of Object.entries(forms))
    test(where, () => {
      assert.deepEqual(readSubMchid(text), { ok: true, subMchid: number, ...(label && { label }) });
    });

  test("a short number next to a name is not a merchant's", () => {
    for (const text of ["合同4711", "店1", "room 7"]) assert.equal(readSubMchid(text).ok, false, text);
  });
});

test("groups are reported with the number that they would make", () => {
  for (const text of ["1900 000 109", "1900-0001-09", "1,900,000,109", "1900000109.00", "1,900,000,109.00"]) {
    const read = readSubMchid(text);
    assert.ok(!read.ok && read.problem === "grouped" && read.joined === number, JSON.stringify(read));
  }
});

test("ten digits are usual, and any other length is unusual", () => {
  assert.equal(isUnusual("1900000109"), false);
  for (const digits of ["19000001", "190000010", "19000001091", "1", "9".repeat(32)])
    assert.ok(isUnusual(digits), digits);
});

test("the text that joins several numbers is named, by its code point if it is invisible", () => {
  const joint = (text: string) => {
    const read = readSubMchid(text);
    return !read.ok && read.problem === "several-numbers" ? read.joint : undefined;
  };
  assert.equal(joint("1900000109-2"), "-");
  assert.equal(joint("1900000109–2"), "–");
  assert.equal(joint("1900000109\u200b1900000110"), "U+200B");
});
