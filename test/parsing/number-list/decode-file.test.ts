/** Big5 and GB 18030 are told apart, and nothing that is GB 18030 is taken for Big5. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeFile, decodeParts, encodingOf } from "../../../src/parsing/number-list/decode-file.ts";
import { runs } from "../../fuzz/runs.ts";

/** The pairs of bytes of an encoding, by their characters. */
function pairsOf(encoding: "big5" | "gb18030"): ReadonlyMap<string, Buffer> {
  const pairs = new Map<string, Buffer>();
  const decoder = new TextDecoder(encoding);
  for (let lead = 0x81; lead <= 0xfe; lead++)
    for (let second = 0x40; second <= 0xfe; second++) {
      const pair = Buffer.from([lead, second]);
      const character = decoder.decode(pair);
      if ([...character].length === 1 && character !== "\ufffd" && !pairs.has(character)) pairs.set(character, pair);
    }
  return pairs;
}

const [inBig5, inGb] = [pairsOf("big5"), pairsOf("gb18030")];

function encoded(text: string, pairs: ReadonlyMap<string, Buffer>): Buffer {
  const bytes = [...text].map((each) => {
    const pair = each < "\x80" ? Buffer.from(each) : pairs.get(each);
    assert.ok(pair, each);
    return pair;
  });
  return Buffer.concat(bytes);
}

async function encodingInParts(bytes: Buffer) {
  async function* open(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
  }
  const encoding = await encodingOf(open);
  let text = "";
  if (encoding) for await (const part of decodeParts(encoding, open())) text += part;
  return { encoding, text };
}

const traditional = [
  "sub_mchid,name\n1900000109,藍海火鍋\n1900000110,臺北牛肉麵\n1900000111,紅海餐廳（信義分店）\n",
  "商戶號,商戶名稱,備註\n1900000109,大人小食,總店\n",
  "1900000109 張三小吃\n1900000110 李四茶餐廳、旺角\n1900000111 香港中環金鐘大酒樓有限公司\n",
];

for (const text of traditional)
  test(`traditional Chinese in Big5 is read as it is: ${text.split("\n")[0]}`, async () => {
    const bytes = encoded(text, inBig5);
    assert.equal(decodeFile(bytes), text);
    assert.deepEqual(await encodingInParts(bytes), { encoding: "big5", text });
  });

test("traditional Chinese in GB 18030 is read as it is", async () => {
  for (const text of traditional) {
    const bytes = encoded(text, inGb);
    assert.equal(decodeFile(bytes), text);
    assert.deepEqual(await encodingInParts(bytes), { encoding: "gb18030", text });
  }
});

test("text in GB 18030 is never taken for Big5, even with a few characters that someone has added", async () => {
  const characters = [...inGb.keys()];
  const own = characters.filter((each) => /\p{Co}/u.test(each));
  const simplified = [...inGb].filter(([, [lead = 0, second = 0]]) => lead >= 0xb0 && lead < 0xd8 && second > 0xa0);
  const common = fc.constantFrom(...simplified.map(([each]) => each));
  const assigned = fc.constantFrom(...characters.filter((each) => !/\p{Co}/u.test(each)));
  const texts = fc.oneof(
    fc.array(common, { minLength: 1 }),
    fc.array(assigned, { minLength: 1 }),
    fc.array(fc.oneof({ weight: 1, arbitrary: fc.constantFrom(...own) }, { weight: 30, arbitrary: common }), {
      minLength: 20,
    }),
  );
  await fc.assert(
    fc.asyncProperty(texts, async (some) => {
      const bytes = encoded(`1900000109,${some.join("")}\n`, inGb);
      const { encoding } = await encodingInParts(bytes);
      assert.notEqual(encoding, "big5");
    }),
    runs(300),
  );
});
