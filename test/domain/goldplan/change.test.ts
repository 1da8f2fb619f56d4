import assert from "node:assert/strict";
import { test } from "node:test";
import { objectOf, offeredChanges } from "../../../src/domain/goldplan/change.ts";
import { goldPlanModes, objects, objectsWith, type SwitchObject } from "../../../src/domain/goldplan/objects.ts";

const unnamed = { named: undefined };

test("without an object, opening opens what the settings say, and closing closes the receipt alone", () => {
  assert.equal(objectOf({ action: "OPEN", ...unnamed }, "off"), "receipt");
  assert.equal(objectOf({ action: "OPEN", ...unnamed }, "on"), "receipt");
  assert.equal(objectOf({ action: "OPEN", ...unnamed }, "with-receipts"), "both");
  for (const mode of goldPlanModes) assert.equal(objectOf({ action: "CLOSE", ...unnamed }, mode), "receipt", mode);
});

test("a named object is switched, except 点金计划 where it is off", () => {
  for (const action of ["OPEN", "CLOSE"] as const)
    for (const named of objects) {
      assert.equal(objectOf({ action, named }, "on"), named);
      assert.equal(objectOf({ action, named }, "with-receipts"), named);
      assert.equal(objectOf({ action, named }, "off"), named === "receipt" ? "receipt" : undefined);
    }
});

test("the form offers receipts alone where 点金计划 is off, and both first where opening opens both", () => {
  const offered = (mode: (typeof goldPlanModes)[number]) =>
    offeredChanges(mode).map(({ action, object }) => `${action} ${object}`);
  assert.deepEqual(offered("off"), ["OPEN receipt", "CLOSE receipt"]);
  assert.deepEqual(offered("on"), [
    "OPEN receipt",
    "OPEN goldplan",
    "OPEN both",
    "CLOSE receipt",
    "CLOSE goldplan",
    "CLOSE both",
  ]);
  assert.equal(offered("with-receipts")[0], "OPEN both");
  assert.deepEqual(offered("with-receipts").toSorted(), offered("on").toSorted());
});

test("requests for both are among those that switch one of them", () => {
  const expected: Record<SwitchObject, SwitchObject[]> = {
    receipt: ["receipt", "both"],
    goldplan: ["goldplan", "both"],
    both: ["both"],
  };
  for (const object of objects) assert.deepEqual(objectsWith(object), expected[object]);
});
