/** Locks what is queued of a request, for changes of many operations at once. */
import type { Transaction } from "kysely";
import type { Schema } from "../../storage/schema.ts";
import { isOnPostgres } from "../../storage/statement.ts";

/**
 * Until this transaction ends, no instance claims these operations, and others that change them wait here: everybody
 * locks in the same order, to avoid deadlocks. On SQLite, there is one writer at a time.
 */
export async function lockQueued(transaction: Transaction<Schema>, requestId: string): Promise<void> {
  if (!isOnPostgres(transaction)) return;
  await transaction
    .selectFrom("operations")
    .select("id")
    .where("request_id", "=", requestId)
    .where("state", "=", "queued")
    .orderBy("seq")
    .forUpdate()
    .execute();
}
