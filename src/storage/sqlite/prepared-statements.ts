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
      prepared = { statement, returnsRows, onlyReads: returnsRows && /^\s*(select|with|pragma)\b/i.test(sql) };
      if (cache.size >= statementsMax) cache.delete(cache.keys().next().value ?? sql);
      cache.set(sql, prepared);
    }
    return prepared;
  };
}
