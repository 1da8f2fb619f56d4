import assert from "node:assert/strict";
import { test } from "node:test";
import { readDuration } from "../../../src/domain/time/duration.ts";

const any = { units: ["s", "m", "分钟", "h", "小时", "d", "天"], digits: 4 } as const;
const rows: [text: string, ms: number | undefined][] = [
  ["30s", 30_000],
  ["90m", 5_400_000],
  ["8h", 28_800_000],
  ["1d12h", 129_600_000],
  ["2天", 172_800_000],
  ["1小时30分钟", 5_400_000],
  ["9999d", 9_999 * 86_400_000],
  ["10000d", undefined],
  ["0h", undefined],
  ["", undefined],
  ["8", undefined],
  ["h", undefined],
  ["8w", undefined],
  ["8 h", undefined],
  ["-8h", undefined],
  ["1.5h", undefined],
  ["8hd", undefined],
  ["1900000109", undefined],
];
for (const [text, ms] of rows) {
  test(`${JSON.stringify(text)} is ${ms === undefined ? "not a duration" : `${ms} ms`}`, () => {
    assert.equal(readDuration(text, any), ms);
  });
}

test("only the allowed units are read", () => {
  assert.equal(readDuration("30m", { units: ["h", "d"], digits: 4 }), undefined);
});
