import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { writeProbe, writeWithoutTrace } from "../../src/storage/write-probe.ts";
import { engines } from "./engines.ts";

for (const { name, skip, open } of engines)
  describe(`writing a probe, on ${name}`, { skip }, () => {
    test("leaves nothing behind, and does not change the probe of a running bot", async () => {
      const store = await open();
      const rows = () => store.db.selectFrom("paces").selectAll().orderBy("name").execute();
      await writeProbe(store, 7);
      const before = await rows();
      await writeWithoutTrace(store, 9);
      assert.deepEqual(await rows(), before);
      assert.ok(before.some((row) => row.empty_at === 7));
      await store.close();
    });
  });
