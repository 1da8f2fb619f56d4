/** Transactions that can be rolled back and still return a value. */
import type { Transaction } from "kysely";
import type { Database, Schema } from "./schema.ts";

/** Returned by the work of a transaction: rolls the transaction back, and `value` becomes its result. */
export function rollBack<T>(value: T): RolledBack<T> {
  return new RolledBack(value);
}

/** Commits what `work` writes and returns its result, unless that result is a `rollBack(value)`. */
export async function commitOrRollBack<T>(
  db: Database,
  work: (transaction: Transaction<Schema>) => Promise<T | RolledBack<T>>,
): Promise<T> {
  try {
    return await db.transaction().execute(async (transaction) => {
      const result = await work(transaction);
      // Kysely rolls back only when the work throws.
      if (result instanceof RolledBack) throw result;
      return result;
    });
  } catch (error) {
    if (error instanceof RolledBack) return error.value;
    throw error;
  }
}

export class RolledBack<T> extends Error {
  readonly value: T;
  constructor(value: T) {
    super("rolled back");
    this.value = value;
  }
}
