/** The migrations by which deciding on a request is more than one approver's yes or no. */
import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** How many approvals a request needs is its own, and each of several stands in a table. */
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

/** Who rejects says why. */
export const rejectionReasons: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable("requests").addColumn("decision_reason", "text").execute();
  },
};
