import assert from "node:assert/strict";
import { test } from "node:test";
import { offeredChanges } from "../../../src/domain/goldplan/change.ts";
import { changeValue, chosenChange } from "../../../src/slack/payloads/change-value.ts";

test("every choice of the form is read as what it offers", () => {
  const offered = offeredChanges("on");
  assert.equal(new Set(offered.map(changeValue)).size, offered.length);
  for (const change of offered) assert.deepEqual(chosenChange.parse(changeValue(change)), change);
});

test("a form that was opened before objects existed still means the receipt", () => {
  assert.deepEqual(chosenChange.parse("OPEN"), { action: "OPEN", object: "receipt" });
  assert.deepEqual(chosenChange.parse("CLOSE"), { action: "CLOSE", object: "receipt" });
});

test("a value that the form does not offer is refused", () => {
  for (const value of ["", ":", "open", "OPEN:", "OPEN:advertising", "TOGGLE:goldplan", "goldplan", "OPEN:both:x", 1])
    assert.equal(chosenChange.safeParse(value).success, false, String(value));
});
