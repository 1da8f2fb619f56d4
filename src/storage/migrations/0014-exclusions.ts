/** Columns for sub-merchants that are excluded from a bulk request before its decision. */
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
