/** Indexes for App Home, so that the cost of an overview does not depend on the size of the ledger. */
import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";
import type { Store } from "../schema.ts";

/** Each list is the end of one index, read backwards. */
export const overviewIndexes = (engine: Store["engine"]): Migration => ({
  async up(db: Kysely<unknown>) {
    const run = (statement: string) => sql.raw(statement).execute(db);
    // On a large ledger this takes longer than the pool's time limit for a statement.
    if (engine === "postgres") await run("set local statement_timeout = 0");
    await run("create index requests_by_asker on requests (requested_by, created_at, id)");
    await run("create index requests_failed on requests (ended_at, id) where failed > 0");
    await run("create index requests_failed_by_asker on requests (requested_by, ended_at, id) where failed > 0");
  },
});
