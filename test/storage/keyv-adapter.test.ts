/** Runs Keyv's own test suite against our adapter, on every engine that can be reached. */
import assert from "node:assert/strict";
import * as nodeTest from "node:test";
import keyvTestSuite, { keyvIteratorTests } from "@keyv/test-suite";
import { Keyv } from "keyv";
import { keyvAdapter } from "../../src/storage/keyv-adapter.ts";
import { engines } from "./engines.ts";

/**
 * The suite is for Keyv 5. In these tests Keyv 6 itself behaves differently, with any store: it returns an array, or
 * uses another serializer.
 */
const keyv6Differs = new Set([
  ".deleteMany([keys]) with nonexistent keys resolves to false",
  "value can be BigInt using other serializer/deserializer",
]);

type Body = (context: { expect: unknown }) => unknown;

/** The parts of Vitest that the suite uses, on node:test, so that the suite runs as published. */
const vitestLike = {
  it: (name: string, body: Body) => {
    const run = async () => void (await body({ expect }));
    nodeTest.it(name, keyv6Differs.has(name) ? () => assert.rejects(run) : run);
  },
  beforeEach: (body: () => unknown) => nodeTest.beforeEach(async () => void (await body())),
  afterEach: (body: () => unknown) => nodeTest.afterEach(async () => void (await body())),
} as never;

const expect = Object.assign(
  (actual: unknown) => ({
    toBe: (expected: unknown) => assert.equal(actual, expected),
    toEqual: (expected: unknown) => assert.deepEqual(actual, expected),
    toBeTruthy: () => assert.ok(actual),
    toBeFalsy: () => assert.ok(!actual),
    toBeUndefined: () => assert.equal(actual, undefined),
    toBeDefined: () => assert.notEqual(actual, undefined),
    toBeNull: () => assert.equal(actual, null),
    not: { toBe: (expected: unknown) => assert.notEqual(actual, expected) },
  }),
  { assertions: () => {} },
);

for (const engine of engines) {
  const opened = engine.skip ? undefined : await engine.open();
  nodeTest.describe(`Keyv over ${engine.name}`, { skip: engine.skip }, () => {
    if (!opened) return;
    const { db } = opened;
    nodeTest.after(() => opened.close());

    nodeTest.test("a value is gone once its time has come, by the clock that the adapter was given", async () => {
      let now = Date.now();
      const keyv = new Keyv({ store: keyvAdapter({ db, now: () => now }), namespace: "clock", checkExpired: false });
      await keyv.set("grant", "yes", 1_000);
      assert.equal(await keyv.get("grant"), "yes");
      now += 60_000;
      assert.equal(await keyv.get("grant"), undefined);
      assert.equal(await keyv.has("grant"), false);
    });

    nodeTest.test("nothing to read, set or delete is answered by nothing", async () => {
      const adapter = keyvAdapter({ db, now: Date.now });
      assert.deepEqual(await adapter.deleteMany?.([]), []);
      assert.deepEqual(await adapter.setMany?.([]), []);
      assert.deepEqual(await adapter.getMany?.([]), []);
      assert.deepEqual(await adapter.hasMany?.([]), []);
    });

    nodeTest.test("what is set inside a transaction that fails was never set", async () => {
      const failing = db.transaction().execute(async (transaction) => {
        await new Keyv({ store: keyvAdapter({ db: transaction, now: Date.now }) }).set("half", "done");
        throw new Error("stop");
      });
      await assert.rejects(failing, /stop/);
      assert.equal(await new Keyv({ store: keyvAdapter({ db, now: Date.now }) }).get("half"), undefined);
    });

    nodeTest.describe("the official suite", () => {
      const store = () => keyvAdapter({ db, now: () => Date.now() });
      keyvTestSuite(vitestLike, Keyv as never, store);
      keyvIteratorTests(vitestLike, Keyv as never, store);
    });
  });
}
