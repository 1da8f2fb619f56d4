/** One table of the ways to write a number: the command, the form, a file, leaving out and a grant read all of them alike. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Command, parseCommand } from "../../../src/parsing/command/command.ts";
import { readNumberList } from "../../../src/parsing/number-list/number-list.ts";
import { readSubMchid } from "../../../src/parsing/number-list/sub-mchid.ts";

const number = "1900000109";

const taken: Record<string, string> = {
  "as it is": number,
  "in groups of four": "1900-0001-09",
  "in groups of three": "190-000-010-9",
  "in groups of three behind a longer one": "1900-000-109",
  "in groups of three behind a shorter one": "1-900-000-109",
  "in groups of four behind a shorter one": "19-0000-0109",
  "with thousands separators": "1,900,000,109",
  "with full-width thousands separators": "1，900，000，109",
  "with dots": "1.900.000.109",
  "with apostrophes": "1'900'000'109",
  "with typographic apostrophes": "1’900’000’109",
  "with lines below": "1900_000_109",
  "with dashes": "1900–000–109",
  "with full-width hyphens": "1900－0001－09",
  "with unbreakable blanks": "1900\u00a0000\u00a0109",
  "with thin blanks": "1900\u2009000\u2009109",
  "with narrow unbreakable blanks": "1\u202f900\u202f000\u202f109",
  "with a soft hyphen": "1900\u00ad000109",
  "with a zero-width blank": "1900\u200b000109",
  "with a byte order mark": `\ufeff${number}`,
  "between marks of the direction of writing": `\u202e\u2066${number}\u2069\u202c`,
  "behind a mark for writing from the right": `\u200f\u061c${number}`,
  "in full-width digits": "１９０００００１０９",
  "as decimals": "1900000109.0",
  "as more decimals": "1900000109.00",
  "as a database's decimals": "1900000109.000000",
  "with thousands separators, as decimals": "1,900,000,109.00",
  "in quotes": `"${number}"`,
  "in Chinese quotes": `“${number}”`,
  "in Chinese brackets": `（${number}）`,
  "between code marks": `\`${number}\``,
  "with a backtick in front": `\`${number}`,
  "before a comma": `${number},`,
  "before a full stop": `${number}.`,
  "before a semicolon": `${number};`,
  "before a Chinese comma": `${number}，`,
  "before a Chinese enumeration comma": `${number}、`,
  "before a Chinese full stop": `${number}。`,
  "before a Chinese semicolon": `${number}；`,
};

const told: Record<string, string> = {
  "a suffix": "1900000109-2",
  "a suffix of three digits": "1900000109_001",
  "a suffix behind a dash": "1900000109–12",
  "a suffix behind an unbreakable hyphen": "1900000109‑2",
  "a fraction": "1900000109.5",
  "a fraction that ends in nought": "1900000109.50",
  "a version": "1900000109.0.1",
  "a digit that stands high": "1900000109²",
  "a digit in a circle": "1900000109①",
  "digits in circles only": "①⑨⓪⓪⓪⓪⓪①⓪⑨",
  "mathematical digits": "𝟏𝟗𝟎𝟎𝟎𝟎𝟎𝟏𝟎𝟗",
  "Arabic digits": "١٩٠٠٠٠٠١٠٩",
  "two numbers joined by a hyphen": "1900000109-1900000110",
  "two numbers joined by what nobody sees": "1900000109\u200b1900000110",
  "a date": "2026-11-25",
  "groups of other lengths": "19-00-00-01-09",
  "groups with several signs": "1900-000.109",
  "groups with double signs": "1900--000--109",
  "one long group": "190000-0109",
  "two groups with a dot": "1900.0001",
  "a few digits with noughts behind a dot": "1900.0000",
  "a few digits in groups": "190-001",
  "a letter among the digits": "19000001O9",
  "a letter behind them": "1900000109a",
  "a sign behind them": "1900000109!",
  "a full-width sign behind them": "1900000109！",
  "a sign in front": "+1900000109",
  "a minus in front": "-1900000109",
  "a number sign in front": "#1900000109",
  "a sign between": "1900000109/1900000110",
  "more digits than there are": "1".repeat(33),
};

/** What a command comes to where it is understood. */
function commandOf(text: string): Command | undefined {
  const parsed = parseCommand(text);
  return parsed.ok ? parsed.command : undefined;
}

/** The numbers that each way to give one takes from it; empty where it is told that there is none. */
const readers: Record<string, (text: string) => readonly string[]> = {
  "the command": (text) => {
    const command = commandOf(`open ${text} new store`);
    if (command?.kind !== "change") return [];
    assert.equal(command.reason, "new store");
    return command.subMchids;
  },
  "the command, behind another number": (text) => {
    const command = commandOf(`open 1900-000-110 ${text}`);
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
  const { subMchids, problemCount } = readNumberList(text);
  assert.ok(problemCount > 0 || subMchids.length > 0, "it is told");
  assert.ok(problemCount === 0 || !text.includes(number) || !subMchids.includes(number), "taken and told at once");
  return subMchids;
}

for (const [reader, read] of Object.entries(readers)) {
  describe(`${reader}: taken as the number that it is`, () => {
    for (const [form, text] of Object.entries(taken)) test(form, () => assert.deepEqual(read(text), [number]));
  });
  describe(`${reader}: told, and nothing is guessed`, () => {
    for (const [form, text] of Object.entries(told)) test(form, () => assert.deepEqual(read(text), []));
  });
}

test("a beginning of numbers is digits only, too", () => {
  const only = (text: string) => {
    const command = commandOf(`grant <@U0ANN> requester for ${text}`);
    return command?.kind === "grant" ? command.only : undefined;
  };
  assert.deepEqual(only("１９００*"), ["1900*"]);
  assert.deepEqual(only("1900＊ and 1901*"), ["1900*", "1901*"]);
  for (const text of ["19²*", "①*", "19-00*", "19.0*", "* 1900*"]) assert.equal(only(text), undefined, text);
});

test("what joins several numbers is named, by its code point where nobody sees it", () => {
  const joint = (text: string) => {
    const read = readSubMchid(text);
    return !read.ok && read.problem === "several-numbers" ? read.joint : undefined;
  };
  assert.equal(joint("1900000109-1900000110"), "-");
  assert.equal(joint("1900000109–2"), "–");
  assert.equal(joint("1900000109\u200b1900000110"), "U+200B");
  assert.equal(joint("1900000109\u00a01900000110"), "U+00A0");
});
