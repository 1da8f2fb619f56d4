/** Indexes for the history of requests, so that a page costs the same however large the ledger is. */
import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";
import type { Store } from "../schema.ts";

/** As those of 0008 are on operations: on `number + 0`, which no other index has, so that no planner prefers another. */
export const requestHistory = (engine: Store["engine"]): Migration => ({
  async up(db: Kysely<unknown>) {
    const run = (statement: string) => sql.raw(statement).execute(db);
    // On a large ledger this takes longer than the pool's time limit for a statement.
    if (engine === "postgres") await run("set local statement_timeout = 0");
    await run("create index requests_by_action on requests (action, (number + 0))");
    await run("create index requests_by_asker_and_action on requests (requested_by, action, (number + 0))");
    await run("create index requests_failed_by_action on requests (action, (number + 0)) where failed > 0");
    await run(
      "create index requests_failed_by_asker_and_action on requests (requested_by, action, (number + 0)) where failed > 0",
    );
  },
});
