/** *Add 点金计划*: one request at a time, and another one after it has ended. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { onEveryEngine } from "../builders.ts";

onEveryEngine("adding 点金计划", (fresh) => {
  test("has one key until its request has ended, and then another", async () => {
    const bench = await fresh();
    const receipts = await bench.asked();
    const next = () => bench.goldplan.keyOfNext(receipts, 1);
    const keys: string[] = [];
    for (const decision of ["reject", "withdraw", "approve"] as const) {
      const sourceKey = await next();
      assert.equal(await next(), sourceKey, "before it is submitted");
      const added = await bench.asked({ sourceKey, object: "goldplan", subMchid: "1900000109" });
      assert.equal(await next(), sourceKey, "while it is undecided");
      await bench.decided(added, decision);
      keys.push(sourceKey);
    }
    assert.equal(await next(), keys.at(-1), "while it is carried out");
    assert.equal(new Set(keys).size, keys.length);
    assert.notEqual(await bench.goldplan.keyOfNext(receipts, 2), keys[0]);
  });
});
