/** Columns for reminders, and an index that finds those due without reading all requests. */
import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";
import type { Store } from "../schema.ts";

export const reminders = (engine: Store["engine"]): Migration => ({
  async up(db: Kysely<unknown>) {
    const run = (statement: string) => sql.raw(statement).execute(db);
    // On a large ledger this takes longer than the pool's time limit for a statement.
    if (engine === "postgres") await run("set local statement_timeout = 0");
    for (const column of ["attend_at", "attended_at", "reminded_at", "escalated_at"] as const)
      await run(`alter table requests add column ${column} bigint`);
    await run("update requests set attend_at = created_at where state = 'pending'");
    await run("create index requests_to_attend on requests (attend_at) where state = 'pending'");
  },
});
