/** Indexes for the history, so that the cost of a query does not depend on the size of the ledger. */
import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";
import type { Store } from "../schema.ts";

/**
 * Each list is read along one index, newest first, from where the last page ended. The requester is a column of
 * `requests`, and the order one of `operations`, so operations get a copy of the requester for one index to cover both.
 * The indexes are on `seq + 0`, which sorts like `seq` and is in no other index: if PostgreSQL estimated that matches
 * are common, it would scan the primary key instead, past any number of newer operations that do not match.
 */
export const askingIndexes = (engine: Store["engine"]): Migration => ({
  async up(db: Kysely<unknown>) {
    const run = (statement: string) => sql.raw(statement).execute(db);
    // On a large ledger this takes longer than the pool's time limit for a statement.
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
