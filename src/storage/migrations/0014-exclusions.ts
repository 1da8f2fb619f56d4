/** The migration by which single sub-merchants can be left out of a request for many before it is decided. */
import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export const leftOut: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .alterTable("requests")
      .addColumn("left_out", "integer", (c) => c.notNull().defaultTo(0))
      .execute();
    await db.schema.alterTable("operations").addColumn("left_out_by", "text").execute();
  },
};
