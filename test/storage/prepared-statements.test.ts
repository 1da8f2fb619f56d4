/** Names of prepared statements: a session that is not this client's own must never run another statement under one. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createStatementNames } from "../../src/storage/postgres/prepared-statements.ts";

const one = "select value from keyv where key = $1";
const other = "select value from ledger_info where name = $1";

/** The names that one connection gives to statements that it runs often. */
function namesAfter(...statements: string[]): Map<string, string | undefined> {
  const { nameOf } = createStatementNames();
  return new Map(
    statements.map((sql) => {
      for (let run = 1; run < 5; run++) assert.equal(nameOf(sql), undefined);
      return [sql, nameOf(sql)];
    }),
  );
}

test("a statement has the same name on every connection, whatever ran before it", () => {
  const [first, second] = [namesAfter(one, other), namesAfter(other, one)];
  for (const sql of [one, other]) {
    assert.equal(first.get(sql), second.get(sql));
    // PostgreSQL cuts longer names off.
    assert.ok((first.get(sql)?.length ?? 64) < 64);
  }
  assert.notEqual(first.get(one), first.get(other));
});
