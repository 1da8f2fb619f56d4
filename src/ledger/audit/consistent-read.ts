/** A consistent read of several statements: what other connections commit in the meantime does not show. */
import type { Store } from "../../storage/schema.ts";
import type { Runner } from "../../storage/statement.ts";

export function readConsistently<T>({ db, engine }: Store, read: (on: Runner) => Promise<T>): Promise<T> {
  const transaction = engine === "postgres" ? db.transaction().setIsolationLevel("repeatable read") : db.transaction();
  return transaction.execute(read);
}
