import assert from "node:assert/strict";
import { test } from "node:test";
import { CommitUncertain, damageOf, isStoreAway, StoreAway } from "../../src/storage/store-errors.ts";

const postgres = (code: string) => Object.assign(new Error(code), { code, severity: "ERROR" });
const sqlite = (errcode: number) => Object.assign(new Error("sqlite"), { code: "ERR_SQLITE_ERROR", errcode });

/** What PostgreSQL's errors leave behind, by their codes (its manual, appendix A). */
const damages: Record<ReturnType<typeof damageOf>, readonly string[]> = {
  session: [
    ...["25006", "25P02", "57P01", "57P02", "57P03", "57P05", "53100", "53200", "53300", "08000", "08003", "08006"],
    ...["08P01", "26000", "28000", "28P01", "3D000", "3F000", "42501", "58030", "72000", "F0000", "XX000", "ZZ999"],
  ],
  transaction: ["40001", "40P01", "55P03", "57014"],
  statement: ["22001", "22P05", "23505", "23514", "42601", "42P01", "42703", "0A000", "54000", "P0001"],
};

for (const [damage, codes] of Object.entries(damages))
  for (const code of codes)
    test(`PostgreSQL's ${code} leaves the ${damage} useless`, () => {
      assert.equal(damageOf(postgres(code)), damage);
      assert.equal(isStoreAway(postgres(code)), damage !== "statement");
    });

test("a prepared statement whose columns have changed, or that another client prepared, leaves the session useless", () => {
  assert.equal(damageOf(Object.assign(postgres("0A000"), { routine: "RevalidateCachedQuery" })), "session");
  assert.equal(damageOf(postgres("42P05")), "session");
});

test("a connection that breaks without a code of PostgreSQL's leaves the session useless", () => {
  for (const error of [
    Object.assign(new Error("write EPIPE"), { code: "EPIPE" }),
    new Error("Connection terminated unexpectedly"),
    new Error("Query read timeout"),
    new Error("whatever comes next"),
  ]) {
    assert.equal(damageOf(error), "session");
    assert.ok(isStoreAway(new StoreAway(error)));
  }
  assert.equal(damageOf(new TypeError("a bug")), "statement");
});

test("SQLite's file is unavailable if it can be neither read nor written, and not if a statement is at fault", () => {
  const away = { busy: 5, readonly: 8, ioError: 10, ioErrorOnWrite: 778, corrupt: 11, full: 13, cannotOpen: 14 };
  for (const [name, errcode] of Object.entries(away)) assert.ok(isStoreAway(sqlite(errcode)), name);
  const own = { unique: 2067, primaryKey: 1555, trigger: 1811, mismatch: 20, misuse: 21, range: 25 };
  for (const [name, errcode] of Object.entries(own)) assert.ok(!isStoreAway(sqlite(errcode)), name);
});

test("a commit with an unknown result is not reported as a failure", () => {
  assert.equal(isStoreAway(new CommitUncertain(postgres("57P01"))), false);
});
