/** The statements that a SQLite connection has prepared, by their text. */
import type { DatabaseSync, StatementSync } from "node:sqlite";

/** Some statements exist once for each number of rows in a set. */
const statementsMax = 512;

export interface Prepared {
  statement: StatementSync;
  returnsRows: boolean;
  onlyReads: boolean;
}

/** @returns prepares a statement, or finds it if it is among the last ones that were prepared */
export function createPreparedStatements(database: DatabaseSync): (sql: string) => Prepared {
  const cache = new Map<string, Prepared>();
  return (sql) => {
    let prepared = cache.get(sql);
    if (!prepared) {
      const statement = database.prepare(sql);
      const returnsRows = statement.columns().length > 0;
      prepared = { statement, returnsRows, onlyReads: returnsRows && isRead(sql) };
      if (cache.size >= statementsMax) cache.delete(cache.keys().next().value ?? sql);
      cache.set(sql, prepared);
    }
    return prepared;
  };
}

/** A `with` may also begin an `insert … returning`; taking a read for a write only makes it slower. */
function isRead(sql: string): boolean {
  return /^\s*(select|pragma)\b/i.test(sql) || (/^\s*with\b/i.test(sql) && !/\b(insert|update|delete)\b/i.test(sql));
}
