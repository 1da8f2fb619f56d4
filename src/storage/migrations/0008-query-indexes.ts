/** The migration by which looking into the ledger costs the same however much is in it: an index for each question. */
import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";
import type { Store } from "../schema.ts";

/**
 * Every list is read along one index, newest first, from where the last page ended. What one asks for by name stands in
 * `requests`, and its order in `operations`: so that one index can lead there, operations know who asked. The indexes
 * hold `seq + 0`, which orders as `seq` does and stands in no other index: PostgreSQL would walk the primary key where it
 * takes what is looked for to be common, past any number of newer operations that are not it.
 */
export const askingIndexes = (engine: Store["engine"]): Migration => ({
  async up(db: Kysely<unknown>) {
    const run = (statement: string) => sql.raw(statement).execute(db);
    // A large ledger takes longer than the pool lets a statement take.
    if (engine === "postgres") await run("set local statement_timeout = 0");
    await run("alter table operations add column requested_by text not null default ''");
    await run(
      "update operations set requested_by = (select requested_by from requests where id = operations.request_id)",
    );
    await run("create index operations_by_action on operations (action, (seq + 0))");
    await run("create index operations_by_asker on operations (requested_by, action, (seq + 0))");
    await run("create index operations_failed on operations (action, (seq + 0)) where state = 'failed'");
    await run(
      "create index operations_failed_by_asker on operations (requested_by, action, (seq + 0)) where state = 'failed'",
    );
    await run("create index requests_in_time on requests (created_at, id)");
    await run("create index requests_pending on requests (created_at, id) where state = 'pending'");
    await run("create index events_in_time on events (at, seq)");
  },
});
