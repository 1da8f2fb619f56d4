/**
 * The ticket that a request's reason contains, fixed when it is submitted, and the index by which a history finds it.
 */
import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

export const tickets: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable("requests").addColumn("ticket", "text").execute();
    // On `number + 0`, as the other indexes for lists of requests.
    await sql`create index requests_by_ticket on requests (ticket, (number + 0)) where ticket is not null`.execute(db);
  },
};
