/** Migrations for several approvals, break glass, and reasons for rejections. */
import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Each request has its own number of required approvals; a table holds the approvals of those that need several. */
export const approvals: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .alterTable("requests")
      .addColumn("approvals_needed", "integer", (c) => c.notNull().defaultTo(1))
      .execute();
    await db.schema
      .createTable("approvals")
      .addColumn("request_id", "text", (c) => c.notNull().references("requests.id"))
      .addColumn("approver", "text", (c) => c.notNull())
      .addColumn("at", "bigint", (c) => c.notNull())
      .addPrimaryKeyConstraint("approvals_once", ["request_id", "approver"])
      .execute();
  },
};

export const breakGlass: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .alterTable("requests")
      .addColumn("broke_glass", "integer", (c) => c.notNull().defaultTo(0))
      .execute();
  },
};

/** A rejection has a reason. */
export const rejectionReasons: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable("requests").addColumn("decision_reason", "text").execute();
  },
};
