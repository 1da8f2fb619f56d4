import assert from "node:assert/strict";
import { test } from "node:test";
import { stepAfter, stepsOf } from "../../../src/domain/goldplan/objects.ts";

test("an operation on both switches the receipt first, and 点金计划 after it", () => {
  assert.deepEqual(stepsOf("both"), ["receipt", "goldplan"]);
  assert.equal(stepAfter("receipt", "both"), "goldplan");
  assert.equal(stepAfter("goldplan", "both"), undefined);
});

test("an operation on one object has one step", () => {
  assert.deepEqual(stepsOf("receipt"), ["receipt"]);
  assert.equal(stepAfter("receipt", "receipt"), undefined);
  assert.deepEqual(stepsOf("goldplan"), ["goldplan"]);
});
